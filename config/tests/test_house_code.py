"""The order of the house, proved on every file, and each rule proved able to fail."""

import re

import pytest
from django.core.management import call_command

from config.tests import house


def app_of(path):
    return path.relative_to(house.ROOT).parts[0]


APP_FILES = [path for path in house.python_files() if app_of(path) in house.ORDER]
CODE = house.python_files(tests=False)
VIEWS = [path for path in CODE if "views" in (path.stem, path.parent.name)]


def test_imports_go_left():
    assert house.offences(APP_FILES, lambda path, source: house.wrong_imports(app_of(path), source)) == {}


def test_imports_go_left_can_fail():
    source = "import lib.excel\ndef f():\n    from hazards.models import Hazard\nfrom config import settings\n"

    assert house.wrong_imports("campaigns", source) == [
        "line 3: campaigns imports hazards.models",
        "line 4: campaigns imports config",
    ]
    assert house.wrong_imports("reports", "from hazards import models") == []
    assert house.wrong_imports("reports", "from config.tests.browser import sideways") == []


def test_code_has_no_hidden_effects():
    assert house.offences(CODE, lambda path, source: house.forbidden_code(source)) == {}


def test_hidden_effects_are_found():
    source = (
        "from django.db.models.signals import post_save\n"
        "class Hazard(models.Model):\n    def save(self):\n        pass\n"
        "@receiver(post_save)\ndef after(sender, **kwargs):\n    pass\n"
    )

    assert house.forbidden_code(source) == [
        "line 1: imports django.db.models.signals",
        "line 3: Hazard.save is overridden",
        "line 6: after receives signals",
    ]


def test_rooms_have_their_names():
    rooms = {path: {path.stem, *path.relative_to(house.ROOT).parts[:-1]} for path in CODE}

    assert [house.shown(path) for path, names in rooms.items() if names & house.FORBIDDEN_ROOMS] == []


def test_lib_is_small_and_has_no_models():
    modules = [path for path in (house.ROOT / "lib").glob("*.py") if path.name != "__init__.py"]

    assert len(modules) <= 10
    assert not (house.ROOT / "lib" / "models.py").exists()


# Lengths


@pytest.mark.parametrize(("kind", "paths"), [("function", house.python_files()), ("view", VIEWS)])
def test_functions_are_short(kind, paths):
    longest = house.LONGEST[kind]

    assert house.offences(paths, lambda path, source: house.long_functions(source, longest)) == {}


def test_long_functions_are_found():
    source = "def short():\n    '''Says\n    much.'''\n    return 1\n\n\ndef long():\n    a = 1\n    return a\n"

    assert house.long_functions(source, 2) == ["line 7: long has 3 lines"]


def test_functions_are_short_on_the_whole():
    lengths = [house.length(each) for path in CODE for each in house.functions(path.read_text(encoding="utf-8"))]

    middle, ninth = house.spread(lengths)

    assert middle <= house.FUNCTION_MEDIAN
    assert ninth <= house.FUNCTION_P90


def test_files_are_short():
    limits = [
        (house.python_files(), house.LONGEST["file"]),
        (house.templates(), house.LONGEST["template"]),
        (house.scripts(), house.LONGEST["script"]),
    ]

    long = [
        (house.shown(path), house.lines(path)) for paths, limit in limits for path in paths if house.lines(path) > limit
    ]

    assert long == []


# The rest of the house


def test_browser_tests_wait_for_what_is_to_come():
    tests = [path for path in house.python_files() if house.is_test(path)]

    assert house.offences(tests, lambda path, source: house.read_at_once(source)) == {}


def test_reading_at_once_is_found():
    source = (
        "def test_a(browse):\n    page = browse()\n    expect(page.locator('a')).to_be_visible()\n"
        "    assert page.locator('a').is_visible()\n    assert not page.get_by_label('b').first.is_checked()\n"
        "    value = page.locator('c').input_value()\n    assert value == page.locator('c').input_value()\n"
    )

    assert house.read_at_once(source) == [
        "line 4: asserts is_visible() at once",
        "line 5: asserts is_checked() at once",
        "line 7: asserts input_value() at once",
    ]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_warnings_are_errors(pytestconfig):
    assert pytestconfig.getini("filterwarnings")[0] == "error"


def test_texts_name_no_machine():
    """The repository stands alone: nothing in it names the place where it was written."""
    files = [*house.python_files(), *house.templates(), *house.scripts(), *house.ROOT.glob("docs/**/*.md")]
    places = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/\w")

    assert [house.shown(path) for path in files if places.search(path.read_text(encoding="utf-8"))] == []
