"""A district publishes its tailoring of a self-inspection, or says that it adjusts nothing: its firms' round opens."""

from django.db import transaction

from campaigns import tasks
from campaigns.models import Deliverable, Tailoring
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit


@transaction.atomic
def publish(deliverable: Deliverable, *, adjusted: bool, text: str = "", by: Actor) -> Tailoring:
    """For the area of the publishing unit, once; the round opens at once and not only the next night."""
    unit = by.unit
    if unit is None or not deliverable.tailored:
        raise MoveRefused("该事项不需要区市细化。")
    if adjusted and not text.strip():
        raise MoveRefused("请写明本地细化的内容；没有的请选“不调整”。")
    Deliverable.objects.select_for_update(no_key=True).get(pk=deliverable.pk)
    if Tailoring.objects.filter(deliverable=deliverable, area=unit.area).exists():
        raise MoveRefused(f"{unit.area}已公布，不能再改；确需更改的，请联系牵头单位。")
    said = {"adjusted": adjusted, "text": text.strip() if adjusted else ""}
    made = Tailoring.objects.create(
        deliverable=deliverable, area=unit.area, unit=unit, published_by=by.label[:80], **said
    )
    audit.record(by, "tailoring.publish", deliverable, area=unit.area.name, adjusted=adjusted)
    transaction.on_commit(tasks.open_obligations.delay, robust=True)
    return made
