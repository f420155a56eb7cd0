"""What records fulfil is never handed in: figures on every page, chased while it falls short, done when complete."""

from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from campaigns import wording
from campaigns.actions import reminders, submissions
from campaigns.actions.counting import recount
from campaigns.actions.opening import open_obligations
from campaigns.actions.terms import span
from campaigns.board import board
from campaigns.forms.deliverables import DeliverableForm
from campaigns.models import Campaign, Deliverable, Obligation, Standing
from campaigns.permissions import may_hand_in, may_register
from campaigns.tests import factories as campaigns
from lib import registry
from lib.actor import Actor
from lib.registry import Count
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()
JUNE_20 = date(2023, 6, 20)


def coverage(**fields):
    return campaigns.deliverable("coverage", name="全覆盖检查", form="record", counts="visits", **fields)


@pytest.fixture
def owed():
    """Rongcheng's June coverage, due on the 28th."""
    return campaigns.obligation(of=coverage())


def saying(*counts):
    """Whatever is asked about, in the order of its key."""
    return registry.counted.answered_by(
        lambda rows, on: {row.pk: count for row, count in zip(rows, counts, strict=True)}
    )


def counted(*counts, on=JUNE_20):
    """The states after counting."""
    with saying(*counts):
        recount(Obligation.objects.all(), on, by=SYSTEM)
    return list(Obligation.objects.order_by("pk").values_list("state", "counted_done", "counted_total"))


def at(text):
    return datetime.fromisoformat(f"2023-{text}").replace(tzinfo=SHANGHAI)


def reminded(text, *counts):
    with saying(*counts):
        reminders.remind(at(text), by=SYSTEM)
    message = Message.objects.order_by("-pk").first()
    return [line["text"] for line in message.lines] if message else []


# Counting


def test_figures_are_kept_and_complete_is_done(owed):
    assert counted(Count(3, 5)) == [("open", 3, 5)]
    assert counted(Count(5, 5, date(2023, 6, 19))) == [("fulfilled", 5, 5)]
    assert AuditEntry.objects.get(verb="obligation.fulfilled").detail["ids"] == [owed.pk]


def test_what_nobody_counts_stays_as_it_is(owed):
    with registry.counted.answered_by(lambda rows, on: {}):
        assert recount(Obligation.objects.all(), JUNE_20, by=SYSTEM) == []
    owed.refresh_from_db()
    assert (owed.state, owed.counted_total, owed.count_words) == ("open", None, "")


def test_only_counted_duties_are_asked_about(owed):
    campaigns.obligation(make.unit("二局"), of=campaigns.deliverable())
    assert counted(Count(1, 2)) == [("open", 1, 2), ("open", None, None)]


def test_a_closed_campaign_is_counted_no_more(owed):
    Campaign.objects.update(state=Campaign.State.CLOSED)
    assert recount(Obligation.objects.all(), JUNE_20, by=SYSTEM) == []


def test_done_late_is_late(owed):
    counted(Count(5, 5, date(2023, 7, 1)), on=date(2023, 7, 2))
    row = Obligation.objects.with_standing(at("07-02T09:00")).get()
    assert (row.standing, row.is_late()) == (Standing.LATE, True)


def test_opening_counts_and_says_so():
    make.unit()
    coverage(due_day=None)
    with registry.counted.answered_by(lambda rows, on: {row.pk: Count(2, 2, on) for row in rows}):
        lines = open_obligations(date(2023, 5, 2), by=SYSTEM).words()
        again = open_obligations(date(2023, 5, 2), by=SYSTEM).words()
    name = "冶金等工贸行业重大事故隐患专项排查整治2023行动 全覆盖检查 2023年5月"
    assert lines[-1] == f"{name} 荣成市应急管理局：已完成（已检查2/2家）"
    assert again == []


def test_statements_do_not_grow_with_the_rows(owed):
    def asked():
        rows = list(Obligation.objects.all())
        with saying(*[Count(1, len(rows) + 2)] * len(rows)), CaptureQueriesContext(connection) as queries:
            recount(Obligation.objects.all(), JUNE_20, by=SYSTEM)
        return len(queries)

    one = asked()
    for name in ("二局", "三局"):
        campaigns.obligation(make.unit(name), of=owed.deliverable)
    assert asked() == one


def test_done_together_is_done_by_the_same_statements(owed):
    def asked():
        count = Obligation.objects.count()
        Obligation.objects.update(state="open", handed_in_at=None, counted_done=0, counted_total=1)
        with saying(*[Count(1, 1, JUNE_20)] * count), CaptureQueriesContext(connection) as queries:
            assert len(recount(Obligation.objects.all(), JUNE_20, by=SYSTEM)) == count
        return len(queries)

    one = asked()
    for name in ("二局", "三局"):
        campaigns.obligation(make.unit(name), of=owed.deliverable)
    assert asked() == one


@pytest.mark.parametrize(
    "figures", [{"counted_done": 3, "counted_total": 2}, {"counted_done": None, "counted_total": 2}]
)
def test_more_than_all_cannot_be_stored(owed, figures):
    with pytest.raises(IntegrityError), transaction.atomic():
        Obligation.objects.update(**{"counted_done": 1, "counted_total": 2} | figures)


# The days that count


@pytest.mark.parametrize(
    ("rule", "period", "due", "days"),
    [
        ({"due_day": None}, "2023-06", "06-30", ("06-01", "06-30")),
        ({"due_day": 25}, "2023-06", "06-25", ("06-01", "06-30")),
        ({"due_day": None}, "2023-06", "07-10", ("06-01", "07-10")),
        ({"due_day": None, "starts_on": date(2023, 6, 15)}, "2023-06", "06-30", ("06-15", "06-30")),
        ({"due_day": None, "ends_on": date(2023, 6, 20)}, "2023-06", "06-20", ("06-01", "06-20")),
        ({"recurrence": "quarterly", "due_day": None}, "2023-Q2", "06-30", ("05-01", "06-30")),
        (
            {"recurrence": "once", "due_on": date(2023, 11, 30), "starts_on": date(2023, 8, 1)},
            "once",
            "11-30",
            ("08-01", "12-31"),
        ),
    ],
)
def test_span_is_the_period_within_the_rule_and_an_extended_day(rule, period, due, days):
    owed = campaigns.obligation(of=coverage(**rule), period=period, due_at=at(f"{due}T23:59"))
    assert [f"{day:%m-%d}" for day in span(owed)] == list(days)


# Never handed in


def test_nobody_hands_in_or_registers_what_is_counted(owed):
    clerk, city = make.actor(owed.unit), make.actor(make.city_bureau(), name="赵审核")
    assert "自动计数" in may_hand_in(clerk, owed).reason
    assert "自动计数" in may_register(city, owed).reason
    for act in (
        lambda: submissions.hand_in(owed, by=clerk, text="已检查"),
        lambda: submissions.register_received(owed, by=city, channel="mail", received_at=at("06-20T09:00")),
    ):
        with pytest.raises(MoveRefused, match="自动计数"):
            act()
    assert not owed.submissions.exists()


def test_page_shows_the_count_and_no_hand_in_form(client, owed):
    counted(Count(3, 5))
    client.force_login(make.member(owed.unit, Role.ADMIN).user)
    text = client.get(owed.get_absolute_url()).content.decode()
    assert "已检查3/5家" in text
    assert '<progress max="5" value="3"' in text
    assert "检查记录，自动计数" in text
    assert reverse("campaigns:hand_in", args=[owed.pk]) not in text
    assert "还没有报送过" not in text


def test_page_leads_those_who_may_to_the_records(client, owed):
    client.force_login(make.member(owed.unit, Role.CLERK).user)
    assert 'href="/imports/"' in client.get(owed.get_absolute_url()).content.decode()
    client.force_login(make.member(make.city_bureau(), Role.CLERK).user)
    assert "导入检查记录" not in client.get(owed.get_absolute_url()).content.decode()


def test_page_before_the_first_count_says_so(client, owed):
    client.force_login(make.member(owed.unit).user)
    assert "还没有计数" in client.get(owed.get_absolute_url()).content.decode()


# Lists and boards


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"due_at": at("06-28T23:59")}, ("late", "逾期未完成")),
        ({"due_at": datetime(2099, 1, 1, tzinfo=SHANGHAI)}, ("open", "未完成")),
        ({"state": "fulfilled", "handed_in_at": at("06-20T12:00")}, ("done", "已完成")),
        ({"state": "missing"}, ("late", "缺报")),
    ],
)
def test_badge_speaks_of_doing_not_of_handing_in(fields, status):
    campaigns.obligation(of=coverage(), **fields)
    assert Obligation.objects.for_list().get().status == status


def test_list_shows_the_figures_by_the_same_queries(client, owed):
    client.force_login(make.member(owed.unit).user)
    counted(Count(3, 5))

    def shown():
        with CaptureQueriesContext(connection) as queries:
            text = client.get("/obligations/").content.decode()
        return len(queries), text

    shown()
    few, text = shown()
    assert "已检查3/5家" in text
    for period in ("2023-07", "2023-08"):
        campaigns.obligation(of=owed.deliverable, period=period, counted_done=1, counted_total=9)
    many, text = shown()
    assert "已检查1/9家" in text
    assert few == many


def test_nothing_to_visit_is_nothing_to_do(owed):
    assert list(Obligation.objects.to_do()) == [owed]
    counted(Count(0, 0))
    assert list(Obligation.objects.to_do()) == []
    assert list(Obligation.objects.chased_at(at("06-28T08:30"))) == []


def test_what_was_over_before_it_was_opened_is_no_task_but_stands_on_the_board(owed):
    """Months before the portal knew them: no visit can be made for them any more, records that turn up still count."""
    Obligation.objects.update(late_to_open=True)
    counted(Count(0, 5))
    assert list(Obligation.objects.to_do()) == []
    assert board(Obligation.objects.all(), at("07-20T09:00")).sum.pending == 1
    assert counted(Count(5, 5, JUNE_20)) == [("fulfilled", 5, 5)]


def test_board_adds_up_records_of_those_expected(owed):
    """荣成 3 of 5 and 2 of 4; the waived one's 9 count nowhere."""
    campaigns.obligation(make.unit("二局"), of=owed.deliverable)
    campaigns.obligation(make.unit("三局"), of=owed.deliverable, state="waived", counted_done=0, counted_total=9)
    counted(Count(3, 5), Count(2, 4))
    with CaptureQueriesContext(connection) as queries:
        found = board(Obligation.objects.all(), at("06-20T09:00"))
    assert len(queries) == 3
    assert (found.sum.records, found.sum.records_due, found.has_counted) == (5, 9, True)


def test_board_shows_the_denominator_on_page_and_in_excel(client, owed):
    campaigns.obligation(make.unit("二局"), of=owed.deliverable)
    campaigns.obligation(of=campaigns.deliverable())
    counted(Count(3, 5), Count(2, 4))
    client.force_login(make.member(make.city_bureau()).user)
    text = client.get(reverse("campaigns:board", args=["trade-2023"]) + "?month=2023-06").content.decode()
    assert "已完成5/9家" in text
    response = client.get(reverse("campaigns:board_workbook", args=["trade-2023"]) + "?month=2023-06")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    rows = {row[:2]: row[-2:] for row in sheet.iter_rows(values_only=True) if row[1] in ("荣成市", "区域")}
    assert rows == {
        ("报送事项", "区域"): ("已完成（家）", "应完成（家）"),
        ("全覆盖检查", "荣成市"): (5, 9),
        ("调度表", "荣成市"): (None, None),
    }


# Reminders


def test_what_falls_short_is_chased_with_its_figures(owed):
    name = "2023年6月 全覆盖检查"
    assert reminded("06-25T08:30", Count(3, 5)) == [f"{name}：已检查3/5家，请于6月28日（周三）前完成，还剩3天"]
    assert reminded("06-28T08:30", Count(4, 5)) == [f"{name}：已检查4/5家，请于6月28日（周三）前完成，今天截止"]
    late = f"{name}：已检查4/5家，已逾期1天（应于6月28日前完成），已检查的请补录检查记录"
    assert reminded("06-29T08:30") == [late]


def test_after_its_days_a_reminder_asks_no_more_what_only_records_can_change(owed):
    """Not every ten minutes for every month that was missed; the night's run does."""
    counted(Count(3, 5))

    def asked(rows, on):
        raise AssertionError("asked")

    with registry.counted.answered_by(asked):
        reminders.remind(at("06-29T08:30"), by=SYSTEM)


def test_complete_is_chased_no_more_even_if_it_was_not_counted_yet(owed):
    """The visit came in after the last count: the reminder counts before it decides."""
    owed.counted_done, owed.counted_total = 4, 5
    owed.save(update_fields=["counted_done", "counted_total"])
    assert reminded("06-28T08:30", Count(5, 5, JUNE_20)) == []


def test_message_on_its_way_is_dropped_when_all_is_done(owed):
    with saying(Count(3, 5)):
        reminders.remind(at("06-28T08:30"), by=SYSTEM)
    message = Message.objects.get()
    assert reminders.still_wanted([message]) == {message.pk: [owed.pk]}
    counted(Count(5, 5, JUNE_20))
    assert reminders.still_wanted([message]) == {message.pk: []}


# The rule itself


def test_only_units_can_be_counted_for():
    with pytest.raises(IntegrityError), transaction.atomic():
        coverage(respondent="enterprise")
    with pytest.raises(IntegrityError), transaction.atomic():
        coverage(person="驻点人员")


def test_editor_refuses_to_count_for_firms():
    duty = coverage()
    data = {
        "name": "全覆盖检查",
        "form": "record",
        "counts": "visits",
        "respondent": "enterprise",
        "recurrence": "monthly",
        "policy": "as_is",
        "origin": "notice",
        "recipient_rule": "file",
    }
    form = DeliverableForm(data, instance=duty, campaign=duty.campaign)
    assert "只能由单位承担" in form.errors["counts"][0]
    data["respondent"] = "unit"
    assert DeliverableForm(data, instance=Deliverable.objects.get(), campaign=duty.campaign).is_valid()


def test_words_say_that_records_are_counted(owed):
    assert wording.form_of(owed.deliverable) == "检查记录，自动计数"


def test_waiting_for_nothing_is_not_late_before_its_day(owed):
    counted(Count(0, 0), on=owed.due_at.date() - timedelta(days=1))
    assert Obligation.objects.with_standing(at("06-20T09:00")).get().standing == Standing.PENDING
