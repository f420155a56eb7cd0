from datetime import date

import pytest

from hazards.models import Hazard
from hazards.models.doubts import doubts
from hazards.tests import factories as ledger
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2023, 6, 28)
HISTORY = {"imported": True, "level": "major", "state": "closed", "closed_on": date(2023, 6, 22), "clause": "第三条"}


def found(day=DAY):
    """title → rows, of the doubts that have any."""
    return {doubt.title: list(rows) for doubt, rows in doubts(Hazard.objects.all(), day) if rows}


def test_sound_hazards_raise_no_doubt():
    ledger.closed()
    ledger.rectifying()
    ledger.hazard()
    assert found() == {}


def test_standard_not_yet_in_force_is_doubted():
    hazard = ledger.hazard(
        **HISTORY | {"standard": ledger.standard(), "found_on": date(2023, 5, 14), "clause": ledger.CLAUSE}
    )
    assert found() == {"判定标准在发现时间不在有效期内": [hazard]}


def test_standard_no_longer_in_force_is_doubted():
    old = ledger.standard("旧标准", valid_from=date(2017, 1, 1), valid_to=date(2023, 5, 14))
    hazard = ledger.hazard(**HISTORY | {"standard": old, "clause": ledger.CLAUSE})
    assert found() == {"判定标准在发现时间不在有效期内": [hazard]}


def test_missing_and_unknown_clauses_are_doubted():
    without = ledger.hazard(**HISTORY | {"clause": ""})
    unknown = ledger.hazard(**HISTORY | {"standard": ledger.standard(), "clause": "第九十九条"})
    assert found() == {"缺少判定依据条款": [without], "判定依据条款不在标准之内": [unknown]}


def test_dates_that_run_backwards_are_doubted():
    before_found = ledger.hazard(**HISTORY | {"closed_on": date(2023, 6, 5)})
    before_done = ledger.hazard(**HISTORY | {"rectified_on": date(2023, 6, 23)})
    assert found() == {"销号时间早于发现时间": [before_found], "销号时间早于整改完成时间": [before_done]}


def test_deadline_is_passed_the_day_after():
    hazard = ledger.rectifying()
    assert found(date(2023, 6, 30)) == {}
    assert found(date(2023, 7, 1)) == {"整改期限已过仍未销号": [hazard]}


def test_place_that_counts_in_no_row_is_doubted():
    nowhere = make.area("某开发区", parent=make.city(), row=False)
    hazard = ledger.hazard(make.enterprise("无口径企业", in_area=nowhere))
    assert found() == {"所在区划不计入任何统计行": [hazard]}


def test_dismissed_and_general_need_no_clause():
    ledger.dismissed()
    ledger.hazard(imported=True, state="closed", closed_on=date(2023, 6, 22))
    assert found() == {}
