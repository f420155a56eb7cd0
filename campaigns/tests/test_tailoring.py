"""A district's round opens when it has published or said 不调整; merged units; firms that stand still."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import merging, opening, tailoring
from campaigns.models import Deliverable, Obligation, Tailoring
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations.models import Enterprise, Unit
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def run(day=None):
    return opening.open_obligations(day or timezone.localdate(), by=SYSTEM).words()


def owing():
    return sorted(str(row.respondent) for row in Obligation.objects.filter(state="open"))


@pytest.fixture
def round_():
    """A self-inspection of all firms in ten days, each district to publish its tailoring first."""
    today = timezone.localdate()
    running = campaigns.campaign(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=90))
    make.enterprise("荣成公司", in_area=make.county("荣成市"))
    make.enterprise("文登公司", in_area=make.county("文登区"))
    return campaigns.deliverable(
        "check", of=running, respondent="enterprise", tailored=True, line="", unit_kinds=[], area_levels=[],
        recurrence="once", due_on=today + timedelta(days=10), due_day=None, recipient_rule="area_unit",
    )  # fmt: skip


def district(name="荣成市"):
    return make.actor(make.unit(f"{name}应急管理局", in_area=make.county(name)))


def test_round_waits_until_the_district_has_spoken(round_):
    run()
    assert owing() == []
    tailoring.publish(round_, adjusted=False, by=district())
    run()
    assert owing() == ["荣成公司"]


def test_each_district_opens_its_own_round(round_):
    tailoring.publish(round_, adjusted=True, text="增加海水养殖用电检查", by=district("文登区"))
    run()
    assert owing() == ["文登公司"]


def test_firm_of_a_town_opens_with_its_district(round_):
    town = make.area("崖头街道", parent=make.county("荣成市"), level="town")
    make.enterprise("崖头公司", in_area=town)
    tailoring.publish(round_, adjusted=False, by=district())
    run()
    assert owing() == ["崖头公司", "荣成公司"]


def test_publishing_is_said_once_and_with_words(round_):
    with pytest.raises(MoveRefused, match="请写明本地细化"):
        tailoring.publish(round_, adjusted=True, text="  ", by=district())
    tailoring.publish(round_, adjusted=False, by=district())
    with pytest.raises(MoveRefused, match="已公布"):
        tailoring.publish(round_, adjusted=True, text="改", by=district())
    with pytest.raises(IntegrityError), transaction.atomic():
        Tailoring.objects.create(deliverable=round_, area=make.county("荣成市"), unit=Unit.objects.first())


def test_duty_without_tailoring_needs_none(round_):
    Deliverable.objects.update(tailored=False)
    round_.refresh_from_db()
    run()
    assert owing() == ["文登公司", "荣成公司"]
    with pytest.raises(MoveRefused, match="不需要区市细化"):
        tailoring.publish(round_, adjusted=False, by=district())


def test_district_publishes_on_the_page_and_its_firms_read_it(client, round_):
    url = reverse("campaigns:tailoring", args=[round_.pk])
    client.force_login(make.member(make.unit()).user)
    assert client.post(url, {"adjusted": "yes", "text": ""}).context["form"].errors["text"]
    assert client.post(url, {"adjusted": "yes", "text": "增加用电检查"}).status_code == 302
    client.force_login(make.member(Enterprise.objects.get(name="荣成公司"), "head").user)
    assert "增加用电检查" in client.get(url).content.decode()
    client.force_login(make.member(Enterprise.objects.get(name="文登公司"), "head").user)
    assert "增加用电检查" not in client.get(url).content.decode()


def test_neither_the_city_nor_a_firm_publishes_for_a_district(client, round_):
    url = reverse("campaigns:tailoring", args=[round_.pk])
    for holder, role in ((make.city_bureau(), "clerk"), (Enterprise.objects.first(), "head")):
        client.force_login(make.member(holder, role).user)
        assert client.post(url, {"adjusted": "no"}).status_code == 403
    assert not Tailoring.objects.exists()


# Units that merge


@pytest.fixture
def merged(round_):
    """The zone's bureau received two duties, one of them closed, and was merged into the county's."""
    old = make.unit("高区经济发展局", in_area=make.county("高区"))
    new = make.unit("环翠区应急管理局", in_area=make.county("环翠区"))
    duty = campaigns.deliverable("report", of=round_.campaign, recurrence="once", due_on=date(2023, 6, 28))
    open_, closed = (campaigns.obligation(make.unit(), of=duty, period=period, recipients=[old]) for period in "ab")
    Obligation.objects.filter(pk=closed.pk).update(state="waived")
    Unit.objects.filter(pk=old.pk).update(active=False, merged_into=new)
    old.refresh_from_db()
    return old, new, open_, closed


def test_what_is_open_goes_to_the_successor_and_what_is_over_stays(merged):
    old, new, open_, closed = merged
    words = merging.follow_merges(by=SYSTEM)
    assert words == ["高区经济发展局并入环翠区应急管理局：1个未办结任务改由其接收，0个专项行动改由其牵头"]
    assert (list(open_.recipients.all()), list(closed.recipients.all())) == ([new], [old])
    assert merging.follow_merges(by=SYSTEM) == []


def test_successor_that_received_it_already_receives_it_once(merged):
    _, new, open_, _ = merged
    open_.recipients.add(new)
    merging.follow_merges(by=SYSTEM)
    assert list(open_.recipients.all()) == [new]


def test_led_campaigns_are_led_by_the_successor(merged, round_):
    old, new, *_ = merged
    round_.campaign.lead_unit = old
    round_.campaign.save(update_fields=["lead_unit"])
    merging.follow_merges(by=SYSTEM)
    round_.campaign.refresh_from_db()
    assert round_.campaign.lead_unit == new


def test_chain_of_mergers_ends_at_the_last_and_a_ring_does_not_hang(merged):
    old, new, *_ = merged
    third = make.unit("威海市安委办")
    new.merged_into = third
    new.save(update_fields=["merged_into"])
    old.refresh_from_db()
    assert merging.successor(old) == third
    third.merged_into = old
    third.save(update_fields=["merged_into"])
    old.refresh_from_db()
    assert merging.successor(old) in (old, new, third)


def test_unit_is_not_merged_into_itself(merged):
    old, *_ = merged
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=old.pk).update(merged_into=old)


# Firms that stand still


def test_duty_pauses_while_the_firm_stands_still_and_is_owed_again_afterwards(round_):
    Deliverable.objects.update(tailored=False, statuses=["producing", "building", "resuming"])
    run()
    Enterprise.objects.filter(name="荣成公司").update(status="stopped_empty")
    assert run() == [f"{round_.campaign.name} 调度表 荣成公司：不再应报（企业停产停建，暂停报送）"]
    assert owing() == ["文登公司"]
    Enterprise.objects.filter(name="荣成公司").update(status="resuming")
    assert run() == [f"{round_.campaign.name} 调度表 荣成公司：重新应报"]


def test_what_is_asked_of_stopped_firms_goes_on(round_):
    Deliverable.objects.update(tailored=False, statuses=["stopped_empty", "stopped_manned"])
    Enterprise.objects.filter(name="荣成公司").update(status="stopped_empty")
    run()
    assert owing() == ["荣成公司"]
