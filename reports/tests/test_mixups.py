"""What belongs to another table, month, campaign or row is never taken for this one's; nor what was tampered with."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from campaigns.actions import submissions
from campaigns.tests import factories as duties
from lib.periods import CutOff, WindowKind
from organizations.models import Unit
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import existing_or, filling, own_return, stand_in_return
from reports.dispatch.consolidated import consolidated
from reports.dispatch.sheets import typed_values
from reports.dispatch.tables import TABLES, due_day_of
from reports.indicators import CITY, scope_of
from reports.models import DispatchReturn
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import Entry, handed_in, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(owed):
    """The same campaign asks for the ledger too, of the same unit and month."""
    one = owed.deliverable.campaign
    duty = one.deliverables.create(
        code="ledger", name="台账", form="return:trade-ledger", recurrence="monthly", due_day=28, respondent="unit"
    )
    return duties.obligation(factories.unit(), of=duty)


def table(one, code="trade", period="2023-06"):
    scope = scope_of(one)
    return consolidated(TABLES[code], one, period, scope=scope, rows=scope.every_row)


def statuses(one, **asked):
    return [state.status[1] for state in table(one, **asked).states]


def test_ledger_handed_in_is_no_table_handed_in(owed, ledger, clerk):
    hazard(factories.enterprise())
    handed_in(opened(ledger, clerk), clerk)
    one = owed.deliverable.campaign

    assert statuses(one) == ["未报"]
    assert statuses(one, code="trade-ledger") == ["待审核"]
    handed_in(opened(owed, clerk), clerk)
    assert DispatchReturn.objects.count() == 2
    assert [returned.figures.count() for returned in DispatchReturn.objects.order_by("table")] == [35, 1]


def test_may_handed_in_is_not_june_handed_in(owed, clerk):
    one = owed.deliverable.campaign
    handed_in(opened(obligation(one, period="2023-05"), clerk), clerk)

    assert statuses(one, period="2023-05") == ["待审核"]
    assert statuses(one) == ["未报"]


def test_other_campaign_of_the_same_unit_is_another_matter(owed, clerk):
    other = campaign("trade-again")
    handed_in(opened(obligation(other), clerk), clerk)

    assert statuses(other) == ["待审核"]
    assert statuses(owed.deliverable.campaign) == ["未报"]


def test_figure_that_was_given_back_does_not_open_as_handed_in(owed, clerk, city, signed_in):
    handed_in(opened(owed, clerk), clerk)
    where = reverse("reports:figure", args=["trade-2023", "trade", "2023-06", "2.1"]) + "?row=荣成市&content=handed-in"
    page = signed_in(city)
    assert page.get(where).status_code == 200

    submissions.return_submission(owed.submissions.get(), by=city, reason="请核对")
    assert page.get(where).status_code == 404


def test_figure_of_a_row_is_read_at_the_moment_of_that_row(owed, clerk, city, signed_in):
    """乳山市 hands in after its hazard was found, 荣成市 before."""
    unit = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    other = factories.actor(unit)
    handed_in(opened(owed, clerk), clerk)
    hazard(factories.enterprise("荣成公司"))
    hazard(factories.enterprise("乳山公司", in_area=unit.area))
    handed_in(opened(obligation(owed.deliverable.campaign, unit=unit), other), other)
    page = signed_in(city)
    where = reverse("reports:figure", args=["trade-2023", "trade", "2023-06", "2.1"])

    numbers = [page.get(f"{where}?row={row}&content=handed-in").context["number"] for row in ("荣成市", "乳山市")]
    assert numbers == [0, 1]


def test_judged_twice_is_judged_once(owed, clerk, city, signed_in):
    handed_in(opened(owed, clerk), clerk)
    page, where = signed_in(city), reverse("reports:judge", args=[owed.pk])

    assert page.post(where, {"verdict": "accept"}).status_code == 302
    assert page.post(where, {"verdict": "return", "reason": "迟了"}).status_code == 404
    assert owed.submissions.get().state == "accepted"


# Typed values of 市本级 and of the rows


@pytest.fixture
def mines():
    factories.county()
    return campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)


def keep(one, value, period="2023-06", **fields):
    returned = own_return(one, TABLES["mines"], period)
    for name, to in fields.items():
        setattr(returned, name, to)
    returned.save()
    returned.figures.create(code="党政-1", reported=value)


def typed(one, period="2023-06", kind=WindowKind.CUMULATIVE, cut_off=CutOff.DUE_DAY):
    return typed_values(TABLES["mines"], one, period, kind, cut_off)


def test_typed_values_are_of_one_campaign_month_window_and_cut_off(mines):
    other = campaign("mines-again", sectors=("非煤矿山",), table="mines", due_day=25)
    keep(mines, 1)
    keep(other, 2)
    keep(mines, 3, period="2023-07")

    assert typed(mines) == {(CITY.key, "党政-1"): 1}
    assert typed(other) == {(CITY.key, "党政-1"): 2}
    assert typed(mines, period="2023-07") == {(CITY.key, "党政-1"): 3}
    assert typed(mines, kind=WindowKind.MONTHLY) == {}
    assert typed(mines, cut_off=CutOff.MONTH_END) == {}


def test_counted_figures_are_never_taken_from_a_return(owed, clerk):
    """Typed over or not, live values of counted figures come from the records."""
    handed_in(opened(owed, clerk), clerk, x1_1=3)

    assert typed_values(TABLES["trade"], owed.deliverable.campaign, "2023-06", "monthly") == {}


# Standing in


def test_stand_in_takes_the_duty_of_its_row_and_month(owed, clerk):
    one = owed.deliverable.campaign
    july = obligation(one, period="2023-07")
    rushan = obligation(one, unit=factories.unit("乳山市应急管理局", in_area=factories.county("乳山市")))
    scope = scope_of(one)

    def stood(period, name):
        return stand_in_return(one, TABLES["trade"], period, scope.row_named(name), scope)

    assert [stood("2023-06", "荣成市").obligation, stood("2023-07", "荣成市").obligation] == [owed, july]
    assert stood("2023-06", "乳山市").obligation == rushan
    assert stood("2023-08", "荣成市").obligation is None
    assert stood("2023-08", "荣成市").unit == one.lead_unit


def test_stand_in_that_is_handed_in_after_all_is_the_same_return(owed, clerk, city):
    one = owed.deliverable.campaign
    scope = scope_of(one)
    stood = stand_in_return(one, TABLES["trade"], "2023-06", scope.row_named("荣成市"), scope)
    actions.report_by_system(stood, by=city, reason="断网")
    handed_in(opened(owed, clerk), clerk)

    assert DispatchReturn.objects.get().unit == clerk.unit
    assert statuses(one) == ["待审核"]


def test_row_without_a_duty_is_stood_in_for_by_the_lead_unit(owed, city, signed_in):
    factories.county("乳山市")
    page = signed_in(city)
    page.post(
        reverse("reports:stand_in", args=["trade-2023", "trade", "2023-06"]), {"row": "乳山市", "reason": "未设机构"}
    )

    returned = DispatchReturn.objects.get()
    assert (returned.unit, returned.obligation, returned.row.name) == (city.unit, None, "乳山市")
    assert sorted(statuses(owed.deliverable.campaign)) == ["以系统数代报", "未报"]


# The due day


def test_due_day_is_that_of_the_table_else_of_another_table_else_the_notices(owed, ledger):
    one = owed.deliverable.campaign
    one.deliverables.filter(form="return:trade").update(due_day=20)
    one.deliverables.filter(form="return:trade-ledger").update(due_day=22)

    assert [due_day_of(one, TABLES[code]) for code in ("trade", "trade-ledger")] == [20, 22]
    assert due_day_of(one, TABLES["mines"]) == 20
    one.deliverables.filter(form="return:trade").update(due_day=None)
    assert due_day_of(one, TABLES["trade"]) == 22
    one.deliverables.update(due_day=None)
    assert [due_day_of(one, TABLES[code]) for code in ("trade", "mines")] == [28, 25]


def test_moving_a_duty_does_not_move_what_is_counted(owed, clerk):
    """An extension of five days moves the limit, not the window (design: windows follow the notice's day)."""
    owed.due_at += timedelta(days=5)
    owed.save(update_fields=["due_at"])

    assert filling(opened(owed, clerk)).days.last.day == 28


# What was tampered with


FIGURE = {"system": 9, "reported": 9, "text": "是", "reason": "改", "rows": 9, "digest": "0" * 64, "code": "9.9"}


@pytest.mark.parametrize("field", FIGURE)
def test_seal_breaks_with_any_part_of_a_figure(owed, clerk, field):
    hazard(factories.enterprise())
    returned = handed_in(opened(owed, clerk), clerk)
    assert returned.is_sealed()

    returned.figures.filter(code="2.1").update(**{field: FIGURE[field]})
    assert not DispatchReturn.objects.get().is_sealed()


@pytest.mark.parametrize("what", ["period", "row", "frozen_at", "versions", "seal", "figure gone", "figure more"])
def test_seal_breaks_with_the_return_itself(owed, clerk, what):
    returned = handed_in(opened(owed, clerk), clerk)
    match what:
        case "period":
            returned.period = "2023-07"
        case "row":
            returned.row = factories.county("乳山市")
        case "frozen_at":
            returned.frozen_at += timedelta(seconds=1)
        case "versions":
            returned.frozen["versions"]["hazards_hazard"] += 1
        case "seal":
            returned.frozen["seal"] = "0" * 64
        case "figure gone":
            returned.figures.get(code="2.1").delete()
        case "figure more":
            returned.figures.create(code="9.9", reported=Decimal(1))
    returned.save()

    assert not DispatchReturn.objects.get().is_sealed()


def test_return_that_was_never_handed_in_has_no_seal(owed, clerk):
    assert not opened(owed, clerk).is_sealed()
    assert Unit.objects.filter(returns__isnull=False).count() == 1


def test_own_return_is_one_whatever_it_holds(mines):
    city = factories.actor(factories.city_bureau())
    first = actions.keep_own(
        own_return(mines, TABLES["mines"], "2023-06"), by=city, entries={"党政-1": Entry(Decimal(1))}
    )
    again = existing_or(own_return(mines, TABLES["mines"], "2023-06"))

    assert again == first.returned
    assert existing_or(own_return(mines, TABLES["mines"], "2023-07")).pk is None
