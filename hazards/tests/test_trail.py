"""Every verb of the ledger: one row in the log, its place on the time line, and a judgement of the row as it stands.

Who acts sees a page that may be minutes old: each verb is tried with a hazard that somebody has dismissed meanwhile.
"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hazards import actions
from hazards.models import Hazard
from hazards.tests import factories as ledger
from lib import locks
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

LATER = timezone.localdate() + timedelta(days=30)
TWO = ("周执法", "郑执法")
DONE = date(2023, 6, 20)
FIVE = {"responsible": "孙七", "measures": "隔开", "funds": 1, "emergency_plan": "预案"}


def basis():
    return {"standard": ledger.standard(), "clause": ledger.CLAUSE}


def rectified():
    return ledger.rectifying(rectified_on=DONE)


def proposed():
    hazard = ledger.confirmed()
    ledger.proposal(hazard, by=ledger.officer(name="第一人"))
    return hazard


def listed():
    hazard = ledger.rectifying(listed=True, listing_unit_name="荣成市应急管理局")
    hazard.listings.create(level="department", unit=make.unit(), unit_name="荣成市应急管理局", listed_on="2023-06-09")
    return hazard


def named_signers(build=ledger.rectifying):
    firm = ledger.firm()
    firm.head, firm.director = "赵总", "钱总监"
    firm.save(update_fields=["head", "director"])
    return build(firm)


# verb: on what, who, with what else; the log's word, the newest title on the time line
VERBS = {
    "judge": (ledger.proposed_major, ledger.clerk, lambda: basis() | {"judged_on": DONE}, "judge", "已判定"),
    "correct_basis": (ledger.rectifying, ledger.clerk, basis, "corrected", "更正"),
    "object_to": (
        ledger.confirmed, ledger.head, lambda: {"kind": "dismiss", "objection": "无"}, "objected", "企业异议",
    ),
    "propose": (
        ledger.confirmed, ledger.officer, lambda: {"kind": "dismiss", "reason": "无"}, "proposed", "提请更改认定",
    ),
    "confirm": (proposed, ledger.reviewer, dict, "decided", "不属实"),
    "refuse": (proposed, ledger.reviewer, lambda: {"opinion": "属实"}, "decided", "认定复核"),
    "record_measures": (ledger.rectifying, ledger.officer, lambda: {"on_site_measure": "断电"}, "measures", "处置措施"),
    "plan": (ledger.confirmed, ledger.safety, lambda: FIVE | {"deadline_on": date(2023, 6, 29)}, "plan", "五到位"),
    "start": (ledger.hazard, ledger.safety, dict, "start", "整改中"),
    "fix_at_once": (
        ledger.hazard, ledger.safety, lambda: {"measures": "移除", "rectified_on": DONE}, "fix_at_once", "整改中",
    ),
    "log_progress": (ledger.rectifying, ledger.safety, lambda: {"text": "到货"}, "progress", "整改进展"),
    "report_rectified": (ledger.rectifying, ledger.safety, lambda: {"rectified_on": DONE}, "rectified", "整改完成"),
    "extend": (ledger.rectifying, ledger.clerk, lambda: {"deadline_on": LATER, "reason": "晚"}, "extended", "调整期限"),
    "sign": (rectified, ledger.head, dict, "signed", "签字"),
    "sign_on_paper": (
        lambda: named_signers(lambda firm: ledger.rectifying(firm, rectified_on=DONE)), ledger.safety,
        lambda: {"role": "head", "signer": "赵总"}, "signed", "签字",
    ),
    "close": (lambda: ledger.hazard(state="rectifying", rectified_on=DONE), ledger.safety, dict, "close", "已销号"),
    "request_recheck": (
        lambda: ledger.signed(found_by="department"), ledger.safety, dict, "request_recheck", "申请复查",
    ),
    "recheck": (
        ledger.requested, ledger.officer,
        lambda: {"passed": True, "rechecked_on": date(2023, 6, 23), "inspectors": TWO}, "close", "已销号",
    ),
    "check": (
        ledger.closed, ledger.officer,
        lambda: {"passed": True, "checked_on": date(2023, 6, 25), "inspectors": TWO}, "checked", "部门核查",
    ),
    "reopen": (
        ledger.closed, ledger.officer, lambda: {"reopened_on": date(2023, 12, 1), "reason": "复发"},
        "restart", "整改中",
    ),
    "put_on_list": (
        ledger.rectifying, ledger.clerk,
        lambda: {"level": "department", "unit_name": "荣成市应急管理局", "listed_on": date(2023, 6, 9)},
        "listed", "挂牌督办",
    ),
    "delist": (listed, ledger.clerk, lambda: {"delisted_on": DONE, "reason": "到位"}, "delisted", "摘牌"),
    "hand_over": (
        ledger.rectifying, ledger.clerk, lambda: {"area": make.county("文登区"), "reason": "迁址"},
        "handed_over", "移交",
    ),
    "note_penalty": (ledger.rectifying, ledger.clerk, lambda: {"comment": "罚款"}, "penalised", "行政处罚"),
    "correct": (ledger.hazard, ledger.safety, lambda: {"description": "改", "place": "库"}, "corrected", "更正"),
    "restore": (ledger.dismissed, ledger.reviewer, lambda: {"reason": "有误"}, "restore", "已登记"),
    "plan_for_firm": (
        ledger.proposed_major, ledger.clerk, lambda: FIVE | {"deadline_on": date(2023, 6, 29)},
        "plan", "五到位（代录）",
    ),
    "close_for_firm": (
        named_signers, ledger.clerk,
        lambda: {"rectified_on": DONE, "head": "赵总", "director": "钱总监"}, "close", "已销号（代录）",
    ),
}  # fmt: skip
# Called by others, on many hazards or on none yet.
ELSEWHERE = {"register", "attach", "follow"}
LISTS = {name for name in actions.__all__ if name.endswith(("problem", "measure", "_lists", "lists_of"))}


def test_every_verb_is_tried():
    assert set(VERBS) == set(actions.__all__) - ELSEWHERE - LISTS


@pytest.mark.parametrize("name", VERBS)
def test_verb_leaves_one_row_in_the_log(name):
    build, who, values, word, _ = VERBS[name]
    hazard, by = build(), who()
    given = values()

    getattr(actions, name)(hazard, by=by, **given)

    entry = AuditEntry.objects.get(verb=f"hazard.{word}", target_kind="hazards.hazard", target_id=str(hazard.pk))
    assert (entry.actor_id, entry.ok) == (by.user.pk, True)


@pytest.mark.parametrize("name", VERBS)
def test_verb_is_newest_on_the_time_line(name):
    build, who, values, _, title = VERBS[name]
    hazard, by = build(), who()
    before = len(hazard.time_line())

    getattr(actions, name)(hazard, by=by, **values())

    line = hazard.time_line()
    assert len(line) > before
    assert line[0].title == title
    assert line[0].who.startswith(by.label)


@pytest.mark.parametrize("name", VERBS)
def test_verb_takes_the_lock_that_a_freeze_waits_for(name):
    """A freeze of the month's figures must not read half of a change (lib.locks)."""
    build, who, values, _, _ = VERBS[name]
    hazard, by, given = build(), who(), values()
    assert not shares_counting()

    getattr(actions, name)(hazard, by=by, **given)

    assert shares_counting()


def shares_counting():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT exists(SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted"
            " AND pid = pg_backend_pid() AND (classid::bigint << 32 | objid::bigint) = %s)",
            [locks.key(locks.COUNTING)],
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("name", VERBS)
def test_verb_judges_the_row_as_it_stands_and_not_as_the_page_shows_it(name):
    build, who, values, _, _ = VERBS[name]
    hazard, by, given = build(), who(), values()
    elsewhere = "registered" if name == "restore" else "dismissed"
    Hazard.objects.filter(pk=hazard.pk).update(state=elsewhere, imported=True, closed_on=None)

    with pytest.raises(MoveRefused, match="时办理，请刷新页面查看"):
        getattr(actions, name)(hazard, by=by, **given)

    assert Hazard.objects.get(pk=hazard.pk).state == elsewhere
