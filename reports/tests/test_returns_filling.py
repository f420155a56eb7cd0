"""A return is opened and filled in: defaults, what is carried over, what is typed."""

from datetime import date
from decimal import Decimal

import pytest

from inspections.models import EnforcementAction
from inspections.tests.factories import action
from lib.periods import WindowKind
from lib.transitions import MoveRefused
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import Entry, filling, new_return
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import WORDS, entries, filled_in, handed_in, opened, values

pytestmark = pytest.mark.django_db


# Opening


def test_a_return_is_for_the_row_of_its_unit(owed, clerk):
    returned = opened(owed, clerk)

    assert (returned.row.name, returned.table, returned.period) == ("荣成市", "trade", "2023-06")
    assert (returned.window, returned.cut_off) == ("monthly", "due-day")
    assert returned.obligation == owed


def test_opening_twice_gives_the_same_return(owed, clerk):
    assert opened(owed, clerk) == opened(owed, clerk)


def test_two_units_do_not_fill_in_one_row(owed, clerk):
    opened(owed, clerk)
    other = factories.unit("荣成市安全生产服务中心")
    second = obligation(owed.deliverable.campaign, unit=other)

    with pytest.raises(MoveRefused, match="该行本期已由荣成市应急管理局填报"):
        opened(second, factories.actor(other))


def test_a_unit_without_a_row_is_told_whom_to_ask(clerk):
    one = campaign()
    above = factories.unit("山东省应急管理厅", in_area=factories.area("山东省", level="province"))

    with pytest.raises(MoveRefused, match="没有对应的填报行"):
        new_return(obligation(one, unit=above))


# Defaults


def test_values_default_to_the_systems(owed, clerk):
    hazard(factories.enterprise())

    assert values(filling(new_return(owed))) == {"1.4": 1, "2.1": 1, "2.5": 1}


def test_a_ledger_nobody_keeps_is_left_empty(owed, clerk):
    hazard(factories.enterprise())
    by_code = {cell.code: cell for cell in filling(new_return(owed)).cells}

    assert (by_code["3.3"].unkept, by_code["3.3"].is_empty, by_code["3.3"].system) == (True, True, None)
    assert (by_code["2.3"].unkept, by_code["2.3"].entry.reported) == (False, 0)


def test_an_untouched_value_follows_the_system_and_a_typed_one_stays(owed, clerk):
    firm = factories.enterprise()
    hazard(firm)
    returned = opened(owed, clerk)
    filled_in(returned, clerk, x1_4=Entry(Decimal(9), reason="漏登8项"))
    hazard(firm)

    found = values(filling(returned))

    assert (found["2.1"], found["1.4"]) == (2, 9)


def test_a_gap_of_last_month_is_carried_until_the_records_are_entered(clerk):
    one = campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    firm = factories.enterprise("某矿", in_sector="非煤矿山")
    hazard(firm, on=date(2023, 5, 10))
    may = opened(obligation(one, period="2023-05"), clerk)
    handed_in(may, clerk, x2_5=Entry(Decimal(3), reason="2项未录入"), **WORDS)
    june = obligation(one, period="2023-06")

    carried = {cell.code: cell.entry for cell in filling(new_return(june)).cells}["2.5"]
    assert (carried.reported, carried.reason) == (3, "2项未录入")

    hazard(firm, on=date(2023, 5, 11))
    hazard(firm, on=date(2023, 6, 11))
    assert values(filling(new_return(june)))["2.5"] == 4  # 3 counted, 1 still missing

    hazard(firm, on=date(2023, 5, 12))
    assert values(filling(new_return(june)))["2.5"] == 4  # all entered


# Filling in


def test_what_is_typed_is_kept_with_the_systems_value_beside_it(owed, clerk):
    hazard(factories.enterprise())
    returned = opened(owed, clerk)

    filled_in(returned, clerk, x2_1=Entry(Decimal(2), reason="1项未录入"))

    figure = returned.figures.get(code="2.1")
    assert (figure.system, figure.reported, figure.reason) == (1, 2, "1项未录入")
    assert returned.figures.count() == 35


def test_an_empty_cell_stays_empty(owed, clerk):
    returned = opened(owed, clerk)

    actions.fill(returned, by=clerk, entries={})

    assert set(returned.figures.values_list("reported", flat=True)) == {None}


def test_filling_in_takes_the_same_queries_however_much_is_counted(owed, clerk, django_assert_max_num_queries):
    for n in range(3):
        hazard(factories.enterprise(f"企业{n}"))
    returned = opened(owed, clerk)
    typed = entries(filling(returned))

    with django_assert_max_num_queries(30):
        actions.fill(returned, by=clerk, entries=typed)


def test_cumulative_figures_that_fell_need_a_reason(clerk):
    one = campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    firm = factories.enterprise("某矿", in_sector="非煤矿山")
    gone = action(EnforcementAction.Kind.INTERVIEW, firm, on=date(2023, 5, 10))
    handed_in(opened(obligation(one, period="2023-05"), clerk), clerk, **WORDS)
    EnforcementAction.objects.filter(pk=gone.pk).update(kind=EnforcementAction.Kind.WARNING)
    june = opened(obligation(one), clerk)

    filled = filling(june)

    with pytest.raises(actions.ReturnRefused, match="比上期报送的1减少"):
        handed_in(june, clerk, **WORDS)
    assert june.window == WindowKind.CUMULATIVE
    assert [(breach.code, breach.message) for breach in filled.breaches()] == [
        ("3.8", "“曝光、约谈、联合惩戒”累计为0，比上期报送的1减少。")
    ]
