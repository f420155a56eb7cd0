"""Queries and forms as a slip of the finger, an old bookmark or ill will sends them: a sentence or a 404, no fault."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import Assignment, Campaign, Obligation, Phase, Submission
from campaigns.tests import factories as campaigns
from documents.models import StoredFile
from documents.tests import samples
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
HUGE = "9" * 30


@pytest.fixture
def owed():
    return campaigns.obligation()


@pytest.fixture
def clerk(client, owed):
    post = make.member(owed.unit)
    client.force_login(post.user)
    return post


@pytest.fixture
def officer(client, owed):
    """The lead bureau's clerk."""
    post = make.member(make.city_bureau(), name="赵审核")
    client.force_login(post.user)
    return post


def shown(client, name, query="", *args):
    response = client.get(reverse(f"campaigns:{name}", args=args) + query)
    assert response.status_code == 200, query
    return response


def post(client, owed, name, **data):
    return client.post(reverse(f"campaigns:{name}", args=[owed.pk]), data)


@pytest.mark.parametrize(
    "month",
    [
        "2023-13",
        "2023-00",
        "0000-01",
        "9999-12",
        "1999-12",
        "2023-6",
        "2023-06-01",
        "2023-06%0A",
        "%00",
        "六月",
        "２０２３-06",
        "'; DROP TABLE",
    ],
)
def test_month_that_is_none_narrows_nothing(client, officer, month):
    page = shown(client, "obligations", f"?view=all&month={month}").context["page"]
    assert len(page) == 1


@pytest.mark.parametrize(
    "query",
    [
        f"campaign={HUGE}",
        "campaign=abc",
        "campaign=%00",
        f"deliverable={HUGE}",
        "deliverable=-1",
        f"area={HUGE}",
        "area=x",
        "standing=none",
        "standing=%00",
        "view=everything",
        "after=",
        "after=[]",
        "after=[null,null]",
        'after=["x","y"]',
        f'after=["2023-06-28T00:00:00%2B08:00",{HUGE}]',
        'after=["2023-06-28T00:00:00%2B08:00",1e999]',
        'after=["0001-01-01T00:00:00%2B14:00",1]',
        'after=["9999-12-31T23:59:59-12:00",1]',
        'after={"a":1}',
        "after=%00",
        "after=" + "[" * 500,
    ],
)
@pytest.mark.parametrize("view", ["mine", "all"])
def test_spoilt_query_shows_the_list(client, officer, query, view):
    shown(client, "obligations", f"?view={view}&{query}")


@pytest.mark.parametrize("month", ["2023-13", "all'", HUGE, "%00", "9999-12"])
def test_board_of_no_month_shows_one_that_is(client, officer, month):
    assert shown(client, "board", f"?month={month}", "trade-2023").context["month"] == "2023-06"
    assert client.get(f"/campaigns/trade-2023/board.xlsx?month={month}").status_code == 200


@pytest.mark.parametrize("query", ["state=none", "state=%00", "after=[1,2,3]", 'after=["2023-05-01",1e400]'])
def test_spoilt_query_shows_the_campaigns(client, officer, query):
    assert len(shown(client, "campaigns", f"?{query}").context["page"]) == 1


@pytest.mark.parametrize(
    "path", ["/obligations/0/", f"/obligations/{HUGE}/", "/campaigns/no-such/", "/obligations/-1/"]
)
def test_what_is_not_there_is_not_found(client, officer, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("field", "value"), [("state", "draft"), ("state", "closed"), ("state", "running")])
def test_campaigns_are_filtered_by_state(client, officer, field, value):
    for state in ("draft", "closed"):
        campaigns.campaign(state, state=state)
    page = shown(client, "campaigns", f"?{field}={value}").context["page"]
    assert [row.state for row in page] == [value]


# Dates an officer types


@pytest.mark.parametrize("day", ["0023-07-05", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_day_of_another_age_is_no_extension(client, officer, owed, day):
    """With a due day of the year 23 every later run would count through two thousand years of work days."""
    response = post(client, owed, "set_due", due_on=day, reason="写错的年份")
    assert response.status_code == 422
    assert f"年份为{int(day[:4])}，应在2000至2099之间，请核对。" in response.content.decode()
    owed.refresh_from_db()
    assert owed.due_at == campaigns.JUNE_28


@pytest.mark.parametrize("day", ["", "2023-06-31", "2023-02-29", "明天", "2023-07-05T10:00", "%00"])
def test_what_is_no_day_is_no_extension(client, officer, owed, day):
    assert post(client, owed, "set_due", due_on=day, reason="延期").status_code == 422
    owed.refresh_from_db()
    assert owed.due_at == campaigns.JUNE_28


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
@pytest.mark.parametrize(("name", "data"), [("set_due", {"due_on": "2023-07-05"}), ("waive", {})])
def test_extension_and_waiver_want_a_reason(client, officer, owed, name, data, reason):
    response = post(client, owed, name, reason=reason, **data)
    assert response.status_code == 422
    owed.refresh_from_db()
    assert (owed.state, owed.due_at) == ("open", campaigns.JUNE_28)


def test_extension_to_a_leap_day_is_its_end(client, officer, owed):
    assert post(client, owed, "set_due", due_on="2024-02-29", reason="延期").status_code == 302
    owed.refresh_from_db()
    assert owed.due_at == datetime.fromisoformat("2024-02-29T23:59:59.999999+08:00")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1999-12-31T23:59", "", "昨天下午", "2023-06-31T08:00"])
def test_mail_received_at_no_time_is_not_registered(client, officer, owed, moment):
    response = post(client, owed, "register", channel="mail", received_at=moment)
    assert response.status_code == 422
    assert not Submission.objects.exists()


def test_registered_from_outside_is_never_from_the_portal(client, officer, owed):
    response = post(client, owed, "register", channel="portal", received_at="2023-06-27T10:15")
    assert response.status_code == 422
    assert not Submission.objects.exists()


# What a clerk hands in


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{ 7|add:7 }}{% now 'Y' %}"])
def test_text_is_shown_as_written(client, clerk, owed, text):
    assert post(client, owed, "hand_in", text=text).status_code == 302
    assert Submission.objects.get().text == text
    page = shown(client, "obligation", "", owed.pk).content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "1414" not in page


def test_text_of_a_megabyte_is_kept_whole(client, clerk, owed):
    text = "六月情况。" * 70_000
    assert post(client, owed, "hand_in", text=text).status_code == 302
    assert len(Submission.objects.get().text) == 350_000


def test_text_with_a_null_is_refused(client, clerk, owed):
    assert post(client, owed, "hand_in", text="六月\x00情况").status_code == 422
    assert not Submission.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "\n\r\t", "\u3000\u3000"])
def test_nothing_is_not_handed_in(client, clerk, owed, text):
    assert post(client, owed, "hand_in", text=text).status_code == 422
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("台账.xlsx", b"MZ\x90\x00 this is a program"),
        ("照片.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("方案.pdf", b"<html><script>alert(1)</script></html>"),
        ("方案.docx", b"PK\x03\x04 torn"),
        ("空.pdf", b""),
    ],
)
def test_file_that_is_not_what_it_says_is_refused_by_name(client, clerk, owed, name, content):
    response = post(client, owed, "hand_in", text="见附件", files=[SimpleUploadedFile(name, content)])
    assert response.status_code == 422
    assert name in response.content.decode()
    assert not Submission.objects.exists()
    assert not StoredFile.objects.exists()


def test_one_bad_file_among_good_ones_keeps_none(client, clerk, owed):
    files = [SimpleUploadedFile("方案.pdf", samples.PDF), SimpleUploadedFile("坏.pdf", b"MZ")]
    assert post(client, owed, "hand_in", text="见附件", files=files).status_code == 422
    assert not StoredFile.objects.exists()


def test_ten_files_are_one_too_many(client, clerk, owed):
    files = [SimpleUploadedFile(f"{number}.pdf", samples.PDF) for number in range(10)]
    response = post(client, owed, "hand_in", text="见附件", files=files)
    assert "一次最多上传9个文件，现为10个。" in response.content.decode()


def test_file_name_never_leaves_its_folder(client, clerk, owed):
    upload = SimpleUploadedFile("x.pdf", samples.PDF)
    upload.name = "../../etc/passwd.pdf"
    post(client, owed, "hand_in", text="见附件", files=[upload])
    stored = StoredFile.objects.get()
    assert (stored.name, stored.file.name) == ("passwd.pdf", f"files/{stored.sha256[:2]}/{stored.sha256}")


@pytest.mark.parametrize("decision", ["", "burn", "accept;return"])
def test_decision_that_is_none_changes_nothing(client, officer, owed, decision):
    Submission.objects.create(obligation=owed, number=1, state="submitted", submitted_at=campaigns.JUNE_28)
    assert post(client, owed, "decide", decision=decision, reason="x").status_code == 422
    assert Submission.objects.get().state == "submitted"


# The campaign's own forms


FACTS = {"name": "新行动", "line": "emergency", "starts_on": "2023-05-01", "ends_on": "2023-12-31"}
NO_PHASES = {"phases-TOTAL_FORMS": 0, "phases-INITIAL_FORMS": 0}


def create(client, officer, **changed):
    base = FACTS | {"lead_unit": officer.unit.pk, "area": officer.unit.area.pk} | NO_PHASES
    return client.post(reverse("campaigns:campaign_create"), base | changed)


def test_committee_without_a_line_may_make_a_campaign(client):
    """安委会的专业委员会 stand in no line: the form opens, the line is chosen by hand."""
    committee = make.unit("威海市城镇燃气安全生产专业委员会", in_area=make.city(), kind="committee", lines=())
    client.force_login(make.member(committee).user)
    response = client.get(reverse("campaigns:campaign_create"))
    assert response.status_code == 200
    assert response.context["form"]["line"].value() == ""


def test_bureaus_line_is_proposed_also_to_its_office(client):
    office = make.unit("工贸科", in_area=make.city(), kind="office", part_of=make.city_bureau(), lines=())
    client.force_login(make.member(office).user)
    assert client.get(reverse("campaigns:campaign_create")).context["form"]["line"].value() == "emergency"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"line": "none"}, "line"),
        ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "0023-05-01"}, "starts_on"),
        ({"ends_on": "9999-12-31"}, "ends_on"),
        ({"issued_on": "2023-02-30"}, "issued_on"),
        ({"issued_on": "1023-02-03"}, "issued_on"),
        ({"area": "999999"}, "area"),
        ({"lead_unit": "999999"}, "lead_unit"),
        ({"sectors": ["x"]}, "sectors"),
        ({"features": [HUGE]}, "features"),
        ({"areas": ["-1"]}, "areas"),
    ],
)
def test_campaign_is_refused_at_the_field(client, officer, changed, field):
    response = create(client, officer, **changed)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert Campaign.objects.count() == 1


def test_campaign_is_not_made_in_the_name_of_another_unit(client, officer):
    other = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    assert "lead_unit" in create(client, officer, lead_unit=other.pk).context["form"].errors


def test_district_makes_no_campaign_for_the_city(client, owed):
    post_of_district = make.member(owed.unit)
    client.force_login(post_of_district.user)
    assert "area" in create(client, post_of_district, area=make.city().pk).context["form"].errors


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("一", "2023-05-31", "2023-05-01")], "阶段的结束日期不能早于开始日期。"),
        ([("一", "0023-05-01", "2023-05-31")], "年份为23，应在2000至2099之间，请核对。"),
        ([("一", "2023-05-01", "")], "这个字段是必填项"),
        ([("一", "2023-05-01", "2023-05-02"), ("一", "2023-05-03", "2023-05-04")], "有两行的名称相同，请改成不同的。"),
    ],
)
def test_phase_is_refused_in_words(client, officer, rows, words):
    data = {"phases-TOTAL_FORMS": len(rows), "phases-INITIAL_FORMS": 0}
    for number, (name, first, last) in enumerate(rows):
        data |= {
            f"phases-{number}-name": name,
            f"phases-{number}-starts_on": first,
            f"phases-{number}-ends_on": last,
            f"phases-{number}-position": number,
        }
    response = create(client, officer, **data)
    assert words in response.content.decode()
    assert not Phase.objects.exists()
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("total", ["", "x", "99999"])
def test_spoilt_management_form_saves_nothing(client, officer, total):
    response = create(client, officer, **{"phases-TOTAL_FORMS": total})
    assert response.status_code == 200
    assert Campaign.objects.count() == 1


def test_phase_of_another_campaign_is_not_taken_over(client, officer):
    """Its key in our formset: refused, not moved."""
    other = campaigns.campaign("mines-2023")
    phase = Phase.objects.create(campaign=other, name="别家", starts_on="2023-05-01", ends_on="2023-05-31")
    data = FACTS | {"lead_unit": officer.unit.pk, "area": officer.unit.area.pk}
    data |= {"phases-TOTAL_FORMS": 1, "phases-INITIAL_FORMS": 1, "phases-0-id": phase.pk, "phases-0-name": "抢来的"}
    data |= {"phases-0-starts_on": "2023-05-01", "phases-0-ends_on": "2023-05-31", "phases-0-position": 1}
    client.post(reverse("campaigns:campaign_edit", args=["trade-2023"]), data)
    phase.refresh_from_db()
    assert (phase.name, phase.campaign) == ("别家", other)


def test_two_tasks_of_one_number_are_refused(client, officer):
    data = {"assignments-TOTAL_FORMS": 2, "assignments-INITIAL_FORMS": 0}
    for row in range(2):
        data |= {f"assignments-{row}-number": 1, f"assignments-{row}-text": "开展月度评估"}
    response = client.post(reverse("campaigns:assignments_edit", args=["trade-2023"]), data)
    assert "有两行的序号相同，请改成不同的。" in response.content.decode()
    assert not Assignment.objects.exists()


def test_duty_of_another_campaign_is_not_edited_through_ones_own(client, officer, owed):
    campaigns.campaign("mines-2023")
    url = reverse("campaigns:deliverable_edit", args=["mines-2023", owed.deliverable_id])
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["hand_in", "register", "decide", "set_due", "waive"])
def test_acts_are_posts(client, officer, owed, name):
    assert client.get(reverse(f"campaigns:{name}", args=[owed.pk])).status_code == 405


@pytest.mark.parametrize("name", ["campaigns:campaign_start", "reports:close"])
def test_campaign_moves_are_posts(client, officer, name):
    assert client.get(reverse(name, args=["trade-2023"])).status_code == 405
    assert Obligation.objects.get().state == "open"
