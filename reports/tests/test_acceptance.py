"""The acceptance scenario: every figure of every campaign, period, window, cut-off and row."""

from decimal import Decimal

import pytest

from campaigns.models import Campaign
from reports import indicators
from reports.dispatch.tables import TABLES
from reports.tests import scenario

pytestmark = pytest.mark.django_db

COUNTED = [each for each in indicators.INDICATORS.values() if not each.is_typed]
TABLE_OF = {"trade-2023": "trade", "mines-2023": "mines"}


def figures(code, period, kind, cut_off):
    """{row: {figure: value}} as expected.json writes it."""
    campaign = Campaign.objects.get(code=code)
    scope = indicators.scope_of(campaign)
    days = TABLES[TABLE_OF[code]].days(campaign, period, kind, cut_off)
    counts = indicators.count(scope, days, COUNTED)
    rows = {row.name: {each.code: Decimal(counts.of(row, each) or 0) for each in COUNTED} for row in scope.every_row}
    total = {each.code: Decimal(counts.total(each, counts.printed_rows()) or 0) for each in COUNTED}
    return rows | {"合计": total}


def as_numbers(rows):
    return {row: {code: Decimal(str(value)) for code, value in line.items()} for row, line in rows.items()}


def test_every_figure_equals_the_expected_one():
    scenario.load()
    windows = [
        (campaign, period, name, rows)
        for campaign, periods in scenario.expected().items()
        for period, named in periods.items()
        for name, rows in named.items()
    ]

    assert len(windows) == 2 * 4 * 4
    for campaign, period, name, rows in windows:
        assert figures(campaign, period, *name.split("/")) == as_numbers(rows), (campaign, period, name)
