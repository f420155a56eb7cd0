"""遗留清单: what is open at the close is written down, followed, and shown to the next campaign."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import copying, editing, submissions
from campaigns.models import Campaign, Obligation
from campaigns.tests import factories as campaigns
from hazards.tests import factories as found
from lib.actor import Actor
from organizations.models.people import Role
from organizations.tests import factories as make
from reports.actions import closing
from reports.closing import carried, open_hazards, unanswered
from reports.models import CarryOver

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def trade():
    """2023-05-01 to 2023-12-31, light industry; one firm of 荣成市."""
    running = campaigns.campaign()
    running.sectors.set([make.sector("轻工")])
    return running


@pytest.fixture
def firm(trade):
    return make.enterprise(in_sector="轻工")


def hazard(firm, **fields):
    return found.hazard(firm, **{"state": "rectifying", "found_on": date(2023, 6, 1)} | fields)


# What is left


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({}, True),
        ({"found_on": date(2023, 5, 1)}, True),
        ({"found_on": date(2023, 12, 31)}, True),
        ({"found_on": date(2023, 4, 30)}, False),
        ({"found_on": date(2024, 1, 1)}, False),
    ],
)
def test_open_hazards_of_the_campaigns_dates_are_left(trade, firm, fields, left):
    hazard(firm, **fields)
    assert open_hazards(trade).exists() is left


def test_hazards_of_other_sectors_are_not_its_own(trade):
    hazard(make.enterprise("荣成船厂", in_sector="船舶工业"))
    assert not open_hazards(trade).exists()


@pytest.mark.parametrize(("state", "left"), [("open", True), ("missing", True), ("waived", False), ("ended", False)])
def test_unanswered_duties_are_left(trade, state, left):
    campaigns.obligation(of=campaigns.deliverable(of=trade), state=state)
    assert unanswered(trade).exists() is left


def test_what_was_handed_in_or_need_not_be_is_not_left(trade):
    owed = campaigns.obligation(of=campaigns.deliverable(of=trade))
    submissions.hand_in(owed, by=make.actor(owed.unit), text="已报")
    campaigns.obligation(of=campaigns.deliverable("extra", of=trade, optional=True))
    assert not unanswered(trade).exists()


# Closing


def test_close_writes_down_open_hazards_and_the_missing(trade, firm):
    open_ = hazard(firm)
    owed = campaigns.obligation(of=campaigns.deliverable(of=trade))
    ahead = campaigns.obligation(of=owed.deliverable, period="2099-06", due_at=timezone.now() + timedelta(days=9))
    assert closing.close(trade, by=SYSTEM) == 2
    assert [row.hazard or row.obligation for row in CarryOver.objects.order_by("pk")] == [open_, owed]
    ahead.refresh_from_db()
    assert (ahead.state, Campaign.objects.get().state) == ("ended", "closed")


def test_closed_again_after_reopening_lists_nothing_twice(trade, firm):
    hazard(firm)
    closing.close(trade, by=SYSTEM)
    editing.start(trade, by=SYSTEM)
    hazard(firm, found_on=date(2023, 7, 1))
    closing.close(trade, by=SYSTEM)
    assert CarryOver.objects.count() == 2


def test_one_row_one_matter(trade, firm):
    with pytest.raises(IntegrityError), transaction.atomic():
        CarryOver.objects.create(campaign=trade)


def test_list_says_what_became_of_each(trade, firm):
    hazard(firm)
    owed = campaigns.obligation(of=campaigns.deliverable(of=trade))
    closing.close(trade, by=SYSTEM)
    CarryOver.objects.create(campaign=trade, hazard=found.closed(firm))  # written off since
    Obligation.objects.filter(pk=owed.pk).update(state="fulfilled", handed_in_at=timezone.now())
    assert carried(trade, SYSTEM) == {"hazards": 2, "hazards_closed": 1, "owed": 1, "owed_settled": 1}


# The page


def url(name="closing"):
    return reverse(f"reports:{name}", args=["trade-2023"])


@pytest.fixture
def lead(client, trade):
    client.force_login(make.member(make.city_bureau(sectors=("轻工",))).user)


def test_officer_looks_it_through_closes_and_follows(client, trade, firm, lead):
    open_ = hazard(firm, description="应急灯不亮")
    campaigns.obligation(of=campaigns.deliverable(of=trade))
    shown = client.get(url()).content.decode()
    assert "还没有办完的" in shown
    assert "应急灯不亮" in shown
    assert "荣成市应急管理局" in client.get(url() + "?matter=owed").content.decode()
    assert client.post(url("close")).url == url()
    after = client.get(url()).content.decode()
    assert "遗留隐患 1 项，其中已销号 0 项" in after
    assert open_.number in after


def test_each_list_says_how_many_the_other_holds(client, trade, firm, lead):
    """Nobody is told that nothing is left while looking at the wrong half."""
    campaigns.obligation(of=campaigns.deliverable(of=trade))
    shown = client.get(url()).content.decode()
    assert "未销号隐患（0）" in shown
    assert "未报事项（1）" in shown
    assert "没有未销号的隐患" in shown
    assert "可以放心结束" not in shown


def test_next_campaign_leads_to_what_was_left(client, trade, lead):
    closing.close(trade, by=SYSTEM)
    new = copying.copy(trade, code="next", name="下一轮", starts_on=date(2024, 1, 1), by=SYSTEM)
    assert url() in client.get(new.get_absolute_url()).content.decode()


def test_neighbour_sees_only_its_own_and_does_not_close(client, trade, firm):
    hazard(firm, description="应急灯不亮")
    client.force_login(make.member(make.unit("文登区应急管理局", in_area=make.county("文登区"))).user)
    assert "应急灯不亮" not in client.get(url()).content.decode()
    assert client.post(url("close")).status_code == 403
    assert Campaign.objects.get().state == "running"


def test_firm_does_not_close(client, trade, firm):
    client.force_login(make.member(firm, Role.HEAD).user)
    assert client.post(url("close")).status_code == 403


def test_second_click_says_that_it_is_closed(client, trade, lead):
    client.post(url("close"))
    assert "已经是“已结束”" in client.post(url("close"), follow=True).content.decode()


@pytest.mark.parametrize("matter", ["hazards", "owed", "nonsense"])
def test_page_asks_the_same_however_much_is_left(client, trade, firm, lead, matter):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(), {"matter": matter}).status_code == 200
        return len(queries)

    duty = campaigns.deliverable(of=trade)
    hazard(firm)
    campaigns.obligation(of=duty)
    asked()
    one = asked()
    hazard(firm, found_on=date(2023, 7, 1))
    hazard(make.enterprise("邻居公司", in_sector="轻工"))
    campaigns.obligation(of=duty, period="2023-07")
    assert asked() == one
