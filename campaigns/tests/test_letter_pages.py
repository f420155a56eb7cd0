"""Who sees a letter and who may send it; the page, the list, the Word file."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn

from campaigns.actions import letters as actions
from campaigns.exports.letters import document
from campaigns.letters import paper
from campaigns.models import Letter, Obligation
from campaigns.tests import factories as campaigns
from config.tests.browser import obstacles, sideways, small_targets
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    """A draft of the city bureau to Rongcheng about its June 调度表."""
    return campaigns.letter(campaigns.obligation())


def sign_in(client, holder, role=Role.CLERK):
    client.force_login(make.member(holder, role).user)
    return client


@pytest.fixture
def clerk(client):
    return sign_in(client, make.city_bureau())


def url(name, letter):
    return reverse(f"campaigns:{name}", args=[letter.pk])


def released(letter):
    return actions.release(letter, by=make.actor(make.city_bureau(), name="签发人"))


# Who


@pytest.mark.parametrize(
    ("role", "edit", "release"),
    [
        (Role.CLERK, 200, 302),
        (Role.DEPUTY, 403, 302),
        (Role.CHIEF, 403, 302),
        (Role.REVIEWER, 403, 403),
        (Role.OFFICER, 403, 403),
        (Role.ADMIN, 403, 403),
    ],
)
def test_clerk_prepares_and_leaders_release_too(client, letter, role, edit, release):
    sign_in(client, make.city_bureau(), role)
    assert client.get(url("letter", letter)).status_code == 200
    assert client.get(url("letter_edit", letter)).status_code == edit
    assert client.post(url("letter_release", letter)).status_code == release
    letter.refresh_from_db()
    assert letter.state == ("released" if release == 302 else "draft")


def test_office_of_the_lead_bureau_is_the_same_house(client, letter):
    office = make.unit("安全生产综合协调科", in_area=make.city(), kind="office", part_of=make.city_bureau())
    assert sign_in(client, office).post(url("letter_release", letter)).status_code == 302


def test_addressee_sees_it_only_once_it_is_released(client, letter):
    chief = sign_in(client, letter.unit, Role.CHIEF)
    names = ("letter", "letter_document")
    assert [chief.get(url(name, letter)).status_code for name in names] == [404, 404]
    released(letter)
    assert [chief.get(url(name, letter)).status_code for name in names] == [200, 200]
    assert "只有发函单位" not in chief.get(url("letter", letter)).content.decode()
    assert chief.post(url("letter_withdraw", letter), {"reason": "不要"}).status_code == 403


def test_firm_sees_its_letters_and_its_district_too(client):
    firm = make.enterprise()
    letter = campaigns.letter(campaigns.obligation(firm, of=campaigns.deliverable("firms", respondent="enterprise")))
    released(letter)
    for holder, status in ((firm, 200), (make.enterprise("邻居公司"), 404), (make.unit(), 200)):
        role = Role.HEAD if holder != make.unit() else Role.CLERK
        assert sign_in(client, holder, role).get(url("letter", letter)).status_code == status


def test_other_districts_see_nothing(client, letter):
    released(letter)
    other = sign_in(client, make.unit("文登区应急管理局", in_area=make.county("文登区")))
    assert other.get(url("letter", letter)).status_code == 404
    assert "荣成市应急管理局" not in other.get(reverse("campaigns:letters")).content.decode()


# The page


def test_page_reads_like_the_letter(clerk, letter):
    text = clerk.get(url("letter", letter)).content.decode()
    lines = ["荣成市应急管理局：", "下列事项至今未报：", "1. 2023年6月 调度表，应于2023年6月28日报送。", "请尽快报送。"]
    places = [text.index(line) for line in lines]
    assert places == sorted(places)
    assert "发给荣成市应急管理局" in text


def test_edited_words_are_kept_and_noted(clerk, letter):
    words = {"number": "威应急函〔2023〕12号", "title": "催办函", "body": "第一段：\r\n第二段。\x0b"}
    assert clerk.post(url("letter_edit", letter), words).status_code == 302
    letter.refresh_from_db()
    assert (letter.number, letter.title, letter.body) == ("威应急函〔2023〕12号", "催办函", "第一段：\r\n第二段。")
    assert AuditEntry.objects.filter(verb="letter.edit").count() == 1
    read = paper(letter).paragraphs
    assert (read[0], read[-1], len(read)) == ("第一段：", "第二段。", 3)


def test_released_letter_cannot_be_edited(clerk, letter):
    released(letter)
    assert clerk.get(url("letter_edit", letter)).status_code == 403
    assert clerk.post(url("letter_release", letter)).status_code == 403
    assert "修改</a>" not in clerk.get(url("letter", letter)).content.decode()


def test_withdrawing_asks_for_a_reason(clerk, letter):
    assert clerk.post(url("letter_withdraw", letter)).status_code == 422
    clerk.post(url("letter_withdraw", letter), {"reason": "已电话说明"})
    letter.refresh_from_db()
    assert (letter.state, letter.reason, letter.settled) == ("withdrawn", "已电话说明", False)


def test_letter_whose_matter_is_settled_says_so(clerk, letter):
    Obligation.objects.update(state="waived")
    text = clerk.post(url("letter_release", letter), follow=True).content.decode()
    assert "所涉事项均已报送或不再逾期" in text
    assert not Message.objects.exists()


def test_letter_of_another_kind_goes_out_with_the_lines_it_was_given(clerk, letter):
    """督办函 and 约谈通知 may speak of no obligation at all."""
    other = campaigns.letter(letter.obligations.get(), key="talk", kind="talk", lines=["第3项任务进展缓慢"])
    other.obligations.clear()
    assert other.pk in listed(clerk)
    released(other)
    other.refresh_from_db()
    assert other.lines == ["第3项任务进展缓慢"]
    assert "1. 第3项任务进展缓慢。" in paper(other).paragraphs
    assert Message.objects.filter(title="威海市应急管理局发来约谈通知，请及时办理").exists()


# The list


def listed(client, view=""):
    response = client.get(reverse("campaigns:letters"), {"view": view} if view else {})
    assert response.status_code == 200
    return [each.pk for each in response.context["page"]]


def test_list_shows_drafts_first_and_the_rest_by_view(clerk, letter):
    gone = campaigns.letter(letter.obligations.get(), key="gone", state="withdrawn")
    sent = campaigns.letter(letter.obligations.get(), key="sent", state="released", released_at=timezone.now())
    assert listed(clerk) == [letter.pk]
    assert listed(clerk, "released") == [sent.pk]
    assert listed(clerk, "withdrawn") == [gone.pk]
    assert listed(clerk, "received") == []


def test_settled_draft_is_not_offered_even_before_the_sweep(clerk, letter):
    Obligation.objects.update(handed_in_at=timezone.now())
    assert listed(clerk) == []


def test_addressee_lists_what_it_received(client, letter):
    released(letter)
    assert listed(sign_in(client, letter.unit), "received") == [letter.pk]


def test_ticked_letters_are_released_together(clerk, letter):
    other = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    second = campaigns.letter(campaigns.obligation(other))
    left = campaigns.letter(campaigns.obligation(make.unit("乳山市应急管理局", in_area=make.county("乳山市"))))
    data = {"letter": [letter.pk, second.pk, "x", "999999"]}
    text = clerk.post(reverse("campaigns:letters_release"), data, follow=True).content.decode()
    assert "已发出2份函件。" in text
    assert set(Letter.objects.drafts()) == {left}


def test_ticked_letter_that_is_settled_stays_behind_by_name(clerk, letter):
    Obligation.objects.update(state="waived")
    text = clerk.post(reverse("campaigns:letters_release"), {"letter": [letter.pk]}, follow=True).content.decode()
    assert "没有发出：荣成市应急管理局" in text
    assert Letter.objects.get().state == "draft"


def test_strangers_tick_in_vain(client, letter):
    other = sign_in(client, make.unit("文登区应急管理局", in_area=make.county("文登区")))
    other.post(reverse("campaigns:letters_release"), {"letter": [letter.pk]})
    assert Letter.objects.get().state == "draft"


def test_list_takes_the_same_queries_for_one_and_three(clerk, letter, django_assert_num_queries):
    listed(clerk)
    with CaptureQueriesContext(connection) as one:
        listed(clerk)
    for name in ("文登区", "乳山市"):
        campaigns.letter(campaigns.obligation(make.unit(f"{name}应急管理局", in_area=make.county(name))))
    with django_assert_num_queries(len(one)):
        assert len(listed(clerk)) == 3


# The Word file


def word(letter):
    return Document(document(paper(letter)))


def test_word_file_is_laid_out_as_an_official_letter(clerk, letter):
    """GB/T 9704-2012: A4, 天头37 mm, 订口28 mm; title 2号 (22 pt) 小标宋, text 3号 (16 pt) 仿宋, indented by two."""
    response = clerk.get(url("letter_document", letter))
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%82%AC%E5%8A%9E%E5%87%BD")
    file = Document(BytesIO(b"".join(response.streaming_content)))
    section = file.sections[0]
    page = (section.page_width.mm, section.page_height.mm, section.top_margin.mm, section.left_margin.mm)
    assert [round(each) for each in page] == [210, 297, 37, 28]
    by_text = {each.text: each for each in file.paragraphs if each.text}
    heading, title = file.paragraphs[0], by_text["关于抓紧办理逾期事项的催办函"]
    text = by_text["下列事项至今未报："]
    assert heading.text == "威海市应急管理局"
    assert str(heading.runs[0].font.color.rgb) == "FF0000"
    fonts = [(run.font.size.pt, run._element.rPr.rFonts.get(qn("w:eastAsia"))) for run in (title.runs[0], text.runs[0])]
    assert fonts == [(22, "方正小标宋简体"), (16, "仿宋_GB2312")]
    assert text.paragraph_format.first_line_indent.pt == 32
    assert text.paragraph_format.line_spacing.pt == 28


def test_word_file_says_what_the_page_says_in_order(letter):
    letter.campaign.contact = "刘工"
    letter.number = "威应急函〔2023〕12号"
    assert [each.text for each in word(letter).paragraphs if each.text] == [
        "威海市应急管理局",
        "威应急函〔2023〕12号",
        "关于抓紧办理逾期事项的催办函",
        "荣成市应急管理局：",
        "下列事项至今未报：",
        "1. 2023年6月 调度表，应于2023年6月28日报送。",
        "请尽快报送。",
        "威海市应急管理局",
        "    年  月  日",
        "（联系人：刘工）",
    ]


def test_word_file_of_a_released_letter_is_dated(letter):
    released(letter)
    Letter.objects.update(released_at=timezone.datetime(2023, 6, 30, 1, tzinfo=timezone.get_current_timezone()))
    letter.refresh_from_db()
    assert "2023年6月30日" in [each.text for each in word(letter).paragraphs]


def test_word_file_survives_what_xml_cannot_hold(letter):
    letter.body = "一\x00二\x01三\ufffe"
    assert "一二三" in [each.text for each in word(letter).paragraphs]


def test_letter_without_body_still_opens(letter):
    letter.body = ""
    assert paper(letter).paragraphs[1].startswith("1. ")
    assert word(letter).paragraphs


# In the browser


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [False, True])
def test_clerk_releases_the_ticked_ones(browse, phone):
    due = timezone.now() - timedelta(days=30)
    letter = campaigns.letter(campaigns.obligation(due_at=due, original_due_at=due))
    page = browse(make.member(make.city_bureau()).user, "/letters/", phone=phone)
    assert sideways(page) == []
    assert obstacles(page) == []
    page.get_by_role("checkbox").check()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="发出所选函件").click()
    page.get_by_text("已发出1份函件").wait_for()
    page.goto(letter.get_absolute_url())
    assert sideways(page) == []
    assert obstacles(page) == []
    if phone:
        assert small_targets(page) == []
