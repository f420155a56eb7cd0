"""Every address of the portal with what nobody should send: in each field and each filter a null, a giant, a date of
another age, markup. It may be refused in any way, but it is never a fault of the server."""

import logging
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, reverse

from config.tests.test_foreign_rows import patterns, rows, said, world  # noqa: F401 (a fixture)
from organizations.models import EnterpriseChange
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.long]
# What lists and tables are asked by, beyond the fields of forms.
ASKED_BY = ("after", "month", "view", "tab", "period", "window", "cut_off", "at", "verb", "keep", "DELETE")
HOSTILE = (
    "a\x00b",
    "9" * 40,
    "-1",
    "0001-01-01",
    "9999-12-31T23:59",
    "2023-13",
    "<script>alert(1)</script>{{ 7|add:7 }}%s",
    "长" * 3000,
    "\\ud800",
    '["a\\u0000", {"b": 1e999}]',
)
LEAVING = {"organizations:logout", "organizations:password_change"}


@pytest.fixture(autouse=True)
def _quiet():
    """Hundreds of refusals are what is wanted here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def posts(world):  # noqa: F811
    """Who may do most: the city's clerk, and whoever answers for the firm. The rows are made whole first."""
    EnterpriseChange.objects.update(values={"head": ["张三", "李四"]})
    world["file"].file.save("x", ContentFile(b"x"))
    return make.member(make.city_bureau(), Role.CLERK), make.member(world["firm"], Role.HEAD)


def field_names() -> list[str]:
    """Of every form there is."""

    def below(form: type) -> Iterator[type]:
        for each in form.__subclasses__():
            yield each
            yield from below(each)

    names = {name for form in below(forms.BaseForm) for name in getattr(form, "base_fields", {})}
    return sorted(names.union(ASKED_BY))


def addresses(rows_of: dict[str, Any]) -> dict[str, str]:
    """Every URL by its name, of rows that are there; those with other arguments have tests of their own."""
    known, found = rows(rows_of), {}
    for name, _ in patterns():
        try:
            found[name] = reverse(name, kwargs=known.get(name))
        except NoReverseMatch:
            continue
    return {name: url for name, url in found.items() if name not in LEAVING}


def test_nothing_that_is_sent_is_a_fault(client, world, posts):  # noqa: F811
    """Each field gets another of the values at each address, so that none hides behind another's refusal for ever."""
    names, broken = field_names(), []
    client.raise_request_exception = False
    for post in posts:
        client.force_login(post.user)
        for number, (name, url) in enumerate(addresses(world).items()):
            values = islice(cycle(HOSTILE), number, None)
            sent = dict(zip(names, values, strict=False))
            for send in (client.get, client.post):
                response = send(url, sent)
                said(response)
                if response.status_code >= 500:
                    problem = repr(response.exc_info[1])[:200] if getattr(response, "exc_info", None) else ""
                    broken.append((name, send.__name__, post.role, problem))
    assert broken == []
