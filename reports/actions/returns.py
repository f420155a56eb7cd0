"""A district fills in its return and hands it in; the city may let the system's figures stand for a missing one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from lib import locks
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit
from reports.dispatch.cells import Cell, Entry, Filling, existing_or, filling, new_return
from reports.dispatch.identities import Level
from reports.indicators.digests import Digest, digests
from reports.indicators.past import versions_now
from reports.models import DispatchReturn, Figure


class ReturnRefused(MoveRefused):
    """Why a return cannot be handed in: sentences for the page, by figure ("" for the whole)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("；".join(text.rstrip("。") for _, text in problems) + "。")
        self.problems = problems


@transaction.atomic
def open_return(obligation: Obligation, *, by: Actor) -> DispatchReturn:
    """The stored return of an obligation, made if there is none; refused if another unit fills in that row."""
    found = existing_or(new_return(obligation))
    if found.obligation_id not in (None, obligation.pk):
        raise MoveRefused(f"该行本期已由{found.unit}填报，请与其核对。")
    found.obligation = obligation
    found.unit_id = obligation.unit_id  # type: ignore[assignment]  # a return is owed by a unit
    found.save()
    return found


@transaction.atomic
def fill(returned: DispatchReturn, *, by: Actor, entries: Mapping[str, Entry]) -> Filling:
    """Keep what was typed, beside the system's values of now; refused while the city holds the return."""
    _lock(returned)
    filled = filling(returned, entries)
    _store(filled)
    audit.record(by, "return.fill", returned)
    return filled


@transaction.atomic
def keep_own(returned: DispatchReturn, *, by: Actor, entries: Mapping[str, Entry]) -> Filling:
    """市本级's own values: stored, never handed in."""
    returned.save()
    return fill(returned, by=by, entries=entries)


@transaction.atomic
def hand_in(returned: DispatchReturn, *, by: Actor, seen: str, received_at: datetime | None = None) -> DispatchReturn:
    """Check, freeze and hand in. `seen` are the system's values the officer had before his eyes.

    `received_at` is when a return came that reached the city by mail and is entered afterwards; else it is now.

    Under the exclusive counting lock nobody changes a counted row, so the figures, the moment, the versions and the
    digests of the rows behind each figure belong together. ReturnRefused names what stands against it.
    """
    locks.counting_exclusive()
    _lock(returned)
    filled = filling(returned)
    _check(filled, seen)
    _freeze(filled)
    if returned.obligation is not None:
        channel = Submission.Channel.MAIL if received_at else Submission.Channel.PORTAL
        submissions.hand_in(returned.obligation, by=by, channel=channel, received_at=received_at)
    audit.record(by, "return.hand_in", returned, seal=returned.frozen["seal"])
    return returned


@transaction.atomic
def hand_in_nil(returned: DispatchReturn, *, by: Actor, seen: str, nil_by: str, nil_answer: str = "") -> DispatchReturn:
    """零报告: zeros throughout, frozen like any other return.

    `nil_answer` answers what the records say against it (registry.nil_objections) and stands as the reason beside each
    figure that the system counts; without it neither goes. ReturnRefused and MoveRefused say what is wanting.
    """
    locks.counting_exclusive()
    _lock(returned)
    if returned.obligation is None or not returned.obligation.deliverable.nil_allowed:
        raise MoveRefused("该表不接受零报告，没有的请填0。")
    shown = filling(returned)
    zeros = {cell.code: Entry(Decimal(0), reason=nil_answer if cell.system else "") for cell in shown.cells}
    filled = filling(returned, zeros)
    _check(filled, seen)
    _freeze(filled)
    submissions.hand_in(returned.obligation, by=by, nil=True, nil_by=nil_by, nil_answer=nil_answer)
    audit.record(by, "return.hand_in", returned, seal=returned.frozen["seal"], nil=True)
    return returned


def _check(filled: Filling, seen: str) -> None:
    if seen != filled.seen:
        raise ReturnRefused([("", "台账刚有变动，系统数已更新，请核对后再报送。")])
    if found := problems(filled):
        raise ReturnRefused(found)


@transaction.atomic
def report_by_system(returned: DispatchReturn, *, by: Actor, reason: str) -> DispatchReturn:
    """以系统数代报: the consolidated table shows the system's values for a row that is missing; it stays owed."""
    if not reason.strip():
        raise MoveRefused("请写明以系统数代报的理由。")
    if returned.row_id is None:
        raise MoveRefused("市本级由牵头单位填写，不需代报。")
    if returned.pk and returned.is_held():
        raise MoveRefused("该行已报送，不需代报。")
    returned.by_system_reason = reason.strip()[:200]
    returned.save()
    audit.record(by, "return.by_system", returned, reason=returned.by_system_reason)
    return returned


@transaction.atomic
def withdraw_by_system(returned: DispatchReturn, *, by: Actor) -> DispatchReturn:
    """The row is 未报 again."""
    if not returned.by_system_reason:
        raise MoveRefused("该行没有以系统数代报，请刷新页面查看。")
    returned.by_system_reason = ""
    returned.save(update_fields=["by_system_reason"])
    audit.record(by, "return.by_system_withdrawn", returned)
    return returned


def problems(filled: Filling) -> list[tuple[str, str]]:
    """What stands against handing in: empty cells, differences without a reason, identities that do not hold."""
    found = [
        *((cell.code, _empty(cell)) for cell in filled.cells if cell.is_empty),
        *((cell.code, _unreasoned(cell)) for cell in filled.cells if cell.differs and not cell.entry.reason),
        *((each.code, each.message) for each in filled.breaches() if each.level is Level.BLOCK),
        *((each.code, f"{each.message}请在说明栏写明原因。") for each in filled.unexplained()),
    ]
    # One sentence for one reason that is wanting.
    return list(dict.fromkeys(found))


def _empty(cell: Cell) -> str:
    name = cell.indicator.wording()
    return f"“{name}”未选择是或否。" if cell.indicator.is_yes_no else f"“{name}”未填写，没有的请填0。"


def _unreasoned(cell: Cell) -> str:
    return f"“{cell.indicator.wording()}”与系统数不一致，请写明原因。"


def _lock(returned: DispatchReturn) -> None:
    """Of two clerks at once one waits; then nobody changes what the city holds."""
    DispatchReturn.objects.select_for_update(no_key=True).get(pk=returned.pk)
    if returned.is_held():
        raise MoveRefused("本期已报送，审核期间不能修改；如需修改，请联系接收单位退回。")
    if returned.is_in_house():
        raise MoveRefused("本期已送本单位审签，审签期间不能修改；如需修改，请审签人退回。")


def _store(filled: Filling, told: Mapping[str, Digest] | None = None) -> None:
    """All cells in one statement."""
    told = told or {}
    figures = [
        Figure(
            dispatch_return=filled.returned,
            code=cell.code,
            system=cell.system,
            reported=cell.entry.reported,
            text=cell.entry.text,
            reason=cell.entry.reason,
            rows=told[cell.code][0] if cell.code in told else None,
            digest=told[cell.code][1] if cell.code in told else "",
        )
        for cell in filled.cells
    ]
    Figure.objects.bulk_create(
        figures,
        update_conflicts=True,
        unique_fields=["dispatch_return", "code", "part"],
        update_fields=["system", "reported", "text", "reason", "rows", "digest"],
    )


def _freeze(filled: Filling) -> None:
    """Figures, digests, moment, versions, definitions, and a seal over them."""
    returned, table = filled.returned, filled.table
    days = table.days(returned.campaign, returned.period, returned.window, returned.cut_off)
    _store(filled, digests(filled.scope, days, filled.row, table.indicators))
    key_id = list(settings.SEAL_KEYS)[-1]
    returned.frozen_at = timezone.now()
    returned.by_system_reason = ""
    returned.frozen = {
        "versions": versions_now(),
        "definitions": {each.code: each.version for each in table.indicators},
        "key": key_id,
    }
    returned.frozen["seal"] = returned.seal(key_id)
    returned.save(update_fields=["frozen_at", "frozen", "by_system_reason"])
