"""两个清单汇总: the districts' lists together, as handed in and as they stand; figures counted by hand."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import Submission
from campaigns.tests import factories as duties
from hazards import actions
from hazards import summary as sums
from hazards.models import Problem
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from organizations.models import Unit
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

URL = "/campaigns/trade-2023/two-lists/"
BOOK = "/campaigns/trade-2023/two-lists.xlsx"
TODAY = date(2023, 7, 10)


def summed(actor, today=TODAY):
    campaign = duties.campaign()
    turn = sums.turn_shown(sums.turns(campaign, actor), "", today)
    return sums.summary(campaign, turn, actor, today)


# The figures


def test_each_unit_is_counted_as_its_lists_stand(lists_month, city_clerk):
    """荣成 3: one done, one late (06-30), two without a measure. 文登 1, not late; two measures, answering nothing."""
    lines = summed(city_clerk).lines
    assert [(str(one.unit), one.problems, one.done, one.open, one.overdue, one.unanswered) for one in lines] == [
        ("荣成市应急管理局", 3, 1, 2, 1, 2),
        ("文登区应急管理局", 1, 0, 1, 0, 1),
    ]
    assert [(one.measures, one.measures_done, one.measures_overdue, one.answering_none) for one in lines] == [
        (1, 0, 0, 0),
        (2, 1, 1, 2),
    ]


def test_what_was_handed_in_stays_beside_what_stands_now(lists_month, city_clerk):
    there, missing = summed(city_clerk).lines
    assert (there.handed_problems, there.handed_measures, there.handed_in) == (2, 1, lists_month)
    assert there.differs
    assert (missing.handed_problems, missing.handed_in, missing.differs) == (None, None, False)


def test_sum_adds_rows_now_and_rows_handed_in_each_for_itself(lists_month, city_clerk):
    total = summed(city_clerk).sum
    assert (total.problems, total.done, total.overdue, total.unanswered) == (4, 1, 1, 3)
    assert (total.measures, total.measures_overdue, total.answering_none) == (3, 1, 2)
    assert (total.handed_problems, total.handed_measures) == (2, 1)


def test_who_has_not_handed_in_is_named(lists_month, city_clerk):
    assert summed(city_clerk).words == "应报2个，已报1个；未报1个：文登区应急管理局。"


def test_all_in_is_said_in_words(lists_duty, rongcheng, city_clerk):
    actions.hand_in_lists(duties.obligation(rongcheng, of=lists_duty), by=ledger.clerk(rongcheng))
    assert summed(city_clerk).words == "应报1个，已报1个；没有未报的。"


@pytest.mark.parametrize("state", ["waived", "ended", "superseded"])
def test_who_need_not_hand_in_is_not_missing(lists_duty, rongcheng, city_clerk, state):
    duties.obligation(rongcheng, of=lists_duty, state=state)
    assert summed(city_clerk).words == "应报0个，已报0个；没有未报的。"


def test_day_of_the_deadline_is_not_late_yet(lists_duty, rongcheng, city_clerk):
    ledger.problem(rongcheng, due_on=TODAY)
    ledger.measure(rongcheng, due_on=TODAY)
    assert (summed(city_clerk).sum.overdue, summed(city_clerk).sum.measures_overdue) == (0, 0)
    after = summed(city_clerk, TODAY + timedelta(days=1)).sum
    assert (after.overdue, after.measures_overdue) == (1, 1)


def test_measure_for_a_hazard_answers_something(lists_duty, rongcheng, city_clerk):
    ledger.measure(rongcheng).hazards.add(ledger.hazard())
    assert summed(city_clerk).sum.answering_none == 0


def test_unit_without_rows_or_duty_has_no_line(lists_duty, rongcheng, wendeng, city_clerk):
    duties.obligation(rongcheng, of=lists_duty)
    assert [str(one.unit) for one in summed(city_clerk).lines] == ["荣成市应急管理局"]


# Versions


def test_returned_version_still_shows_what_it_held_and_the_next_takes_its_place(lists_month, city_clerk, rongcheng):
    submissions.return_submission(lists_month, by=city_clerk, reason="缺责任人")
    assert summed(city_clerk).lines[0].handed_in == lists_month
    actions.hand_in_lists(lists_month.obligation, by=ledger.clerk(rongcheng))
    line = summed(city_clerk).lines[0]
    assert (line.handed_in.number, line.handed_problems, line.handed_measures, line.differs) == (2, 3, 1, False)


def test_void_version_counts_for_nothing(lists_month, city_clerk):
    submissions.void(lists_month, by=city_clerk, reason="不是清单")
    found = summed(city_clerk)
    assert (found.lines[0].handed_in, found.sum.handed_problems) == (None, None)
    assert found.words == "应报2个，已报0个；未报2个：荣成市应急管理局、文登区应急管理局。"


def test_paper_was_handed_in_but_its_rows_were_not_counted(lists_duty, rongcheng, city_clerk, as_):
    on_paper = duties.obligation(rongcheng, of=lists_duty)
    submissions.register_received(
        on_paper, by=city_clerk, channel="paper", received_at=timezone.now() - timedelta(hours=1)
    )
    line = summed(city_clerk).lines[0]
    assert (line.handed_in.channel, line.handed_problems) == ("paper", None)
    assert "未计" in as_(city_clerk).get(URL).content.decode()


@pytest.mark.parametrize("written", [{"problems": "三"}, {"problems": None}, {"problems": "-1"}, {}, {"problems": [3]}])
def test_spoilt_count_of_a_version_is_no_count(lists_month, city_clerk, written):
    Submission.objects.filter(pk=lists_month.pk).update(content=written)
    assert summed(city_clerk).lines[0].handed_problems is None


def test_draft_has_not_been_handed_in(lists_duty, rongcheng, city_clerk):
    submissions.save_draft(duties.obligation(rongcheng, of=lists_duty), by=ledger.clerk(rongcheng), text="还在写")
    assert summed(city_clerk).lines[0].handed_in is None


# Whose rows are in whose list


def test_offices_and_towns_rows_stand_in_their_districts_line(lists_duty, rongcheng, city_clerk):
    duties.obligation(rongcheng, of=lists_duty)
    town = make.unit("崖头街道", in_area=make.area("崖头街道", parent=make.county(), level="town"), kind="town")
    office = make.unit("荣成市应急管理局监管科", kind="office", part_of=rongcheng)
    for unit in (rongcheng, town, office):
        ledger.problem(unit)
    [line] = summed(city_clerk).lines
    assert (line.unit, line.problems, set(line.members)) == (rongcheng, 3, {rongcheng.pk, town.pk, office.pk})


def test_rows_of_the_city_itself_are_in_no_districts_line(lists_duty, rongcheng, city_clerk):
    duties.obligation(rongcheng, of=lists_duty)
    ledger.problem(make.city_bureau())
    ledger.problem(make.unit("威海市应急管理局监管科", in_area=make.city(), kind="office", part_of=make.city_bureau()))
    lines = {str(one.unit): (one.problems, one.owed is None) for one in summed(city_clerk).lines}
    assert lines == {"荣成市应急管理局": (0, False), "威海市应急管理局": (2, True)}


def test_nearest_unit_above_takes_a_town_in(lists_duty, rongcheng, city_clerk):
    """Both the city's bureau and the district owe: the town belongs to the nearer one, whatever their order."""
    town = make.unit("崖头街道", in_area=make.area("崖头街道", parent=make.county(), level="town"), kind="town")
    for owing in ([make.city_bureau(), rongcheng], [rongcheng, make.city_bureau()]):
        assert sums.reporter_of(town, owing) == rongcheng


def test_unit_of_another_line_takes_nothing_in(rongcheng):
    other = make.unit("荣成市工业和信息化局", lines=(Line.MIIT,))
    town = make.unit("崖头街道", in_area=make.area("崖头街道", parent=make.county(), level="town"), kind="town")
    assert sums.reporter_of(town, [other]) == town


# Which rows are the campaign's


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({"found_on": "2023-12-31"}, 1),
        ({"found_on": "2024-01-01"}, 0),
        ({"found_on": "2022-04-20"}, 1),
        ({"found_on": "2022-04-20", "state": "done", "done_on": "2023-04-30"}, 0),
        ({"found_on": "2022-04-20", "state": "done", "done_on": "2023-05-01"}, 1),
        ({"found_on": "2022-04-20", "state": "done"}, 0),
        ({"found_on": "2023-05-01", "state": "done"}, 1),
    ],
)
def test_problem_counts_if_it_was_open_while_the_campaign_ran(lists_duty, rongcheng, city_clerk, fields, counts):
    ledger.problem(rongcheng, **fields)
    assert summed(city_clerk).sum.problems == counts
    assert actions.lists_of(ledger.clerk(rongcheng), duties.campaign())[0].count() == counts


@pytest.mark.parametrize(
    ("done_on", "found_on", "counts"),
    [
        (None, None, 1),
        ("2023-04-30", None, 0),
        ("2023-05-01", None, 1),
        (None, "2023-06-01", 1),
        (None, "2024-02-01", 0),
    ],
)
def test_measure_counts_with_what_it_answers(lists_duty, rongcheng, city_clerk, done_on, found_on, counts):
    ledger.measure(rongcheng, *([ledger.problem(rongcheng, found_on=found_on)] if found_on else []), done_on=done_on)
    assert summed(city_clerk).sum.measures == counts


def test_finishing_keeps_the_day_and_opening_again_takes_it_away(rongcheng):
    one = actions.finish_problem(ledger.problem(rongcheng), by=ledger.clerk(rongcheng))
    one.refresh_from_db()
    assert one.done_on == timezone.localdate()
    actions.reopen_problem(one, by=ledger.clerk(rongcheng))
    assert Problem.objects.get().done_on is None
    with pytest.raises(MoveRefused):
        actions.reopen_problem(one, by=ledger.clerk(rongcheng))


def test_rows_of_another_line_are_another_campaigns(lists_duty, city_clerk):
    """A zone's bureau stands in both lines and is seen; a unit of the other line is not counted here."""
    ledger.problem(make.unit("高区经济发展局", in_area=make.county("高区"), lines=(Line.EMERGENCY, Line.MIIT)))
    everybody = make.unit("威海市人民政府", in_area=make.city(), lines=(Line.MIIT, Line.EMERGENCY), sectors=())
    ledger.problem(make.unit("荣成市工业和信息化局", lines=(Line.MIIT,)))
    assert [str(one.unit) for one in summed(ledger.clerk(everybody)).lines] == ["高区经济发展局"]


# Duties and periods


def test_latest_period_begun_of_the_first_duty_is_shown_first(lists_duty, rongcheng, city_clerk):
    for period in ("2023-05", "2023-06", "2023-07", "2023-08"):
        duties.obligation(rongcheng, of=lists_duty, period=period)
    later = duties.deliverable("sum", name="“两个清单”汇总", form="two-lists", position=2)
    duties.obligation(rongcheng, of=later, period="2023-06")
    found = sums.turns(duties.campaign(), city_clerk)
    assert [turn.label for turn in found] == [
        "2023年5月 “两个清单”", "2023年6月 “两个清单”", "2023年7月 “两个清单”", "2023年8月 “两个清单”",
        "2023年6月 “两个清单”汇总",
    ]  # fmt: skip
    assert sums.turn_shown(found, "", TODAY).period == "2023-07"
    assert sums.turn_shown(found, f"{later.pk}:2023-06", TODAY) == found[-1]
    assert sums.turn_shown(found, "", date(2023, 1, 1)).period == "2023-05"
    assert sums.turn_shown([], "", TODAY) is None


@pytest.mark.parametrize("period", ["once", "event-7"])
def test_what_is_owed_once_or_for_an_event_has_begun(lists_duty, rongcheng, city_clerk, period):
    duties.obligation(rongcheng, of=lists_duty, period=period)
    assert sums.turn_shown(sums.turns(duties.campaign(), city_clerk), "", TODAY).period == period


def test_other_forms_and_firms_are_no_turns(rongcheng, city_clerk):
    duties.obligation(rongcheng, of=duties.deliverable("text"))
    duties.obligation(ledger.firm(), of=duties.deliverable("firms", form="two-lists", respondent="enterprise"))
    assert sums.turns(duties.campaign(), city_clerk) == []


def test_unit_out_of_use_keeps_its_rows(lists_duty, rongcheng, city_clerk):
    ledger.problem(rongcheng)
    Unit.objects.filter(pk=rongcheng.pk).update(active=False)
    assert summed(city_clerk).sum.problems == 1
