"""挂牌督办 and 摘牌: who watches over a hazard, apart from its own moves."""

from datetime import date

from django.db import transaction

from hazards.actions.notices import tell_firm
from hazards.actions.records import OPEN_STATES, check_order, hold, note, refuse_if, write
from hazards.models import Hazard, HazardEntry, SupervisionListing
from lib.actor import Actor
from lib.text import full_date
from lib.transitions import MoveRefused
from organizations.models import Unit

S = Hazard.State
Kind = HazardEntry.Kind


@transaction.atomic
def put_on_list(
    hazard: Hazard, *, by: Actor, level: str, unit_name: str, listed_on: date, order_number: str = ""
) -> SupervisionListing:
    """挂牌督办 of a judged major hazard (S004-矿 七(二)); from now on it needs the department's recheck."""
    hold(hazard, S.CONFIRMED, S.RECTIFYING, S.RECHECK_REQUESTED)
    refuse_if(not hazard.is_major, "一般隐患不挂牌督办")
    refuse_if(hazard.listed, f"该隐患已由{hazard.listing_unit_name}挂牌督办")
    check_order(("发现时间", hazard.found_on), ("挂牌时间", listed_on))
    listing = SupervisionListing.objects.create(
        hazard=hazard,
        level=level,
        unit=Unit.objects.filter(name=unit_name).first(),
        unit_name=unit_name,
        order_number=order_number,
        listed_on=listed_on,
        by=by.label[:80],
    )
    write(hazard, listed=True, listing_unit_name=unit_name)
    note(hazard, Kind.LISTED, f"{unit_name}（{listing.get_level_display()}）{order_number}", by=by)
    tell_firm(hazard, f"重大事故隐患已由{unit_name}挂牌督办", by=by)
    return listing


@transaction.atomic
def note_penalty(hazard: Hazard, *, by: Actor, comment: str) -> HazardEntry:
    """A line of its time line for a penalty decided on it; the decision itself is kept by `inspections`."""
    hold(hazard, *OPEN_STATES, S.CLOSED)
    return note(hazard, Kind.PENALISED, comment, by=by)


@transaction.atomic
def delist(hazard: Hazard, *, by: Actor, delisted_on: date, reason: str) -> Hazard:
    """摘牌: the watching ends; whether the hazard is written off is another matter. The ledger keeps who listed it."""
    hold(hazard, *OPEN_STATES, S.CLOSED)
    listing = hazard.listings.filter(delisted_on__isnull=True).first()
    if listing is None:
        raise MoveRefused("该隐患没有在挂牌督办，请刷新页面查看")
    check_order(("挂牌时间", listing.listed_on), ("摘牌时间", delisted_on))
    listing.delisted_on = delisted_on
    listing.save(update_fields=["delisted_on"])
    write(hazard, listed=False)
    note(hazard, Kind.DELISTED, f"{full_date(delisted_on)}：{reason}", by=by)
    tell_firm(hazard, "挂牌督办已摘牌", by=by, body=reason)
    return hazard
