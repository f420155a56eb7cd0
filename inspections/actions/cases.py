"""一案双罚: when a case has a decision against the enterprise and one against its head."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Min, Q

from inspections.models import EnforcementAction, PenaltyCase
from lib import cells

Target = EnforcementAction.Target
_BRACKETS = str.maketrans("([【", "〔〔〔") | str.maketrans(")]】", "〕〕〕")


def case_number(value: object) -> str:
    """威应急罚〔2023〕1号: one spelling of a number, whatever width, spaces and brackets it was typed with."""
    return cells.half_width(value).translate(_BRACKETS)


def settle(cases: Iterable[PenaltyCase]) -> None:
    """Keep on each case the later of its two first decisions, or nothing; two statements, however many cases.

    The caller holds a transaction and the counting lock.
    """
    known = {case.pk: case for case in cases}
    on_firm, on_head = (Min("actions__date", filter=Q(actions__target=target)) for target in Target.values)
    first = PenaltyCase.objects.filter(pk__in=known).annotate(on_firm=on_firm, on_head=on_head)
    changed = []
    for pk, one, other in first.values_list("pk", "on_firm", "on_head"):
        if known[pk].both_on != (both_on := _later(one, other)):
            known[pk].both_on = both_on
            changed.append(known[pk])
    PenaltyCase.objects.bulk_update(changed, ["both_on"], batch_size=1000)


def _later(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else None
