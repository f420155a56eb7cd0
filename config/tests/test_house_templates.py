"""Every template is used, holds no inline code, and names only what is there."""

import re

import pytest
from django.template import Context, Template, engines

from config.tests import house

HTML = [path for path in house.templates() if path.suffix == ".html"]
# Named by Django or by an installed package, not by us.
NAMED_ELSEWHERE = {
    "400.html": "django.views.defaults.bad_request",
    "403.html": "django.views.defaults.permission_denied",
    "404.html": "django.views.defaults.page_not_found",
    "500.html": "django.views.defaults.server_error",
    "bootstrap5/errors.html": "crispy-forms, above every form",
}


def relative(path):
    return str(path.relative_to(house.ROOT / "templates"))


def test_no_template_is_unused():
    sources = [*house.python_files(tests=False), *house.templates()]
    used = {name for path in sources for name in house.named_templates(path.read_text(encoding="utf-8"))}

    assert [relative(path) for path in house.templates() if relative(path) not in {*used, *NAMED_ELSEWHERE}] == []


def test_templates_named_elsewhere_exist():
    assert [name for name in NAMED_ELSEWHERE if not (house.ROOT / "templates" / name).exists()] == []


def test_named_templates_are_found_in_code_and_templates():
    source = """render(request, "hazards/detail.html#timeline", {}) {% include 'components/badge.html' with a=b %}"""

    assert house.named_templates(source) == {"hazards/detail.html", "components/badge.html"}


def test_templates_hold_no_inline_code():
    assert house.offences(HTML, lambda path, source: house.inline_code(source)) == {}


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<style>a {}</style>",
        '<p class="a" style="color: red">',
        "<button onclick='go()'>",
        '<a href="javascript:go()">',
        "<div hx-on:click='go()'>",
        '<link href="https://cdn.example/app.css">',
    ],
)
def test_inline_code_is_found(source):
    assert len(house.inline_code(f"<p>\n{source}")) >= 1


def test_files_of_our_own_are_not_inline_code():
    assert house.inline_code('<script src="{% static "app.js" %}" defer></script>\n<i data-state="on">') == []


def test_templates_can_be_read():
    for path in house.templates():
        engines["django"].get_template(relative(path))


def test_images_have_an_alternative_text():
    assert house.offences(HTML, lambda path, source: re.findall(r"<img(?![^>]*\salt=)[^>]*>", source)) == {}


# Variables that are not there


@pytest.fixture
def render():
    """Renders a text as if it were one of our templates."""

    def rendered(source, name="hazards/detail.html", **context):
        template = Template(source)
        template.origin.name = str(house.ROOT / "templates" / name)
        return template.render(Context(context))

    return rendered


class Hazard:
    number = "A1"
    plan = None


@pytest.mark.parametrize(
    "source",
    [
        "{{ nothing }}",
        "{{ hazard.nothing }}",
        "{% if nothing %}{% endif %}",
        "{% if hazard.nothing == 1 %}{% endif %}",
        "{% if hazard.number and not hazard.nothing %}{% endif %}",
        "{% for each in nothing %}{% endfor %}",
        "{% for each in hazard.nothing %}{% endfor %}",
        "{% with a=nothing %}{% endwith %}",
        "{{ hazard.number|default:nothing }}",
    ],
)
def test_missing_variable_fails(render, source):
    with pytest.raises(pytest.fail.Exception, match="nothing, which is not there"):
        render(source, hazard=Hazard())


@pytest.mark.parametrize(
    "source",
    [
        "{{ hazard.number }}",
        "{{ hazard.plan.owner }}",
        "{% if hazard.plan.owner %}{% endif %}",
        "{% if counts.late %}{% endif %}",
        "{{ counts.late|default:0 }}",
    ],
)
def test_what_hangs_on_none_is_forgiven(render, source):
    render(source, hazard=Hazard(), counts={})


@pytest.mark.parametrize("name", ["components/empty.html", "hazards/_row.html"])
def test_parts_may_leave_a_parameter_out(render, name):
    assert render("{% if hint %}{{ hint }}{% endif %}{{ word|default:'-' }}", name=name) == "-"
    with pytest.raises(pytest.fail.Exception):
        render("{{ hint }}", name=name)


def test_templates_of_packages_keep_djangos_manners():
    assert Template("{{ nothing }}").render(Context()) == ""
