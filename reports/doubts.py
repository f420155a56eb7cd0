"""What does not add up in the house as a whole: what falls in no row, what was warned about, what was changed behind.

Each app asks its own rows (`hazards.models.doubts`, `inspections.doubts`); here is what needs several of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign, Obligation
from checklists.models import SelfInspection
from documents.models import ImportBatch
from hazards.models import Closing, Hazard, SupervisionListing
from hazards.models.doubts import doubts as hazard_doubts
from inspections.doubts import DOUBTS as INSPECTION_DOUBTS
from inspections.models import EnforcementAction, Trip
from organizations import jurisdiction
from organizations.actions import seals
from organizations.models import Area, Enterprise, ReportingArea, Responsible, Sector, Unit
from reports.indicators import scope_of
from reports.models import DispatchReturn


class Finding(NamedTuple):
    """A heading, what to do, and the records to mend, in words."""

    title: str
    advice: str
    records: Iterator[str]


def findings() -> Iterator[Finding]:
    """Everything that does not add up; headings without a record are left out by the reader."""
    yield Finding(
        "企业不计入任何填报行", "在基础数据的统计口径区域中为其区划设置计入哪一行", named(firms_without_row())
    )
    yield Finding("检查组的单位没有填报行", "核对检查单位的所属区划", named(work_without_row(Trip)))
    yield Finding("处置记录的单位没有填报行", "核对实施单位的所属区划", named(work_without_row(EnforcementAction)))
    yield Finding("导入时有提示的行", "按提示更正原记录", warned_rows())
    for doubt, rows in hazard_doubts(Hazard.objects.select_related("enterprise").order_by("pk"), timezone.localdate()):
        yield Finding(doubt.title, doubt.advice, named(rows))
    advice = "在企业信息中重新办理迁址，或更正企业所在区市"
    yield Finding("应报任务的办理区域不是企业所在区市", advice, named(left_behind(Obligation)))
    yield Finding("自查的办理区域不是企业所在区市", advice, named(left_behind(SelfInspection)))
    yield Finding("已销号的隐患没有有效的销号记录", "补登销号时间，或更正状态", named(closed_without_closing()))
    yield Finding("有有效销号记录的隐患尚未销号", "更正状态，或注明重新整改", named(closing_of_open()))
    yield Finding("挂牌督办没有挂牌时间", "补填挂牌时间，否则不计入挂牌数", undated_listings())
    for doubt in INSPECTION_DOUBTS:
        yield Finding(doubt.title, doubt.advice, named(doubt.rows()))
    yield from roster_findings(timezone.localdate())
    yield Finding("已报送的数值与封存摘要不符", "核对数据库，查明改动来源", broken_seals())
    yield Finding("审计日志与封存不符", "核对数据库，查明改动来源", (words for _, words in seals.broken()))


def named(rows: QuerySet) -> Iterator[str]:
    return (str(row) for row in rows.iterator(chunk_size=1000))


def firms_without_row() -> QuerySet[Enterprise]:
    """In no row of the tables of its sector's line: neither its area nor one above has a rule."""
    lost = Q(pk__in=[])
    for line in Sector.objects.order_by().values_list("line", flat=True).distinct():
        lost |= Q(sector__line=line) & ~Q(area__in=counted_areas(line))
    return Enterprise.objects.operating().filter(lost).order_by("pk")


def counted_areas(line: str) -> QuerySet[Area, Any]:
    within = Q(pk__in=[])
    for path in ReportingArea.objects.filter(line=line).values_list("area__path", flat=True):
        within |= Q(path__startswith=path)
    return Area.objects.filter(within).order_by().values("pk")


def work_without_row(model: type[Trip] | type[EnforcementAction]) -> QuerySet:
    """Done in a running campaign's time by a unit that no campaign has a row for."""
    placed: set[int] = set()
    dates = Q(pk__in=[])
    for campaign in Campaign.objects.exclude(state=Campaign.State.DRAFT):
        placed.update(pk for units in scope_of(campaign).units.values() for pk in units)
        dates |= Q(date__range=(campaign.starts_on, campaign.ends_on))
    return model.objects.filter(dates).exclude(unit__in=placed).select_related("unit").order_by("pk")


def warned_rows() -> Iterator[str]:
    """One line for each warning of an applied import."""
    for batch in ImportBatch.objects.applied().exclude(warnings=[]).order_by("pk"):
        yield from (f"{batch.name} {warning_in_words(each)}" for each in batch.warnings)


def warning_in_words(warning: dict[str, Any]) -> str:
    """第12行“判定依据”：没有写明条款"""
    place = f"第{warning['row']}行" if warning["row"] else ""
    column = f"“{warning['name']}”" if warning["name"] else ""
    return f"{place}{column}{warning['message']}"


def left_behind(model: type[Obligation] | type[SelfInspection]) -> QuerySet:
    """Open rows that have not followed their firm."""
    return model.objects.left_behind().select_related("enterprise").order_by("pk")


def standing_closings() -> QuerySet[Closing]:
    return Closing.objects.filter(hazard=OuterRef("pk"), reopened_on__isnull=True)


def closed_without_closing() -> QuerySet[Hazard]:
    return Hazard.objects.filter(~Exists(standing_closings()), state=Hazard.State.CLOSED).order_by("pk")


def closing_of_open() -> QuerySet[Hazard]:
    return Hazard.objects.filter(Exists(standing_closings())).exclude(state=Hazard.State.CLOSED).order_by("pk")


def undated_listings() -> Iterator[str]:
    listings = SupervisionListing.objects.filter(listed_on__isnull=True).select_related("hazard").order_by("pk")
    return (f"{listing.hazard}（{listing.unit_name}）" for listing in listings.iterator(chunk_size=1000))


def roster_findings(today: date) -> Iterator[Finding]:
    """Of the people who answer: duties by name without a name, people of what is no more, mines nobody watches."""
    advice = "由该单位在责任人名册中登记，登记后每人一项任务"
    yield Finding("逐人报送的事项没有责任人名册", advice, named(without_roster(today)))
    gone = Responsible.objects.not_over_on(today).for_list().order_by("pk")
    advice = "在责任人名册中登记离任，需要的由现在的单位另行登记"
    yield Finding("已停用单位、已注销或退出企业的责任人尚未离任", advice, named(gone.filter(of_no_more(today))))
    yield Finding("责任人的单位已不管辖该企业", advice, map(str, out_of_reach(gone.exclude(of_no_more(today)))))
    watching = Responsible.objects.current_on(today).filter(enterprise=OuterRef("pk"), kind=Responsible.Kind.WATCH)
    mines = Enterprise.objects.to_be_watched().filter(~Exists(watching)).order_by("pk")
    advice = "由负责日常安全监管的部门在责任人名册中登记盯守责任人"
    yield Finding("停产停建且无人作业的矿山没有盯守责任人", advice, named(mines))


def without_roster(today: date) -> QuerySet[Obligation]:
    """Ahead, and asked of the unit as a whole: the run of the night has found nobody in its roster."""
    ahead = Obligation.objects.unanswered().exclude(deliverable__each_of="").filter(nominal_on__gte=today)
    as_a_whole = ahead.filter(subject=F("deliverable__person"))
    return as_a_whole.select_related("deliverable", "unit").order_by("unit", "deliverable", "period")


def of_no_more(today: date) -> Q:
    deregistered = Q(enterprise__status=Enterprise.Status.DEREGISTERED)
    return Q(unit__active=False) | deregistered | Q(enterprise__left_on__lte=today)


def out_of_reach(rows: QuerySet[Responsible]) -> Iterator[Responsible]:
    """Firms that moved away, or changed their trade."""
    of_firms = rows.filter(enterprise__isnull=False)
    reaches = jurisdiction.reaches(Unit.objects.filter(pk__in=of_firms.order_by().values("unit")))
    for row in of_firms:
        if row.enterprise and not reaches[row.unit_id].holds(row.enterprise.area_id, row.enterprise.sector_id):
            yield row


def broken_seals() -> Iterator[str]:
    for returned in DispatchReturn.objects.held().select_related("campaign", "row", "unit"):
        if not returned.is_sealed():
            yield f"{returned.unit}：{returned}"
