from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.actions import copying, notices, opening, reminders
from campaigns.models import Campaign, NoticeIssue, Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def running():
    """A campaign that runs today, led by the city bureau."""
    today = timezone.localdate()
    dates = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=90)}
    return campaigns.campaign(**dates)


@pytest.fixture
def districts():
    return [make.unit("荣成市应急管理局"), make.unit("文登区应急管理局", in_area=make.county("文登区"))]


@pytest.fixture
def officer(client):
    post = make.member(make.city_bureau(), name="赵下发")
    client.force_login(post.user)
    return post


def draft(campaign, *, units=(), days=10, **fields):
    audience = NoticeIssue.Audience.UNITS if units else NoticeIssue.Audience.ENTERPRISES
    made = NoticeIssue(
        campaign=campaign,
        title="关于开展汛期检查的通知",
        issuer=campaign.lead_unit,
        sign_by=timezone.localdate() + timedelta(days=days),
        audience=audience,
    )
    return notices.save(made, audience={"units": units} | fields, by=SYSTEM)


def issue(notice):
    notices.issue(notice, by=make.actor(notice.issuer, name="赵下发"))
    notices.send_out(by=SYSTEM)
    notice.refresh_from_db()
    return notice


def signers(notice):
    return sorted(str(row.respondent) for row in notice.deliverable.obligations.all())


# Sending out


def test_issued_notice_is_owed_by_every_unit_named_and_told_once(running, districts):
    notice = issue(draft(running, units=districts))
    assert signers(notice) == ["文登区应急管理局", "荣成市应急管理局"]
    told = Message.objects.filter(kind=Message.Kind.NOTICE)
    assert sorted(str(one.unit) for one in told) == ["文登区应急管理局", "荣成市应急管理局"]
    assert {one.url for one in told} == {notice.get_absolute_url()}
    assert notice.sent_out_at is not None


def test_sending_out_again_changes_nothing(running, districts):
    notice = issue(draft(running, units=districts))
    NoticeIssue.objects.update(sent_out_at=None)  # killed after the last message, before it was noted
    assert notices.send_out(by=SYSTEM) == 2
    assert Message.objects.filter(kind=Message.Kind.NOTICE).count() == 2
    assert notice.deliverable.obligations.count() == 2
    assert notices.send_out(by=SYSTEM) == 0


def test_notice_to_firms_goes_by_area_sector_and_feature(running):
    there, elsewhere = make.county("荣成市"), make.county("文登区")
    cold = make.enterprise("荣成冷库", in_area=there, in_sector="轻工", feature_names=["涉氨制冷"])
    make.enterprise("荣成纺织", in_area=there, in_sector="纺织", feature_names=["涉氨制冷"])
    make.enterprise("荣成食品", in_area=there, in_sector="轻工")
    make.enterprise("文登冷库", in_area=elsewhere, in_sector="轻工", feature_names=["涉氨制冷"])
    narrowed = {"areas": [there], "sectors": [make.sector("轻工")], "features": [make.feature("涉氨制冷")]}
    notice = draft(running, **narrowed)
    assert [str(one) for one in notices.addressees(notice)] == ["荣成冷库"]
    assert signers(issue(notice)) == [cold.name]


def test_firms_that_left_or_are_deregistered_are_not_addressed(running):
    make.enterprise("退出公司", left_on=timezone.localdate())
    make.enterprise("注销公司", status="deregistered")
    make.enterprise("在营公司")
    assert [one.name for one in notices.addressees(draft(running))] == ["在营公司"]


def test_notice_to_nobody_is_not_sent(running):
    with pytest.raises(MoveRefused, match="没有符合条件的单位或企业"):
        notices.issue(draft(running), by=SYSTEM)


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (45, True), (46, False)])
def test_signatures_are_due_from_today_to_as_far_as_duties_are_opened(running, districts, days, allowed):
    problem = notices.unready(draft(running, units=districts, days=days))
    assert bool(problem) is not allowed


def test_notice_of_a_campaign_that_has_not_begun_waits(running, districts):
    running.state = Campaign.State.DRAFT
    running.save(update_fields=["state"])
    with pytest.raises(MoveRefused, match="开始以后才能下发"):
        notices.issue(draft(running, units=districts), by=SYSTEM)


def test_issued_notice_is_never_edited(running, districts):
    stale = draft(running, units=districts)
    issue(NoticeIssue.objects.get(pk=stale.pk))
    stale.title = "改过的标题"
    with pytest.raises(MoveRefused, match="不能再修改"):
        notices.save(stale, audience={}, by=SYSTEM)
    assert NoticeIssue.objects.get().title == "关于开展汛期检查的通知"


def test_of_two_officers_issuing_at_once_one_wins(running, districts):
    notice = draft(running, units=districts)
    stale = NoticeIssue.objects.get(pk=notice.pk)
    notices.issue(notice, by=SYSTEM)
    with pytest.raises((MoveRefused, IntegrityError)), transaction.atomic():
        notices.issue(stale, by=SYSTEM)
    notices.send_out(by=SYSTEM)
    assert Obligation.objects.count() == 2


# Signing


def test_signing_fulfils_the_duty_and_says_who_and_when(running, districts):
    notice = issue(draft(running, units=districts))
    owed = notice.deliverable.obligations.get(unit=districts[0])
    notices.sign(owed, by=make.actor(districts[0], name="李签收"))
    owed.refresh_from_db()
    signed = owed.submissions.get()
    assert (owed.state, signed.state, "李签收" in signed.submitted_by) == ("fulfilled", "accepted", True)
    assert abs(timezone.now() - owed.handed_in_at) < timedelta(minutes=1)


def test_second_tap_on_sign_is_refused_and_changes_nothing(running, districts):
    owed = issue(draft(running, units=districts)).deliverable.obligations.first()
    stale = Obligation.objects.get(pk=owed.pk)
    notices.sign(owed, by=make.actor(owed.unit))
    with pytest.raises(MoveRefused):
        notices.sign(stale, by=make.actor(owed.unit))
    assert owed.submissions.count() == 1


def test_what_is_not_a_receipt_cannot_be_signed_for(running):
    with pytest.raises(MoveRefused, match="不是签收"):
        notices.sign(campaigns.obligation(), by=SYSTEM)


def test_unsigned_are_reminded_and_signed_are_not(running, districts):
    """2023-06-28 is a Wednesday: on the day itself at 08:30."""
    Campaign.objects.filter(pk=running.pk).update(starts_on=date(2023, 5, 1), ends_on=date(2023, 12, 31))
    notice = issue(draft(running, units=districts))
    due = datetime(2023, 6, 28, 15, 59, 59, tzinfo=UTC)  # the end of the day in Shanghai
    notice.deliverable.obligations.update(
        nominal_on=date(2023, 6, 28), original_due_at=due, due_at=due, late_to_open=False
    )
    notices.sign(notice.deliverable.obligations.get(unit=districts[0]), by=make.actor(districts[0]))
    told = []
    at = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai
    reminders.remind(at, by=SYSTEM, tell=lambda digest: told.append(str(digest.respondent)))
    assert told == ["文登区应急管理局"]


def test_withdrawn_notice_frees_the_unsigned_tells_them_why_and_keeps_signatures(running, districts):
    notice = issue(draft(running, units=districts))
    notices.sign(notice.deliverable.obligations.get(unit=districts[0]), by=make.actor(districts[0]))
    assert notices.withdraw(notice, reason="日期有误", by=SYSTEM) == 1
    states = {str(row.unit): row.state for row in notice.deliverable.obligations.all()}
    assert states == {"荣成市应急管理局": "fulfilled", "文登区应急管理局": "ended"}
    told = Message.objects.get(title__contains="撤回")
    assert (str(told.unit), told.body) == ("文登区应急管理局", "撤回理由：日期有误")


def test_night_run_does_not_bring_back_what_was_withdrawn(running, districts):
    notice = issue(draft(running, units=districts))
    notices.withdraw(notice, reason="日期有误", by=SYSTEM)
    opening.open_obligations(timezone.localdate(), by=SYSTEM)
    assert set(notice.deliverable.obligations.values_list("state", flat=True)) == {"ended"}


def test_withdrawing_needs_a_reason(running, districts):
    notice = issue(draft(running, units=districts))
    with pytest.raises(MoveRefused, match="理由"):
        notices.withdraw(notice, reason="  ", by=SYSTEM)
    assert NoticeIssue.objects.get().state == "issued"


def test_copied_campaign_does_not_take_old_signatures_along(running, districts):
    issue(draft(running, units=districts))
    campaigns.deliverable("report", of=running)
    new = copying.copy(running, code="next", name="下一轮", starts_on=date(2024, 5, 1), by=SYSTEM)
    assert [one.code for one in new.deliverables.all()] == ["report"]


def test_duty_may_be_narrowed_to_areas(running):
    there = make.county("荣成市")
    make.enterprise("荣成公司", in_area=there)
    make.enterprise("文登公司", in_area=make.county("文登区"))
    units = {"respondent": "unit", "recurrence": "once", "due_on": timezone.localdate()}
    of_units = campaigns.deliverable("units", of=running, **units)
    of_firms = campaigns.deliverable("firms", of=running, **units | {"respondent": "enterprise"})
    make.unit("荣成市应急管理局")
    make.unit("文登区应急管理局", in_area=make.county("文登区"))
    for duty in (of_units, of_firms):
        duty.areas.set([there])
    opening.open_obligations(timezone.localdate(), by=SYSTEM)
    owing = {str(row.respondent) for row in Obligation.objects.all()}
    assert owing == {"荣成市应急管理局", "荣成公司"}


# Pages


def form(campaign, **fields):
    day = timezone.localdate() + timedelta(days=10)
    return {"campaign": campaign.pk, "title": "汛期通知", "sign_by": day.isoformat(), "audience": "units"} | fields


def test_officer_writes_checks_issues_and_follows(client, officer, running, districts):
    data = form(running, units=[one.pk for one in districts])
    data["files"] = SimpleUploadedFile("通知.pdf", b"%PDF-1.4\n%%EOF\n")
    assert client.post(reverse("campaigns:notice_create"), data).status_code == 302
    notice = NoticeIssue.objects.get()
    assert client.get(notice.get_absolute_url()).context["reach"] == 2
    client.post(reverse("campaigns:notice_issue", args=[notice.pk]))
    notices.send_out(by=SYSTEM)
    shown = client.get(notice.get_absolute_url())
    assert shown.context["counts"] == {"total": 2, "signed": 0}
    assert "荣成市应急管理局" in shown.content.decode()


def test_addressee_reads_it_signs_it_and_does_not_see_the_others(client, running, districts):
    notice = issue(draft(running, units=districts))
    client.force_login(make.member(districts[0], name="李签收").user)
    shown = client.get(notice.get_absolute_url()).content.decode()
    assert "签收</button>" in shown
    assert "文登区应急管理局" not in shown
    client.post(reverse("campaigns:notice_sign", args=[notice.pk]))
    assert "签收</button>" not in client.get(notice.get_absolute_url()).content.decode()
    assert notice.deliverable.obligations.get(unit=districts[0]).state == "fulfilled"


def test_duty_leads_to_its_notice(client, running, districts):
    notice = issue(draft(running, units=districts))
    owed = notice.deliverable.obligations.get(unit=districts[0])
    client.force_login(make.member(districts[0]).user)
    shown = client.get(owed.get_absolute_url()).content.decode()
    assert reverse("campaigns:notice_of", args=[owed.pk]) in shown
    reply = client.get(reverse("campaigns:notice_of", args=[owed.pk]))
    assert reply.url == notice.get_absolute_url()


def test_safety_officer_may_read_but_not_sign(client, running):
    firm = make.enterprise()
    notice = issue(draft(running))
    client.force_login(make.member(firm, Role.SAFETY).user)
    assert client.get(notice.get_absolute_url()).status_code == 200
    assert client.post(reverse("campaigns:notice_sign", args=[notice.pk])).status_code == 403


@pytest.mark.parametrize("name", ["notice_issue", "notice_withdraw"])
def test_addressee_cannot_issue_or_withdraw(client, running, districts, name):
    notice = issue(draft(running, units=districts))
    client.force_login(make.member(districts[0]).user)
    assert client.post(reverse(f"campaigns:{name}", args=[notice.pk]), {"reason": "x"}).status_code == 403


def test_draft_is_seen_by_its_own_house_only(client, running, districts):
    notice = draft(running, units=districts)
    client.force_login(make.member(districts[0]).user)
    assert client.get(notice.get_absolute_url()).status_code == 404
    assert client.get(reverse("campaigns:notices")).context["page"].rows == []


def test_clerk_of_a_district_reaches_only_its_own_firms(client, running):
    """An empty choice means all of its own reach, never all of the campaign."""
    rongcheng = make.unit("荣成市应急管理局", sectors=("轻工",))
    make.enterprise("荣成食品", in_area=rongcheng.area, in_sector="轻工")
    make.enterprise("荣成船厂", in_area=rongcheng.area, in_sector="船舶工业")
    make.enterprise("文登食品", in_area=make.county("文登区"), in_sector="轻工")
    client.force_login(make.member(rongcheng).user)
    client.post(reverse("campaigns:notice_create"), form(running, audience="enterprises"))
    assert [one.name for one in notices.addressees(NoticeIssue.objects.get())] == ["荣成食品"]


def test_other_lines_and_other_areas_units_are_not_offered(client, running):
    rongcheng = make.unit("荣成市应急管理局")
    miit = make.unit("荣成市工业和信息化局", lines=(Line.MIIT,))
    wendeng = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    client.force_login(make.member(rongcheng).user)
    reply = client.post(reverse("campaigns:notice_create"), form(running, units=[miit.pk, wendeng.pk]))
    assert reply.status_code == 200
    assert reply.context["form"].errors["units"]
    assert not NoticeIssue.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"units": []}, "units"),
        ({"sign_by": "2020-01-01"}, "sign_by"),
        ({"sign_by": "明天"}, "sign_by"),
        ({"campaign": 0}, "campaign"),
    ],
)
def test_wrong_entry_says_what_to_do_and_keeps_what_was_typed(client, officer, running, districts, wrong, field):
    reply = client.post(
        reverse("campaigns:notice_create"), form(running, units=[districts[0].pk], body="写好的正文") | wrong
    )
    assert reply.context["form"].errors[field]
    assert "写好的正文" in reply.content.decode()


def test_workbook_names_who_has_signed_and_who_has_not(client, officer, running, districts):
    notice = issue(draft(running, units=districts))
    notices.sign(notice.deliverable.obligations.get(unit=districts[0]), by=make.actor(districts[0], name="李签收"))
    reply = client.get(reverse("campaigns:notice_signatures", args=[notice.pk]))
    sheet = load_workbook(BytesIO(b"".join(reply.streaming_content))).active
    cells = {row[0]: row[2] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert (cells["荣成市应急管理局"], cells["文登区应急管理局"]) == ("已签收", "未签收")


def test_list_asks_the_same_however_many(client, officer, running, districts):
    def asked():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("campaigns:notices"))
        return len(found)

    draft(running, units=districts)
    asked()
    one = asked()
    draft(running, units=districts)
    draft(running)
    assert asked() == one
