"""The acceptance scenario: every figure of every campaign, period, window, cut-off and row."""

from decimal import Decimal

import pytest

from campaigns.models import Campaign
from lib.periods import window
from reports import indicators
from reports.tests import scenario

pytestmark = pytest.mark.django_db

DUE_DAYS = {"trade-2023": 28, "mines-2023": 25}
COUNTED = [each for each in indicators.INDICATORS.values() if not each.is_typed]


def shown(counts, value):
    return Decimal(str(value or 0))


def table(code, period, kind, cut_off):
    """{row: {figure: value}} as expected.json writes it."""
    campaign = Campaign.objects.get(code=code)
    scope = indicators.scope_of(campaign)
    days = window(kind, cut_off, period, due_day=DUE_DAYS[code], start=campaign.starts_on, end=campaign.ends_on)
    counts = indicators.count(scope, days, COUNTED)
    found = {row.name: {each.code: Decimal(counts.of(row, each) or 0) for each in COUNTED} for row in scope.every_row}
    found["合计"] = {each.code: Decimal(counts.total(each, counts.printed_rows()) or 0) for each in COUNTED}
    return found


def test_every_figure_equals_the_expected_one():
    scenario.load()

    for code, periods in scenario.expected().items():
        for period, windows in periods.items():
            for name, rows in windows.items():
                expected = {
                    row: {figure: Decimal(str(value)) for figure, value in figures.items()}
                    for row, figures in rows.items()
                }
                assert table(code, period, *name.split("/")) == expected, (code, period, name)
