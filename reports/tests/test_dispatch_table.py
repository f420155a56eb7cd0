"""The command: windows, refusals, and the scenario on paper."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from inspections.models import EnforcementAction
from lib.periods import WindowKind
from organizations.models import ReportingArea
from organizations.models.areas import Line
from organizations.tests import factories
from reports.dispatch.tables import TABLES, due_day_of
from reports.tests import scenario
from reports.tests.factories import hazard
from reports.tests.sheets import line, made

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind


def refusal(tmp_path, table="trade", **asked):
    with pytest.raises(CommandError) as caught:
        made(tmp_path, table, **asked)
    return str(caught.value)


# Windows


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 1),
        ({"window": "cumulative"}, 2),
        ({"cut_off": "month-end"}, 2),
        ({"window": "cumulative", "cut_off": "month-end"}, 3),
    ],
)
def test_window_and_cut_off_decide_what_counts(trade, tmp_path, asked, found):
    firm = factories.enterprise()
    for day in (date(2023, 5, 10), date(2023, 6, 10), date(2023, 6, 29)):
        hazard(firm, on=day)

    assert made(tmp_path, **asked)["C12"].value == found


def test_trade_is_monthly_and_mines_cumulative_unless_said_otherwise():
    assert [TABLES[code].window for code in ("trade", "mines", "trade-ledger")] == [
        WindowKind.MONTHLY,
        WindowKind.CUMULATIVE,
        WindowKind.MONTHLY,
    ]


def test_the_due_day_is_the_deliverables(trade):
    assert due_day_of(trade, TABLES["trade"]) == 28

    trade.deliverables.update(due_day=26)
    assert due_day_of(trade, TABLES["trade"]) == 26
    assert due_day_of(trade, TABLES["mines"]) == 26

    trade.deliverables.all().delete()
    assert [due_day_of(trade, TABLES[code]) for code in ("trade", "mines")] == [28, 25]


# What cannot be printed


def test_an_unknown_table_is_refused_with_those_there_are(trade, tmp_path):
    assert refusal(tmp_path, "coal") == (
        "没有名为“coal”的表，可用的有：trade（工贸调度表）、mines（非煤矿山调度表）、"
        "trade-ledger（工贸重大事故隐患台账）。"
    )


def test_an_unknown_campaign_is_refused_with_those_there_are(trade, tmp_path):
    assert refusal(tmp_path, campaign="trade-2024") == "没有代码为“trade-2024”的专项行动，现有：trade-2023。"


def test_no_campaign_at_all_names_the_command_to_run(tmp_path):
    assert "load_official" in refusal(tmp_path)


def test_an_unknown_area_is_refused_with_those_there_are(trade, tmp_path):
    assert refusal(tmp_path, area="烟台市") == (
        "“trade-2023”的表中没有“烟台市”这一行，可用的有：威海市、荣成市、乳山市、市本级。"
    )


def test_an_area_that_counts_elsewhere_is_refused_with_its_row(trade, tmp_path):
    zone = factories.area("综保区", parent=factories.city(), row=False)
    ReportingArea.objects.create(line=Line.EMERGENCY, area=zone, counted_in=factories.county())

    assert refusal(tmp_path, area="综保区").startswith("“综保区”计入荣成市，不单独列行，请改用“荣成市”；")


@pytest.mark.parametrize("period", ["2023-04", "2024-02"])
def test_a_period_outside_the_campaign_is_refused(trade, tmp_path, period):
    assert "不在“trade-2023”期间（2023-05至2023-12），请改用期间内的月份。" in refusal(tmp_path, period=period)


@pytest.mark.parametrize("period", ["2023年6月", "2023-6", "2023-Q2", "2023-13"])
def test_what_is_no_month_is_refused(trade, tmp_path, period):
    assert refusal(tmp_path, period=period) == f"“{period}”不是月份，应写作四位年份和两位月份，如 2023-06。"


def test_a_missing_folder_is_refused(trade, tmp_path):
    with pytest.raises(CommandError, match="没有文件夹"):
        call_command(
            "dispatch_table",
            "trade",
            campaign="trade-2023",
            period="2023-06",
            area="威海市",
            output=tmp_path / "none" / "out.xlsx",
        )


# The scenario on paper


def test_the_printed_table_of_june_equals_the_expected_one(tmp_path):
    scenario.load()
    expected = scenario.expected()["trade-2023"]["2023-06"]["monthly/due-day"]
    sheet = made(tmp_path)
    rows = [line(sheet, row, 17) for row in range(1, sheet.max_row + 1)]
    by_name = {name: [row[2:] for row in rows if row[1] == name] for name in expected}

    for name, figures in expected.items():
        first, second, third = by_name[name]
        shown = [*first, *second[:8], *third[:12]]
        codes = TABLES["trade"].codes
        assert dict(zip(codes, shown, strict=True)) == figures, name


def test_the_mines_form_sums_all_rows(tmp_path):
    scenario.load()
    total = scenario.expected()["mines-2023"]["2023-06"]["cumulative/due-day"]["合计"]
    sheet = made(tmp_path, "mines", campaign="mines-2023")

    assert [sheet[place].value for place in ("D4", "G4", "D5", "G5", "D6", "G6")] == [
        total[f"2.{n}"] for n in range(3, 9)
    ]
    assert sheet["D13"].value == f"{total['3.3']} / {total['3.4']:.2f}"


def test_any_campaign_prints_in_the_trade_layout(tmp_path):
    """All figures of mines-2023 by area; its own form shows a part of them."""
    scenario.load()
    expected = scenario.expected()["mines-2023"]["2023-07"]["monthly/due-day"]["合计"]
    sheet = made(tmp_path, campaign="mines-2023", period="2023-07")
    totals = [line(sheet, row, 17)[2:] for row in range(1, sheet.max_row + 1) if sheet.cell(row, 2).value == "合计"]

    assert totals[1][:8] == [expected[f"2.{n}"] for n in range(1, 9)]
