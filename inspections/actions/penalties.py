"""行政处罚 entered by hand: a decision on a hazard, under the number of its case."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from hazards import actions as hazards
from hazards.actions.records import check_order, refuse_if
from hazards.models import Hazard
from inspections.actions.cases import case_number, settle
from inspections.models import EnforcementAction, PenaltyCase
from lib.actor import Actor
from lib.locks import counting_shared
from organizations import audit
from organizations.models import Enterprise, Unit

SPARED = "该隐患由企业自查发现、已按规定报告并正在采取有效措施消除，依法不予行政处罚；确需处罚的，请写明理由"
Target = EnforcementAction.Target


@transaction.atomic
def penalise(
    hazard: Hazard,
    *,
    by: Actor,
    decided_on: date,
    target: str,
    number: str,
    fine: Decimal,
    note: str = "",
    reason: str = "",
) -> EnforcementAction:
    """A penalty of the actor's bureau on the firm or its head for this hazard; `fine` in 万元, 0 for none.

    One that the law spares on the day of the decision (S004-矿 五(二)3, S004-贸 三(三)2) needs a reason, which is kept.
    """
    counting_shared()
    hazard.refresh_from_db(from_queryset=Hazard.objects.select_for_update(no_key=True))
    check_order(("发现时间", hazard.found_on), ("决定日期", decided_on))
    spared = hazard.is_spared_penalty_on(decided_on)
    refuse_if(spared and not reason.strip(), SPARED)
    firm, unit = hazard.enterprise, by.unit.bureau
    case = _case(unit, number, firm)
    action = EnforcementAction.objects.create(
        date=decided_on,
        unit=unit,
        kind=EnforcementAction.Kind.PENALTY,
        enterprise=firm,
        hazard=hazard,
        target=target,
        case=case,
        fine=fine,
        note=note,
        spared_reason=reason.strip()[:200] if spared else "",
        **firm.stamps(),
    )
    settle([case])
    audit.record(by, "penalty.record", action, hazard=hazard.pk, spared=spared)
    hazards.note_penalty(hazard, by=by, comment=_words(action))
    return action


def _case(unit: Unit, number: str, firm: Enterprise) -> PenaltyCase:
    """The unit's case of that number, locked; one number is one enterprise's. A number is known however it is typed."""
    number = case_number(number)
    case = PenaltyCase.objects.filter(unit=unit, number=number).select_for_update().first()
    if case is None:
        stamps = firm.stamps()
        kept = {name: stamps[name] for name in ("area", "sector", "feature_names")}
        case, _ = PenaltyCase.objects.get_or_create(unit=unit, number=number, defaults={"enterprise": firm, **kept})
    refuse_if(case.enterprise_id != firm.pk, f"该案号已用于“{case.enterprise}”，请核对案号")
    return case


def _words(action: EnforcementAction) -> str:
    """对企业罚款2.00万元（荣应急罚〔2023〕5号）"""
    fine = f"罚款{action.fine:.2f}万元" if action.fine else "处罚（未罚款）"
    despite = f"；依法不予处罚的情形下仍予处罚的理由：{action.spared_reason}" if action.spared_reason else ""
    return f"对{action.get_target_display()}{fine}（{action.case}）{despite}"
