"""填报人 → 审核人 → 签发 within the respondent's house, and the office's check before the lead unit accepts."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.actions import house, submissions
from campaigns.models import Obligation, Submission
from campaigns.tests import factories as campaigns
from campaigns.views.obligation_page import audit_due
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.actions.house import set_steps
from organizations.models import HouseStep, Unit
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def owed():
    return campaigns.obligation()


@pytest.fixture
def people(owed):
    """填报人, 审核人 with a stand-in, 签发人; the steps set for them."""
    found = {name: make.actor(owed.unit, name=name) for name in ("填报", "审核", "替审", "签发")}
    pairs = {"review": (found["审核"].user, found["替审"].user), "sign": (found["签发"].user, None)}
    set_steps(owed.unit, people=pairs, by=found["签发"])
    return found


def write(owed, people, text="六月情况"):
    return submissions.hand_in(owed, by=people["填报"], text=text)


def state(owed):
    owed.refresh_from_db()
    return owed.submissions.order_by("-number").first().state, owed.handed_in_at is not None


def test_unit_without_steps_hands_in_at_once(owed):
    submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    assert state(owed) == ("submitted", True)


def test_version_passes_review_and_signature_before_it_counts(owed, people):
    write(owed, people)
    assert state(owed) == ("reviewing", False)
    submissions.sign_off(owed, by=people["审核"])
    assert state(owed) == ("signing", False)
    submissions.sign_off(owed, by=people["签发"])
    assert state(owed) == ("submitted", True)
    handed_in = owed.submissions.get()
    assert (handed_in.text, "签发" in handed_in.submitted_by) == ("六月情况", True)


def test_recipient_sees_and_hears_nothing_until_it_is_signed(owed, people):
    write(owed, people)
    city = make.actor(make.city_bureau())
    assert not Submission.objects.visible_to(city).exists()
    assert not Obligation.objects.received_by(city).to_review().exists()
    assert not Message.objects.filter(unit=city.unit).exists()
    submissions.sign_off(owed, by=people["审核"])
    submissions.sign_off(owed, by=people["签发"])
    assert Message.objects.filter(unit=city.unit).count() == 1


def test_unsigned_is_still_chased(owed, people):
    write(owed, people)
    at = datetime(2023, 6, 28, 8, 30, tzinfo=SHANGHAI)
    assert Obligation.objects.chased_at(at).filter(pk=owed.pk).exists()


def test_each_step_tells_its_person_and_the_stand_in(owed, people):
    write(owed, people)
    assert sorted(str(one.user) for one in Message.objects.exclude(user=None)) == ["审核", "替审"]
    submissions.sign_off(owed, by=people["替审"])
    assert Message.objects.filter(user=people["签发"].user).count() == 1


def test_stand_in_acts_and_the_trail_says_so(owed, people):
    write(owed, people)
    submissions.sign_off(owed, by=people["替审"])
    moved = owed.submissions.get().moves.get(to_state="signing")
    assert (moved.comment, "替审" in moved.by) == ("B角代审核", True)


@pytest.mark.parametrize("name", ["填报", "签发"])
def test_nobody_takes_another_ones_step(owed, people, name):
    write(owed, people)
    with pytest.raises(MoveRefused, match="现在由审核、替审审核"):
        submissions.sign_off(owed, by=people[name])
    assert state(owed) == ("reviewing", False)


def test_writer_does_not_check_himself_though_he_is_the_reviewer(owed, people):
    submissions.hand_in(owed, by=people["审核"], text="自己写的")
    with pytest.raises(MoveRefused, match="不能由本人审核"):
        submissions.sign_off(owed, by=people["审核"])
    submissions.sign_off(owed, by=people["替审"])
    assert state(owed)[0] == "signing"


def test_sent_back_it_is_a_draft_again_with_the_reason_and_goes_round_once_more(owed, people):
    write(owed, people)
    house.send_back(owed.submissions.get(), reason="数字不对", by=people["审核"])
    assert state(owed) == ("draft", False)
    assert Message.objects.get(user=people["填报"].user).body == "退回理由：数字不对"
    write(owed, people, "六月情况（改）")
    submissions.sign_off(owed, by=people["审核"])
    house.send_back(owed.submissions.get(), reason="再核", by=people["签发"])
    write(owed, people, "六月情况（再改）")
    submissions.sign_off(owed, by=people["审核"])
    submissions.sign_off(owed, by=people["签发"])
    only = owed.submissions.get()
    assert (only.number, only.text, only.state) == (1, "六月情况（再改）", "submitted")


def test_sending_back_needs_a_reason_and_ones_own_turn(owed, people):
    write(owed, people)
    draft = owed.submissions.get()
    with pytest.raises(MoveRefused, match="退回理由"):
        house.send_back(draft, reason=" ", by=people["审核"])
    with pytest.raises(MoveRefused, match="现在由审核"):
        house.send_back(draft, reason="x", by=people["签发"])
    assert state(owed)[0] == "reviewing"


def test_what_is_being_checked_is_not_edited(owed, people):
    write(owed, people)
    with pytest.raises(MoveRefused, match="请联系审签人退回"):
        submissions.save_draft(owed, by=people["填报"], text="偷偷改")
    assert owed.submissions.get().text == "六月情况"


def test_second_click_on_hand_in_does_not_skip_the_review(owed, people):
    write(owed, people)
    with pytest.raises(MoveRefused):
        write(owed, people)
    assert state(owed) == ("reviewing", False)


def test_paper_registered_by_the_recipient_passes_no_house_steps(owed, people):
    moment = datetime(2023, 6, 27, 10, tzinfo=SHANGHAI)
    submissions.register_received(owed, by=make.actor(make.city_bureau()), channel="paper", received_at=moment)
    assert state(owed) == ("submitted", True)


def test_step_abolished_while_a_draft_is_in_it_does_not_hold_it_for_ever(owed, people):
    write(owed, people)
    set_steps(owed.unit, people={}, by=people["签发"])
    submissions.sign_off(owed, by=people["签发"])
    assert state(owed) == ("submitted", True)


@pytest.mark.parametrize("over", ["waived", "superseded", "ended"])
@pytest.mark.parametrize("steps", [["审核"], ["审核", "签发"]])
def test_what_nobody_owes_any_more_does_not_leave_the_house(owed, people, over, steps):
    """Waived while it was being checked: sent out, it could neither be accepted nor would it go away."""
    write(owed, people)
    for name in steps[:-1]:
        submissions.sign_off(owed, by=people[name])
    Obligation.objects.update(state=over)
    label = Obligation.State(over).label
    with pytest.raises(MoveRefused, match=f"该任务{label}，不能报送。"):
        submissions.sign_off(owed, by=people[steps[-1]])
    assert state(owed)[1] is False
    assert not Message.objects.filter(unit=make.city_bureau()).exists()


def test_what_went_missing_while_it_was_checked_may_still_be_signed(owed, people):
    write(owed, people)
    Obligation.objects.update(state="missing")
    submissions.sign_off(owed, by=people["审核"])
    submissions.sign_off(owed, by=people["签发"])
    assert state(owed) == ("submitted", True)


def test_signature_alone_is_possible(owed):
    clerk, chief = make.actor(owed.unit, name="填报"), make.actor(owed.unit, name="局长")
    set_steps(owed.unit, people={"sign": (chief.user, None)}, by=chief)
    submissions.hand_in(owed, by=clerk, text="六月情况")
    assert state(owed) == ("signing", False)


def test_office_without_steps_follows_its_bureau():
    bureau = make.unit()
    office = Unit.objects.create(name="荣成市应急管理局办公室", kind="office", area=bureau.area, part_of=bureau)
    chief = make.actor(bureau, name="局长")
    set_steps(bureau, people={"sign": (chief.user, None)}, by=chief)
    assert [row.person for row in HouseStep.objects.of(office)] == [chief.user]


def test_stand_in_is_another_person(owed):
    one = make.user()
    with pytest.raises(IntegrityError), transaction.atomic():
        HouseStep.objects.create(unit=owed.unit, step="sign", person=one, stand_in=one)


# The office's check (审核把关)


@pytest.fixture
def checked():
    """A plan received by the lead office and the sector office of the city; checked within three work days."""
    bureau = make.city_bureau()
    lead = Unit.objects.create(name="绿色发展推进科", kind="office", area=bureau.area, part_of=bureau)
    office = Unit.objects.create(name="石化化工科", kind="office", area=bureau.area, part_of=bureau)
    campaign = campaigns.campaign("miit", lead=lead)
    duty = campaigns.deliverable("plan", of=campaign, audit_days=3)
    made = campaigns.obligation(of=duty, recipients=[lead, office])
    submissions.hand_in(made, by=make.actor(made.unit), text="工作方案")
    return made


def of(name):
    return make.actor(Unit.objects.get(name=name), name=name)


def test_lead_unit_accepts_only_what_the_office_has_checked(checked):
    version = checked.submissions.get()
    with pytest.raises(MoveRefused, match="先由行业对口科室审核把关"):
        submissions.accept(version, by=of("绿色发展推进科"))
    submissions.audit_by_office(version, by=of("石化化工科"))
    assert "石化化工科" in version.audited_by
    submissions.accept(version, by=of("绿色发展推进科"))
    assert state(checked)[0] == "accepted"


def test_check_tells_the_lead_unit(checked):
    Message.objects.all().delete()
    submissions.audit_by_office(checked.submissions.get(), by=of("石化化工科"))
    assert [str(one.unit) for one in Message.objects.all()] == ["绿色发展推进科"]


def test_office_may_return_instead(checked):
    submissions.return_submission(checked.submissions.get(), by=of("石化化工科"), reason="缺责任分工")
    assert state(checked) == ("returned", True)


def test_without_an_office_beside_the_lead_nobody_waits(checked):
    checked.recipients.set([checked.deliverable.campaign.lead_unit])
    submissions.accept(checked.submissions.get(), by=of("绿色发展推进科"))
    assert state(checked)[0] == "accepted"


def test_duty_without_the_check_refuses_one(owed):
    version = submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    with pytest.raises(MoveRefused, match="不需要科室审核"):
        submissions.audit_by_office(version, by=make.actor(make.city_bureau()))


def test_check_is_due_three_work_days_after_the_hand_in(checked):
    """2022-04-28 is a Thursday; 04-30 to 05-04 are holidays, 05-07 a working Saturday: 04-29, 05-05, 05-06."""
    version = checked.submissions.get()
    version.submitted_at = datetime(2022, 4, 28, 16, tzinfo=SHANGHAI)
    assert audit_due(version, checked) == date(2022, 5, 6)


# Pages


def page(client, owed):
    return client.get(owed.get_absolute_url()).content.decode()


def test_reviewer_and_signer_act_on_the_page(client, owed, people):
    client.force_login(people["填报"].user)
    reply = client.post(reverse("campaigns:hand_in", args=[owed.pk]), {"text": "六月情况"}, follow=True)
    assert "已送审，本单位审核中" in reply.content.decode()
    for name in ("审核", "签发"):
        client.force_login(people[name].user)
        assert "六月情况" in page(client, owed)
        assert client.post(reverse("campaigns:sign_off", args=[owed.pk]), {"verdict": "pass"}).status_code == 302
    assert state(owed) == ("submitted", True)


def test_page_offers_the_step_only_to_whose_turn_it_is(client, owed, people):
    write(owed, people)
    client.force_login(people["签发"].user)
    assert "退回填报人修改" not in page(client, owed)
    client.force_login(people["审核"].user)
    assert "退回填报人修改" in page(client, owed)
    reply = client.post(reverse("campaigns:sign_off", args=[owed.pk]), {"verdict": "back", "reason": ""})
    assert reply.status_code == 422
    assert "请写明退回理由" in reply.content.decode()


def test_recipient_cannot_sign_for_the_house(client, owed, people):
    write(owed, people)
    client.force_login(make.member(make.city_bureau()).user)
    assert client.post(reverse("campaigns:sign_off", args=[owed.pk]), {"verdict": "pass"}).status_code == 422
    assert state(owed) == ("reviewing", False)


def test_lead_page_offers_no_acceptance_before_the_check(client, checked):
    client.force_login(of("绿色发展推进科").user)
    form = client.get(checked.get_absolute_url()).context["decision_form"]
    assert [key for key, _ in form.fields["decision"].choices] == ["return", "void"]
    client.force_login(of("石化化工科").user)
    form = client.get(checked.get_absolute_url()).context["decision_form"]
    assert [key for key, _ in form.fields["decision"].choices] == ["audit", "return", "void"]
    client.post(reverse("campaigns:decide", args=[checked.pk]), {"decision": "audit"})
    assert state(checked)[0] == "audited"


def test_lead_cannot_check_in_the_offices_place(client, checked):
    client.force_login(of("绿色发展推进科").user)
    reply = client.post(reverse("campaigns:decide", args=[checked.pk]), {"decision": "audit"})
    assert reply.status_code == 403
    assert state(checked)[0] == "submitted"


def setting(client, **chosen):
    return client.post(reverse("organizations:house"), chosen)


def test_leader_sets_the_steps_of_his_unit(client, owed):
    chief, other = make.member(owed.unit, Role.CHIEF), make.member(owed.unit, name="李副局")
    client.force_login(chief.user)
    assert setting(client, review=other.user.pk, sign=chief.user.pk, sign_b=other.user.pk).status_code == 302
    assert [(row.step, row.person, row.stand_in) for row in HouseStep.objects.of(owed.unit)] == [
        ("review", other.user, None),
        ("sign", chief.user, other.user),
    ]
    setting(client)
    assert HouseStep.objects.of(owed.unit) == []


def test_wrong_choices_are_refused_in_words(client, owed):
    chief = make.member(owed.unit, Role.CHIEF)
    stranger = make.member(make.city_bureau(), name="外人")
    client.force_login(chief.user)
    errors = setting(client, sign=chief.user.pk, sign_b=chief.user.pk).context["form"].errors
    assert errors == {"sign_b": ["代办人（B角）须是另一个人。"]}
    assert set(setting(client, sign_b=chief.user.pk).context["form"].errors) == {"sign"}
    assert set(setting(client, sign=stranger.user.pk).context["form"].errors) == {"sign"}
    assert not HouseStep.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER, Role.OFFICER])
def test_clerk_cannot_name_himself_signer(client, owed, role):
    client.force_login(make.member(owed.unit, role).user)
    assert client.get(reverse("organizations:house")).status_code == 403
