"""Whom to ring, learned on the telephone: noted from the card of the call desk by whoever rings."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.actions import calls
from campaigns.models import Call, Contact
from campaigns.tests import factories as campaigns
from campaigns.tests.test_calls import PEOPLE, SYSTEM, due, end_of, log
from config.tests.browser import obstacles, sideways, small_targets
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ringing(client):
    post = make.member(make.city_bureau(), name="赵催报")
    client.force_login(post.user)
    return post


def contacts_url(holder):
    return reverse("campaigns:name_contacts", args=[holder._meta.model_name, holder.pk])


def test_clerk_notes_whom_to_ring_and_the_card_shows_the_numbers(client, ringing):
    owed = due(make.unit(contact="", phone=""))
    shown = client.get(reverse("campaigns:call_desk")).content.decode()
    assert contacts_url(owed.unit) in shown
    assert "登记联络员" in shown
    reply = client.post(contacts_url(owed.unit), PEOPLE | {"leader": "王局", "leader_phone": "0631-5200009"})
    assert reply.url == f"{reverse('campaigns:call_desk')}?kind=unit#unit-{owed.unit.pk}"
    shown = client.get(reply.url).content.decode()
    for words in ("tel:06315200001", "tel:13800000002", "tel:06315200009", "更正联络员"):
        assert words in shown
    assert "无联系电话" not in shown
    assert AuditEntry.objects.get(verb="contact.save").actor.startswith("赵催报")


def test_wrong_number_is_mended_from_the_card(client, ringing):
    owed = due()
    contact = calls.save_contacts(owed.unit, owed.deliverable.campaign, people=PEOPLE, by=SYSTEM)
    log(owed, "wrong_number")
    assert PEOPLE["phone"] in client.get(contacts_url(owed.unit)).content.decode()
    client.post(contacts_url(owed.unit), PEOPLE | {"phone": "0631-5200077"})
    contact.refresh_from_db()
    assert (contact.phone, contact.wrong, Contact.objects.count()) == ("0631-5200077", False, 1)


def test_contacts_are_of_the_campaign_that_is_late_not_of_another(client, ringing):
    owed = due()
    earlier = campaigns.campaign("mines-2023", starts_on=timezone.localdate(), ends_on=timezone.localdate())
    calls.save_contacts(owed.unit, earlier, people=PEOPLE | {"name": "钱旧"}, by=SYSTEM)
    assert "登记联络员" in client.get(reverse("campaigns:call_desk")).content.decode()
    client.post(contacts_url(owed.unit), PEOPLE)
    found = {(one.campaign.code, one.name) for one in Contact.objects.all()}
    assert found == {("mines-2023", "钱旧"), ("trade-2023", "李联络")}


def test_firm_gets_a_contact_too(client, ringing):
    firm = make.enterprise("荣成食品")
    due(firm)
    client.post(contacts_url(firm), PEOPLE)
    assert Contact.objects.get().enterprise == firm


def test_promised_is_still_somebody_to_ring(client, ringing):
    owed = due()
    log(owed, "promised", promised_at=end_of(2))
    assert client.get(contacts_url(owed.unit)).status_code == 200


def test_name_and_number_are_asked_for(client, ringing):
    owed = due()
    reply = client.post(contacts_url(owed.unit), {"name": "李联络", "phone": "不知道"})
    assert reply.status_code == 422
    assert "请填写电话号码。" in reply.content.decode()
    assert not Contact.objects.exists()


def test_only_who_rings_names_them(client):
    owed = due()
    elsewhere = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    for holder, role, status in ((elsewhere, Role.CLERK, 404), (make.city_bureau(), Role.REVIEWER, 403)):
        client.force_login(make.member(holder, role).user)
        assert client.post(contacts_url(owed.unit), PEOPLE).status_code == status
    assert not Contact.objects.exists()


@pytest.mark.parametrize("kind", ["unit", "enterprise", "user"])
def test_who_owes_nothing_has_no_page_here(client, ringing, kind):
    assert client.get(reverse("campaigns:name_contacts", args=[kind, make.unit().pk])).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_clerk_rings_down_the_list_on_a_phone(browse):
    owed = due(make.unit(contact="李联络", phone="0631-5200001"))
    post = make.member(make.city_bureau(), name="赵催报")
    page = browse(post.user, reverse("campaigns:call_desk"), phone=True)
    assert page.get_by_role("link", name="0631-5200001").get_attribute("href") == "tel:06315200001"
    assert sideways(page) == []
    assert obstacles(page) == []
    assert small_targets(page) == []
    page.get_by_label("备注").fill("占线")
    page.get_by_role("button", name="无人接听").click()
    page.get_by_text("已记录").wait_for()
    page.get_by_role("link", name="登记联络员").click()
    page.locator("#id_name").fill("李联络")
    page.locator("#id_phone").fill("0631-5200002")
    assert sideways(page) == []
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已记下荣成市应急管理局的联络员。").wait_for()
    expect(page.get_by_role("link", name="0631-5200002")).to_have_attribute("href", "tel:06315200002")
    assert Call.objects.get(unit=owed.unit).note == "占线"
