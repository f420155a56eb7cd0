"""Pages by key over a table of Django's own: lib has no models."""

from urllib.parse import urlencode

import pytest
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict

from lib import pages


@pytest.fixture
def rows(db):
    """Seven rows, in order of (app_label, model): a/k, a/l, a/m, b/k, b/l, b/m, c/k."""
    ContentType.objects.filter(app_label__in="abc").delete()
    names = [(app, model) for app in "abc" for model in "klm"][:7]
    ContentType.objects.bulk_create(ContentType(app_label=app, model=model) for app, model in names)
    return ContentType.objects.filter(app_label__in="abc")


def shown(page):
    return [f"{row.app_label}{row.model}" for row in page]


def walk(rows, order, size):
    """Every page in turn, by following the links as a browser would."""
    query, found = QueryDict(), []
    while True:
        page = pages.by_key(rows, query, order=order, size=size)
        found.append(shown(page))
        if not page.next_query:
            return found
        query = QueryDict(page.next_query.removeprefix("?"))


def test_pages_follow_one_another_without_gap_or_repetition(rows):
    assert walk(rows, ("app_label", "id"), 3) == [["ak", "al", "am"], ["bk", "bl", "bm"], ["ck"]]


def test_pages_follow_mixed_directions(rows):
    assert walk(rows, ("-app_label", "model", "id"), 2) == [["ck", "bk"], ["bl", "bm"], ["ak", "al"], ["am"]]


def test_full_last_page_has_no_next(rows):
    page = pages.by_key(rows, QueryDict(), order=("id",), size=7)

    assert len(page) == 7
    assert page.next_query == ""
    assert page.first_query == ""


def test_row_that_disappears_does_not_shift_the_next_page(rows):
    first = pages.by_key(rows, QueryDict(), order=("id",), size=3)
    rows.filter(app_label="a").delete()

    second = pages.by_key(rows, QueryDict(first.next_query.removeprefix("?")), order=("id",), size=3)

    assert shown(second) == ["bk", "bl", "bm"]


def test_filters_stay_in_the_links(rows):
    page = pages.by_key(rows, QueryDict("area=1&after=[0]"), order=("id",), size=3)

    assert page.next_query.startswith("?area=1&after=")
    assert page.first_query == "?area=1"


@pytest.mark.parametrize(
    "after", ["x", "[]", "[1, 2]", "[null]", '["x"]', '{"a": 1}', "[[1]]", "[1e999]", "[NaN]", '["\\u0000"]']
)
def test_spoilt_key_begins_again(rows, after):
    page = pages.by_key(rows, QueryDict(urlencode({"after": after})), order=("id",), size=3)

    assert shown(page) == ["ak", "al", "am"]


def test_count_is_in_words_and_stops_early(rows, monkeypatch):
    assert pages.count_in_words(rows, "家") == "共7家"

    monkeypatch.setattr(pages, "COUNTED", 5)
    assert pages.count_in_words(rows, "家") == "超过5家"


def test_page_costs_one_query(rows, django_assert_num_queries):
    with django_assert_num_queries(1):
        pages.by_key(rows, QueryDict(), order=("id",), size=3)
