"""Whether a record counts in a campaign, asked row by row; empty lists mean all."""

from datetime import date

import pytest

from campaigns.models import Campaign
from campaigns.scope import Scope
from organizations.models import Area
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2023, 6, 6)


@pytest.fixture
def campaign():
    return Campaign.objects.create(
        code="trade-2023",
        name="工贸行动",
        line=Line.EMERGENCY,
        lead_unit=make.city_bureau(),
        area=make.city(),
        starts_on=date(2023, 5, 1),
        ends_on=date(2023, 12, 31),
    )


def objection(campaign, day=DAY, area=None, sector=None, features=()):
    place, trade = area or make.county(), sector or make.sector()
    return Scope(campaign).objection(day, place.pk, trade.pk, features)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2023, 4, 30), False),
        (date(2023, 5, 1), True),
        (date(2023, 12, 31), True),
        (date(2024, 1, 1), False),
        (None, True),
    ],
)
def test_first_and_last_day_count(campaign, day, counts):
    assert (objection(campaign, day) == "") is counts


def test_day_outside_is_named_with_the_span(campaign):
    assert objection(campaign, date(2023, 4, 30)) == "日期不在“工贸行动”期间（2023.05.01至2023.12.31）"


def test_everything_below_the_area_counts(campaign):
    town = make.area("石岛街道", parent=make.county(), level=Area.Level.TOWN)

    assert objection(campaign, area=make.city()) == ""
    assert objection(campaign, area=make.county("乳山市")) == ""
    assert objection(campaign, area=town) == ""


def test_area_of_another_city_does_not(campaign):
    elsewhere = make.area("高青县", parent=make.city("淄博市"))

    assert objection(campaign, area=elsewhere) == "企业所在区市不在“工贸行动”范围内"


def test_named_areas_narrow_the_campaigns_own(campaign):
    campaign.areas.add(make.county("荣成市"))

    assert objection(campaign, area=make.county("荣成市")) == ""
    assert objection(campaign, area=make.county("乳山市")) == "企业所在区市不在“工贸行动”范围内"


def test_sectors_are_all_unless_named(campaign):
    assert objection(campaign, sector=make.sector("非煤矿山")) == ""

    campaign.sectors.add(make.sector("轻工"))

    assert objection(campaign, sector=make.sector("轻工")) == ""
    assert objection(campaign, sector=make.sector("非煤矿山")) == "企业行业不在“工贸行动”范围内（轻工）"


def test_one_of_the_features_is_enough(campaign):
    campaign.features.add(make.feature("涉氨制冷"), make.feature("粉尘涉爆"))

    assert objection(campaign, features=["粉尘涉爆", "有限空间"]) == ""
    assert objection(campaign, features=["有限空间"]).startswith("企业领域不在“工贸行动”范围内")
    assert objection(campaign, features=[]).startswith("企业领域不在“工贸行动”范围内")


def test_many_rows_cost_no_more_statements(campaign, django_assert_num_queries):
    place, trade = make.county(), make.sector()
    scope = Scope(campaign)

    with django_assert_num_queries(0):
        for _ in range(100):
            scope.objection(DAY, place.pk, trade.pk, [])
