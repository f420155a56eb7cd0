"""附件2: 工贸行业重大事故隐患台账, the 17 official columns; the extended one adds the portal's own to the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery

from hazards.models import Hazard, SupervisionListing
from lib.excel import Heading, write_table
from lib.text import dotted_date, full_date
from organizations.models import Area
from reports.dispatch.sheets import Sheet
from reports.indicators import INDICATORS, Row, Scope

SIGNATURES = "　　　　　　　　　　　　　　　　".join(("制表：", "审核：", "负责人："))
AT_ONCE = 5000

Record = dict[str, Any]


class Field(NamedTuple):
    """A printed column, and how its text is read from a record."""

    heading: Heading
    read: Callable[[Record], Any]


def day(name: str) -> Callable[[Record], Any]:
    """2023.06.06"""
    return lambda record: dotted_date(record[name]) if record[name] else None


def labelled(name: str, choices: Any) -> Callable[[Record], Any]:
    labels = dict(choices.choices)
    return lambda record: labels.get(record[name])


def way_of_finding(record: Record) -> str:
    """The form knows two ways: 自查, and 部门检查 for all the others."""
    return "自查" if record["found_by"] == Hazard.FoundBy.SELF else "部门检查"


def deadline(record: Record) -> Any:
    """The date, else what the ledger said in words (立即)."""
    return dotted_date(record["deadline_on"]) if record["deadline_on"] else record["deadline_text"] or None


def column(name: str, width: float, read: Callable[[Record], Any], **style: Any) -> Field:
    return Field(Heading(name, width, **style), read)


OFFICIAL = (
    column("序号", 4.5, itemgetter("serial"), kind="whole"),
    column("市", 7, itemgetter("city")),
    column("县（市、区）", 8, itemgetter("county")),
    column("企业全称", 14, itemgetter("firm")),
    column("统一社会信用代码", 11, itemgetter("uscc")),
    column("行业", 6, itemgetter("trade")),
    column("领域", 8, lambda record: "、".join(record["feature_names"])),
    column("重大事故隐患描述", 20, itemgetter("description"), align="left"),
    column("判定依据", 16, itemgetter("basis"), align="left"),
    column("发现时间", 11, day("found_on")),
    column("发现方式", 8, way_of_finding),
    column("现场处置措施", 9, itemgetter("on_site_measure")),
    column("行政处置措施", 9, itemgetter("administrative_measure")),
    column("挂牌督办单位", 11, itemgetter("listing_unit_name")),
    column("整改责任人", 8, itemgetter("responsible")),
    column("整改期限", 11, deadline),
    column("整改措施", 14, itemgetter("measures"), align="left"),
)
# Named as the import reads them, so that an extended ledger can be read in again.
EXTENDED = (
    *OFFICIAL,
    column("台账编号", 16, itemgetter("number")),
    column("隐患级别", 8, labelled("level", Hazard.Level)),
    column("发现单位", 16, itemgetter("finder_unit")),
    column("挂牌级别", 8, labelled("listing_level", SupervisionListing.Level)),
    column("挂牌时间", 11.5, day("listed_on")),
    column("整改资金（万元）", 10, itemgetter("funds"), kind="money"),
    column("应急预案", 16, itemgetter("emergency_plan")),
    column("整改完成时间", 11.5, day("rectified_on")),
    column("复查时间", 11.5, day("rechecked_on")),
    column("销号时间", 11.5, day("closed_on")),
    column("状态", 9, labelled("state", Hazard.State)),
)
PLAIN = (
    "area_id", "feature_names", "description", "basis", "found_on", "found_by", "on_site_measure",
    "administrative_measure", "listing_unit_name", "responsible", "deadline_on", "deadline_text", "measures",
)  # fmt: skip
MORE = ("number", "level", "funds", "emergency_plan", "rectified_on", "rechecked_on", "closed_on", "state")


def write(target: Path | IO[bytes], sheet: Sheet, rows: QuerySet[Any], *, extended: bool = False) -> int:
    """Stream the ledger into a workbook; returns its number of rows."""
    fields = EXTENDED if extended else OFFICIAL
    return write_table(
        target,
        [field.heading for field in fields],
        lines(rows, sheet.campaign.area, fields),
        name="台账",
        annex=sheet.table.attachment,
        title=sheet.table.title,
        left=f"填报地市：{sheet.campaign.area.name}",
        right=f"填报时间：{full_date(sheet.on)}",
        notes=() if extended else (SIGNATURES,),
        paper="A3" if extended else "A4",
    )


def majors(scope: Scope, sheet: Sheet, row: Row | None) -> QuerySet[Any]:
    """The rows behind 2.1, in the order of the table's rows: ledger and table cannot disagree."""
    found = INDICATORS["2.1"].rows(scope, sheet.days, row)
    return found.order_by("found_on", "pk")


def lines(rows: QuerySet[Any], city: Area, fields: tuple[Field, ...]) -> Iterator[list[Any]]:
    counties = county_names(city)
    readers = [field.read for field in fields]
    for serial, record in enumerate(records(rows, extended=len(fields) > len(OFFICIAL)), start=1):
        record |= {"serial": serial, "city": city.name, "county": counties.get(record["area_id"], "")}
        yield [read(record) for read in readers]


def records(rows: QuerySet[Any], *, extended: bool) -> Iterator[Record]:
    names: dict[str, Any] = {"firm": F("enterprise__name"), "uscc": F("enterprise__uscc"), "trade": F("sector__name")}
    if extended:
        listings = SupervisionListing.objects.filter(hazard=OuterRef("pk")).order_by("-pk")
        names |= {
            "finder_unit": F("found_by_unit__name"),
            "listing_level": Subquery(listings.values("level")[:1], output_field=CharField()),
            "listed_on": Subquery(listings.values("listed_on")[:1]),
        }
    return rows.values(*PLAIN, *(MORE if extended else ()), **names).iterator(chunk_size=AT_ONCE)


def county_names(city: Area) -> dict[int, str]:
    """Area → the name of the county or zone it lies in; the city's own name for what lies in none."""
    below = list(Area.objects.within(city).order_by("path"))
    names = {area.path: area.name for area in below if area.level in (Area.Level.COUNTY, Area.Level.ZONE)}
    return {area.pk: next((names[path] for path in names if area.path.startswith(path)), area.name) for area in below}
