"""A district that publishes late: which tasks of its firms begin past their day, and what is said beforehand.

The round: monthly on the 28th, 1 May to 31 December 2023; the campaign was opened on 1 May. Dates counted by hand.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from campaigns.actions import opening, rounds
from campaigns.models import Deliverable, Obligation, Reminder, Tailoring
from campaigns.tests.rounds import AUGUST_10, SYSTEM, firm, publish, run
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def periods_of(firm):
    """{period: 待确认期限}"""
    rows = Obligation.objects.filter(enterprise=firm).order_by("period")
    return dict(rows.values_list("period", "late_to_open"))


LATE = {"2023-05": True, "2023-06": True, "2023-07": True}
AHEAD = {"2023-08": False}  # 28 September is 49 days after 10 August, beyond the 45


def test_publishing_in_august_opens_may_to_july_without_a_day(round_):
    one = firm("荣成公司")
    publish(round_)
    run(AUGUST_10)
    assert periods_of(one) == LATE | AHEAD
    may = Obligation.objects.for_list().get(enterprise=one, period="2023-05")
    assert (may.nominal_on, may.status) == (date(2023, 5, 28), ("info", "待确认期限"))


def test_publishing_on_the_due_day_itself_is_in_time(round_):
    one = firm("荣成公司")
    publish(round_)
    run(date(2023, 5, 28))
    assert periods_of(one) == {"2023-05": False, "2023-06": False}


def test_the_day_after_is_late(round_):
    one = firm("荣成公司")
    publish(round_)
    run(date(2023, 5, 29))
    assert periods_of(one) == {"2023-05": True, "2023-06": False}


def test_a_one_off_round_past_its_day_opens_too(round_):
    Deliverable.objects.filter(pk=round_.pk).update(recurrence="once", due_on=date(2023, 6, 30), due_day=None)
    one = firm("荣成公司")
    publish(round_)
    run(AUGUST_10)
    assert periods_of(one) == {"once": True}


def test_firms_owe_from_the_day_they_joined(round_):
    """Joined on 28 June: owes June. On 29 June: owes July. In September: nothing yet."""
    firms = [firm(name, joined_on=day) for name, day in (("甲", date(2023, 6, 28)), ("乙", date(2023, 6, 29)))]
    later = firm("丙", joined_on=date(2023, 9, 1))
    publish(round_)
    run(AUGUST_10)
    assert periods_of(firms[0]) == {"2023-06": True, "2023-07": True, "2023-08": False}
    assert periods_of(firms[1]) == {"2023-07": True, "2023-08": False}
    assert periods_of(later) == {}


def test_who_was_written_down_while_the_campaign_ran_owes_from_then(round_):
    """No day of joining: written on 30 June (07:00 in Shanghai is still the 29th in Greenwich), it owes July."""
    one = firm("荣成公司", written=datetime(2023, 6, 29, 23, tzinfo=UTC))
    publish(round_)
    run(AUGUST_10)
    assert periods_of(one) == {"2023-07": True, "2023-08": False}


def test_running_again_changes_nothing(round_):
    firm("荣成公司")
    publish(round_)
    run(AUGUST_10)
    before = list(Obligation.objects.order_by("pk").values())
    assert run(AUGUST_10).words() == []
    assert list(Obligation.objects.order_by("pk").values()) == before
    assert Tailoring.objects.get().opened_on == AUGUST_10


def test_who_joins_afterwards_owes_nothing_past(round_):
    """In scope from 11 August on, without a day of joining: written down long ago, but it changed its sector."""
    publish(round_)
    run(AUGUST_10)
    one = firm("转行公司")
    run(date(2023, 8, 11))
    assert periods_of(one) == {"2023-08": False}


def test_another_districts_late_word_does_not_touch_the_first(round_):
    first, second = firm("荣成公司"), firm("文登公司", in_area=make.county("文登区"))
    publish(round_)
    for day in (date(2023, 5, 20), date(2023, 6, 20), AUGUST_10 - timedelta(days=20), AUGUST_10):
        run(day)
    stood = periods_of(first)
    publish(round_, "文登区")
    run(date(2023, 8, 20))
    assert not any(stood.values())
    assert {period: late for period, late in periods_of(first).items() if period in stood} == stood
    assert periods_of(second) == LATE | {"2023-08": False, "2023-09": False}


def test_killed_before_the_end_the_next_run_does_the_rest(round_, monkeypatch):
    """The first run dies after one firm; nothing is marked as opened, and the next day's run opens the other's past."""
    firms = [firm("甲"), firm("乙")]
    publish(round_)
    monkeypatch.setattr(opening, "BATCH", 1)
    whole = opening._open_batch
    seen = []

    def dies(turn, batch):
        if seen:
            raise KeyboardInterrupt
        seen.append(batch)
        whole(turn, batch)

    monkeypatch.setattr(opening, "_open_batch", dies)
    with pytest.raises(KeyboardInterrupt):
        run(AUGUST_10)
    assert Tailoring.objects.get().opened_on is None
    monkeypatch.setattr(opening, "_open_batch", whole)
    run(AUGUST_10 + timedelta(days=1))
    assert [periods_of(one) for one in firms] == [LATE | AHEAD, LATE | AHEAD]


def test_word_that_comes_during_a_run_waits_for_the_next(round_):
    firm("荣成公司")
    publish(round_)
    known = rounds.fresh(round_, AUGUST_10)
    publish(round_, "文登区")
    rounds.opened(known, AUGUST_10)
    assert dict(Tailoring.objects.values_list("area__name", "opened_on")) == {"荣成市": AUGUST_10, "文登区": None}


def test_nobody_is_pressed_before_a_day_is_set(round_):
    """Without escalation: reminded at most in a digest, no letter lies ready for the leader."""
    from campaigns.actions import reminders
    from campaigns.models import Letter

    firm("荣成公司")
    publish(round_)
    run(AUGUST_10)
    for day in range(10, 20):
        reminders.remind(datetime(2023, 8, day, 8, 30, tzinfo=SHANGHAI), by=SYSTEM)
    assert not Reminder.objects.filter(obligation__late_to_open=True, rule__startswith="after").exists()
    assert not Letter.objects.exists()


# Said beforehand


def foreseen(duty, name="荣成市", on=AUGUST_10):
    return [(one.label, one.firms) for one in rounds.late_rounds(duty, make.county(name), on)]


def test_what_would_open_late_is_said_before_it_is_published(round_):
    """甲 was there; 乙 joined on 29 June; 丙 joined in September; 丁 was written down on 30 July; 戊 is 文登's."""
    firm("甲")
    firm("乙", joined_on=date(2023, 6, 29))
    firm("丙", joined_on=date(2023, 9, 1))
    firm("丁", written=datetime(2023, 7, 29, 23, tzinfo=UTC))
    firm("戊", in_area=make.county("文登区"))
    firm("己", status="deregistered")
    assert foreseen(round_) == [("2023年5月", 1), ("2023年6月", 1), ("2023年7月", 2)]
    assert foreseen(round_, "文登区") == [("2023年5月", 1), ("2023年6月", 1), ("2023年7月", 1)]
    assert foreseen(round_, on=date(2023, 5, 28)) == []


def test_what_was_said_is_what_opens(round_):
    """Whatever the days: the page's numbers are those of the rows afterwards."""
    for number, day in enumerate(("2023-05-01", "2023-05-28", "2023-05-29", "2023-07-28", "2023-07-29", None)):
        firm(f"第{number}公司", joined_on=day and date.fromisoformat(day))
    firm("后建档", written=datetime(2023, 6, 15, tzinfo=UTC))
    said = dict(foreseen(round_))
    publish(round_)
    run(AUGUST_10)
    late = Obligation.objects.filter(late_to_open=True)
    assert {row.period_label for row in late} == set(said)
    assert all(late.filter(period=f"2023-0{n}").count() == said[f"2023年{n}月"] for n in (5, 6, 7))


def test_page_says_how_many_before_the_button_and_asks_for_a_day_after(round_, client, now):
    now(AUGUST_10)
    firm("荣成公司")
    url = reverse("campaigns:tailoring", args=[round_.pk])
    client.force_login(make.member(make.unit()).user)
    page = client.get(url).content.decode()
    assert "现在公布，3 个任务已过原定日期" in page
    assert "2023年5月：原定2023年5月28日（周日），1 家企业" in page
    assert client.post(url, {"adjusted": "no"}).status_code == 302
    run(AUGUST_10)
    page = client.get(url).content.decode()
    assert "3 个任务生成时已过原定日期" in page
    assert reverse("campaigns:set_days", args=[round_.pk]) in page


def test_city_that_does_not_publish_is_told_nothing_of_the_kind(round_, client, now):
    now(AUGUST_10)
    firm("荣成公司")
    client.force_login(make.member(make.city_bureau()).user)
    assert "现在公布" not in client.get(reverse("campaigns:tailoring", args=[round_.pk])).content.decode()
