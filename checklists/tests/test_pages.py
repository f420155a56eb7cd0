"""Pages under /self-inspections/: who sees what, what they say, what they cost."""

import re
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Submission
from checklists import actions
from checklists.models import Answer, Checklist, SelfInspection
from checklists.tests import factories as lists
from organizations.models import AuditEntry, Unit
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.fixture
def head(firm):
    return make.actor(firm, Role.HEAD, name="李总")


@pytest.fixture
def inspection(firm, head):
    return lists.inspection(firm, by=head)


@pytest.fixture
def handed_in(inspection, head):
    lists.answered(inspection, by=head, results={2: "noncompliant", 3: "partial"})
    actions.submit(inspection, by=head)
    return inspection


@pytest.fixture
def own(client, head):
    client.force_login(head.user)
    return client


@pytest.fixture
def officer(client):
    """The recipient, a reviewer of the county's bureau."""
    client.force_login(make.member(make.unit(), Role.REVIEWER).user)
    return client


def url(name, *args):
    return reverse(f"checklists:{name}", args=args)


def text(response):
    return response.content.decode()


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# Starting


def test_start_says_what_is_asked_and_writes_nothing(own, firm):
    lists.checklist(source="威工信发〔2022〕10号 附件2")
    page = text(own.get(url("start", lists.obligation(firm).pk)))
    assert "共3项" in page
    assert "威工信发〔2022〕10号 附件2" in page
    assert "开始填写" in page
    assert not SelfInspection.objects.exists()


def test_start_opens_once_however_often_it_is_clicked(own, firm):
    lists.checklist()
    owed = lists.obligation(firm)
    first = own.post(url("start", owed.pk))
    again = own.post(url("start", owed.pk))
    assert first.url == again.url == url("fill", SelfInspection.objects.get().pk)


def test_start_goes_on_where_one_stands(own, inspection):
    assert own.get(url("start", inspection.obligation_id)).url == url("fill", inspection.pk)


def test_start_without_a_list_says_whom_to_ask(own, firm):
    assert "请联系牵头单位" in text(own.get(url("start", lists.obligation(firm, code="none").pk)))


def test_start_of_what_is_owed_no_more_is_refused_with_the_reason(own, firm):
    lists.checklist()
    owed = lists.obligation(firm)
    type(owed).objects.update(state="waived", handed_in_at=None)
    response = own.get(url("start", owed.pk))
    assert response.status_code == 403


def test_start_leads_the_recipient_to_the_answers(officer, handed_in):
    assert officer.get(url("start", handed_in.obligation_id)).url == url("self_inspection", handed_in.pk)


def test_start_tells_the_recipient_that_nothing_is_there_yet(officer, inspection):
    response = officer.get(url("start", inspection.obligation_id))
    assert response.status_code == 403
    assert "不能填写对照检查" in text(response)


def test_start_refuses_with_the_reason_where_there_is_no_list(own, firm):
    response = own.post(url("start", lists.obligation(firm, code="none").pk))
    assert said(response) == ["这项任务没有已发布的对照检查表，请联系牵头单位。"]


# Filling


def test_fill_page_asks_every_item_under_its_heading(own, inspection):
    page = text(own.get(url("fill", inspection.pk)))
    assert page.count('class="answer"') == 3
    assert page.index("一、制度建设") < page.index("是否落实第1项要求。") < page.index("二、隐患排查")
    assert " checked" not in page


def test_fill_page_shows_what_was_answered_before(own, inspection, head):
    lists.answered(inspection, by=head, results={2: "noncompliant"}, notes={2: "<b>没有</b>台账"})
    page = text(own.get(url("fill", inspection.pk)))
    assert page.count(" checked") == 3
    assert "&lt;b&gt;没有&lt;/b&gt;台账</textarea>" in page
    assert '<input type="hidden" name="2-version" value="1">' in page


def test_fill_page_has_nothing_inline(own, inspection):
    response = own.get(url("fill", inspection.pk))
    assert "style=" not in text(response)
    assert "onclick" not in text(response)
    assert "'unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "by", "statements"),
    [
        ("fill", "head", 9),
        ("check", "head", 8),
        ("self_inspection", "officer", 13),
        ("return_self_inspection", "officer", 12),
        ("result_workbook", "officer", 11),
    ],
)
def test_pages_cost_the_same_for_three_items_and_for_thirty(client, firm, head, name, by, statements):
    counted = []
    officer = make.actor(make.unit(), Role.REVIEWER)
    for items in (3, 30):
        inspection = lists.inspection(firm, by=head, of=lists.checklist(f"list-{items}", items=items))
        lists.clause(inspection.checklist.items.first(), 1)
        lists.answered(inspection, by=head, results={1: "noncompliant", items: "partial"})
        actions.answer(inspection, item=1, clause=1, saving=lists.saving("partial"), by=head)
        if by == "officer":
            actions.submit(inspection, by=head)
        client.force_login((officer if by == "officer" else head).user)
        client.get(url(name, inspection.pk))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, inspection.pk))
        counted.append(len(queries))
    assert counted == [statements, statements]


def test_fill_page_after_the_hand_in_leads_to_what_was_handed_in(own, handed_in):
    assert own.get(url("fill", handed_in.pk)).url == url("self_inspection", handed_in.pk)
    assert own.get(url("check", handed_in.pk)).url == url("self_inspection", handed_in.pk)


def test_without_scripts_one_button_saves_what_was_changed(own, inspection, head):
    actions.answer(inspection, item=1, saving=lists.saving(), by=head)
    posted = {
        **card(1, "compliant", version=1),
        **card(2, "noncompliant", note="没有台账", fixed_at_once="on"),
        **card(3, ""),
    }
    response = own.post(url("fill", inspection.pk), posted)
    assert response.url == url("check", inspection.pk)
    saved = Answer.objects.values_list("item__number", "version", "result", "note", "fixed_at_once")
    assert list(saved) == [(1, 1, "compliant", "", False), (2, 1, "noncompliant", "没有台账", True)]


def test_without_scripts_a_note_of_several_lines_is_no_change(own, inspection, head):
    actions.answer(inspection, item=1, saving=lists.saving("partial", note="一、缺台账\n二、缺记录"), by=head)
    as_shown = {"1-client_id": str(uuid4()), "1-version": "1", "1-result": "partial"}

    own.post(url("fill", inspection.pk), as_shown | {"1-note": "一、缺台账\r\n二、缺记录"})
    assert Answer.objects.get().version == 1

    own.post(url("fill", inspection.pk), as_shown | {"1-note": "一、缺台账\r\n二、已补"})
    assert Answer.objects.values_list("version", "note").get() == (2, "一、缺台账\n二、已补")


def test_without_scripts_a_conflict_is_told_and_the_rest_is_saved(own, inspection, head):
    actions.answer(inspection, item=1, saving=lists.saving("partial", note="同事填的"), by=head)
    response = own.post(url("fill", inspection.pk), {**card(1, "compliant"), **card(2, "compliant")})
    assert said(response) == ["第1项没有保存：该项已由他人或在另一个窗口修改，请核对后再决定保留哪一个。"]
    assert list(Answer.objects.values_list("item__number", "result")) == [(1, "partial"), (2, "compliant")]


def card(number, result, *, version=0, note="", **fields):
    values = {"client_id": uuid4(), "version": version, "note": note, **fields} | ({"result": result} if result else {})
    return {f"{number}-{name}": value for name, value in values.items()}


# Checking and handing in


def test_check_lists_what_is_missing_with_links(own, inspection, head):
    actions.answer(inspection, item=2, saving=lists.saving("partial"), by=head)
    page = text(own.get(url("check", inspection.pk)))
    assert "还有3项没有填完" in page
    assert f'<a href="{url("fill", inspection.pk)}#item-2">第2项：选了“部分符合”，请填写情况说明</a>' in page
    assert "提交给" not in page


def test_check_of_a_full_list_offers_to_hand_in_and_to_whom(own, inspection, head):
    lists.answered(inspection, by=head)
    assert "提交给荣成市应急管理局" in text(own.get(url("check", inspection.pk)))


def test_check_tells_the_safety_officer_who_hands_in(client, inspection, firm, head):
    lists.answered(inspection, by=head)
    client.force_login(make.member(firm, Role.SAFETY).user)
    page = text(client.get(url("check", inspection.pk)))
    assert "您可以填写；提交须由企业主要负责人或安全总监（分管负责人）登录后进行。" in page
    assert "提交给" not in page


def test_submit_twice_is_one_hand_in(own, inspection, head):
    lists.answered(inspection, by=head)
    first = own.post(url("submit", inspection.pk))
    assert said(first) == ["已报送，等待接收单位审核。"]
    again = own.post(url("submit", inspection.pk))
    assert again.url == url("self_inspection", inspection.pk)
    assert Submission.objects.count() == 1


def test_submit_of_an_unfinished_list_leads_back_to_what_is_missing(own, inspection):
    response = own.post(url("submit", inspection.pk))
    assert response.url == url("check", inspection.pk)
    assert said(response) == ["还有3项未填完（第1、2、3），请补齐后再提交。"]


# Reading and deciding


def test_recipient_reads_every_answer(officer, handed_in):
    page = text(officer.get(url("self_inspection", handed_in.pk)))
    assert page.count('class="read-line"') == 3
    assert "缺少记录" in page
    assert "接收" in page


@pytest.mark.parametrize(
    ("result", "numbers"), [("short", [2, 3]), ("noncompliant", [2]), ("partial", [3]), ("compliant", [1]), ("x", [])]
)
def test_recipient_filters_by_result(officer, handed_in, result, numbers):
    page = text(officer.get(url("self_inspection", handed_in.pk), {"result": result}))
    assert [number for number in (1, 2, 3) if f'id="item-{number}"' in page] == numbers


def test_accept_once(officer, handed_in):
    assert said(officer.post(url("accept", handed_in.pk))) == ["已接收荣成海源食品有限公司的对照检查。"]
    assert officer.post(url("accept", handed_in.pk)).status_code == 403
    assert Submission.objects.get().state == "accepted"


def test_return_puts_what_falls_short_first(officer, handed_in):
    page = text(officer.get(url("return_self_inspection", handed_in.pk)))
    assert page.index("第2项退回意见") < page.index("第3项退回意见") < page.index("第1项退回意见")


def test_return_with_reasons_unlocks_and_the_respondent_reads_them(client, officer, handed_in, head):
    posted = {"reason": "请补充后重报", "item_2": "请写明台账名称", "item_1": "", "item_3": ""}
    response = officer.post(url("return_self_inspection", handed_in.pk), posted)
    assert said(response) == ["已退回荣成海源食品有限公司修改，对方将收到通知。"]
    client.force_login(head.user)
    assert "<strong>退回意见：</strong>请写明台账名称" in text(client.get(url("fill", handed_in.pk)))
    assert "被退回，请修改" in text(client.get(url("self_inspections")))


def test_return_without_a_reason_says_where_to_write_one(officer, handed_in):
    response = officer.post(url("return_self_inspection", handed_in.pk), {"reason": " "})
    assert response.status_code == 200
    assert "请写明退回理由：在“总体意见”或有问题的条目下填写" in text(response)
    assert Submission.objects.get().state == "submitted"


def test_workbook_is_downloaded_and_the_download_logged(officer, handed_in):
    response = officer.get(url("result_workbook", handed_in.pk))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert AuditEntry.objects.filter(verb="self_inspection.export").count() == 1


def test_blank_workbook_of_a_published_list_only(own):
    lists.checklist()
    assert own.get(url("blank_workbook", lists.FIRM_LIST, 1)).status_code == 200
    Checklist.objects.update(published_on=None)
    assert own.get(url("blank_workbook", lists.FIRM_LIST, 1)).status_code == 404


# The list


def test_list_shows_what_one_owes_and_how_far_it_is(own, inspection, head):
    actions.answer(inspection, item=1, saving=lists.saving(), by=head)
    page = text(own.get(url("self_inspections")))
    assert "已答 1/3" in page
    assert f'href="{url("fill", inspection.pk)}"' in page
    assert "收到的" not in page


def test_list_offers_to_start_what_was_not_started(own, firm):
    owed = lists.obligation(firm)
    assert f'href="{url("start", owed.pk)}"' in text(own.get(url("self_inspections")))


def test_list_of_nothing_says_so(own):
    assert "目前没有需要填写的对照检查" in text(own.get(url("self_inspections")))


def test_list_of_a_unit_shows_what_waits_for_it(officer, handed_in):
    page = text(officer.get(url("self_inspections")))
    assert "荣成海源食品有限公司" in page
    assert '<strong class="tone-late">2项</strong>' in page
    assert "荣成海源食品有限公司" not in text(officer.get(url("self_inspections"), {"state": "accepted"}))


def test_unfinished_inspections_are_nobody_elses_business(officer, inspection):
    assert officer.get(url("self_inspection", inspection.pk)).status_code == 404
    assert "荣成海源食品有限公司" not in text(officer.get(url("self_inspections"), {"state": ""}))


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER])
def test_list_costs_the_same_for_one_row_and_for_three(client, role):
    client.force_login(make.member(make.unit(), role).user)
    counted = []
    for names in (["甲"], ["乙", "丙"]):
        for name in names:
            firm = make.enterprise(name)
            head = make.actor(firm, Role.HEAD)
            actions.submit(lists.answered(lists.inspection(firm, by=head), by=head), by=head)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("self_inspections"))
        counted.append(len(queries))
    assert counted == [8, 8]


def test_list_goes_on_by_key(officer, monkeypatch):
    monkeypatch.setattr("checklists.views.reading.PAGE", 1)
    for name in ("甲厂", "乙厂"):
        firm = make.enterprise(name)
        head = make.actor(firm, Role.HEAD)
        actions.submit(lists.answered(lists.inspection(firm, by=head), by=head), by=head)
    first = text(officer.get(url("self_inspections")))
    assert "乙厂" in first
    assert "甲厂" not in first
    after = re.search(r'href="(\?after=[^"]+)" rel="next"', first).group(1).replace("&amp;", "&")
    assert "甲厂" in text(officer.get(url("self_inspections") + after))


# Departments


def test_department_answers_to_the_office_in_charge(client):
    """The 62 items go from a department to its 对口科室 at the city's bureau."""
    lines = ["miit"]
    bureau = make.unit("威海市工业和信息化局", in_area=make.city(), lines=lines)
    office = make.unit("绿色发展推进科", in_area=make.city(), lines=lines, kind=Unit.Kind.OFFICE, part_of=bureau)
    district = make.unit("荣成市工业和信息化局", lines=lines)
    clerk = make.actor(district)
    listed = lists.checklist(lists.UNIT_LIST, audience=Checklist.Audience.UNIT)
    inspection = lists.inspection(district, by=clerk, of=listed, recipients=[office])
    client.force_login(clerk.user)
    page = text(client.get(url("fill", inspection.pk)))
    assert "列入问题隐患清单" in page
    assert "依法不予行政处罚" not in page
    actions.submit(lists.answered(inspection, by=clerk), by=clerk)
    client.force_login(make.member(office).user)
    assert "荣成市工业和信息化局" in text(client.get(url("self_inspections")))
    assert client.post(url("accept", inspection.pk)).status_code == 302
    assert Submission.objects.get().state == "accepted"
