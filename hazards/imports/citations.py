"""判定依据: 《工贸企业重大事故隐患判定标准》第十二条第（二）项, taken apart and looked up."""

import re
from datetime import date

from hazards.models import Standard
from organizations.models import Sector

EXAMPLE = "《工贸企业重大事故隐患判定标准》第十二条第（二）项"
_CITATION = re.compile(r"《(?P<name>[^》]+)》(?P<clause>.*)", re.DOTALL)
_AROUND = " \t\n\u3000，,。；;、的"


class Standards:
    """Every version of every standard, with its sectors and clauses; read once."""

    def __init__(self) -> None:
        self.versions: dict[str, list[Standard]] = {}
        for standard in Standard.objects.prefetch_related("sectors", "clauses").order_by("valid_from"):
            self.versions.setdefault(_folded(standard.name), []).append(standard)

    def cited(self, basis: str, found_on: date) -> tuple[Standard | None, str]:
        """(standard, clause) of a basis as written: the version in force on the day, else the nearest one."""
        match = _CITATION.search(basis)
        versions = self.versions.get(_folded(match["name"]), []) if match else []
        in_force = [one for one in versions if one.is_in_force(found_on)]
        return _nearest(in_force or versions, found_on), match["clause"].strip(_AROUND)[:60] if match else ""

    def objection(self, basis: str, found_on: date, sector: Sector) -> str:
        """What is wrong with a basis cited for a hazard of that sector found on that day; "" if it is in order."""
        match = _CITATION.search(basis)
        if not match:
            return f"没有写明判定标准，应如“{EXAMPLE}”"
        standard, clause = self.cited(basis, found_on)
        if standard is None:
            return f"标准库中没有《{match['name']}》"
        if clause or not standard.is_in_force(found_on):
            return standard.refusal(clause=clause, sector=sector, day=found_on)
        return "没有写明条款，应如“第十二条第（二）项”"


def _folded(name: str) -> str:
    """Trial versions and years stand in brackets behind the name; people leave them out."""
    return re.sub(r"[（(][^（()）]*[）)]$", "", "".join(name.split()))


def _nearest(versions: list[Standard], day: date) -> Standard | None:
    """The last one begun by the day, or the first of all where the day lies before it."""
    begun = [one for one in versions if one.valid_from <= day]
    return begun[-1] if begun else next(iter(versions), None)
