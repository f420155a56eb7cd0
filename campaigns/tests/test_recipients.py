"""Who receives what a respondent hands in, row by row as it is opened."""

from datetime import date

import pytest

from campaigns.actions.opening import open_obligations
from campaigns.models import Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def run(on):
    open_obligations(date.fromisoformat(on), by=Actor.system())


def firm_duty(code="led", **fields):
    """企业主要负责人每月带队检查, by the end of the month, to the area's unit."""
    defaults = {
        "name": "带队检查",
        "respondent": "enterprise",
        "recurrence": "monthly",
        "recipient_rule": "area_unit",
        "due_day": None,
    }
    return campaigns.deliverable(code, **defaults | fields)


@pytest.fixture
def unit():
    make.city_bureau()
    return make.unit()


@pytest.fixture
def firm(unit):
    return make.enterprise("制冷厂")


def test_lead_unit_does_not_report_to_itself(unit):
    campaigns.deliverable(area_levels=[])
    run("2023-06-10")
    own = Obligation.objects.get(unit__name="威海市应急管理局", period="2023-06")
    assert list(own.recipients.all()) == []


def test_kept_in_the_house_is_received_by_nobody(unit):
    campaigns.deliverable(recipient_rule="file")
    run("2023-06-10")
    assert list(Obligation.objects.get(unit=unit, period="2023-06").recipients.all()) == []


def test_named_recipients_receive(unit):
    town = make.unit("崖头街道", kind="town")
    campaigns.deliverable(recipient_rule="named").recipients.set([town])
    run("2023-06-10")
    assert list(Obligation.objects.get(unit=unit, period="2023-06").recipients.all()) == [town]


def test_named_recipient_merged_away_receives_nothing(unit):
    """Nobody would ever look at it: what is handed in goes to the others named, or to the lead unit."""
    closed, town = make.unit("旧街道", kind="town", active=False), make.unit("崖头街道", kind="town")
    duty = campaigns.deliverable(recipient_rule="named")
    duty.recipients.set([closed])
    run("2023-06-10")
    assert list(Obligation.objects.get(unit=unit, period="2023-06").recipients.all()) == [make.city_bureau()]
    duty.recipients.set([closed, town])
    run("2023-06-20")
    assert list(Obligation.objects.get(unit=unit, period="2023-07").recipients.all()) == [town]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("sector_office", ["工贸科"]),
        ("lead_and_office", ["威海市应急管理局", "工贸科"]),
        ("lead", ["威海市应急管理局"]),
    ],
)
def test_office_in_charge_of_the_firms_sector_receives(firm, rule, expected):
    for name, sector in [("工贸科", "轻工"), ("矿山科", "非煤矿山")]:
        make.unit(name, in_area=make.city(), kind="office", part_of=make.city_bureau(), sectors=[sector])
    firm_duty(recipient_rule=rule)
    run("2023-06-10")
    rows = Obligation.objects.get(period="2023-06").recipients.order_by("pk")
    assert [row.name for row in rows] == expected


def test_without_an_office_of_the_sector_the_lead_unit_receives(firm):
    make.unit("矿山科", in_area=make.city(), kind="office", part_of=make.city_bureau(), sectors=["非煤矿山"])
    firm_duty(recipient_rule="sector_office")
    run("2023-06-10")
    assert [row.name for row in Obligation.objects.get(period="2023-06").recipients.all()] == ["威海市应急管理局"]


def test_firm_of_a_town_reports_to_the_bureau_above_it(unit):
    town = make.area("石岛街道", parent=make.county(), level="town")
    make.enterprise("渔具厂", in_area=town)
    firm_duty()
    run("2023-06-10")
    row = Obligation.objects.get(period="2023-06")
    assert [one.name for one in row.recipients.all()] == ["荣成市应急管理局"]
    assert (row.area, row.reporting_area, row.handled_in) == (town, make.county(), town)


def test_of_two_bureaus_of_the_line_the_one_of_the_sector_receives(firm):
    make.unit("荣成市矿山局", sectors=["非煤矿山"])
    firm_duty()
    run("2023-06-10")
    assert [one.name for one in Obligation.objects.get(period="2023-06").recipients.all()] == ["荣成市应急管理局"]


def test_bureaus_none_of_which_has_the_sector_all_receive(unit):
    make.unit("荣成市第二应急管理局", sectors=["非煤矿山"])
    make.enterprise("水泥厂", in_sector="建材")
    firm_duty()
    run("2023-06-10")
    names = {one.name for one in Obligation.objects.get(period="2023-06").recipients.all()}
    assert names == {"荣成市应急管理局", "荣成市第二应急管理局"}
