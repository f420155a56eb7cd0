"""两个清单汇总: the lists of the units that hand them in, together: as handed in, and as they stand now.

威工信发〔2022〕10号 二（二）: the districts hand their lists to the office in charge, which sums them up for the lead
office and keeps them up to date every month. So the sum is of today's rows; beside each unit stands what it had when
it handed in, which does not change any more. Rows pass the gate of `Problem.visible_to`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign, Obligation, Standing, Submission
from campaigns.models.standing import IN_HOUSE
from hazards.models import Measure, Problem
from lib import periods
from lib.actor import Actor
from lib.text import joined
from organizations.models import Unit

FORM = "two-lists"
BASIS = (
    "合计和各项按清单现在的内容计，报送后的增减都在内，未报单位已填的也在内；各单位报送的那一稿不再变动，随报送件留存。"
)
WANTING = (Standing.MISSING, Standing.UNCONFIRMED, Standing.PENDING)


@dataclass(frozen=True)
class Turn:
    """One duty in one period: what the units hand in is compared with."""

    key: str
    label: str
    deliverable: int
    period: str


@dataclass
class Counts:
    """How many rows the lists hold; `None` handed in: nothing, or a paper whose rows nobody has counted."""

    problems: int = 0
    done: int = 0
    overdue: int = 0
    unanswered: int = 0
    measures: int = 0
    measures_done: int = 0
    measures_overdue: int = 0
    answering_none: int = 0
    handed_problems: int | None = None
    handed_measures: int | None = None

    def add(self, other: Counts) -> None:
        for one in fields(Counts):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            setattr(self, one.name, more if mine is None else mine + (more or 0))

    @property
    def open(self) -> int:
        return self.problems - self.done


@dataclass(kw_only=True)
class Line(Counts):
    """A unit that hands in, with the rows of those whose lists its own takes in (its offices and towns)."""

    unit: Unit
    owed: Obligation | None = None
    handed_in: Submission | None = None
    members: list[int] = field(default_factory=list)

    @property
    def standing(self) -> Standing | None:
        return Standing(self.owed.standing) if self.owed else None

    @property
    def differs(self) -> bool:
        """The number of rows is another than when it was handed in."""
        pairs = ((self.handed_problems, self.problems), (self.handed_measures, self.measures))
        return any(then is not None and then != now for then, now in pairs)

    @property
    def is_wanting(self) -> bool:
        return self.standing in WANTING


@dataclass
class Summary:
    lines: list[Line]

    @property
    def sum(self) -> Counts:
        total = Counts()
        for line in self.lines:
            total.add(line)
        return total

    @property
    def words(self) -> str:
        """应报3个，已报2个；未报1个：乳山市工业和信息化局。"""
        asked = [line for line in self.lines if line.is_wanting or line.owed and line.owed.handed_in_at]
        wanting = [str(line.unit) for line in asked if line.is_wanting]
        missing = f"未报{len(wanting)}个：{joined(wanting)}" if wanting else "没有未报的"
        return f"应报{len(asked)}个，已报{len(asked) - len(wanting)}个；{missing}。"

    @property
    def reporters(self) -> dict[int, Unit]:
        """By unit with rows, whose list takes them in."""
        return {member: line.unit for line in self.lines for member in line.members}

    @property
    def differs(self) -> bool:
        """Some list has grown or shrunk since it was handed in."""
        return any(line.differs for line in self.lines)


def turns(campaign: Campaign, actor: Actor) -> list[Turn]:
    """The duties and periods in which the campaign asks for the lists, as far as the actor may see them."""
    rows = Obligation.objects.visible_to(actor).filter(_asked_of(campaign)).order_by()
    found = rows.values_list("deliverable__position", "period", "deliverable", "deliverable__name").distinct()
    return [
        Turn(f"{duty}:{period}", f"{_label(period)}{name}", duty, period) for _, period, duty, name in sorted(found)
    ]


def turn_shown(choices: list[Turn], asked: str, today: date) -> Turn | None:
    """The one asked for; else the first duty in its last period begun."""
    chosen = next((turn for turn in choices if turn.key == asked), None)
    if chosen or not choices:
        return chosen
    first = [turn for turn in choices if turn.deliverable == choices[0].deliverable]
    begun = [turn for turn in first if _begins(turn.period) <= today]
    return (begun or first[:1])[-1]


def _begins(period: str) -> date:
    """What is owed once, or for an event, has begun."""
    try:
        return periods.parse(period).first
    except ValueError:
        return date.min


def _label(period: str) -> str:
    return "" if period == periods.ONCE_KEY else f"{periods.label(period)} "


def _asked_of(campaign: Campaign) -> Q:
    return Q(deliverable__campaign=campaign, deliverable__form=FORM, unit__isnull=False)


def lists(campaign: Campaign, actor: Actor) -> tuple[QuerySet[Problem], QuerySet[Measure]]:
    """The rows that may be seen, of the campaign's line and place and of its time."""
    owing = Obligation.objects.filter(_asked_of(campaign)).values("unit")
    ours = Q(unit__lines__contains=[campaign.line], unit__area__path__startswith=campaign.area.path)
    where = ours | Q(unit__in=owing)
    problems = Problem.objects.visible_to(actor).in_campaign(campaign).filter(where)
    return problems, Measure.objects.visible_to(actor).in_campaign(campaign).filter(where)


def summary(campaign: Campaign, turn: Turn | None, actor: Actor, today: date) -> Summary:
    """A line for each unit that owes the lists or has rows in them; the same queries however many units and rows."""
    problems, measures = lists(campaign, actor)
    counted = _counted(problems, measures, today)
    owed = _owed(campaign, turn, actor)
    lines = {pk: Line(unit=row.unit, owed=row) for pk, row in owed.items()}
    for unit in Unit.objects.filter(pk__in=counted).select_related("area", "part_of"):
        reporter = reporter_of(unit, [row.unit for row in owed.values()])
        line = lines.setdefault(reporter.pk, Line(unit=reporter))
        line.members.append(unit.pk)
        line.add(counted[unit.pk])
    _hand_ins(lines)
    return Summary(sorted(lines.values(), key=lambda line: (line.unit.position, line.unit.name)))


def _owed(campaign: Campaign, turn: Turn | None, actor: Actor) -> dict[int, Obligation]:
    if turn is None:
        return {}
    rows = Obligation.objects.visible_to(actor).filter(_asked_of(campaign), deliverable=turn.deliverable)
    rows = rows.filter(period=turn.period).with_standing(timezone.now())
    return {row.unit_id: row for row in rows.select_related("unit__area", "unit__part_of").order_by("unit__position")}


def _counted(problems: QuerySet[Problem], measures: QuerySet[Measure], today: date) -> dict[int, Counts]:
    """By unit; one grouped query for each list and each question about links."""
    found: dict[int, Counts] = {}
    late = Q(due_on__lt=today)
    sums = {"done": Count("pk", filter=Problem.DONE)}
    sums["overdue"] = Count("pk", filter=~Problem.DONE & late)
    _gather(found, problems, {"problems": Count("pk")} | sums)
    _gather(found, problems.unlinked(), {"unanswered": Count("pk")})
    sums = {"measures": Count("pk"), "measures_done": Count("pk", filter=Measure.DONE)}
    sums["measures_overdue"] = Count("pk", filter=~Measure.DONE & late)
    _gather(found, measures, sums)
    _gather(found, measures.unlinked(), {"answering_none": Count("pk")})
    return found


def _gather(found: dict[int, Counts], rows: QuerySet[Any], sums: dict[str, Count]) -> None:
    for row in rows.order_by().values("unit").annotate(**sums):
        counts = found.setdefault(row.pop("unit"), Counts())
        for name, number in row.items():
            setattr(counts, name, number)


def reporter_of(unit: Unit, owing: list[Unit]) -> Unit:
    """In whose hand-in the unit's rows are: its own, its bureau's, else of the bureau of its line above it, the
    nearest; where nobody of them owes the lists, in none: the unit's house stands for itself."""
    for own in (unit.pk, unit.part_of_id):
        if found := next((one for one in owing if one.pk == own), None):
            return found
    lines = set(unit.lines)
    above = [one for one in owing if not one.part_of_id and unit.area.path.startswith(one.area.path)]
    above = [one for one in above if lines & set(one.lines)]
    return max(above, key=lambda one: len(one.area.path), default=unit.bureau)


def _hand_ins(lines: dict[int, Line]) -> None:
    """The newest version that still counts, and how many rows its lists had."""
    owed = {line.owed.pk: line for line in lines.values() if line.owed}
    void = (*IN_HOUSE, Submission.State.VOID)
    rows = Submission.objects.filter(obligation__in=owed).exclude(state__in=void)
    for one in rows.order_by("obligation_id", "-number").distinct("obligation_id"):
        line = owed[one.obligation_id]
        line.handed_in = one
        line.handed_problems, line.handed_measures = (_number(one, name) for name in ("problems", "measures"))


def _number(one: Submission, name: str) -> int | None:
    written = str(one.content.get(name, ""))
    return 0 if one.nil else int(written) if written.isdecimal() else None
