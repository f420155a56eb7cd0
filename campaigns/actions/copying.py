"""Start a campaign from an earlier one: the same phases, tasks and duties, every date moved by the same months."""

from datetime import date
from typing import Any, TypeVar

from dateutil.relativedelta import relativedelta
from django.db import transaction

from campaigns.models import Assignment, Campaign, Deliverable, Phase
from lib.actor import Actor
from organizations import audit

Row = TypeVar("Row", Campaign, Phase, Assignment, Deliverable)
DATES = ("starts_on", "ends_on", "due_on")


@transaction.atomic
def copy(campaign: Campaign, *, code: str, name: str, starts_on: date, by: Actor) -> Campaign:
    """A draft of a new campaign that starts in the month of `starts_on`.

    Days stay what they were (the 28th stays the 28th; a day the month does not have becomes its last), only months
    move. What a notice alone can say (number, date of issue) is left empty, and dates become 本局设定.
    """
    months = (starts_on.year - campaign.starts_on.year) * 12 + starts_on.month - campaign.starts_on.month
    new = _clone(campaign, months, code=code, name=name, copied_from=campaign, state=Campaign.State.DRAFT, **_UNSAID)
    for phase in campaign.phases.all():
        _clone(phase, months, campaign=new, wording="")
    for task in campaign.assignments.all():
        _clone(task, months, campaign=new)
    _copy_deliverables(campaign, new, months)
    audit.record(by, "campaign.copy", new, of=campaign.code, months=months)
    return new


def shifted(campaign: Campaign, starts_on: date) -> list[tuple[str, date, date]]:
    """(what, earlier day, new day) of everything dated, as `copy` would set it: for looking at beforehand."""
    months = (starts_on.year - campaign.starts_on.year) * 12 + starts_on.month - campaign.starts_on.month
    dated = [("开始", campaign.starts_on), ("结束", campaign.ends_on)]
    for phase in campaign.phases.all():
        dated += [(f"阶段“{phase.name}”开始", phase.starts_on), (f"阶段“{phase.name}”结束", phase.ends_on)]
    for duty in campaign.deliverables.exclude(form="receipt").exclude(due_on=None):
        dated.append((duty.name, duty.due_on))  # type: ignore[arg-type]  # filtered above
    return [(what, day, day + relativedelta(months=months)) for what, day in dated]


_UNSAID: dict[str, Any] = {
    "notice_title": "",
    "notice_number": "",
    "issued_on": None,
    "opened_on": None,
    "reconciled_on": None,
}


def _copy_deliverables(campaign: Campaign, new: Campaign, months: int) -> None:
    made: dict[int | None, Deliverable] = {}
    # Signatures belong to a notice that was sent; the new campaign sends its own.
    for old in campaign.deliverables.exclude(form="receipt"):
        origin = Deliverable.Origin.LOCAL if old.origin == Deliverable.Origin.NOTICE else old.origin
        made[old.pk] = _clone(old, months, campaign=new, origin=origin, replaces=None)
    for old in campaign.deliverables.exclude(replaces=None):
        if replaced := made.get(old.replaces_id):
            made[old.pk].replaces = replaced
            made[old.pk].save(update_fields=["replaces"])


def _clone(row: Row, months: int, **changed: Any) -> Row:
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    for field in DATES:
        if day := values.get(field):
            values[field] = day + relativedelta(months=months)
    new = type(row)._default_manager.create(**values | changed)
    for relation in row._meta.many_to_many:
        getattr(new, relation.name).set(getattr(row, relation.name).all())
    return new
