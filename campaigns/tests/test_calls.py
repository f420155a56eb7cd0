from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import desk
from campaigns.actions import calls, submissions
from campaigns.models import Call, Campaign, Contact, Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()
PEOPLE = {"name": "李联络", "phone": "0631-5200001", "deputy": "孙副", "deputy_phone": "13800000002"}


def end_of(days):
    """The end of the day so many days from today."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), datetime.max.time(), SHANGHAI)


def due(respondent=None, days=-3, **fields):
    """What falls due that many days from today, of a campaign that runs."""
    today = timezone.localdate()
    running = campaigns.campaign(starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=90))
    duty = running.deliverables.first() or campaigns.deliverable(of=running)
    return campaigns.obligation(
        respondent, of=duty, due_at=end_of(days), original_due_at=end_of(days), period=f"2023-W{days + 40}", **fields
    )


@pytest.fixture
def officer():
    return make.actor(make.city_bureau(), name="赵催报")


def log(owed, outcome="told", **said):
    return calls.log(owed.respondent, owed=[owed], outcome=outcome, by=make.actor(make.city_bureau()), **said)


def listed(actor, tab=desk.TODAY):
    return sorted(str(row.respondent) for row in desk.waiting(actor, timezone.now(), tab))


# Whom to ring


@pytest.mark.parametrize(
    ("days", "tab"),
    [(-30, desk.TODAY), (-1, desk.TODAY), (0, desk.TODAY), (1, desk.SOON), (3, desk.SOON), (4, None)],
)
def test_each_duty_stands_in_the_list_of_its_day(officer, days, tab):
    due(days=days)
    assert [each for each in desk.TABS if listed(officer, each)] == ([tab] if tab else [])


@pytest.mark.parametrize(
    "change",
    [
        {"state": "waived"},
        {"state": "missing"},
        {"handed_in_at": datetime(2023, 6, 1, tzinfo=SHANGHAI)},
        {"late_to_open": True},
    ],
)
def test_what_is_not_chased_is_not_rung_about(officer, change):
    due()
    Obligation.objects.update(**change)
    assert listed(officer) == []


def test_only_what_one_receives_oneself_is_on_ones_desk(officer):
    due()
    other = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    assert listed(make.actor(other)) == []
    assert listed(officer) == ["荣成市应急管理局"]


def test_promise_moves_it_to_the_promised_and_brings_it_back_when_broken(officer):
    owed = due()
    log(owed, "promised", promised_at=end_of(2))
    assert (listed(officer), listed(officer, desk.PROMISED)) == ([], ["荣成市应急管理局"])
    Obligation.objects.update(promised_at=timezone.now() - timedelta(hours=9))
    assert listed(officer) == ["荣成市应急管理局"]
    card = desk.filled([owed.respondent], Obligation.objects.all(), "unit")[0]
    assert [one.pk for one in card.broken] == [owed.pk]


def test_promise_mutes_only_what_was_spoken_of(officer):
    spoken, other = due(), due(days=-5)
    log(spoken, "promised", promised_at=end_of(2))
    assert [row.pk for row in desk.waiting(officer, timezone.now())] == [other.pk]


def test_numbers_are_the_campaigns_contacts_then_what_is_known_nobody_twice():
    unit = make.unit(contact="总机", phone="0631-5200001")
    owed = due(unit)
    calls.save_contacts(unit, owed.deliverable.campaign, people=PEOPLE, by=SYSTEM)
    card = desk.filled([unit], Obligation.objects.all(), "unit")[0]
    assert [(one.label, one.name, one.dial) for one in card.numbers] == [
        ("联络员", "李联络", "06315200001"),
        ("副联络员", "孙副", "13800000002"),
    ]


def test_firm_without_contacts_is_rung_at_its_directors_number():
    firm = make.enterprise(head="王总", head_mobile="13900000001", director="周安", director_mobile="139 0000 0002")
    due(firm)
    card = desk.filled([firm], Obligation.objects.all(), "enterprise")[0]
    assert [(one.label, one.dial) for one in card.numbers] == [
        ("安全总监", "13900000002"),
        ("主要负责人", "13900000001"),
    ]


def test_unit_without_any_number_says_so(client):
    due(make.unit(contact="", phone=""))
    client.force_login(make.member(make.city_bureau()).user)
    assert "无联系电话" in client.get(reverse("campaigns:call_desk")).content.decode()


# Noting a call


def test_call_keeps_who_when_what_and_about_which(officer):
    owed = due()
    call = log(owed, "told", spoke_with="李联络", note="下午报")
    assert (call.unit, call.spoke_with, call.note, list(call.obligations.all())) == (
        owed.unit,
        "李联络",
        "下午报",
        [owed],
    )
    assert AuditEntry.objects.filter(verb="call.log").count() == 1


@pytest.mark.parametrize(
    ("outcome", "days", "words"),
    [
        ("promised", None, "请填写承诺"),
        ("promised", -1, "今天至31天"),
        ("promised", 32, "今天至31天"),
        ("told", 2, "只有“承诺报送”"),
    ],
)
def test_promise_needs_a_day_within_a_month_and_others_none(outcome, days, words):
    owed = due()
    with pytest.raises(MoveRefused, match=words):
        log(owed, outcome, promised_at=None if days is None else end_of(days))
    assert not Call.objects.exists()
    owed.refresh_from_db()
    assert owed.promised_at is None


def test_promise_for_today_is_taken():
    owed = due()
    log(owed, "promised", promised_at=end_of(0))
    owed.refresh_from_db()
    assert owed.promised_at == end_of(0)


def test_database_keeps_a_promise_and_its_day_together():
    owed = due()
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(unit=owed.unit, outcome="promised", at=timezone.now(), by="甲")


def test_what_was_handed_in_during_the_call_is_not_muted():
    owed = due()
    stale = Obligation.objects.get(pk=owed.pk)
    submissions.hand_in(owed, by=make.actor(owed.unit), text="已报")
    log(stale, "promised", promised_at=end_of(1))
    owed.refresh_from_db()
    assert owed.promised_at is None


def test_wrong_number_marks_the_contact_until_somebody_answers():
    owed = due()
    contact = calls.save_contacts(owed.unit, owed.deliverable.campaign, people=PEOPLE, by=SYSTEM)
    log(owed, "wrong_number")
    contact.refresh_from_db()
    assert contact.wrong
    log(owed, "told")
    contact.refresh_from_db()
    assert not contact.wrong


# Contacts


def test_naming_the_contacts_is_the_campaigns_first_duty(client):
    today = timezone.localdate()
    running = campaigns.campaign(starts_on=today, ends_on=today + timedelta(days=90))
    owed = campaigns.obligation(of=campaigns.deliverable("contacts", of=running, form="contacts"))
    client.force_login(make.member(owed.unit).user)
    reply = client.post(reverse("campaigns:contacts_of", args=[owed.pk]), PEOPLE | {"leader": "王局"})
    assert reply.status_code == 302
    contact = Contact.objects.get(unit=owed.unit)
    assert (contact.campaign, contact.name, contact.leader) == (running, "李联络", "王局")
    assert owed.submissions.get().text == "分管负责人：王局\n联络员：李联络 0631-5200001\n副联络员：孙副 13800000002"


@pytest.mark.parametrize("wrong", [{"phone": "请打总机"}, {"phone": ""}, {"name": ""}, {"phone": "1"}])
def test_contact_without_a_name_or_number_is_refused_and_nothing_handed_in(client, wrong):
    owed = campaigns.obligation(of=campaigns.deliverable("contacts", form="contacts"))
    client.force_login(make.member(owed.unit).user)
    reply = client.post(reverse("campaigns:contacts_of", args=[owed.pk]), PEOPLE | wrong)
    assert set(reply.context["form"].errors) == set(wrong)
    assert not Contact.objects.exists()
    assert not owed.submissions.exists()


@pytest.fixture
def contact():
    owed = due(days=10)
    return calls.save_contacts(owed.unit, owed.deliverable.campaign, people=PEOPLE, by=SYSTEM)


def silence(contact, days):
    Contact.objects.update(heard_at=timezone.now() - timedelta(days=days))


def test_contact_silent_for_thirty_days_is_asked_once(contact):
    silence(contact, 31)
    assert [calls.ask_silent(timezone.now(), by=SYSTEM) for _ in range(2)] == [1, 0]
    asked = Message.objects.get(kind="task")
    assert (asked.unit, asked.url) == (contact.unit, reverse("campaigns:contact", args=[contact.pk]))


@pytest.mark.parametrize("days", [0, 29])
def test_contact_heard_of_lately_is_left_alone(contact, days):
    silence(contact, days)
    assert calls.ask_silent(timezone.now(), by=SYSTEM) == 0


def test_hand_in_counts_as_being_heard_of(contact):
    silence(contact, 60)
    submissions.hand_in(Obligation.objects.get(), by=make.actor(contact.unit), text="已报")
    assert calls.ask_silent(timezone.now(), by=SYSTEM) == 0


def test_still_silent_a_month_later_is_asked_again(contact):
    silence(contact, 31)
    calls.ask_silent(timezone.now(), by=SYSTEM)
    assert calls.ask_silent(timezone.now() + timedelta(days=29), by=SYSTEM) == 0
    assert calls.ask_silent(timezone.now() + timedelta(days=31), by=SYSTEM) == 1


@pytest.mark.parametrize("change", [{"state": "closed"}, {"ends_on": timezone.localdate() - timedelta(days=1)}])
def test_contacts_of_what_is_over_are_not_asked(contact, change):
    silence(contact, 31)
    Campaign.objects.update(**change)
    assert calls.ask_silent(timezone.now(), by=SYSTEM) == 0


def test_confirming_ends_the_silence(client, contact):
    silence(contact, 31)
    client.force_login(make.member(contact.unit).user)
    client.post(reverse("campaigns:contact", args=[contact.pk]), {"confirm": "yes"})
    assert calls.ask_silent(timezone.now(), by=SYSTEM) == 0
    contact.refresh_from_db()
    assert contact.name == "李联络"


def test_who_rings_may_correct_the_number_but_a_neighbour_may_not(client, contact):
    url = reverse("campaigns:contact", args=[contact.pk])
    client.force_login(make.member(make.unit("文登区应急管理局", in_area=make.county("文登区"))).user)
    assert client.post(url, PEOPLE | {"name": "冒名"}).status_code == 404
    client.force_login(make.member(make.city_bureau()).user)
    assert client.post(url, PEOPLE | {"phone": "0631-5200009"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.phone) == ("李联络", "0631-5200009")


# The page


@pytest.fixture
def ringing(client):
    post = make.member(make.city_bureau(), name="赵催报")
    client.force_login(post.user)
    return post


def test_one_tap_notes_the_call_about_everything_owed(client, ringing):
    owed, other = due(), due(days=1)
    url = reverse("campaigns:log_call", args=["unit", owed.unit.pk])
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    reply = client.post(url, {"outcome": "promised", "promised_on": day, "back": "?tab=today&kind=unit"})
    assert reply.url == reverse("campaigns:call_desk") + "?tab=today&kind=unit"
    assert set(Call.objects.get().obligations.all()) == {owed, other}
    assert set(Obligation.objects.values_list("promised_at", flat=True)) == {end_of(2)}


def test_promise_without_a_day_comes_back_with_what_was_typed(client, ringing):
    owed = due()
    url = reverse("campaigns:log_call", args=["unit", owed.unit.pk])
    reply = client.post(url, {"outcome": "promised", "note": "张科长在开会"})
    assert reply.status_code == 422
    assert "请填写承诺报送的日期" in reply.content.decode()
    assert "张科长在开会" in reply.content.decode()


def test_day_typed_beside_another_button_is_not_a_promise(client, ringing):
    owed = due()
    url = reverse("campaigns:log_call", args=["unit", owed.unit.pk])
    client.post(url, {"outcome": "told", "promised_on": timezone.localdate().isoformat()})
    assert Call.objects.get().promised_at is None


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/admin/"])
def test_way_back_never_leaves_the_desk(client, ringing, back):
    owed = due()
    url = reverse("campaigns:log_call", args=["unit", owed.unit.pk])
    assert client.post(url, {"outcome": "told", "back": back}).url == reverse("campaigns:call_desk")


@pytest.mark.parametrize("kind", ["unit", "enterprise", "user"])
def test_nobody_is_rung_who_owes_nothing(client, ringing, kind):
    unit = make.unit()
    url = reverse("campaigns:log_call", args=[kind, unit.pk])
    assert client.post(url, {"outcome": "told"}).status_code == 404
    assert not Call.objects.exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OFFICER, Role.ADMIN])
def test_desk_is_the_clerks(client, role):
    client.force_login(make.member(make.city_bureau(), role).user)
    assert client.get(reverse("campaigns:call_desk")).status_code == 403


def test_list_is_narrowed_by_area_and_opens_on_firms_where_no_unit_owes(client, ringing):
    due(make.enterprise("荣成食品"))
    due(make.enterprise("文登食品", in_area=make.county("文登区")))
    url = reverse("campaigns:call_desk")
    shown = client.get(url).context
    assert (shown["kind"], len(shown["page"])) == ("enterprise", 2)
    narrowed = client.get(url, {"kind": "enterprise", "area": make.county("文登区").pk}).context["page"]
    assert [str(each["card"].respondent) for each in narrowed] == ["文登食品"]


def test_desk_asks_the_same_however_many_owe(client, ringing):
    def asked():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("campaigns:call_desk")).status_code == 200
        return len(found)

    due()
    asked()
    one = asked()
    for name in ("文登区", "环翠区"):
        unit = make.unit(f"{name}应急管理局", in_area=make.county(name))
        due(unit)
        log(due(unit, days=-7), "told")
    assert asked() == one
