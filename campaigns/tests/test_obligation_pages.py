from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import wording
from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from campaigns.tests import factories as campaigns
from documents.models import StoredFile
from lib import registry
from notifications.models import Message
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed():
    """Rongcheng's 调度表, received by the city bureau; text and files."""
    return campaigns.obligation()


@pytest.fixture
def clerk(client, owed):
    post = make.member(owed.unit)
    client.force_login(post.user)
    return post


@pytest.fixture
def officer(client, owed):
    """The receiving office's clerk, logged in."""
    post = make.member(make.city_bureau(), name="赵审核")
    client.force_login(post.user)
    return post


def page(client, owed, name="obligation", status=200):
    response = client.get(reverse(f"campaigns:{name}", args=[owed.pk]))
    assert response.status_code == status
    return response.content.decode()


def post(client, owed, name, **data):
    return client.post(reverse(f"campaigns:{name}", args=[owed.pk]), data)


def handed_in(owed, text="六月情况"):
    return submissions.hand_in(owed, by=make.actor(owed.unit, name="李填报"), text=text)


# The to-do list


def listed(client, query=""):
    response = client.get(reverse("campaigns:obligations") + query)
    assert response.status_code == 200
    return [str(row.respondent) + " " + row.period for row in response.context["page"]]


def test_list_begins_with_what_the_post_has_to_do(client, owed, clerk):
    campaigns.obligation(period="2023-05", state="waived")
    campaigns.obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), of=owed.deliverable)
    assert listed(client) == ["荣成市应急管理局 2023-06"]


def test_handed_in_is_off_the_list_and_returned_is_back(client, owed, clerk):
    submission = handed_in(owed)
    assert listed(client) == []
    submissions.return_submission(submission, by=make.actor(make.city_bureau()), reason="缺附件")
    assert listed(client) == ["荣成市应急管理局 2023-06"]


def test_list_of_the_office_shows_what_waits_for_review(client, owed, officer):
    campaigns.obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), of=owed.deliverable)
    handed_in(owed)
    assert listed(client, "?view=review") == ["荣成市应急管理局 2023-06"]
    assert len(listed(client, "?view=all")) == 2


def test_list_is_narrowed_by_area_month_and_standing(client, owed, officer):
    july = campaigns.obligation(period="2023-07", due_at=datetime(2023, 7, 28, 12, tzinfo=UTC))
    wendeng = make.county("文登区")
    campaigns.obligation(make.unit("文登区应急管理局", in_area=wendeng), of=owed.deliverable)
    submissions.register_received(july, by=make.actor(make.city_bureau()), channel="mail", received_at=july.due_at)
    assert listed(client, f"?view=all&area={wendeng.pk}") == ["文登区应急管理局 2023-06"]
    assert listed(client, "?view=all&month=2023-07") == ["荣成市应急管理局 2023-07"]
    assert listed(client, "?view=all&standing=on_time") == ["荣成市应急管理局 2023-07"]
    assert listed(client, "?view=all&standing=missing&month=2023-06") == [
        "文登区应急管理局 2023-06",
        "荣成市应急管理局 2023-06",
    ]


def test_another_districts_clerk_sees_nothing_of_it(client, owed):
    other = make.member(make.unit("文登区应急管理局", in_area=make.county("文登区")))
    client.force_login(other.user)
    assert listed(client, "?view=all") == []
    page(client, owed, status=404)
    for name in ("hand_in", "register", "decide", "set_due", "waive"):
        assert post(client, owed, name).status_code == 404


@pytest.mark.parametrize("view", ["mine", "review", "owed", "all"])
def test_list_takes_the_same_queries_for_one_and_three_rows(client, owed, clerk, view, django_assert_num_queries):
    url = reverse("campaigns:obligations") + f"?view={view}"
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for month in ("2023-07", "2023-08"):
        campaigns.obligation(period=month)
    with django_assert_num_queries(len(one)):
        client.get(url)
    assert len(one) <= 14


# One obligation


def test_page_shows_rule_dates_and_to_whom(client, owed, clerk):
    Obligation.objects.update(rule="每月18日前；6月18日为周六，按原定日期报送")
    shown = page(client, owed)
    assert "每月18日前；6月18日为周六，按原定日期报送" in shown
    assert "2023年6月28日（周三）" in shown
    assert "2023年6月28日 23:59" in shown
    assert "报送给威海市应急管理局" in shown


def test_clerk_hands_in_text_and_a_file(client, owed, clerk):
    upload = SimpleUploadedFile("台账.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    response = post(client, owed, "hand_in", text="六月情况", files=[upload])
    assert response.url == f"/obligations/{owed.pk}/"
    submission = Submission.objects.get()
    assert (submission.state, submission.text, submission.created_by) == ("submitted", "六月情况", clerk.user)
    assert [file.name for file in StoredFile.objects.of(submission)] == ["台账.pdf"]
    assert "等待接收单位审核" in page(client, owed)


def test_draft_is_kept_and_comes_back(client, owed, clerk):
    post(client, owed, "hand_in", text="写到一半", keep="yes")
    assert Submission.objects.get().state == "draft"
    assert "写到一半" in page(client, owed)


def test_empty_hand_in_says_what_to_do_and_keeps_the_page(client, owed, clerk):
    response = post(client, owed, "hand_in", text="")
    assert response.status_code == 422
    assert "没有可报送的内容：请填写正文、上传文件，或选择零报告。" in response.content.decode()


def test_nil_report_is_offered_only_where_it_is_allowed(client, owed, clerk):
    assert "零报告" not in page(client, owed)
    owed.deliverable.nil_allowed = True
    owed.deliverable.save(update_fields=["nil_allowed"])
    assert "零报告" in page(client, owed)
    assert "零报告须写明确认人姓名。" in post(client, owed, "hand_in", nil="on").content.decode()
    post(client, owed, "hand_in", nil="on", nil_by="王经办")
    assert Submission.objects.get().nil


def test_nil_report_is_asked_about_open_majors_and_the_answer_stays_on_the_page(client, owed, clerk):
    owed.deliverable.nil_allowed = True
    owed.deliverable.save(update_fields=["nil_allowed"])
    asked = "辖区台账有2项重大事故隐患未销号"
    with registry.nil_objections.answered_by(lambda obligation: [asked]):
        assert f"平台记录：{asked}。" in page(client, owed)
        refused = post(client, owed, "hand_in", nil="on", nil_by="王经办")
        assert refused.status_code == 422
        assert "请说明仍作零报告的原因" in refused.content.decode()
        assert not Submission.objects.exclude(state="draft").exists()
        post(client, owed, "hand_in", nil="on", nil_by="王经办", nil_answer="均已挂牌督办，本月无新增")
    text = page(client, owed)
    assert f"报送时平台记录：{asked}" in text
    assert "报送单位说明：均已挂牌督办，本月无新增" in text


def test_a_duty_without_nil_report_asks_nothing(client, owed, clerk):
    def never(obligation):
        raise AssertionError("asked")

    with registry.nil_objections.answered_by(never):
        assert "nil_answer" not in page(client, owed)


def test_returned_text_comes_back_with_the_reason(client, owed, clerk):
    submission = handed_in(owed, text="六月情况，待补")
    submissions.return_submission(submission, by=make.actor(make.city_bureau()), reason="缺少附件2台账")
    shown = page(client, owed)
    assert "缺少附件2台账" in shown
    assert shown.count("六月情况，待补") == 2  # the version, and the new form


def test_safety_officer_may_not_hand_in(client):
    firm = make.enterprise()
    owed = campaigns.obligation(firm, recipients=[make.unit()])
    client.force_login(make.member(firm, Role.SAFETY).user)
    told = "“安全员”岗位不能报送。请由本企业主要负责人或安全总监（分管负责人）办理。"
    assert told in page(client, owed)
    assert post(client, owed, "hand_in", text="x").status_code == 403


def test_officer_accepts(client, owed, officer):
    handed_in(owed)
    assert "提交审核结果" in page(client, owed)
    post(client, owed, "decide", decision="accept")
    owed.refresh_from_db()
    assert owed.state == "fulfilled"


@pytest.mark.parametrize(("decision", "state"), [("return", "returned"), ("void", "void")])
def test_officer_turns_down_with_a_reason(client, owed, officer, decision, state):
    handed_in(owed)
    refused = post(client, owed, "decide", decision=decision)
    assert (refused.status_code, "请写明理由" in refused.content.decode()) == (422, True)
    post(client, owed, "decide", decision=decision, reason="缺附件")
    assert Submission.objects.get().state == state


def test_respondent_may_not_decide_nor_register(client, owed, clerk):
    handed_in(owed)
    for name in ("decide", "register", "set_due", "waive"):
        assert post(client, owed, name).status_code == 403


def test_second_officer_is_told_that_it_was_decided(client, owed, officer):
    submissions.accept(handed_in(owed), by=make.actor(make.city_bureau()))
    response = post(client, owed, "decide", decision="accept")
    assert "可能已由他人处理" in response.content.decode()


def test_officer_registers_what_came_by_mail(client, owed, officer):
    post(client, owed, "register", channel="mail", received_at="2023-06-27T10:15")
    owed.refresh_from_db()
    assert owed.handed_in_at == datetime(2023, 6, 27, 2, 15, tzinfo=UTC)
    later = post(client, owed, "register", channel="mail", received_at="2999-01-01T10:15")
    assert "收到时间不能晚于现在" in later.content.decode()


def test_officer_confirms_the_day_of_one_opened_late(client, owed, officer):
    Obligation.objects.update(late_to_open=True)
    assert "待确认期限" in page(client, owed)
    post(client, owed, "set_due", due_on="2023-07-05", reason="生成任务时已过期")
    owed.refresh_from_db()
    assert (owed.late_to_open, owed.due_at.date().isoformat()) == (False, "2023-07-05")
    assert owed.original_due_at == campaigns.JUNE_28


def test_officer_waives_with_a_reason(client, owed, officer):
    post(client, owed, "waive", reason="该区无此类企业")
    owed.refresh_from_db()
    assert (owed.state, owed.ended_reason) == ("waived", "该区无此类企业")


def test_what_is_handed_in_together_is_listed(client, owed, clerk):
    owed.deliverable.group = "每月一并报送"
    owed.deliverable.save(update_fields=["group"])
    ledger = campaigns.deliverable("ledger", name="重大事故隐患台账", group="每月一并报送")
    campaigns.obligation(of=ledger)
    assert "2023年6月 重大事故隐患台账" in page(client, owed)


def test_page_of_an_own_form_leads_to_its_app(client, owed, clerk, monkeypatch):
    monkeypatch.setitem(wording.OWN_PAGES, "return", "campaigns:register")
    owed.deliverable.form = "return:trade"
    owed.deliverable.save(update_fields=["form"])
    shown = page(client, owed)
    assert f'href="/obligations/{owed.pk}/register/"' in shown
    assert "去填写调度表" in shown


@pytest.mark.parametrize("where", ["obligation", "obligations", "unit"])
def test_a_day_that_waits_to_be_confirmed_is_not_called_overdue(client, owed, clerk, where):
    """The page says that nobody is chased for it and nothing is late; then nothing may be red."""
    owed.late_to_open = True
    owed.save(update_fields=["late_to_open"])
    paths = {"obligation": owed.get_absolute_url(), "unit": reverse("campaigns:unit", args=[owed.unit_id])}
    shown = client.get(paths.get(where) or reverse("campaigns:obligations")).text
    assert "待确认期限" in shown
    assert "tone-late" not in shown
    assert "逾期" not in shown.replace("已过期", "")


def test_a_day_that_is_past_and_was_never_in_doubt_is(client, owed, clerk):
    assert "逾期" in client.get(owed.get_absolute_url()).text


@pytest.mark.parametrize(("act", "kind"), [("return_submission", "task"), ("void", "task"), ("accept", "receipt")])
def test_message_about_what_comes_back_asks_to_be_dealt_with(owed, clerk, act, kind):
    submission = handed_in(owed, text="六月情况")
    reason = {} if act == "accept" else {"reason": "缺附件"}
    getattr(submissions, act)(submission, by=make.actor(make.city_bureau()), **reason)
    assert Message.objects.filter(unit=owed.unit).latest("pk").kind == kind
