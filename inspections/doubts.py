"""What does not add up in the records of inspections and actions; `check_house` prints it with the record to mend."""

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from hazards.models.doubts import Doubt
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from organizations.models import UnitSector

Kind = EnforcementAction.Kind
Target = EnforcementAction.Target


def actions() -> QuerySet:
    return EnforcementAction.objects.select_related("unit", "enterprise").order_by("date", "pk")


def without_persons() -> QuerySet:
    """Counted by persons, and none written: they count as nobody."""
    return actions().filter(kind__in=(Kind.TRANSFER, Kind.ACCOUNTABILITY), persons__isnull=True)


def without_fine() -> QuerySet:
    return actions().filter(kind=Kind.PENALTY, fine__isnull=True)


def without_case() -> QuerySet:
    return actions().filter(kind=Kind.PENALTY, case__isnull=True)


def without_power() -> QuerySet:
    """Only 直接监管 may penalise (S000, S001 四(二)); an office acts by its bureau's power."""
    powers = UnitSector.objects.filter(
        Q(unit=OuterRef("unit")) | Q(unit=OuterRef("unit__part_of")),
        sector=OuterRef("sector"),
        power=UnitSector.Power.DIRECT,
    )
    return actions().filter(~Exists(powers), kind=Kind.PENALTY, sector__isnull=False)


def in_no_campaign() -> QuerySet:
    """Names neither an enterprise nor a campaign: counts nowhere."""
    return actions().filter(enterprise__isnull=True, campaign__isnull=True)


def misdated_cases() -> QuerySet:
    """`both_on` is not the later of the two first decisions (一案双罚)."""
    decisions = EnforcementAction.objects.filter(case=OuterRef("pk"), kind=Kind.PENALTY).order_by()
    firsts = {
        f"first_{target.value}": Subquery(
            decisions.filter(target=target).values("case").annotate(first=Min("date")).values("first")
        )
        for target in Target
    }
    cases = PenaltyCase.objects.select_related("unit").annotate(**firsts)
    # GREATEST leaves empty values out, so a case with one decision is asked about by itself.
    both = Q(first_enterprise__isnull=False, first_head__isnull=False)
    later = Greatest("first_enterprise", "first_head")
    right = Q(both_on__isnull=True) & ~both | both & Q(both_on=later)
    return cases.exclude(right).order_by("pk")


def misdated_visits() -> QuerySet:
    return visits().exclude(date=F("trip__date"))


def visits() -> QuerySet:
    return Visit.objects.select_related("trip__unit", "enterprise").order_by("date", "pk")


def empty_trips() -> QuerySet:
    return Trip.objects.select_related("unit").filter(visits__isnull=True).order_by("date", "pk")


DOUBTS = (
    Doubt("移送司法机关、追责问责未填人数", "补填人数，未填的按0人统计", lambda: without_persons()),
    Doubt("行政处罚未填罚款", "补填罚款（万元），没有罚款的填0", lambda: without_fine()),
    Doubt("行政处罚未填案号", "补填案号，否则不能统计一案双罚", lambda: without_case()),
    Doubt("实施单位对该行业没有直接监管职责", "核对实施单位，或在基础数据中更正其行业职责", lambda: without_power()),
    Doubt("未写明企业，也未归入专项行动的处置", "补填企业或归入专项行动，否则不计入任何表", lambda: in_no_campaign()),
    Doubt("案件的双罚日期与处罚决定不符", "核对该案对企业和主要负责人的首次处罚日期", lambda: misdated_cases()),
    Doubt("检查日期与检查组日期不同", "更正检查日期", lambda: misdated_visits()),
    Doubt("检查组没有检查任何企业", "补登被检查企业，或删除该检查组", lambda: empty_trips()),
)
