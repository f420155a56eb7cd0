"""Campaigns, deliverables and obligations for tests, built by plain functions."""

from datetime import UTC, date, datetime

from campaigns.models import Campaign, Deliverable, Letter, Obligation
from organizations.models import Unit
from organizations.models.areas import Line
from organizations.tests import factories as make

JUNE_28 = datetime(2023, 6, 28, 15, 59, 59, 999999, tzinfo=UTC)  # the end of 28 June in Shanghai


def campaign(code="trade-2023", *, lead=None, **fields):
    """Led by the city bureau, 2023-05-01 to 2023-12-31."""
    defaults = {
        "name": "冶金等工贸行业重大事故隐患专项排查整治2023行动",
        "line": Line.EMERGENCY,
        "lead_unit": lead or make.city_bureau(),
        "area": make.city(),
        "starts_on": date(2023, 5, 1),
        "ends_on": date(2023, 12, 31),
    }
    return Campaign.objects.get_or_create(code=code, defaults=defaults | fields)[0]


def deliverable(code="dispatch", *, of=None, **fields):
    """The districts' monthly 调度表, due on the 28th, to the lead unit."""
    defaults = {
        "name": "调度表",
        "respondent": Deliverable.Respondent.UNIT,
        "line": Line.EMERGENCY,
        "unit_kinds": [Unit.Kind.BUREAU],
        "area_levels": ["county", "zone"],
        "recurrence": Deliverable.Recurrence.MONTHLY,
        "due_day": 28,
    }
    return Deliverable.objects.create(campaign=of or campaign(), code=code, **defaults | fields)


def obligation(respondent=None, *, of=None, recipients=None, **fields):
    """Rongcheng's June 调度表, received by the city bureau."""
    holder = respondent or make.unit()
    key = "unit" if isinstance(holder, Unit) else "enterprise"
    owed = of or Deliverable.objects.first() or deliverable()
    defaults = {
        "period": "2023-06",
        "area": holder.area,
        "reporting_area": holder.area,
        "handled_in": holder.area,
        "nominal_on": date(2023, 6, 28),
        "original_due_at": JUNE_28,
        "due_at": JUNE_28,
        "opened_on": date(2023, 5, 1),
    }
    made = Obligation.objects.create(deliverable=owed, **{key: holder}, **defaults | fields)
    made.recipients.set([owed.campaign.lead_unit] if recipients is None else recipients)
    return made


def letter(owed, **fields):
    """A draft of the lead unit about this obligation."""
    campaign = owed.deliverable.campaign
    defaults = {
        "campaign": campaign,
        "unit": owed.unit,
        "enterprise": owed.enterprise,
        "from_unit": campaign.lead_unit,
        "key": f"urging:{owed.pk}",
        "title": "关于抓紧办理逾期事项的催办函",
        "body": "下列事项至今未报：\n请尽快报送。",
        "prepared_at": datetime(2023, 6, 30, 0, 30, tzinfo=UTC),
    }
    made = Letter.objects.create(**defaults | fields)
    made.obligations.add(owed)
    return made
