"""A campaign over the cast's areas, and hazards that need no paper behind them."""

from datetime import date
from itertools import count

from campaigns.models import Campaign, Deliverable
from campaigns.tests import factories as owed
from hazards.models import Closing, Hazard, SupervisionListing
from lib.periods import Window
from organizations.models.areas import Line
from organizations.tests import factories

JUNE = Window(date(2023, 5, 29), date(2023, 6, 28))
MAY_TO_JUNE = Window(date(2023, 5, 1), date(2023, 6, 28))

_serial = count(1)


def campaign(code="trade-2023", *, sectors=("轻工",), table="trade", due_day=28, **fields):
    """May to December 2023 over the city, with a monthly table due on a day."""
    fields = {"starts_on": date(2023, 5, 1), "ends_on": date(2023, 12, 31), "line": Line.EMERGENCY} | fields
    fields.setdefault("area", factories.city())
    made = Campaign.objects.create(code=code, name=code, lead_unit=factories.city_bureau(), **fields)
    made.sectors.set(factories.sector(name) for name in sectors)
    Deliverable.objects.create(
        campaign=made,
        code=table,
        name="调度表",
        form=f"return:{table}",
        respondent=Deliverable.Respondent.UNIT,
        recurrence=Deliverable.Recurrence.MONTHLY,
        due_day=due_day,
    )
    return made


def hazard(firm, *, on=date(2023, 6, 6), closed=None, listed=None, **fields):
    """A major one found by a department; `closed` and `listed` (by the government) are days."""
    fields = {"level": Hazard.Level.MAJOR, "found_by": Hazard.FoundBy.DEPARTMENT, "imported": True} | fields
    fields.setdefault("number", f"隐{next(_serial):05}")
    fields.setdefault("description", "快速冻结装置未设置在单独的作业间内。")
    if closed:
        fields |= {"state": Hazard.State.CLOSED, "closed_on": closed}
    made = Hazard.objects.create(enterprise=firm, found_on=on, **(firm.stamps() | fields))
    if closed:
        Closing.objects.create(hazard=made, closed_on=closed)
    if listed:
        listing(made, on=listed)
    return made


def listing(of, *, on, level=SupervisionListing.Level.GOVERNMENT, **fields):
    return SupervisionListing.objects.create(
        hazard=of, level=level, unit_name="威海市人民政府安委会", listed_on=on, **fields
    )


def obligation(one, *, unit=None, period="2023-06", **fields):
    """What a district's bureau owes the city for a month: the campaign's table."""
    deliverable = one.deliverables.get(form__startswith="return:")
    return owed.obligation(unit or factories.unit(), of=deliverable, period=period, **fields)
