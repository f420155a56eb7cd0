"""Handing in by template, from the provincial platform, stamped, with standing nothing, together; drafts, versions."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from playwright.sync_api import expect

from campaigns.actions import submissions
from campaigns.models import Obligation, StandingNil, Submission
from campaigns.templates import PROGRESS, as_text, lines
from campaigns.tests import factories as campaigns
from campaigns.views.obligation_page import changes
from config.tests.browser import sideways
from documents.models import StoredFile
from lib import registry
from lib.transitions import MoveRefused
from organizations.models import Unit
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
# The headings of 高青县工信局方案附件1, in its order.
OFFICIAL = [
    "一、工作开展计划",
    "二、工作完成情况",
    "（一）行业规划",
    "1、上级部门发文情况，以及开展形式",
    "2、我局制定相关文件，以及开展形式",
    "（二）产业政策",
    "1、上级部门发文情况，以及开展形式",
    "2、我局制定产业政策文件情况，以及开展形式",
    "（三）法规标准",
    "（四）其他工作开展情况",
    "三、下个月工作计划",
]
PDF = b"%PDF-1.7\n%%EOF\n"


def owed_by(form="text", **fields):
    return campaigns.obligation(of=campaigns.deliverable("x", form=form, **fields))


def clerk_of(client, owed):
    client.force_login(make.member(owed.unit, name="李填报").user)


def post(client, owed, name="hand_in", **data):
    return client.post(reverse(f"campaigns:{name}", args=[owed.pk]), data)


def newest(owed):
    return owed.submissions.order_by("-number").first()


# By template (form 4)


def test_template_prints_the_notices_headings_in_its_order():
    assert [text for level, text in lines(PROGRESS, {}) if level] == OFFICIAL


def test_what_is_not_written_says_that_there_was_nothing():
    text = as_text(PROGRESS, {"plan": "开展汛期检查\n覆盖全部企业", "next": "培训"})
    assert text.startswith("一、工作开展计划\n开展汛期检查\n覆盖全部企业\n二、工作完成情况\n（一）行业规划")
    assert text.count("本月无。") == 6
    assert text.endswith("三、下个月工作计划\n培训")


def test_sections_are_filled_in_handed_in_and_printed(client):
    owed = owed_by("text:progress")
    clerk_of(client, owed)
    assert post(client, owed, plan="开展汛期检查", other="=cmd|'/c calc'!A1").status_code == 302
    version = newest(owed)
    assert version.content["plan"] == "开展汛期检查"
    assert "一、工作开展计划\n开展汛期检查" in version.text
    reply = client.get(reverse("campaigns:word", args=[version.pk]))
    paper = Document(BytesIO(reply.content))
    texts = [paragraph.text for paragraph in paper.paragraphs]
    assert texts[0] == "荣成市应急管理局6月份安全生产工作开展情况"
    assert [text for text in texts if text in OFFICIAL] == OFFICIAL
    assert "开展汛期检查" in texts
    fonts = paper.paragraphs[0].runs[0]._element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert round(paper.sections[0].page_width.cm, 1) == 21.0


def test_empty_template_is_not_handed_in(client):
    owed = owed_by("text:progress")
    clerk_of(client, owed)
    reply = post(client, owed)
    assert reply.status_code == 422
    assert "没有可报送的内容" in reply.content.decode()


def test_returned_template_comes_back_section_by_section(client):
    owed = owed_by("text:progress")
    clerk_of(client, owed)
    post(client, owed, plan="开展汛期检查")
    submissions.return_submission(newest(owed), by=make.actor(make.city_bureau()), reason="补其他工作")
    form = client.get(owed.get_absolute_url()).context["hand_in_form"]
    assert form.initial["plan"] == "开展汛期检查"


def test_plain_text_has_no_word(client):
    owed = owed_by()
    clerk_of(client, owed)
    post(client, owed, text="六月情况")
    assert client.get(reverse("campaigns:word", args=[newest(owed).pk])).status_code == 404


def test_draft_is_printed_by_its_own_house_only(client):
    owed = owed_by("text:progress")
    submissions.save_draft(owed, by=make.actor(owed.unit), text="", content={"plan": "草稿"})
    url = reverse("campaigns:word", args=[newest(owed).pk])
    client.force_login(make.member(make.city_bureau()).user)
    assert client.get(url).status_code == 404
    clerk_of(client, owed)
    assert client.get(url).status_code == 200


# Reported elsewhere, stamped


def test_number_of_the_provincial_platform_is_an_answer_where_allowed(client):
    owed = owed_by(provincial_allowed=True)
    clerk_of(client, owed)
    assert post(client, owed, provincial="on", external_number="SD-2023-0617").status_code == 302
    version = newest(owed)
    assert (version.channel, version.external_number) == ("provincial", "SD-2023-0617")


def test_screenshot_stands_for_the_number(client):
    owed = owed_by(provincial_allowed=True)
    clerk_of(client, owed)
    reply = post(client, owed, provincial="on", files=SimpleUploadedFile("截图.pdf", PDF))
    assert reply.status_code == 302
    assert newest(owed).channel == "provincial"


def test_neither_number_nor_screenshot_is_refused_in_words(client):
    owed = owed_by(provincial_allowed=True)
    clerk_of(client, owed)
    reply = post(client, owed, provincial="on", text="已报")
    assert "请填省平台编号" in reply.content.decode()
    assert newest(owed) is None


def test_where_it_is_not_allowed_the_platform_is_no_answer():
    owed = owed_by()
    with pytest.raises(MoveRefused, match="须在本平台报送"):
        submissions.hand_in(owed, by=make.actor(owed.unit), channel="provincial", external_number="1")


def test_stamped_scan_is_kept_as_such(client):
    owed = owed_by()
    clerk_of(client, owed)
    post(client, owed, text="六月情况", stamped=SimpleUploadedFile("盖章.pdf", PDF))
    assert StoredFile.objects.of(newest(owed)).get().role == "盖章件"
    assert "盖章件" in client.get(owed.get_absolute_url()).content.decode()


# Standing nothing


@pytest.fixture
def nothing(client):
    """June's nil report, with the wish that later ones be nil too; July's is owed."""
    june = owed_by(nil_allowed=True)
    july = campaigns.obligation(june.unit, of=june.deliverable, period="2023-07")
    clerk_of(client, june)
    post(client, june, nil="on", nil_by="王局", standing="on")
    return july


def test_standing_nil_is_confirmed_with_one_tap_each_period(client, nothing):
    assert "本期仍是零报告" in client.get(nothing.get_absolute_url()).content.decode()
    assert nothing.submissions.count() == 0
    post(client, nothing, "confirm_nil")
    assert (newest(nothing).nil, newest(nothing).nil_by, newest(nothing).state) == (True, "王局", "submitted")


def test_second_tap_reports_nothing_twice(client, nothing):
    post(client, nothing, "confirm_nil")
    post(client, nothing, "confirm_nil")
    assert nothing.submissions.count() == 1


def test_open_majors_stop_the_tap_and_ask_for_words(client, nothing):
    with registry.nil_objections.answered_by(lambda obligation: ["台账有1项重大隐患未销号"]):
        reply = client.post(reverse("campaigns:confirm_nil", args=[nothing.pk]), follow=True)
        assert "台账有1项重大隐患未销号" in reply.content.decode()
    assert nothing.submissions.filter(state="submitted").count() == 0


def test_standing_nil_may_be_ended(client, nothing):
    post(client, nothing, "end_standing_nil")
    assert not StandingNil.objects.exists()
    assert post(client, nothing, "confirm_nil").status_code == 404


def test_standing_nil_is_of_one_respondent_and_duty(client, nothing):
    other = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    theirs = campaigns.obligation(other, of=nothing.deliverable)
    client.force_login(make.member(other).user)
    assert "长期零报告" not in client.get(theirs.get_absolute_url()).content.decode()
    assert post(client, theirs, "confirm_nil").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingNil.objects.create(deliverable=nothing.deliverable, unit=nothing.unit, named="李")


# Drafts saved as they are written


def test_what_is_written_is_kept_without_a_button(client):
    owed = owed_by()
    clerk_of(client, owed)
    mark = client.get(owed.get_absolute_url()).context["mark"]
    reply = post(client, owed, "autosave", text="写到一半", seen=mark)
    assert (reply.status_code, newest(owed).text, newest(owed).state) == (200, "写到一半", "draft")
    assert newest(owed).mark in reply.content.decode()


def test_two_people_never_overwrite_each_other_silently(client):
    owed = owed_by()
    clerk_of(client, owed)
    first = client.get(owed.get_absolute_url()).context["mark"]
    post(client, owed, "autosave", text="甲写的", seen=first)
    reply = post(client, owed, "autosave", text="乙写的", seen=first)
    assert reply.status_code == 409
    assert "草稿已由他人（或在另一窗口）修改" in reply.content.decode()
    assert newest(owed).text == "甲写的"


@pytest.mark.parametrize("button", [{}, {"keep": "yes"}])
def test_no_button_overwrites_what_another_window_wrote_meanwhile(client, button):
    owed = owed_by()
    clerk_of(client, owed)
    first = client.get(owed.get_absolute_url()).context["mark"]
    post(client, owed, "autosave", text="甲写的三段", seen=first)

    refused = post(client, owed, text="乙写的", seen=first, **button)

    assert (refused.status_code, newest(owed).text, newest(owed).state) == (422, "甲写的三段", "draft")
    shown = refused.content.decode()
    assert "草稿已由他人（或在另一窗口）修改" in shown
    assert "甲写的三段" in shown
    assert "乙写的" in shown

    post(client, owed, text="甲写的三段和乙写的", seen=refused.context["mark"], **button)
    assert newest(owed).text == "甲写的三段和乙写的"


def test_what_was_handed_in_is_not_saved_over(client):
    owed = owed_by()
    clerk_of(client, owed)
    post(client, owed, text="六月情况")
    assert post(client, owed, "autosave", text="改", seen="x").status_code == 409
    assert owed.submissions.get().text == "六月情况"


def test_stranger_saves_no_draft(client):
    owed = owed_by()
    client.force_login(make.member(make.city_bureau()).user)
    assert post(client, owed, "autosave", text="冒名").status_code == 403
    assert not Submission.objects.exists()


# Versions


def test_version_says_what_changed_against_the_one_before(client):
    owed = owed_by()
    clerk_of(client, owed)
    post(client, owed, text="检查企业132家\n发现隐患5项\n已整改")
    submissions.return_submission(newest(owed), by=make.actor(make.city_bureau()), reason="数字不对")
    post(client, owed, text="检查企业132家\n发现隐患6项\n已整改")
    shown = client.get(owed.get_absolute_url()).content.decode()
    assert "<del>－ 发现隐患5项</del>" in shown
    assert "<ins>＋ 发现隐患6项</ins>" in shown
    assert "检查企业132家</del>" not in shown


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("甲", "甲", []),
        ("", "甲", [("ins", "甲")]),
        ("甲\n乙", "乙", [("del", "甲")]),
        ("<b>", "", [("del", "<b>")]),
    ],
)
def test_changes_are_by_line(before, after, expected):
    assert changes(Submission(text=before), Submission(text=after)) == expected


# Together


@pytest.fixture
def packet():
    """June's three parts of 每月28日调度, of one district."""
    group = {"group": "每月28日调度"}
    duties = [campaigns.deliverable(f"part-{n}", name=f"材料{n}", position=n, **group) for n in (1, 2, 3)]
    unit = make.unit()
    return [campaigns.obligation(unit, of=duty) for duty in duties]


def test_packet_is_shown_as_one_with_how_far_it_is(client, packet):
    submissions.hand_in(packet[1], by=make.actor(packet[1].unit), text="甲")
    clerk_of(client, packet[0])
    shown = client.get(reverse("campaigns:together", args=[packet[2].pk]))
    assert [part.pk for part in shown.context["parts"]] == [part.pk for part in packet]
    assert "一并报送 3 项，已报 1 项" in shown.content.decode()


def test_packet_holds_neither_other_periods_nor_other_units(client, packet):
    campaigns.obligation(packet[0].unit, of=packet[0].deliverable, period="2023-07")
    campaigns.obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), of=packet[0].deliverable)
    client.force_login(make.member(make.city_bureau()).user)
    assert len(client.get(reverse("campaigns:together", args=[packet[0].pk])).context["parts"]) == 3


def test_recipient_accepts_what_waits_of_the_packet_at_once(client, packet):
    for part in packet[:2]:
        submissions.hand_in(part, by=make.actor(part.unit), text="甲")
    client.force_login(make.member(make.city_bureau()).user)
    client.post(reverse("campaigns:accept_together", args=[packet[0].pk]))
    states = Obligation.objects.order_by("deliverable__position").values_list("state", flat=True)
    assert list(states) == ["fulfilled", "fulfilled", "open"]


def test_all_of_the_packet_is_accepted_or_nothing(client, packet):
    """The second part needs the office's check first: the first is not accepted either."""
    bureau = make.city_bureau()
    office = Unit.objects.create(name="基础科", kind="office", area=bureau.area, part_of=bureau)
    packet[1].deliverable.audit_days = 3
    packet[1].deliverable.save(update_fields=["audit_days"])
    packet[1].recipients.add(office)
    for part in packet:
        submissions.hand_in(part, by=make.actor(part.unit), text="甲")
    client.force_login(make.member(bureau).user)
    reply = client.post(reverse("campaigns:accept_together", args=[packet[0].pk]), follow=True)
    assert "没有接收任何一项" in reply.content.decode()
    assert set(Obligation.objects.values_list("state", flat=True)) == {"open"}


def test_respondent_cannot_accept_its_own_packet(client, packet):
    submissions.hand_in(packet[0], by=make.actor(packet[0].unit), text="甲")
    clerk_of(client, packet[0])
    assert client.post(reverse("campaigns:accept_together", args=[packet[0].pk])).status_code == 403


def test_duty_without_a_packet_has_no_such_page(client):
    owed = owed_by()
    clerk_of(client, owed)
    assert client.get(reverse("campaigns:together", args=[owed.pk])).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_draft_saves_itself_while_one_writes_and_outlives_the_page(browse):
    owed = owed_by("text:progress")
    user = make.member(owed.unit, name="李填报").user
    page = browse(user, owed.get_absolute_url(), phone=True)
    page.get_by_label("一、工作开展计划").fill("开展汛期检查")
    page.get_by_text("草稿已自动保存").wait_for()
    with page.expect_response("**/draft/"):
        page.get_by_label("三、下个月工作计划").fill("培训")
    assert sideways(page) == []
    again = browse(user, owed.get_absolute_url())
    expect(again.get_by_label("一、工作开展计划")).to_have_value("开展汛期检查")
    expect(again.get_by_label("三、下个月工作计划")).to_have_value("培训")
