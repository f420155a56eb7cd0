"""Tags and filters of every template."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template

from config import components

TODAY = date(2023, 6, 26)


@pytest.fixture
def today(monkeypatch):
    """A Monday in the month of the notices."""
    monkeypatch.setattr(components, "today", lambda: TODAY)


def render(source, **context):
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ day|page_date }}", "2023年6月28日（周三）"),
        ("{{ day|table_date }}", "06-28"),
        ("{{ day|deadline }}", "6月28日 · 还剩2天"),
        ("{{ day|deadline:earlier }}", "6月28日 · 还剩2天（原定6月25日）"),
        ("{{ earlier|deadline }}", "6月25日 · 逾期1天"),
        ("{{ moment|page_moment }}", "2023年6月28日 00:30"),
        ("{{ moment|page_date }}", "2023年6月28日（周三）"),
        ("{{ last_year|table_date }}", "2022-12-30"),
        ("{{ nothing|page_date }}{{ nothing|table_date }}{{ nothing|deadline }}{{ nothing|page_moment }}", ""),
        ("{{ count|amount }}/{{ nothing|amount }}/{{ zero|amount }}", "12,345//0"),
    ],
)
def test_words(today, source, shown):
    # 16:30 in London is half past midnight of the next day in Weihai.
    moment = datetime(2023, 6, 27, 16, 30, tzinfo=UTC)
    days = {"day": date(2023, 6, 28), "earlier": date(2023, 6, 25), "last_year": date(2022, 12, 30), "moment": moment}

    assert render(source, **days, nothing=None, count=12345, zero=0) == shown


@pytest.mark.parametrize(("days", "tone"), [(-1, "late"), (0, "soon"), (3, "soon"), (4, "open")])
def test_deadline_tone(today, days, tone):
    assert components.deadline_tone(TODAY + timedelta(days=days)) == tone


def test_every_tone_has_its_icon():
    for tone in components.TONES:
        badge = render("{% include 'components/badge.html' %}", tone=tone, label="整改中")
        assert f"tone-{tone}" in badge
        assert "<svg" in badge
        assert "整改中" in badge


def test_icon_is_hidden_from_screen_readers():
    assert components.icon("house").startswith('<svg class="icon" aria-hidden="true" focusable="false"')


def test_unknown_icon_is_a_mistake():
    with pytest.raises(FileNotFoundError):
        components.icon("no-such-icon")


# The line of filters


class Filters(forms.Form):
    q = forms.CharField(label="名称", required=False)
    area = forms.MultipleChoiceField(label="区市", required=False, choices=[("1", "荣成市"), ("2", "文登区")])
    late = forms.BooleanField(label="只看逾期", required=False)
    order = forms.CharField(required=False, widget=forms.HiddenInput)


def chosen(rf, query):
    request = rf.get(f"/hazards/?{query}")
    return components.chosen(Filters(request.GET), request)


def test_chosen_filters_are_named_in_words(rf):
    found = chosen(rf, "q=海源&area=1&area=2&late=on&order=x")

    assert [(each["label"], each["value"]) for each in found] == [
        ("名称", "海源"),
        ("区市", "荣成市、文登区"),
        ("只看逾期", "是"),
    ]


def test_removing_a_filter_keeps_the_others_and_returns_to_the_first_page(rf):
    found = chosen(rf, "q=a&late=on&after=[7]")

    assert found[0]["query"] == "?late=on"
    assert QueryDict(found[1]["query"].removeprefix("?")).dict() == {"q": "a"}


@pytest.mark.parametrize("query", ["", "q=&late=", "area=9"])
def test_nothing_is_chosen(rf, query):
    assert chosen(rf, query) == []
