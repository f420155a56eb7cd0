"""What must be true of a hazard whoever writes it: constraints of the database, each with its message for the page.

Imported history is exempt where it says so: it is stored as it came, warned about, and listed by `check_house`.
"""

from django.db.models import CheckConstraint, F, Q

IMPORTED = Q(imported=True)
GENERAL = Q(level="general")
UNDER_TREATMENT = Q(state__in=("rectifying", "recheck_requested", "closed"))
CLOSED = Q(state="closed")
WHOLE_PLAN = (
    Q(planned_on__isnull=False)
    & ~Q(responsible="")
    & ~Q(measures="")
    & Q(funds__isnull=False)
    & Q(deadline_on__isnull=False)
    & ~Q(emergency_plan="")
)
JUDGED_BY_CLAUSE = Q(standard__isnull=False, judged_on__isnull=False) & ~Q(clause="") & ~Q(judged_by="")
# Two officers, and not the same one twice (design §4.4).
OVERRULED_BY_TWO = (
    Q(overruled_by__isnull=False, overruled_with__isnull=False)
    & ~Q(overruled_by=F("overruled_with"))
    & ~Q(overruled_reason="")
)


def in_order(earlier, later):
    """`later` is empty, or not before `earlier`."""
    return Q(**{f"{later}__isnull": True}) | Q(**{f"{earlier}__isnull": True}) | Q(**{f"{later}__gte": F(earlier)})


RULES = [
    CheckConstraint(
        condition=IMPORTED | ~UNDER_TREATMENT | GENERAL | Q(fixed_at_once=True) | WHOLE_PLAN,
        name="major_rectifies_by_plan",
        violation_error_message="重大事故隐患整改须落实责任人、措施、资金、期限和应急预案“五到位”。",
    ),
    CheckConstraint(
        condition=IMPORTED | Q(state__in=("registered", "dismissed")) | GENERAL | JUDGED_BY_CLAUSE,
        name="major_is_judged_by_a_clause",
        violation_error_message="重大事故隐患须先判定，写明判定标准、条款、判定日期和判定人。",
    ),
    CheckConstraint(
        condition=IMPORTED | ~CLOSED | GENERAL | ~Q(signed_head="") & ~Q(signed_director=""),
        name="major_closes_on_two_signatures",
        violation_error_message="重大事故隐患销号须主要负责人和安全总监（分管负责人）签字。",
    ),
    CheckConstraint(
        condition=IMPORTED
        | ~CLOSED
        | GENERAL
        | Q(found_by="self", listed=False, stopped=False)
        | ~Q(rechecked_by="") & Q(rechecked_on__isnull=False),
        name="found_by_department_closes_on_recheck",
        violation_error_message="部门发现、挂牌督办或责令停产的重大事故隐患须经部门复查后销号。",
    ),
    CheckConstraint(
        condition=IMPORTED | Q(rechecked_by="") | Q(rechecked_by__contains="、"),
        name="rechecked_by_two_officers",
        violation_error_message="复查须由两名以上执法人员进行（山东省安全生产条例第四十二条）。",
    ),
    CheckConstraint(
        condition=IMPORTED | ~Q(state="dismissed") | OVERRULED_BY_TWO,
        name="dismissed_by_two_officers",
        violation_error_message="认定不属实须写明理由，并由两名执法或审核人员先后确认。",
    ),
    CheckConstraint(
        condition=IMPORTED | ~GENERAL | Q(judged_on__isnull=True) | OVERRULED_BY_TWO,
        name="downgraded_by_two_officers",
        violation_error_message="已判定为重大的隐患降为一般，须写明理由，并由两名执法或审核人员先后确认。",
    ),
    CheckConstraint(condition=~CLOSED | Q(closed_on__isnull=False), name="closed_has_date"),
    CheckConstraint(condition=IMPORTED | CLOSED | Q(closed_on__isnull=True), name="only_closed_has_date"),
    CheckConstraint(
        condition=IMPORTED | Q(closed_on__isnull=True) | Q(closed_on__gte=F("found_on")),
        name="closed_after_found",
        violation_error_message="销号时间不能早于发现时间。",
    ),
    CheckConstraint(
        condition=IMPORTED
        | in_order("found_on", "judged_on")
        & in_order("found_on", "deadline_on")
        & in_order("found_on", "rectified_on")
        & in_order("rectified_on", "recheck_requested_on")
        & in_order("recheck_requested_on", "rechecked_on")
        & in_order("rectified_on", "closed_on")
        & in_order("closed_on", "checked_on"),
        name="hazard_dates_in_order",
        violation_error_message="日期先后不对：应依次为发现、判定、整改完成、申请复查、复查、销号、核查。",
    ),
    CheckConstraint(
        condition=IMPORTED | Q(signed_head="") | ~Q(signed_head=F("signed_director")),
        name="two_signers_are_two_people",
        violation_error_message="主要负责人和安全总监须为两人分别签字。",
    ),
]
