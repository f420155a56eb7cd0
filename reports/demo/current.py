"""The months we are in: the 2023 notice started again, with hazards in every state and a checklist to answer."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from django.db import transaction

from campaigns.actions.copying import copy
from campaigns.actions.opening import open_obligations
from campaigns.actions.submissions import accept, hand_in
from campaigns.models import Campaign, Deliverable, Obligation
from hazards.actions import closing, judging, rectifying, registering, supervising
from hazards.models import Hazard, Standard
from inspections.actions import duty_logs
from lib.actor import Actor
from lib.transitions import move
from organizations.models import Enterprise, Unit
from organizations.models.people import Role
from reports.demo.hand_ins import MISSING, WORDS, bring_in, bring_in_returns
from reports.demo.june import FIXTURES
from reports.demo.people import actor_of

SYSTEM = Actor.system("演示数据")
EARLY = ("环翠区应急管理局", "文登区应急管理局", "高区经济发展局")
JUDGING = "工贸企业重大事故隐患判定标准"


def play_current(firm: Enterprise, today: date) -> Campaign:
    """A running campaign of the current months and its life so far; made once."""
    campaign = Campaign.objects.filter(copied_from__code="trade-2023", ends_on__gte=today).first()
    if campaign is None:
        campaign = live_through(firm, today)
    open_obligations(today, by=SYSTEM)
    return campaign


@transaction.atomic
def live_through(firm: Enterprise, today: date) -> Campaign:
    """All of it or nothing."""
    campaign = start_again(today)
    for story in STORIES:
        story(firm, today)
    open_obligations(today, by=SYSTEM)
    last_month(campaign, today)
    this_month(campaign, today)
    leaders_out(today)
    return campaign


def last_month(campaign: Campaign, today: date) -> None:
    """What fell due before this month came in; one unit still owes."""
    first = today.replace(day=1)
    owed = Obligation.objects.filter(deliverable__campaign=campaign, nominal_on__lt=first, unit__isnull=False)
    owed = owed.exclude(unit__name=MISSING)
    text_like = owed.filter(deliverable__form__in=("text", "files"))
    bring_in(text_like.select_related("deliverable__campaign__lead_unit", "unit", "enterprise"), Random(18))
    bring_in_returns(owed.filter(deliverable__form__startswith="return:"), Random(20))


def this_month(campaign: Campaign, today: date) -> None:
    """Three districts are early: one accepted, two wait for the city."""
    owed = Obligation.objects.filter(deliverable__campaign=campaign, period=f"{today:%Y-%m}", deliverable__form="text")
    early = owed.filter(unit__name__in=EARLY).select_related("deliverable__campaign__lead_unit", "unit")
    for obligation in early.order_by("unit__position"):
        submission = hand_in(obligation, by=actor_of(obligation.unit, Role.CLERK), text=WORDS)
        if str(obligation.unit) == EARLY[0]:
            accept(submission, by=actor_of(campaign.lead_unit, Role.CLERK))


def start_again(today: date) -> Campaign:
    """trade-2023 moved so that last month is its first; the two long checklists of 2022 are asked for too."""
    start = (today - relativedelta(months=1)).replace(day=1)
    original = Campaign.objects.get(code="trade-2023")
    name = f"冶金等工贸行业重大事故隐患专项排查整治行动（{start.year}年{start.month}月起）"
    new = copy(original, code=f"trade-{start:%Y-%m}", name=name, starts_on=start, by=SYSTEM)
    for code in ("enterprise-checklist", "department-checklist"):
        _add_checklist(new, code, today)
    _add_leader_checks(new, today)
    return move(new, Campaign.State.RUNNING, by=SYSTEM)


def _add_checklist(new: Campaign, code: str, today: date) -> None:
    template = Deliverable.objects.get(campaign__code="weihai-miit-2022", code=code)
    firms = template.respondent == Deliverable.Respondent.ENTERPRISE
    Deliverable.objects.create(
        campaign=new,
        code=f"{code}-2022",
        name=f"{template.name}（{'56' if firms else '62'}项）",
        position=90,
        form=template.form,
        respondent=template.respondent,
        line=new.line,
        unit_kinds=[] if firms else [Unit.Kind.BUREAU],
        area_levels=[] if firms else ["county", "zone"],
        recurrence=Deliverable.Recurrence.ONCE,
        due_on=today + timedelta(days=8),
        origin=Deliverable.Origin.LOCAL,
        recipient_rule=Deliverable.RecipientRule.AREA_UNIT if firms else Deliverable.RecipientRule.LEAD,
    )


def _add_leader_checks(new: Campaign, today: date) -> None:
    """班子成员每月至少带队检查1次, of 2022, from this month on: one for each leader in the rosters."""
    template = Deliverable.objects.get(campaign__code="weihai-miit-2022", code="leader-checks")
    Deliverable.objects.create(
        campaign=new,
        code="leader-checks-2022",
        name=template.name,
        position=91,
        form=template.form,
        respondent=template.respondent,
        person=template.person,
        each_of=template.each_of,
        line=new.line,
        unit_kinds=template.unit_kinds,
        area_levels=template.area_levels,
        recurrence=template.recurrence,
        starts_on=today.replace(day=1),
        origin=Deliverable.Origin.LOCAL,
        recipient_rule=template.recipient_rule,
    )


def leaders_out(today: date) -> None:
    """The first leader of the early districts has been out this month."""
    owed = Obligation.objects.filter(deliverable__code="leader-checks-2022", unit__name__in=EARLY)
    for obligation in owed.filter(period=f"{today:%Y-%m}").order_by("unit_id", "pk").distinct("unit_id"):
        said: dict[str, Any] = {
            "content": "检查2家涉氨制冷企业，重点查作业间隔断和应急处置。",
            "took_part": "监管科2人、专家1人",
        }
        by = actor_of(obligation.unit, Role.CLERK)
        duty_logs.record(obligation, by=by, held_on=today, led_by=obligation.subject, **said)


class Cast(NamedTuple):
    """Who acts in a story about one firm."""

    safety: Actor
    head: Actor
    director: Actor
    clerk: Actor
    officer: Actor


def cast_of(firm: Enterprise) -> Cast:
    bureau = Unit.objects.get(name="荣成市应急管理局")
    return Cast(
        safety=actor_of(firm, Role.SAFETY),
        head=actor_of(firm, Role.HEAD),
        director=actor_of(firm, Role.DIRECTOR),
        clerk=actor_of(bureau, Role.CLERK),
        officer=actor_of(bureau, Role.OFFICER),
    )


def found(firm: Enterprise, by: Actor, day: date, nth: int, way: str = Hazard.FoundBy.SELF) -> Hazard:
    """The nth fitting finding of the demo's list, registered."""
    findings = json.loads((FIXTURES / "findings.json").read_text(encoding="utf-8"))
    fitting = [one for one in findings if one["needs"] in (*firm.feature_names, "")]
    one = fitting[nth % len(fitting)]
    level = Hazard.Level.MAJOR if one["level"] == "重大" else Hazard.Level.GENERAL
    details = {"on_site_measure": one["on_site"], "place": "生产车间", "finder": str(by.user or "")}
    text = one["text"]
    return registering.register(firm, by=by, description=text, found_on=day, found_by=way, level=level, **details)


def judged(hazard: Hazard, by: Actor, clause: str = "第十二条第（二）项") -> Hazard:
    standard = Standard.objects.in_force(hazard.found_on).get(name=JUDGING)
    return judging.judge(hazard, by=by, standard=standard, clause=clause, judged_on=hazard.found_on)


def planned(hazard: Hazard, by: Actor) -> Hazard:
    """五到位 and under treatment."""
    rectifying.plan(
        hazard,
        by=by,
        responsible=hazard.enterprise.director,
        measures="新建单独作业间并与包装间隔断",
        funds=Decimal("12.50"),
        deadline_on=hazard.found_on + timedelta(days=30),
        emergency_plan="氨泄漏现场处置方案",
    )
    return rectifying.start(hazard, by=by)


def waiting_to_be_judged(firm: Enterprise, today: date) -> None:
    found(firm, cast_of(firm).safety, today, 0)


def under_treatment(firm: Enterprise, today: date) -> None:
    people = cast_of(firm)
    planned(
        judged(found(firm, people.director, today - timedelta(days=9), 1), people.clerk, "第十二条第（一）项"),
        people.head,
    )


def signed_and_closed(firm: Enterprise, today: date) -> None:
    people = cast_of(firm)
    hazard = planned(judged(found(firm, people.safety, today - timedelta(days=16), 0), people.clerk), people.head)
    rectifying.report_rectified(hazard, by=people.director, rectified_on=today - timedelta(days=2))
    closing.sign(hazard, by=people.director)
    closing.sign(hazard, by=people.head)


def one_signature_missing(firm: Enterprise, today: date) -> None:
    people = cast_of(firm)
    hazard = judged(found(firm, people.safety, today - timedelta(days=12), 3), people.clerk, "第三条第（二）项")
    rectifying.report_rectified(
        planned(hazard, people.head), by=people.director, rectified_on=today - timedelta(days=1)
    )
    closing.sign(hazard, by=people.director)


def found_by_the_department_and_listed(firm: Enterprise, today: date) -> None:
    people = cast_of(firm)
    hazard = found(firm, people.officer, today - timedelta(days=20), 0, Hazard.FoundBy.DEPARTMENT)
    planned(judged(hazard, people.officer), people.head)
    unit, day = "荣成市人民政府", today - timedelta(days=14)
    supervising.put_on_list(hazard, by=people.clerk, level="government", unit_name=unit, listed_on=day)


def small_things(firm: Enterprise, today: date) -> None:
    people = cast_of(firm)
    fixed = found(firm, people.safety, today - timedelta(days=5), 4)
    rectifying.fix_at_once(
        fixed, by=people.safety, measures="当场清理并划线管理", rectified_on=today - timedelta(days=5)
    )
    found(firm, people.safety, today - timedelta(days=1), 5)


STORIES: tuple[Callable[[Enterprise, date], None], ...] = (
    waiting_to_be_judged,
    under_treatment,
    signed_and_closed,
    one_signature_missing,
    found_by_the_department_and_listed,
    small_things,
)
