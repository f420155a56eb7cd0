"""The ledger and the two lists as tables: columns as data, rows streamed.

`LEDGER` are the columns of 工贸行业重大事故隐患台账 (威应急发〔2023〕12号 附件2) after 序号, in its order and words.
`PORTAL` are the portal's own, to the right. Their headings are those the import knows: what is exported can be read
back in.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.db.models import Case, Count, F, Func, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce

from hazards.models import Hazard, Measure, Problem, SupervisionListing
from lib.excel import Heading, TableSheet
from lib.text import dotted_date, joined
from organizations.models import Area, Unit

CHUNK = 2000
LEDGER_JOB = "hazard-ledger"  # the kind of an export made in the background; its `params` are {"query": …} of the list
TEXT = TextField()
TITLE = "工贸行业重大事故隐患台账"
ANNEX = "附件2"


# How a value is printed; the two places are looked up by the area's key.
Show = Callable[[Any], Any] | Literal["city", "county"] | None


@lru_cache(maxsize=4096)
def dotted(day: date | None) -> str | None:
    """2023.06.06, as the ledger prints its dates."""
    return dotted_date(day) if day else None


def names(features: Sequence[str]) -> str:
    return "、".join(features)


def way(found_by: str) -> str:
    """The form knows two ways of finding; all but the firm's own print as 部门检查."""
    return "自查" if found_by == Hazard.FoundBy.SELF else "部门检查"


def yes(value: bool) -> str:
    return "是" if value else ""


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """A column: its heading, the field it is taken from, and how the value is printed."""

    heading: Heading
    field: str
    show: Show = None


def column(name: str, width: float, field: str, show: Show = None, **look: Any) -> LedgerColumn:
    return LedgerColumn(Heading(name, width, **look), field, show)


LEDGER = (
    column("市", 8, "area", "city"),
    column("县（市、区）", 10, "area", "county"),
    column("企业全称", 22, "enterprise__name", align="left"),
    column("统一社会信用代码", 20, "enterprise__uscc"),
    column("行业", 9, "sector__name"),
    column("领域", 12, "feature_names", names),
    column("重大事故隐患描述", 36, "description", align="left"),
    column("判定依据", 26, "basis", align="left"),
    column("发现时间", 11, "found_on", dotted),
    column("发现方式", 9, "found_by", way),
    column("现场处置措施", 14, "on_site_measure", align="left"),
    column("行政处置措施", 14, "administrative_measure", align="left"),
    column("挂牌督办单位", 16, "listing_unit_name", align="left"),
    column("整改责任人", 9, "responsible"),
    column("整改期限", 11, "deadline"),
    column("整改措施", 30, "measures", align="left"),
)
PORTAL = (
    column("台账编号", 18, "number"),
    column("隐患级别", 9, "level", dict(Hazard.Level.choices).get),
    column("状态", 10, "state", dict(Hazard.State.choices).get),
    column("部位", 14, "place", align="left"),
    column("发现单位", 18, "found_by_unit__name", align="left"),
    column("实际发现方式", 12, "found_by", dict(Hazard.FoundBy.choices).get),
    column("挂牌级别", 9, "listing_level", dict(SupervisionListing.Level.choices).get),
    column("挂牌时间", 11, "listing_on", dotted),
    column("整改资金（万元）", 12, "funds", kind="money", align="right"),
    column("应急预案", 20, "emergency_plan", align="left"),
    column("整改完成时间", 12, "rectified_on", dotted),
    column("复查时间", 11, "rechecked_on", dotted),
    column("复查人", 14, "rechecked_by"),
    column("销号时间", 11, "closed_on", dotted),
    column("部门核查时间", 12, "checked_on", dotted),
    column("主要负责人签字", 12, "signed_head"),
    column("安全总监签字", 12, "signed_director"),
    column("立查立改", 9, "fixed_at_once", yes),
    column("责令停产停业", 10, "stopped", yes),
)
SERIAL = Heading("序号", 6, kind="whole")
# 立即, 7月底前: what was written stands where nobody has set a day.
DEADLINE = Coalesce(Func(F("deadline_on"), Value("YYYY.MM.DD"), function="to_char"), "deadline_text", output_field=TEXT)


def ledger_headings(*, extended: bool = False) -> list[Heading]:
    """序号 and the 16 columns after it; `extended` adds the portal's own."""
    return [SERIAL, *(one.heading for one in _columns(extended))]


def ledger_rows(hazards: QuerySet[Hazard], *, extended: bool = False) -> Iterator[list[Any]]:
    """One list for each hazard in the QuerySet's order, read from the database in pieces, memory flat.

    The caller has passed the QuerySet through `visible_to`.
    """
    columns = _columns(extended)
    shows = _shows(columns)
    fields = [one.field for one in columns]
    hazards = hazards.annotate(deadline=DEADLINE)
    rows = (_with_listing(hazards) if extended else hazards).values_list(*fields)
    for serial, values in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        row = [serial, *values]
        for place, show in shows:
            row[place] = show(row[place])
        yield row


def ledger_sheet(hazards: QuerySet[Hazard], *, right: str = "") -> TableSheet:
    """The extended ledger as the list page hands it out."""
    rows = ledger_rows(hazards, extended=True)
    return TableSheet(ledger_headings(extended=True), rows, "台账", "事故隐患台账", right=right, paper="A3")


def _columns(extended: bool) -> tuple[LedgerColumn, ...]:
    return LEDGER + PORTAL if extended else LEDGER


def _shows(columns: Sequence[LedgerColumn]) -> list[tuple[int, Callable[[Any], Any]]]:
    """(place in the row, how its value is printed) of the columns that are not printed as they are."""
    places: dict[str, Callable[[Any], Any]] = dict(zip(("city", "county"), _area_names(), strict=True))
    found = [(place, one.show) for place, one in enumerate(columns, start=1) if one.show]
    return [(place, places[show] if isinstance(show, str) else show) for place, show in found]


def _area_names() -> tuple[Callable[[int], str | None], Callable[[int], str | None]]:
    """Area id → its city's name, and its county's or zone's: one query, however many hazards."""
    areas = {area.code: area for area in Area.objects.all()}
    cities: dict[int, str] = {}
    counties: dict[int, str] = {}
    for area in areas.values():
        for code in area.path.strip("/").split("/"):
            above = areas.get(code)
            if above and above.level == Area.Level.CITY:
                cities[area.pk] = above.name
            elif above and above.level in (Area.Level.COUNTY, Area.Level.ZONE):
                counties[area.pk] = above.name
    return cities.get, counties.get


def _with_listing(hazards: QuerySet[Hazard]) -> QuerySet[Hazard]:
    last = SupervisionListing.objects.filter(hazard=OuterRef("pk")).order_by("-id")
    return hazards.annotate(
        listing_level=Subquery(last.values("level")[:1]), listing_on=Subquery(last.values("listed_on")[:1])
    )


PROBLEMS = (
    Heading("序号", 6, kind="whole"),
    Heading("问题", 40, align="left"),
    Heading("类别", 16),
    Heading("责任单位", 24),
    Heading("责任人", 10),
    Heading("整改要求", 36, align="left"),
    Heading("时限", 12),
    Heading("进展", 36, align="left"),
)
MEASURES = (
    Heading("序号", 6, kind="whole"),
    Heading("制度措施", 30, align="left"),
    Heading("主要内容", 50, align="left"),
    Heading("制定单位", 24),
    Heading("完成时限", 12),
    Heading("完成时间", 12),
    Heading("对应问题序号", 14),
)


REPORTER = Heading("填报单位", 24)
LINKED_HAZARDS = Heading("对应隐患（项）", 10, "right", "whole")


def two_lists(problems: Iterable[Problem], measures: Iterable[Measure]) -> list[TableSheet]:
    """Form 5 `two-lists`: 问题隐患清单 and 制度措施清单, linked by the problems' numbers in the first sheet."""
    serials: dict[int, int] = {}
    rows = (_problem_row(*pair, serials) for pair in enumerate(problems, start=1))
    answers = (_measure_row(*pair, serials) for pair in enumerate(measures, start=1))
    return [
        TableSheet(PROBLEMS, rows, "问题隐患清单", "问题隐患清单"),
        TableSheet(MEASURES, answers, "制度措施清单", "制度措施清单"),
    ]


def merged_lists(
    problems: QuerySet[Problem], measures: QuerySet[Measure], reporters: Mapping[int, Unit], **around: Any
) -> list[TableSheet]:
    """Form 5 of several units: theirs one after the other, 填报单位 to the right; read from the database in pieces.

    `reporters` says by unit in whose list its rows are, in the order of the sheets; `around` goes above and below.
    """
    serials: dict[int, int] = {}
    turn = Case(*(When(unit=unit, then=Value(at)) for at, unit in enumerate(reporters)), default=Value(len(reporters)))
    problems, measures = (rows.annotate(turn=turn).order_by("turn", "id") for rows in (problems, measures))
    first = problems.select_related("unit").iterator(chunk_size=CHUNK)
    linked = measures.select_related("unit").prefetch_related("problems").annotate(hazard_count=Count("hazards"))
    second = linked.iterator(chunk_size=CHUNK)
    rows = ([*_problem_row(*pair, serials), _reporter(pair[1], reporters)] for pair in enumerate(first, start=1))
    answers = (
        [*_measure_row(number, one, serials), one.hazard_count, _reporter(one, reporters)]
        for number, one in enumerate(second, start=1)
    )
    return [
        TableSheet([*PROBLEMS, REPORTER], rows, "问题隐患清单", "问题隐患清单", paper="A3", **around),
        TableSheet(
            [*MEASURES, LINKED_HAZARDS, REPORTER], answers, "制度措施清单", "制度措施清单", paper="A3", **around
        ),
    ]


def _reporter(one: Problem | Measure, reporters: Mapping[int, Unit]) -> str:
    """A row entered since the units were counted stands for its own."""
    return str(reporters.get(one.unit_id, one.unit))


def _problem_row(serial: int, one: Problem, serials: dict[int, int]) -> list[Any]:
    """A row of the first sheet; its number is kept for the second, which is written after it."""
    serials[one.pk] = serial
    done = f"{one.get_state_display()}。" if one.state == Problem.State.DONE else ""
    return [
        serial,
        one.text,
        one.category,
        str(one.unit),
        one.responsible,
        one.requirement,
        dotted(one.due_on),
        done + one.progress,
    ]


def _measure_row(serial: int, one: Measure, serials: dict[int, int]) -> list[Any]:
    answered = joined(
        str(number) for number in sorted(serials[row.pk] for row in one.problems.all() if row.pk in serials)
    )
    return [serial, one.title, one.content, str(one.unit), dotted(one.due_on), dotted(one.done_on), answered]
