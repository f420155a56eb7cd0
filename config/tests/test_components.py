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


def test_deadline_of_nothing_has_a_tone_of_its_own():
    assert components.deadline_tone(None) == "info"


@pytest.mark.parametrize(
    ("hour", "tone", "words"),
    [
        (15, "soon", "6月26日 · 今天"),  # 23:59 in Weihai, still today
        (16, "soon", "6月27日 · 还剩1天"),  # 00:59 of tomorrow
    ],
)
def test_moment_counts_by_its_day_in_weihai(today, hour, tone, words):
    moment = datetime(2023, 6, 26, hour, 59, tzinfo=UTC)

    assert components.deadline_tone(moment) == tone
    assert components.deadline(moment) == words


@pytest.mark.parametrize(
    ("due", "original", "words"),
    [
        (TODAY, None, "6月26日 · 今天"),
        (TODAY, TODAY, "6月26日 · 今天"),
        (date(2024, 1, 5), None, "2024年1月5日 · 还剩193天"),
        (date(2022, 12, 30), None, "2022年12月30日 · 逾期178天"),
        (date(2023, 6, 28), datetime(2023, 6, 24, 16, 0, tzinfo=UTC), "6月28日 · 还剩2天（原定6月25日）"),
    ],
)
def test_deadline_in_words(today, due, original, words):
    assert components.deadline(due, original) == words


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (1, "1"), (99, "99"), (100, "99+"), (5000, "99+")])
def test_what_is_not_counted_further_is_said_so(number, shown):
    assert components.capped(number) == shown


@pytest.mark.parametrize(("settled", "shown"), [(True, "2023年6月25日（周日）"), (False, "6月25日 · 逾期1天")])
def test_deadline_of_what_is_settled_is_a_plain_date(today, settled, shown):
    page = render("{% include 'components/deadline.html' %}", due=date(2023, 6, 25), settled=settled, original=None)

    assert shown in page
    assert ("tone-late" in page) is not settled


def test_hostile_words_are_text_in_every_component(today):
    hostile = "<script>alert(1)</script>"
    entry = {
        "title": hostile,
        "at": datetime(2023, 6, 26, tzinfo=UTC),
        "who": hostile,
        "comment": hostile,
        "tone": "open",
    }
    pages = [
        render("{% include 'components/badge.html' %}", tone="open", label=hostile),
        render("{% include 'components/empty.html' %}", text=hostile, hint=hostile, url="/", action=hostile),
        render("{% include 'components/timeline.html' %}", entries=[entry]),
        render("{% include 'components/progress.html' %}", done=1, total=3, label=hostile),
    ]

    assert all("<script>" not in page and "&lt;script&gt;" in page for page in pages)


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


def test_removing_a_filter_takes_all_its_values_and_no_other(rf):
    found = chosen(rf, "area=1&area=2&q=a&page=2")

    removed = {each["label"]: QueryDict(each["query"].removeprefix("?")) for each in found}
    assert dict(removed["区市"].lists()) == {"q": ["a"], "page": ["2"]}
    assert removed["名称"].getlist("area") == ["1", "2"]


def test_hostile_filter_is_shown_as_text(rf):
    request = rf.get("/hazards/", {"q": "<b>x</b>"})
    page = Template("{% filters form found='共1家' %}").render(
        Context({"form": Filters(request.GET), "request": request})
    )

    assert "名称：&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x" not in page


def test_value_that_stands_by_default_is_no_choice(rf):
    class Open(forms.Form):
        state = forms.ChoiceField(
            label="状态", required=False, initial="open", choices=[("open", "未销号"), ("all", "全部")]
        )

    for query, shown in (("state=open", []), ("state=all", ["全部"])):
        request = rf.get(f"/hazards/?{query}")
        assert [each["value"] for each in components.chosen(Open(request.GET), request)] == shown


@pytest.mark.parametrize("query", ["", "q=&late=", "area=9"])
def test_nothing_is_chosen(rf, query):
    assert chosen(rf, query) == []
