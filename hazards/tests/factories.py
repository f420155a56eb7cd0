"""Hazards in every state, as rows; the firm and its district are those of organizations' cast."""

from datetime import date
from decimal import Decimal
from itertools import count

from hazards.models import Closing, Hazard, Measure, Problem, Reconsideration, Standard, StandardClause
from organizations.models import Enterprise
from organizations.models.people import Role
from organizations.tests import factories as make

CLAUSE = "第十二条第（二）项"
FOUND_ON = date(2023, 6, 6)
JUDGED = {"level": "major", "clause": CLAUSE, "judged_on": date(2023, 6, 7), "judged_by": "王经办"}
PLAN = {
    "responsible": "李四",
    "measures": "在单独的作业间内设置快速冻结装置",
    "funds": Decimal("12.50"),
    "deadline_on": date(2023, 6, 30),
    "emergency_plan": "液氨泄漏现场处置方案",
}
SIGNED = {"rectified_on": date(2023, 6, 20), "signed_head": "赵总", "signed_director": "钱总监"}

_serial = count(1)


def standard(name="工贸企业重大事故隐患判定标准", *, valid_from=date(2023, 5, 15), valid_to=None, clauses=(CLAUSE,)):
    """应急管理部令第10号, in force from 2023-05-15."""
    made, new = Standard.objects.get_or_create(name=name, valid_from=valid_from, defaults={"valid_to": valid_to})
    for position, number in enumerate(clauses if new else ()):
        StandardClause.objects.create(standard=made, number=number, position=position)
    return made


def firm():
    """荣成海源食品有限公司, made once."""
    return Enterprise.objects.filter(name="荣成海源食品有限公司").first() or make.enterprise()


def hazard(enterprise=None, **fields):
    """已登记, general, found by the firm itself on 2023-06-06."""
    enterprise = enterprise or firm()
    values = {
        "number": f"{enterprise.area}-2023-T{next(_serial):04}",
        "level": "general",
        "description": "快速冻结装置未设置在单独的作业间内。",
        "found_on": FOUND_ON,
        "found_by": "self",
    }
    return Hazard.objects.create(enterprise=enterprise, **enterprise.stamps() | values | fields)


def proposed_major(enterprise=None, **fields):
    return hazard(enterprise, **{"level": "major", "reported_on": FOUND_ON} | fields)


def confirmed(enterprise=None, **fields):
    """已判定 by 第十二条第（二）项."""
    return proposed_major(enterprise, **{"state": "confirmed", "standard": standard()} | JUDGED | fields)


def rectifying(enterprise=None, **fields):
    """整改中 with 五到位."""
    return confirmed(enterprise, **{"state": "rectifying", "planned_on": date(2023, 6, 8)} | PLAN | fields)


def signed(enterprise=None, **fields):
    """整改中, done, signed by two: a step before closing or recheck."""
    made = rectifying(enterprise, **SIGNED | fields)
    made.signatures.create(role="head", name="赵总", method="sheet")
    made.signatures.create(role="director", name="钱总监", method="sheet")
    return made


def requested(enterprise=None, **fields):
    """申请复查: found by the department."""
    asked = {"state": "recheck_requested", "found_by": "department", "recheck_requested_on": date(2023, 6, 21)}
    return signed(enterprise, **asked | fields)


def closed(enterprise=None, **fields):
    """已销号 on two signatures, 2023-06-22."""
    made = signed(enterprise, **{"state": "closed", "closed_on": date(2023, 6, 22)} | fields)
    Closing.objects.create(hazard=made, closed_on=made.closed_on)
    return made


def dismissed(enterprise=None, **fields):
    officers = {
        "overruled_by": make.user("甲"),
        "overruled_with": make.user("乙"),
        "overruled_reason": "现场核实无此装置",
    }
    return proposed_major(enterprise, **{"state": "dismissed"} | officers | fields)


def proposal(hazard, *, by, kind="dismiss", reason="现场核实无此装置"):
    return Reconsideration.objects.create(
        hazard=hazard, kind=kind, state="proposed", reason=reason, proposed_by=by.user
    )


def safety(of=None):
    return make.actor(of or firm(), Role.SAFETY, name="孙安全员")


def head(of=None):
    return make.actor(of or firm(), Role.HEAD, name="赵总")


def director(of=None):
    return make.actor(of or firm(), Role.DIRECTOR, name="钱总监")


def clerk(of=None):
    return make.actor(of or make.unit(), Role.CLERK, name="王经办")


def officer(of=None, name="周执法"):
    return make.actor(of or make.unit(), Role.OFFICER, name=name)


def reviewer(of=None):
    return make.actor(of or make.unit(), Role.REVIEWER, name="吴审核")


def problem(unit, text="台账不全", **fields):
    """In a unit's own list, found on 2023-06-01."""
    return Problem.objects.create(unit=unit, text=text, **{"found_on": date(2023, 6, 1)} | fields)


def measure(unit, *problems, **fields):
    """In a unit's list of measures, answering these problems."""
    made = Measure.objects.create(unit=unit, **{"title": "台账管理办法"} | fields)
    made.problems.set(problems)
    return made
