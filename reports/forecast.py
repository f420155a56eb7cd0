"""What would not pass if it were handed in as it stands: the answer to `registry.would_fail`, by what is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db.models import QuerySet

from campaigns.actions.respondents import in_scope
from campaigns.models import Campaign, Deliverable, Obligation
from checklists import forecast as checklists
from hazards import forecast as lists
from lib.actor import Actor
from lib.registry import Forecast
from lib.text import joined
from lib.transitions import MoveRefused
from organizations.models import Enterprise
from reports.dispatch.cells import Cell, Filling, basis_of, filling, new_return
from reports.dispatch.identities import Level
from reports.dispatch.tables import table_named
from reports.doubts import counted_areas
from reports.indicators import Scope, scope_of
from reports.models import DispatchReturn

MOST = 3


def would_fail(duty: Deliverable, owed: QuerySet[Obligation], *, named: int, by: Actor) -> Forecast:
    """Files and free text are not looked into."""
    ask: Callable[..., Forecast] | None = FORMS.get(duty.form_kind)
    return ask(duty, owed, named=named, by=by) if ask else Forecast()


def returns(duty: Deliverable, owed: QuerySet[Obligation], *, named: int, by: Actor) -> Forecast:
    """The tables of a duty; every row of a month is counted in one pass. Only units owe them, so all are looked at."""
    months: dict[str, list[Obligation]] = defaultdict(list)
    for each in owed.select_related("unit").order_by("area__position", "pk"):
        each.deliverable = duty
        months[each.period].append(each)
    scope = scope_of(duty.campaign)
    found = {pk: points for rows in months.values() for pk, points in failing(rows, scope)}
    return Forecast(len(found), dict(list(found.items())[:named]), [*rowless(duty.campaign, by)] if months else [])


def failing(owed: list[Obligation], scope: Scope) -> Iterator[tuple[int, list[str]]]:
    """Obligations of one table and month, each with what stands against it."""
    drafts, points = {}, {}
    for each in owed:
        try:
            drafts[each.pk] = new_return(each, scope)
        except MoveRefused as refused:
            points[each.pk] = [str(refused)]
    if drafts:
        points |= dict(unfinished(drafts))
    yield from ((each.pk, points[each.pk]) for each in owed if points.get(each.pk))


def unfinished(drafts: dict[int, DispatchReturn]) -> Iterator[tuple[int, list[str]]]:
    """By obligation, over what is stored of each row."""
    first = next(iter(drafts.values()))
    table = table_named(first.table)
    rows = DispatchReturn.objects.of_table(first.campaign, table, first.period).select_related("unit", "row")
    stored = {each.row_key: each for each in rows.prefetch_related("figures")}
    basis = basis_of(first, every_row=True)
    for pk, draft in drafts.items():
        returned = stored.get(draft.row_key, draft)
        returned.campaign = draft.campaign
        if returned.obligation_id not in (None, pk):
            yield pk, [f"该行本期已由{returned.unit}填报，请与其核对。"]
        else:
            yield pk, points_of(filling(returned, basis=basis))


def points_of(filled: Filling) -> list[str]:
    """What `reports.actions.returns.problems` would say to the unit, folded for whoever looks at nine of them."""
    empty = [cell for cell in filled.cells if cell.is_empty]
    unreasoned = [cell for cell in filled.cells if cell.differs and not cell.is_empty and not cell.entry.reason]
    found = [
        *(f"{ledger}无台账数据，{len(cells)}项须自行填写。" for ledger, cells in by_ledger(empty).items()),
        *together([cell for cell in empty if not cell.unkept], "未填写。"),
        *together(unreasoned, "与系统数不一致，未写明原因。"),
        *(each.message for each in filled.breaches() if each.level is Level.BLOCK),
        *(f"{each.message.rstrip('。')}，未写明原因。" for each in filled.unexplained()),
    ]
    return list(dict.fromkeys(found))


def by_ledger(empty: list[Cell]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in empty:
        if cell.unkept and cell.indicator.source:
            found[cell.indicator.source.ledger.value].append(cell)
    return found


def together(cells: list[Cell], words: str) -> list[str]:
    """“派出检查组”、“组织专家”等5项未填写。"""
    return [joined((f"“{cell.indicator.wording()}”" for cell in cells), MOST, "项") + words] if cells else []


def rowless(campaign: Campaign, by: Actor) -> Iterator[str]:
    """Firms of the campaign whose records no row of its tables counts, as `check_house` names them."""
    firms = Enterprise.objects.operating().filter(in_scope(campaign)).exclude(area__in=counted_areas(campaign.line))
    if count := firms.count():
        seen = firms.visible_to(by).order_by("pk").values_list("name", flat=True)[:MOST]
        names = f"：{joined(seen)}{'等' if count > len(seen) else ''}" if seen else ""
        yield f"{count}家企业不计入任何填报行{names}。请在基础数据的统计口径区域中为其区划设置计入哪一行。"


FORMS: dict[str, Callable[..., Forecast]] = {
    "return": returns,
    "checklist": checklists.would_fail,
    "two-lists": lists.would_fail,
}
