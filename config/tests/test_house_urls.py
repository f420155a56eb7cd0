"""Every address has a gate; the exceptions carry a reason and may not go stale."""

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

# Open to everybody.
PUBLIC = {
    "organizations:login": "where one logs in",
}
# Open to everybody who has logged in, whatever his post; the view itself sees to it that he meets only his own.
ANY_USER = {
    "organizations:logout": "ends one's own session",
    "organizations:my_account": "shows one's own account, also to somebody without a post",
    "organizations:password_change": "changes one's own password, also before the first post",
    "organizations:switch": "chooses among one's own posts",
}
# An argument of each kind, for calling an address that takes some.
ARGUMENTS = {"int": 999_999, "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x"}


def patterns(resolver=None, namespace=""):
    """(name, pattern) of every address of ours; the admin's are gated by the admin site."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLPattern):
            yield f"{namespace}{each.name}", each
        elif each.app_name != "admin":
            yield from patterns(each, f"{namespace}{each.namespace}:" if each.namespace else namespace)


def kind(pattern):
    """public, gated by a permission, or merely behind the login."""
    view = pattern.callback
    if not getattr(view, "login_required", True):
        return "public"
    return "gated" if hasattr(view, "gate") else "any user"


def address(name, pattern):
    arguments = {key: argument(converter) for key, converter in pattern.pattern.converters.items()}
    return reverse(name, kwargs=arguments)


def argument(converter):
    return ARGUMENTS[type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")]


def names(wanted):
    return {name for name, pattern in patterns() if kind(pattern) == wanted}


def test_every_address_has_a_name():
    assert [str(pattern.pattern) for _, pattern in patterns() if not pattern.name] == []


def test_public_addresses_are_those_listed():
    assert names("public") == set(PUBLIC)


def test_addresses_for_any_user_are_those_listed():
    assert names("any user") == set(ANY_USER)


def test_reasons_are_given():
    assert all([*PUBLIC.values(), *ANY_USER.values()])


def test_a_view_without_a_gate_is_noticed():
    class Pattern:
        def callback(self):
            pass

    assert kind(Pattern) == "any user"


@pytest.mark.django_db
def test_strangers_are_sent_to_the_login(client):
    """Called for real: nothing but the public pages answers somebody who has not logged in."""
    answered = []
    for name, pattern in patterns():
        if name in PUBLIC:
            continue
        for method in (client.get, client.post):
            response = method(address(name, pattern))
            if response.status_code == 200 or (response.status_code == 302 and "/login/" not in response.url):
                answered.append((name, response.status_code))

    assert answered == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_answer_strangers(client, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.django_db
def test_admin_asks_for_a_login(client):
    response = client.get(reverse("admin:index"))

    assert response.status_code == 302
    assert "login" in response.url


def test_unknown_names_are_not_listed():
    for name in [*PUBLIC, *ANY_USER]:
        try:
            reverse(name)
        except NoReverseMatch:
            pytest.fail(f"{name} is listed but does not exist, or takes arguments: list it no longer")
