"""A unit merged into another: what it would have received goes to that one, and what it leads is led by it."""

from django.db import transaction

from campaigns.models import Campaign, Obligation
from lib.actor import Actor
from organizations import audit
from organizations.models import Unit

Through = Obligation.recipients.through


def follow_merges(*, by: Actor) -> list[str]:
    """Once a night: every unit that names its successor; in words what was handed over. Finds nothing the next time."""
    merged = Unit.objects.filter(merged_into__isnull=False).select_related("merged_into").order_by("pk")
    return [words for old in merged if (words := _hand_over(old, by))]


@transaction.atomic
def _hand_over(old: Unit, by: Actor) -> str:
    new = successor(old)
    received = Through.objects.filter(unit=old, obligation__state=Obligation.State.OPEN)
    known = Through.objects.filter(unit=new, obligation__in=received.values("obligation")).values("obligation")
    count = received.count()
    received.filter(obligation__in=known).delete()
    received.update(unit=new)
    led = Campaign.objects.filter(lead_unit=old, state=Campaign.State.RUNNING).update(lead_unit=new)
    if not (count or led):
        return ""
    audit.record(by, "unit.merged", old, into=new.name, obligations=count, campaigns=led)
    return f"{old}并入{new}：{count}个未办结任务改由其接收，{led}个专项行动改由其牵头"


def successor(unit: Unit) -> Unit:
    """Where the chain of mergers ends; a ring ends where it began."""
    seen = {unit.pk}
    while unit.merged_into is not None and unit.merged_into_id not in seen:
        unit = unit.merged_into
        seen.add(unit.pk)
    return unit
