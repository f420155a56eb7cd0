"""Duties by name: the rule that changes, the form, what boards and reminders count, and what opening costs."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from campaigns import desk, rehearsal
from campaigns.actions import copying, editing, previewing, reminders, submissions
from campaigns.actions.opening import follow_roster, open_obligations
from campaigns.board import board
from campaigns.forms import DeliverableForm
from campaigns.grid import grid
from campaigns.models import Campaign, Deliverable, Obligation, StandingNil, Submission
from campaigns.tests import factories as campaigns
from campaigns.tests.by_name import EACH, NAME, SHANGHAI, SYSTEM, join, leader_duty, leave, owed, run
from campaigns.views.obligation_page import packet, siblings
from campaigns.wording import respondents_of
from notifications.models import Message
from organizations.models import Responsible
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    make.city_bureau()
    return make.unit()


@pytest.fixture
def duty(unit):
    """Of June and July alone, so that each test reads two months."""
    return leader_duty(starts_on=date(2023, 6, 1), ends_on=date(2023, 7, 31))


@pytest.fixture
def three(unit):
    return [make.responsible(unit, name) for name in ("张三", "李四", "王五")]


def stationed_duty(**fields):
    """每周工作报告: June 2023, Sundays 4, 11, 18, 25."""
    said = {"name": "驻点人员每周工作报告", "person": "驻点人员", "each_of": "station", "recurrence": "weekly"}
    days = {"starts_on": date(2023, 5, 29), "ends_on": date(2023, 6, 25)}
    return leader_duty("stationed-weekly", **said | days | fields)


# The rule itself changes


def changed(duty, **fields):
    Deliverable.objects.filter(pk=duty.pk).update(**fields)


def test_duty_asked_by_name_from_now_on(unit, three):
    duty = leader_duty(each_of="", starts_on=date(2023, 6, 1), ends_on=date(2023, 7, 31))
    run("2023-06-20")
    assert owed() == [f"2023-06 {EACH} open", f"2023-07 {EACH} open"]
    changed(duty, each_of="leader")
    run("2023-07-03")
    assert owed(period="2023-06") == [f"2023-06 {EACH} open"]
    assert len(owed(period="2023-07", state="open")) == 3


def test_duty_no_longer_asked_by_name(duty, unit, three):
    run("2023-06-20")
    changed(duty, each_of="")
    lines = run("2023-07-03")
    assert f"{NAME} 班子成员带队检查 2023年7月 荣成市应急管理局：不再应报（报送事项已调整）" in lines
    assert owed(period="2023-07", state="open") == [f"2023-07 {EACH} open"]
    assert len(owed(period="2023-06", state="open")) == 3  # the past was theirs
    assert run("2023-07-03") == []


def test_leaders_rows_do_not_pass_to_who_is_stationed(duty, unit, three):
    make.responsible(unit, "孙驻点", kind="station", enterprise=make.enterprise())
    run("2023-06-20")
    changed(duty, each_of="station")
    run("2023-07-03")
    assert owed(period="2023-07", state="open") == ["2023-07 孙驻点 open"]
    assert len(owed(period="2023-06", state="open")) == 3


def test_other_word_for_all_of_them_leaves_the_past(duty, unit):
    run("2023-06-20")
    changed(duty, person="班子全体")
    run("2023-07-03")
    assert owed(period="2023-06") == [f"2023-06 {EACH} open"]
    assert owed(period="2023-07", state="open") == ["2023-07 班子全体 open"]


def test_moved_day_is_judged_by_the_new_one(duty, unit, three):
    """张三 leaves on 07-20; July's day moves from the 31st to the 15th: then it is still his."""
    leave(three[0], "2023-07-20")
    run("2023-06-20")
    assert owed(subject="张三") == ["2023-06 张三 open"]
    changed(duty, due_day=15)
    run("2023-06-21")
    assert owed(subject="张三", period="2023-07") == ["2023-07 张三 open"]


def test_preview_says_who_would_owe_by_name_and_keeps_nothing(unit, three):
    campaigns.campaign(ends_on=date(2099, 12, 31))
    duty = leader_duty(each_of="", recurrence="once", due_on=date(2099, 6, 30), starts_on=None)
    Campaign.objects.update(state="running", opened_on=date(2023, 5, 1), reconciled_on=date(2023, 5, 1))
    day = date(2099, 6, 30)
    campaigns.obligation(unit, of=duty, subject=EACH, period="once", nominal_on=day)
    duty.each_of = "leader"
    lines = previewing.effects(duty, scope={}, by=SYSTEM)
    assert f"{NAME} 班子成员带队检查 荣成市应急管理局：不再应报（已按名册逐人报送）" in lines
    duty.refresh_from_db()
    assert duty.each_of == ""
    assert owed() == [f"once {EACH} open"]


def test_copied_campaign_asks_by_name_too(duty, unit):
    new = copying.copy(duty.campaign, code="again", name="再来", starts_on=date(2024, 5, 1), by=SYSTEM)
    assert list(new.deliverables.values_list("each_of", "person")) == [("leader", EACH)]


# The form and the words


FORM = {
    "name": "班子成员带队检查",
    "form": "record",
    "respondent": "unit",
    "recurrence": "monthly",
    "policy": "as_is",
    "origin": "notice",
    "recipient_rule": "file",
    "each_of": "leader",
}


def form_of(**changes):
    return DeliverableForm(
        FORM | changes, instance=Deliverable(campaign=campaigns.campaign()), campaign=campaigns.campaign()
    )


def test_form_fills_in_who_owes_it_until_the_roster_does(unit):
    form = form_of()
    assert form.is_valid(), form.errors
    saved = editing.save_deliverable(form.instance, scope=form.scope(), by=SYSTEM)
    saved.refresh_from_db()
    assert (saved.each_of, saved.person) == ("leader", EACH)


@pytest.mark.parametrize("changes", [{"respondent": "enterprise"}, {"counts": "visits"}])
def test_form_refuses_by_name_what_units_do_not_hand_in(unit, changes):
    assert "each_of" in form_of(**changes).errors


@pytest.mark.parametrize("spoilt", [{"respondent": "enterprise"}, {"person": ""}])
def test_database_keeps_by_name_to_units_with_a_word_for_all(unit, spoilt):
    with pytest.raises(IntegrityError), transaction.atomic():
        leader_duty(**spoilt)


def test_who_owes_it_in_words(duty):
    assert respondents_of(duty) == "应急部门（县（市、区）、功能区）的每位班子成员（按名册逐人）"


# Denominators


def test_boards_count_each_person(duty, unit, three):
    run("2023-06-01")
    rows = Obligation.objects.all()
    submissions.hand_in(rows.get(subject="张三"), by=make.actor(unit), text="带队检查")
    moment = datetime(2023, 7, 1, 12, tzinfo=SHANGHAI)
    (line,) = board(rows, moment).lines
    assert (line.sum.expected, line.sum.late, line.sum.missing) == (3, 1, 2)
    (cells,) = grid(rows, moment).rows
    assert (cells.sum.expected, cells.sum.missing) == (3, 2)


def test_call_desk_rings_the_unit_once_about_each_of_them(unit, three):
    """To the lead unit, not kept: one card, three lines."""
    duty = leader_duty(recipient_rule="lead", starts_on=date(2023, 6, 1), ends_on=date(2023, 6, 30))
    run("2023-06-01")
    officer, moment = make.actor(duty.campaign.lead_unit), datetime(2023, 6, 30, 12, tzinfo=SHANGHAI)
    assert desk.counts(officer, moment)[desk.TODAY] == {"unit": 1, "enterprise": 0}
    (card,) = desk.cards(desk.waiting(officer, moment), "unit", QueryDict())
    assert sorted(row.subject for row in card.owed) == sorted(("张三", "李四", "王五"))


def test_what_is_handed_in_together_holds_each_of_them(unit, three):
    duty = leader_duty(group="月度材料", recipient_rule="lead", starts_on=date(2023, 6, 1), ends_on=date(2023, 6, 30))
    run("2023-06-01")
    first = Obligation.objects.get(subject="张三")
    assert len(packet(first, make.actor(unit))) == 3
    assert {row.subject for row in siblings(first, make.actor(duty.campaign.lead_unit))} == {"李四", "王五"}


def test_who_left_is_in_no_denominator(duty, unit, three):
    run("2023-06-01")
    leave(three[0], "2023-06-10")
    run("2023-06-11")
    (line,) = board(Obligation.objects.all(), datetime(2023, 7, 1, tzinfo=SHANGHAI)).lines
    assert line.sum.expected == 2


def test_one_digest_names_each_person(duty, unit, three):
    run("2023-06-01")
    reminders.remind(datetime(2023, 6, 30, 9, tzinfo=SHANGHAI), by=SYSTEM)
    message = Message.objects.get(unit=unit)
    assert sorted(line["text"].partition("：")[0] for line in message.lines) == [
        "2023年6月 张三 班子成员带队检查",
        "2023年6月 李四 班子成员带队检查",
        "2023年6月 王五 班子成员带队检查",
    ]


def test_three_people_late_once_do_not_make_the_unit_often_late(duty, unit, three):
    moment = datetime.now(SHANGHAI)
    for name in ("张三", "李四", "王五"):
        campaigns.obligation(unit, of=duty, subject=name, period="2023-06", due_at=moment, original_due_at=moment)
    assert rehearsal.often_late(duty.campaign) == set()
    campaigns.obligation(unit, of=duty, subject="张三", period="2023-07", due_at=moment, original_due_at=moment)
    assert rehearsal.often_late(duty.campaign) == {unit.pk}


def test_standing_nil_report_of_one_is_not_the_others(unit):
    duty = stationed_duty(nil_allowed=True)
    firm = make.enterprise()
    for name in ("张三", "李四"):
        make.responsible(unit, name, kind="station", enterprise=firm)
    run("2023-05-29")
    StandingNil.objects.create(deliverable=duty, unit=unit, person="张三", named="张三")
    mine, other = (Obligation.objects.get(period="2023-W22", subject=name) for name in ("张三", "李四"))
    assert StandingNil.objects.for_obligation(mine).exists()
    assert not StandingNil.objects.for_obligation(other).exists()


# At once, and its cost


def test_roster_is_followed_at_once_not_only_in_the_night(unit, django_capture_on_commit_callbacks):
    campaigns.campaign(ends_on=date(2099, 12, 31))
    leader_duty(ends_on=date(2099, 12, 31))
    today = datetime.now(SHANGHAI).date()
    open_obligations(today, by=SYSTEM)
    ahead = Obligation.objects.filter(nominal_on__gte=today, state="open")
    assert {row.subject for row in ahead.all()} == {EACH}
    with django_capture_on_commit_callbacks(execute=True):
        join(unit, "张三", "2022-01-01")
    assert {row.subject for row in ahead.all()} == {"张三"}


def test_following_leaves_a_campaign_alone_that_never_opened(duty, unit, three):
    assert follow_roster(date(2023, 6, 10), by=SYSTEM).words() == []
    assert not Obligation.objects.exists()


def test_draft_of_the_whole_does_not_keep_it_from_its_people(duty, unit):
    run("2023-06-01")
    row = Obligation.objects.get()
    submissions.save_draft(row, by=make.actor(unit), text="写了一半")
    join(unit, "张三", "2022-01-01")
    run("2023-06-02")
    assert owed(state="open") == ["2023-06 张三 open"]
    assert Submission.objects.filter(obligation=row).exists()


@pytest.mark.parametrize("people", [1, 3])
def test_opening_asks_the_roster_once_however_many_units_and_people(duty, people):
    for number in range(4):
        unit = make.unit(f"第{number}局", in_area=make.county(f"第{number}市"))
        for one in range(people):
            make.responsible(unit, f"领导{number}{one}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        run("2023-06-01")
    assert sum('FROM "organizations_responsible"' in query["sql"] for query in asked.captured_queries) == 1
    assert sum('INSERT INTO "campaigns_obligation"' in query["sql"] for query in asked.captured_queries) == 1
    assert Obligation.objects.filter(subject__startswith="领导").count() == 4 * people


def test_firms_duties_ask_no_roster(unit):
    campaigns.deliverable(respondent="enterprise", recipient_rule="area_unit")
    make.enterprise()
    with CaptureQueriesContext(connection) as asked:
        run("2023-06-01")
    assert not any("organizations_responsible" in query["sql"] for query in asked.captured_queries)


def test_nobody_of_the_roster_is_ever_deleted(unit, three):
    leave(three[0], "2023-06-10")
    assert Responsible.objects.count() == 3
