"""合计 and single cells: empty is not zero, words do not add up, the city's own value, very large numbers."""

from decimal import Decimal

import pytest
from openpyxl import load_workbook

from campaigns.actions import submissions
from inspections.models import EnforcementAction
from inspections.tests.factories import action, trip, visit
from organizations.models import Area, ReportingArea
from organizations.tests import factories
from reports import actions, exports
from reports.dispatch.cells import existing_or, filling, own_return
from reports.dispatch.consolidated import MISSING, Drift, as_shown, consolidated
from reports.dispatch.sheets import UNKEPT, Line, added, live, total_of
from reports.dispatch.tables import TABLES
from reports.exports.mines import item, shown
from reports.indicators import INDICATORS, scope_of
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import Entry, handed_in, opened

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind
HUGE = 10**12


def lines(*values, code="2.1", names="甲乙丙丁"):
    return [Line(name, {code: value}) for name, value in zip(names, values, strict=False)]


# 合计 of a column


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ([1, 2, 3], 6),
        ([0, 0], 0),
        ([None, None], None),
        ([None, 2], 2),
        ([None, 0], 0),
        ([MISSING, MISSING], None),
        ([MISSING, 4], 4),
        ([UNKEPT, UNKEPT], UNKEPT),
        ([UNKEPT, 0], 0),
        ([UNKEPT, None], UNKEPT),
        ([UNKEPT, MISSING], UNKEPT),
        ([], None),
        ([HUGE, HUGE], 2 * HUGE),
        ([Decimal("0.10"), Decimal("0.20")], Decimal("0.30")),
    ],
)
def test_column_adds_its_numbers_and_nothing_else(values, total):
    assert added(INDICATORS["2.1"], lines(*values)) == total


def test_sum_of_one_yuan_a_thousand_times_is_exact():
    fines = lines(*[Decimal("0.01")] * 1000, code="3.4", names=["甲"] * 1000)

    assert added(INDICATORS["3.4"], fines) == Decimal("10.00")


def test_city_value_stands_for_the_whole_and_only_the_citys():
    words = INDICATORS["党政-6"]

    assert added(words, lines("是", "否", code="党政-6", names=["荣成市", "市本级"])) == "否"
    assert added(words, lines("是", "是", code="党政-6", names=["荣成市", "乳山市"])) is None


def test_line_without_a_figure_is_no_line_of_it():
    assert total_of([Line("甲", {"2.1": 1}), Line("乙", {})], [INDICATORS["2.1"]]).values == {"2.1": 1}


# Drift beside a cell


@pytest.mark.parametrize(
    ("then", "now", "tells", "rose"),
    [
        (1, 2, True, True),
        (2, 1, True, False),
        (1, 1, False, None),
        (0, 0, False, None),
        (0, 1, True, True),
        (UNKEPT, 1, True, True),
        (UNKEPT, 0, False, None),
        (UNKEPT, UNKEPT, False, None),
        (0, UNKEPT, False, None),
        (2, UNKEPT, True, False),
        (Decimal("3.00"), Decimal("3"), False, None),
        (Decimal("3.00"), Decimal("3.01"), True, True),
        (HUGE, HUGE + 1, True, True),
    ],
)
def test_drift_tells_of_a_number_that_changed(then, now, tells, rose):
    drift = Drift(then, now)

    assert drift.tells is tells
    if tells:
        assert drift.rose is rose


def test_stored_figures_print_whole_but_for_money():
    assert (as_shown("2.1", Decimal("3.00")), type(as_shown("2.1", Decimal("3.00")))) == (3, int)
    assert as_shown("3.4", Decimal("3.50")) == Decimal("3.50")
    assert as_shown("2.1", None) is None


# Two values in one cell


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((3, Decimal("12.5")), "3 / 12.50"),
        ((0, Decimal(0)), "0 / 0.00"),
        ((None, None), None),
        ((None, Decimal(1)), " / 1.00"),
        ((2, None), "2 / "),
        ((MISSING, MISSING), MISSING),
        ((UNKEPT, UNKEPT), UNKEPT),
        ((HUGE, Decimal("999999999999.99")), "1000000000000 / 999999999999.99"),
    ],
)
def test_two_values_print_with_a_stroke(values, text):
    line = Line("荣成市", dict(zip(("3.3", "3.4"), values, strict=True)))

    assert shown(item("行政处罚（次，万元）", "3.3", "3.4"), line) == text


def test_one_value_stays_a_number():
    assert shown(item("移送司法机关（人）", "3.6"), Line("荣成市", {"3.6": 7})) == 7


# The city's own row


@pytest.fixture
def mines():
    factories.county()
    return campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)


def own(one, **typed):
    city = factories.actor(factories.city_bureau())
    returned = existing_or(own_return(one, TABLES["mines"], "2023-06"))
    entries = {code.replace("_", "-"): entry for code, entry in typed.items()}
    return actions.keep_own(returned, by=city, entries=entries)


@pytest.mark.parametrize(
    ("entry", "printed"),
    [
        (Entry(Decimal(0)), False),
        (Entry(Decimal(3)), True),
        (Entry(), False),
    ],
)
def test_city_is_printed_when_it_typed_something(mines, entry, printed):
    own(mines, 党政_1=entry)

    names = [line.name for line in live(TABLES["mines"], mines, period="2023-06", area="威海市").lines]
    assert names == (["荣成市", "市本级"] if printed else ["荣成市"])


def test_city_is_printed_for_a_word_too(mines):
    own(mines, 党政_6=Entry(text="否"))

    sheet = live(TABLES["mines"], mines, period="2023-06", area="威海市")
    assert sheet.lines[-1].values["党政-6"] == sheet.total.values["党政-6"] == "否"


def test_own_figures_of_another_month_are_not_printed(mines):
    own(mines, 党政_1=Entry(Decimal(3)))

    assert [line.name for line in live(TABLES["mines"], mines, period="2023-07", area="威海市").lines] == ["荣成市"]


def test_own_figures_can_be_changed_as_often_as_one_likes(mines):
    own(mines, 党政_1=Entry(Decimal(3)))
    own(mines, 党政_1=Entry(Decimal(4)))

    assert live(TABLES["mines"], mines, period="2023-06", area="市本级").lines[0].values["党政-1"] == 4


# Who adds to the total: missing rows, rows stood in for, the city


@pytest.fixture
def three(owed, clerk):
    """荣成市 handed in 5, 乳山市 is stood in for with 1, 文登区 is missing with 1 counted."""
    one = owed.deliverable.campaign
    for position, name in enumerate(("乳山市", "文登区"), start=1):
        unit = factories.unit(f"{name}应急管理局", in_area=factories.county(name))
        ReportingArea.objects.filter(area__name=name).update(position=position)
        obligation(one, unit=unit)
        hazard(factories.enterprise(f"{name}公司", in_area=unit.area))
    hazard(factories.enterprise())
    reason = Entry(Decimal(5), reason="4项未录入")
    handed_in(opened(owed, clerk), clerk, x2_1=reason, x2_5=reason, x1_4=reason)
    rushan = obligation_of(one, "乳山市")
    actions.report_by_system(opened(rushan, clerk), by=factories.actor(factories.city_bureau()), reason="断网")
    return one


def obligation_of(one, name):
    return one.deliverables.get().obligations.get(unit__area__name=name)


def whole(one):
    scope = scope_of(one)
    return consolidated(TABLES["trade"], one, "2023-06", scope=scope, rows=scope.every_row)


def test_total_of_the_consolidated_table_is_of_what_is_printed(three):
    found = whole(three)

    assert [(line.name, line.values["2.1"]) for line in found.sheet.lines] == [
        ("荣成市", 5),
        ("乳山市", 1),
        ("文登区", MISSING),
    ]
    assert found.sheet.total.values["2.1"] == 6
    assert [state.status for state in found.states] == [
        ("info", "待审核"),
        ("soon", "以系统数代报"),
        ("late", "未报"),
    ]


def test_row_stood_in_for_is_owed_still(three):
    found = whole(three)

    assert (found.come_in, found.owed, found.sheet.warning) == (1, 3, "缺报1个：文登区")
    assert obligation_of(three, "乳山市").handed_in_at is None


def test_row_stood_in_for_follows_the_records(three):
    hazard(factories.enterprise("新公司", in_area=Area.objects.get(name="乳山市")))

    assert whole(three).sheet.total.values["2.1"] == 7


def test_row_stood_in_for_is_not_accepted_data(three, clerk, city):
    submissions.accept(obligation_of(three, "荣成市").submissions.get(), by=city)
    assert whole(three).sheet.label == "已报送"


def test_city_alone_accepts_nothing():
    """A campaign whose line has no rows yet: nothing is 已审核."""
    one = campaign()
    factories.unit("威海市应急管理局")
    ReportingArea.objects.all().delete()

    assert whole(one).sheet.label == "已报送"


# Very large numbers, from the form to the paper


def test_very_large_counts_are_kept_and_printed_as_numbers(owed, clerk, tmp_path):
    handed_in(opened(owed, clerk), clerk, x1_1=HUGE, x1_2=HUGE, x3_3=1, x3_4="999999999999.99")
    target = tmp_path / "out.xlsx"
    exports.write(target, whole(owed.deliverable.campaign).sheet)
    sheet = load_workbook(target).active

    assert [sheet["C6"].value, sheet["C6"].data_type, sheet["C7"].value] == [HUGE, "n", HUGE]
    money = next(cell for row in sheet.iter_rows(min_row=14) for cell in row if cell.value == 999999999999.99)
    assert (money.data_type, money.number_format) == ("n", "0.00")


def test_sums_of_fines_stay_exact_to_the_last_yuan(owed):
    firm = factories.enterprise()
    for fine in ("9999999999.99", "0.01", "0.10"):
        action(Act.PENALTY, firm, fine=Decimal(fine))

    by_code = {cell.code: cell.system for cell in filling(opened(owed, None)).cells}
    assert by_code["3.4"] == Decimal("10000000000.10")


def test_heads_of_one_trip_do_not_overflow(owed):
    visit(factories.enterprise(), on_trip=trip(officers=32767, experts=32767))
    visit(factories.enterprise("乙"), on_trip=trip(officers=32767))

    by_code = {cell.code: cell.system for cell in filling(opened(owed, None)).cells}
    assert (by_code["1.2"], by_code["1.3"]) == (65534, 32767)
