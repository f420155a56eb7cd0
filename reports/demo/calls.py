"""The call desk of the first day: contacts are named, days that had passed are confirmed, two calls are noted."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from campaigns.actions import adjusting, calls, letters
from campaigns.models import Call, Campaign, Contact, Obligation
from lib import workdays
from lib.actor import Actor
from organizations.models import Unit, WorkDay
from organizations.models.people import Role
from reports.demo.hand_ins import MISSING
from reports.demo.people import GIVEN, SURNAMES, actor_of

# Who has named nobody yet, so that the day of this duty is confirmed: one is rung in vain, one not yet.
UNREACHED, SILENT = "临港区经济发展局", "南海新区住建交通与应急管理局"
REASON = "生成任务时已过原定日期，经电话商定，确认本期限。"


@transaction.atomic
def ring_round(campaign: Campaign, today: date) -> None:
    """What the clerk of the lead unit did on the telephone; all of it or nothing, and nothing twice."""
    if Contact.objects.filter(campaign=campaign).exists():
        return
    clerk = actor_of(campaign.lead_unit, Role.CLERK)
    units = Unit.objects.filter(obligations__deliverable__campaign=campaign, obligations__deliverable__form="contacts")
    for number, unit in enumerate(units.order_by("position")):
        name_contacts(unit, campaign, number, clerk)
    overrides = dict(WorkDay.objects.values_list("day", "is_workday"))
    for late, form, days in ((MISSING, "return:trade", 4), (UNREACHED, "contacts", 3), (SILENT, "contacts", 1)):
        confirm(owed_by(late, campaign, form), workdays.add_workdays(today, -days, overrides), clerk)
    note_calls(campaign, today, clerk)
    letters.sweep(timezone.now(), by=clerk)


def name_contacts(unit: Unit, campaign: Campaign, number: int, clerk: Actor) -> None:
    """The unit hands the names in itself; of the two that have not, the clerk has learned them otherwise."""
    people = people_of(number)
    if str(unit) in (UNREACHED, SILENT):
        calls.save_contacts(unit, campaign, people=people, by=clerk)
    else:
        calls.hand_in_contacts(owed_by(str(unit), campaign, "contacts"), people=people, by=actor_of(unit, Role.CLERK))


def people_of(number: int) -> dict[str, str]:
    """Fictional names; the numbers belong to nobody."""
    found = {}
    for nth, (name, phone) in enumerate((("leader", "leader_phone"), ("name", "phone"), ("deputy", "deputy_phone"))):
        found[name] = SURNAMES[(number * 3 + nth) % len(SURNAMES)] + GIVEN[(number * 5 + nth) % len(GIVEN)]
        found[phone] = f"0631-520{number:02}{nth:02}"
    return found


def owed_by(unit: str, campaign: Campaign, form: str) -> Obligation:
    """The first that is still open."""
    rows = Obligation.objects.open().filter(deliverable__campaign=campaign, deliverable__form=form, unit__name=unit)
    return rows.select_related("deliverable__campaign", "unit").order_by("due_at", "pk")[0]


def confirm(owed: Obligation, day: date, clerk: Actor) -> None:
    """As 期限 on the page of the duty does it: from then on it is chased."""
    adjusting.set_due(owed, due_at=end_of(day), reason=REASON, by=clerk)


def note_calls(campaign: Campaign, today: date, clerk: Actor) -> None:
    promised, unreached = owed_by(MISSING, campaign, "return:trade"), owed_by(UNREACHED, campaign, "contacts")
    words = {"spoke_with": "值班员", "note": "数据已汇总，正在走签批"}
    until = end_of(today + timedelta(days=1))
    calls.log(promised.respondent, owed=[promised], outcome=Call.Outcome.PROMISED, promised_at=until, by=clerk, **words)
    calls.log(unreached.respondent, owed=[unreached], outcome=Call.Outcome.NO_ANSWER, note="上午两次无人接听", by=clerk)


def end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, timezone.get_current_timezone())
