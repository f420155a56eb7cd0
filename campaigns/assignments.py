"""The board of a campaign's tasks (任务分工): how each stands, who has not reported for long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Assignment, AssignmentProgress, Campaign
from lib.actor import Actor
from lib.excel import Heading
from lib.text import dotted_date, joined

STALE = timedelta(days=30)
STALE_WORDS = "30天未更新"
UNREPORTED = "未报告"
DONE = AssignmentProgress.Light.DONE
HEADINGS = [
    Heading("序号", 8, "right", "whole"),
    Heading("任务", 60, "left"),
    Heading("牵头单位", 24, "left"),
    Heading("配合单位", 30, "left"),
    Heading("状态", 14),
    Heading("认定", 14),
    Heading("进度（%）", 10, "right", "whole"),
    Heading("最近报告", 14),
    Heading("更新情况", 14),
    Heading("最近进展", 60, "left"),
]


@dataclass
class Line:
    """One task with the newest report of each of its units and the newest judgement; `today` decides what is stale."""

    assignment: Assignment
    today: date
    reports: list[AssignmentProgress] = field(default_factory=list)
    judgement: AssignmentProgress | None = None

    @property
    def told(self) -> AssignmentProgress | None:
        """The report that speaks for the task: the newest of a lead unit, else the newest."""
        leads = {unit.pk for unit in self.assignment.lead_units.all()}
        order = sorted(self.reports, key=lambda one: (one.unit_id in leads, one.reported_at, one.pk))
        return order[-1] if order else None

    @property
    def is_judged(self) -> bool:
        return self.judgement is not None and bool(self.judgement.light)

    @property
    def shown(self) -> AssignmentProgress | None:
        """Whose light counts: the judgement's, if there is one."""
        return self.judgement if self.is_judged else self.told

    @property
    def light(self) -> str:
        return self.shown.light if self.shown else ""

    @property
    def words(self) -> str:
        return self.shown.get_light_display() if self.shown else UNREPORTED

    @property
    def tone(self) -> str:
        return self.shown.tone if self.shown else "info"

    @property
    def percent(self) -> int | None:
        return self.told.percent if self.told else None

    @property
    def reported_on(self) -> date | None:
        """The last day any of its units reported; a judgement is no report."""
        return timezone.localdate(max(one.reported_at for one in self.reports)) if self.reports else None

    @property
    def is_stale(self) -> bool:
        """Not done, campaign running, and more than 30 days without a report, counted from its beginning at least."""
        campaign = self.assignment.campaign
        if self.light == DONE or campaign.state != Campaign.State.RUNNING:
            return False
        return self.today - (self.reported_on or campaign.starts_on) > STALE

    def has_unit(self, unit: int) -> bool:
        units = [*self.assignment.lead_units.all(), *self.assignment.cooperating_units.all()]
        return any(one.pk == unit for one in units)


def board(campaign: Campaign, actor: Actor) -> list[Line]:
    """All tasks the actor may follow, by number; four queries, however many there are."""
    rows = Assignment.objects.visible_to(actor).filter(campaign=campaign)
    return lines(rows.select_related("campaign"))


def lines(rows: Any) -> list[Line]:
    today = timezone.localdate()
    found = {row.pk: Line(row, today) for row in rows.prefetch_related("lead_units", "cooperating_units")}
    by_task: dict[int, list[AssignmentProgress]] = defaultdict(list)
    for one in AssignmentProgress.objects.filter(assignment__in=found).newest():
        by_task[one.assignment_id].append(one)
    for pk, line in found.items():
        line.reports = [one for one in by_task[pk] if not one.is_judgement]
        judged = [one for one in by_task[pk] if one.is_judgement]
        line.judgement = max(judged, key=lambda one: (one.reported_at, one.pk), default=None)
    return list(found.values())


def table(found: list[Line]) -> Iterator[list[Any]]:
    for line in found:
        task = line.assignment
        yield [
            task.number, task.text, _names(task.lead_units) or task.responsible, _names(task.cooperating_units),
            line.words, "牵头单位认定" if line.is_judged else "", line.percent,
            dotted_date(line.reported_on) if line.reported_on else "", STALE_WORDS if line.is_stale else "",
            line.told.text if line.told else "",
        ]  # fmt: skip


def _names(units: Any) -> str:
    return joined(unit.label for unit in units.all())
