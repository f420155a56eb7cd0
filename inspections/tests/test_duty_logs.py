"""履职记录: activity duties answered by what was done, and findings that become hazards."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from playwright.sync_api import expect

from campaigns.actions import submissions
from campaigns.tests import factories as campaigns
from config.tests.browser import sideways, small_targets
from documents.models import StoredFile
from hazards.models import Hazard
from inspections.actions import duty_logs
from inspections.models import DutyLog
from lib.transitions import MoveRefused
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
END = datetime(2023, 6, 30, 23, 59, 59, tzinfo=SHANGHAI)
SAID = {"led_by": "王总", "content": "检查制冷机房和包装车间"}


@pytest.fixture
def owed():
    """主要负责人每季度带队检查, second quarter of 2023, kept by the firm (留存备查)."""
    duty = campaigns.deliverable(
        "lead-checks",
        form="record",
        respondent="enterprise",
        recurrence="quarterly",
        due_day=None,
        recipient_rule="file",
    )
    dates = {"due_at": END, "original_due_at": END, "nominal_on": date(2023, 6, 30)}
    firm = make.enterprise()
    return campaigns.obligation(firm, of=duty, period="2023-Q2", recipients=[], sector=firm.sector, **dates)


def head(owed):
    return make.actor(owed.enterprise, Role.HEAD, name="王总")


def record(owed, day=date(2023, 6, 5), **said):
    return duty_logs.record(owed, by=head(owed), held_on=day, **SAID | said)


def photo(name="现场.jpg"):
    from io import BytesIO

    from PIL import Image

    target = BytesIO()
    Image.new("RGB", (8, 8), "green").save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue(), "image/jpeg")


def test_record_answers_the_duty_with_who_led_and_what_was_done(owed):
    record(owed, took_part="安全部5人", found="应急灯不亮")
    owed.refresh_from_db()
    assert (owed.state, owed.accepted_at is not None) == ("fulfilled", True)
    assert owed.submissions.get().text == (
        "2023年6月5日，王总\n参加人员：安全部5人\n检查制冷机房和包装车间\n发现的问题：应急灯不亮"
    )


def test_nothing_found_is_said_too(owed):
    record(owed)
    assert owed.submissions.get().text.endswith("未发现问题")


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (date(2023, 4, 30), False),  # before the campaign, though within the quarter
        (date(2023, 5, 1), True),
        (date(2023, 6, 30), True),
        (date(2023, 7, 1), False),
    ],
)
def test_day_lies_within_the_period_and_the_campaign(owed, day, allowed):
    if allowed:
        assert record(owed, day).held_on == day
        return
    with pytest.raises(MoveRefused, match="2023年5月1日至2023年6月30日"):
        record(owed, day)
    owed.refresh_from_db()
    assert owed.state == "open"


def test_what_lies_ahead_was_not_done_yet(monkeypatch, owed):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: date(2023, 6, 4))
    with pytest.raises(MoveRefused, match="不能晚于今天"):
        record(owed)


def test_second_record_of_the_period_joins_the_first(owed):
    record(owed)
    record(owed, date(2023, 6, 20), content="再查一次")
    assert (owed.duty_logs.count(), owed.submissions.count()) == (2, 1)


def test_same_form_sent_twice_is_one_record(owed):
    key = uuid4()
    assert record(owed, entry_key=key) == record(owed, entry_key=key)
    assert DutyLog.objects.count() == 1


def test_key_of_another_duty_is_no_way_to_its_record(owed):
    key = uuid4()
    record(owed, entry_key=key)
    other = campaigns.obligation(make.enterprise("别家公司"), of=owed.deliverable, period="2023-Q2", recipients=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        duty_logs.record(other, by=head(other), held_on=date(2023, 6, 5), entry_key=key, **SAID)


def test_refused_hand_in_keeps_no_record(owed):
    owed.state = "waived"
    owed.save(update_fields=["state"])
    with pytest.raises(MoveRefused), transaction.atomic():
        record(owed)
    assert not DutyLog.objects.exists()


def test_photos_hang_on_the_record(owed):
    log = record(owed, photos=[photo(), photo("二.jpg")])
    assert [file.role for file in StoredFile.objects.of(log)] == ["现场照片"] * 2


def test_finding_becomes_a_self_found_hazard_of_that_day_once(owed):
    log = record(owed, found="应急灯不亮")
    hazard = duty_logs.register_finding(log, description="应急灯不亮", level="general", by=head(owed))
    again = duty_logs.register_finding(log, description=" 应急灯不亮 ", level="general", by=head(owed))
    assert hazard == again
    assert (hazard.enterprise, hazard.found_on, hazard.found_by, hazard.finder) == (
        owed.enterprise,
        date(2023, 6, 5),
        "self",
        "王总",
    )
    assert list(log.hazards.all()) == [hazard]


def test_finding_of_a_unit_needs_a_firm():
    duty = campaigns.deliverable("joint", form="record", recurrence="quarterly", due_day=None)
    unit = campaigns.obligation(of=duty, period="2023-Q2")
    log = duty_logs.record(unit, by=make.actor(unit.unit), held_on=date(2023, 6, 5), **SAID)
    with pytest.raises(MoveRefused, match="选择企业"):
        duty_logs.register_finding(log, description="x", level="general", by=make.actor(unit.unit))
    assert not Hazard.objects.exists()


# Pages


def form(**fields):
    return {"held_on": "2023-06-05", "entry_key": str(uuid4())} | SAID | fields


def test_head_enters_it_on_the_page_and_turns_the_finding_into_a_hazard(client, owed):
    client.force_login(make.member(owed.enterprise, Role.HEAD).user)
    shown = client.get(owed.get_absolute_url()).content.decode()
    url = reverse("inspections:record_of", args=[owed.pk])
    assert url in shown
    reply = client.post(url, form(found="应急灯不亮", photos=photo()))
    log = DutyLog.objects.get()
    assert reply.url == log.get_absolute_url()
    assert "应急灯不亮" in client.get(reply.url).content.decode()
    finding = reverse("inspections:duty_log_finding", args=[log.pk])
    client.post(finding, {"description": "应急灯不亮", "level": "general"})
    assert log.hazards.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"led_by": ""}, "led_by"),
        ({"content": "  "}, "content"),
        ({"held_on": "2023-02-30"}, "held_on"),
        ({"held_on": "2023-12-01"}, "held_on"),
        ({"led_by": "王" * 61}, "led_by"),
        ({"photos": SimpleUploadedFile("a.exe", b"MZ")}, "photos"),
    ],
)
def test_wrong_entry_is_said_at_its_field_and_nothing_is_lost(client, owed, wrong, field):
    client.force_login(make.member(owed.enterprise, Role.HEAD).user)
    reply = client.post(reverse("inspections:record_of", args=[owed.pk]), form(took_part="安全部5人") | wrong)
    assert reply.status_code == 422
    assert list(reply.context["form"].errors) == [field]
    assert "安全部5人" in reply.content.decode()
    assert not DutyLog.objects.exists()


def test_district_reads_the_record_but_does_not_register_for_the_firm(client, owed):
    log = record(owed, found="应急灯不亮")
    officer = make.member(make.unit(sectors=("轻工",)))
    client.force_login(officer.user)
    shown = client.get(log.get_absolute_url())
    assert shown.status_code == 200
    assert shown.context["form"] is None
    reply = client.post(
        reverse("inspections:duty_log_finding", args=[log.pk]), {"description": "x", "level": "general"}
    )
    assert reply.url == reverse("hazards:register")
    assert not Hazard.objects.exists()


def test_safety_officer_does_not_answer_for_the_head(client, owed):
    client.force_login(make.member(owed.enterprise, Role.SAFETY).user)
    assert client.post(reverse("inspections:record_of", args=[owed.pk]), form()).status_code == 403


def test_other_forms_are_not_answered_here(client):
    text = campaigns.obligation()
    client.force_login(make.member(text.unit).user)
    assert client.get(reverse("inspections:record_of", args=[text.pk])).status_code == 404


def test_returned_record_may_be_followed_by_another(owed):
    owed.recipients.set([make.unit()])
    record(owed)
    submissions.return_submission(owed.submissions.get(), by=make.actor(make.unit()), reason="没有照片")
    owed.refresh_from_db()
    record(owed, date(2023, 6, 20), photos=[photo()])
    assert list(owed.submissions.order_by("number").values_list("state", flat=True)) == ["returned", "submitted"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_record_is_entered_on_a_phone(browse, owed):
    page = browse(
        make.member(owed.enterprise, Role.HEAD).user, reverse("inspections:record_of", args=[owed.pk]), phone=True
    )
    assert sideways(page) == []
    assert small_targets(page) == []
    page.get_by_label("日期").fill("2023-06-05")
    page.get_by_label("带队/主持人").fill("王总")
    page.get_by_label("开展情况").fill("检查制冷机房")
    page.get_by_role("button", name="登记").click()
    page.get_by_text("任务已完成").wait_for()
    assert DutyLog.objects.get().led_by == "王总"


# Owed by name


@pytest.fixture
def leaders():
    """张三's and 李四's check of June 2023."""
    said = {
        "name": "班子成员带队检查",
        "form": "record",
        "person": "每位班子成员",
        "each_of": "leader",
        "due_day": None,
    }
    duty = campaigns.deliverable("leader-checks", **said, recipient_rule="file")
    return [campaigns.obligation(make.unit(), of=duty, subject=name, recipients=[]) for name in ("张三", "李四")]


def by_unit(owed, **said):
    said = {"held_on": date(2023, 6, 5), "content": "检查2家企业"} | said
    return duty_logs.record(owed, by=make.actor(owed.unit), **said)


def test_check_led_by_the_person_answers_his_row_alone(leaders):
    by_unit(leaders[0], led_by="局长张三")
    assert [refreshed(owed).state for owed in leaders] == ["fulfilled", "open"]


def refreshed(owed):
    owed.refresh_from_db()
    return owed


@pytest.mark.parametrize("led_by", ["张三", "张　三", "张 三（局长）", "张三、李四"])
def test_name_is_found_however_it_is_spaced(leaders, led_by):
    assert by_unit(leaders[0], led_by=led_by).led_by == led_by


@pytest.mark.parametrize("said", [{"led_by": "李四"}, {"led_by": "李四", "took_part": "张三"}, {"led_by": "张"}])
def test_check_led_by_somebody_else_is_not_his(leaders, said):
    """每位: to have gone along is not to have led."""
    with pytest.raises(MoveRefused, match="这一项是张三的任务，带队/主持人应有张三"):
        by_unit(leaders[0], **said)
    assert not DutyLog.objects.exists()


def test_who_is_stationed_may_take_part_in_the_season_meeting(leaders):
    type(leaders[0].deliverable).objects.update(each_of="station", person="驻点人员")
    owed = type(leaders[0]).objects.get(pk=leaders[0].pk)
    with pytest.raises(MoveRefused, match="带队/主持人或参加人员应有张三"):
        by_unit(owed, led_by="李局长", took_part="王五")
    assert by_unit(owed, led_by="李局长", took_part="张三、王五").led_by == "李局长"


def test_unit_as_a_whole_names_whoever_led(leaders):
    leaders[0].subject = "每位班子成员"
    leaders[0].save(update_fields=["subject"])
    assert by_unit(leaders[0], led_by="王五").led_by == "王五"


def test_form_is_filled_with_the_person_and_says_so(client, leaders):
    client.force_login(make.member(leaders[0].unit).user)
    shown = client.get(reverse("inspections:record_of", args=[leaders[0].pk]))
    assert shown.context["form"]["led_by"].value() == "张三"
    assert "这一项由张三本人完成，“带队/主持人”已按名册填好。" in shown.content.decode()


def test_firms_form_is_empty_as_before(client, owed):
    client.force_login(make.member(owed.enterprise, Role.HEAD).user)
    shown = client.get(reverse("inspections:record_of", args=[owed.pk]))
    assert shown.context["form"]["led_by"].value() == ""
    assert "本人完成" not in shown.content.decode()


def test_somebody_else_is_said_at_the_leader(client, leaders):
    client.force_login(make.member(leaders[0].unit).user)
    reply = client.post(reverse("inspections:record_of", args=[leaders[0].pk]), form(led_by="李四"))
    assert reply.status_code == 422
    assert list(reply.context["form"].errors) == ["led_by"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_leaders_check_is_entered_on_a_phone_with_the_name_filled_in(browse, leaders):
    path = reverse("inspections:record_of", args=[leaders[0].pk])
    page = browse(make.member(leaders[0].unit).user, path, phone=True)
    expect(page.get_by_label("带队/主持人")).to_have_value("张三")
    assert sideways(page) == []
    page.get_by_label("日期").fill("2023-06-05")
    page.get_by_label("开展情况").fill("检查2家企业")
    page.get_by_role("button", name="登记").click()
    page.get_by_text("任务已完成").wait_for()
    assert DutyLog.objects.get().led_by == "张三"
