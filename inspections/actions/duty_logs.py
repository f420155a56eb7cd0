"""履职记录: an activity duty is answered by what was done, who led, who took part, what was found."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.actions.terms import window
from campaigns.models import Deliverable, Obligation
from campaigns.models.standing import PASSING, WITH_RECIPIENT
from documents import actions as documents
from documents import filetypes
from hazards.actions import register
from hazards.models import Hazard
from inspections.models import DutyLog
from lib import periods, text
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit

PHOTO = "现场照片"
# A version is on its way or has come: a further record joins it. One that was returned is answered anew.
HANDED_ON = (*PASSING, *WITH_RECIPIENT, "accepted")


class AnotherPerson(MoveRefused):
    """The duty is somebody else's."""


@transaction.atomic
def record(
    obligation: Obligation,
    *,
    by: Actor,
    held_on: date,
    led_by: str,
    content: str,
    took_part: str = "",
    place: str = "",
    found: str = "",
    photos: Sequence[File] = (),
    entry_key: UUID | None = None,
) -> DutyLog:
    """Enter a record; the first of a duty hands it in, later ones only join it, unless it was returned.

    The day lies within the duty's period and is not in the future. `entry_key` is made by the form: the same form sent
    twice is one record.
    """
    Obligation.objects.select_for_update(no_key=True).get(pk=obligation.pk)
    if entry_key and (known := DutyLog.objects.filter(entry_key=entry_key, obligation=obligation).first()):
        return known
    first, last = span(obligation)
    if not first <= held_on <= min(last, timezone.localdate()):
        raise MoveRefused(f"日期须在{text.full_date(first)}至{text.full_date(last)}之间，且不能晚于今天。")
    said = {"led_by": led_by.strip(), "took_part": took_part.strip(), "place": place.strip()}
    _require_person(obligation, said["led_by"], said["took_part"])
    log = DutyLog.objects.create(
        obligation=obligation,
        held_on=held_on,
        content=content.strip(),
        found=found.strip(),
        recorded_by=by.label[:80],
        entry_key=entry_key,
        **said,
    )
    for photo in photos:
        documents.store(photo, owner=log, by=by, role=PHOTO, allowed=filetypes.IMAGES)
    audit.record(by, "duty_log.record", log, obligation=obligation.pk)
    if not obligation.submissions.filter(state__in=HANDED_ON).exists():
        submissions.hand_in(obligation, by=by, text=in_words(log))
    return log


def _require_person(obligation: Obligation, led_by: str, took_part: str) -> None:
    """A duty owed by name is done by that person: each leader leads, who is stationed may also take part."""
    leads = obligation.deliverable.each_of == Deliverable.EachOf.LEADER
    there = text.folded(led_by if leads else f"{led_by} {took_part}")
    if obligation.person and text.folded(obligation.person) not in there:
        act = "带队/主持人" if leads else "带队/主持人或参加人员"
        raise AnotherPerson(
            f"这一项是{obligation.person}的任务，{act}应有{obligation.person}；他人的请在其本人的任务中登记。"
        )


@transaction.atomic
def register_finding(log: DutyLog, *, description: str, level: str, by: Actor) -> Hazard:
    """What was found at the firm goes into the ledger as found by itself; the same words twice are one hazard."""
    firm = log.obligation.enterprise
    if firm is None:
        raise MoveRefused("单位的检查记录请在“登记隐患”中选择企业登记。")
    if not description.strip():
        raise MoveRefused("请写明隐患情况。")
    DutyLog.objects.select_for_update(no_key=True).get(pk=log.pk)
    if known := log.hazards.filter(description=description.strip()).first():
        return known
    said: dict[str, Any] = {"description": description.strip(), "found_on": log.held_on, "finder": log.led_by}
    hazard = register(firm, by=by, found_by=Hazard.FoundBy.SELF, level=level, **said)
    log.hazards.add(hazard)
    return hazard


def span(obligation: Obligation) -> tuple[date, date]:
    """The days on which it may have been done: its period within the rule's window."""
    first, last = window(obligation.deliverable)
    if obligation.period == periods.ONCE_KEY:
        return first, last
    period = periods.parse(obligation.period)
    return max(first, period.first), min(last, period.last)


def in_words(log: DutyLog) -> str:
    """The hand-in's text."""
    lines = [
        f"{text.full_date(log.held_on)}，{log.led_by}",
        log.took_part and f"参加人员：{log.took_part}",
        log.place and f"地点/对象：{log.place}",
        log.content,
        f"发现的问题：{log.found}" if log.found else "未发现问题",
    ]
    return "\n".join(filter(None, lines))
