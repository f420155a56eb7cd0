"""A nil report beside a ledger with open majors (design §4.2)."""

from datetime import date

import pytest

from campaigns.tests import factories as campaigns
from hazards.objections import open_majors
from hazards.tests import factories as make
from organizations.models import Area
from organizations.tests import factories as house

pytestmark = pytest.mark.django_db


def owed(holder=None, **fields):
    duty = campaigns.deliverable(respondent="enterprise" if hasattr(holder, "uscc") else "unit", nil_allowed=True)
    return campaigns.obligation(holder or house.unit(), of=duty, **fields)


def test_open_majors_of_the_jurisdiction_are_counted():
    make.proposed_major()
    make.rectifying()
    make.proposed_major(house.enterprise("文登企业", in_area=house.county("文登区")))
    make.proposed_major(house.enterprise("荣成矿山", in_sector="非煤矿山"))

    assert open_majors(owed()) == ["辖区内有2项重大事故隐患未销号"]


@pytest.mark.parametrize("settled", [make.closed, make.dismissed, make.hazard])
def test_what_is_closed_dismissed_or_general_is_no_objection(settled):
    settled()
    assert open_majors(owed()) == []


def test_a_firm_is_asked_about_its_own():
    firm, other = make.firm(), house.enterprise("邻家")
    make.proposed_major(other)
    assert open_majors(owed(firm)) == []

    make.proposed_major(firm)
    assert open_majors(campaigns.obligation(firm, period="2023-07")) == ["本企业有1项重大事故隐患未销号"]


def test_what_was_found_after_the_period_is_next_months():
    make.proposed_major(found_on=date(2023, 7, 1))
    june = owed()
    assert open_majors(june) == []
    july = campaigns.obligation(of=june.deliverable, period="2023-07")
    assert open_majors(july) == ["辖区内有1项重大事故隐患未销号"]


@pytest.mark.parametrize("period", ["once", "事故-1"])
def test_without_a_period_everything_open_is_asked_about(period):
    make.proposed_major(found_on=date(2023, 7, 1))
    assert open_majors(owed(period=period)) == ["辖区内有1项重大事故隐患未销号"]


def test_sectors_areas_and_features_outside_the_campaign_are_not_its_business():
    make.proposed_major()
    row = owed()
    campaign = row.deliverable.campaign
    campaign.sectors.add(house.sector("机械"))
    assert open_majors(row) == []

    campaign.sectors.set([house.sector("轻工")])
    campaign.features.add(house.feature("涉氨制冷"))
    assert open_majors(row) == []

    make.proposed_major(feature_names=["涉氨制冷"])
    assert open_majors(row) == ["辖区内有1项重大事故隐患未销号"]


def test_what_the_unit_found_elsewhere_is_its_own_too():
    """Seen because the unit found it (design §4.1)."""
    city = house.city()
    zone = house.area("高区", parent=city, level=Area.Level.ZONE)
    unit = house.unit()
    make.proposed_major(house.enterprise("高区企业", in_area=zone), found_by="department", found_by_unit=unit)
    assert open_majors(owed(unit)) == ["辖区内有1项重大事故隐患未销号"]
