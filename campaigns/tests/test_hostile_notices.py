"""Notices, letters and the call desk with what nobody should send: refused in words, nothing kept, no fault."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Call, Campaign, Contact, Extension, NoticeIssue, Objection, Obligation, Submission
from campaigns.tests import factories as campaigns
from documents.models import StoredFile
from documents.tests import samples
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
HUGE = "9" * 30
TORN = samples.image("PNG", size=(64, 64))[:50]


@pytest.fixture
def owed():
    """Due long ago by the clock of today."""
    row = campaigns.obligation()
    Campaign.objects.update(ends_on=timezone.localdate() + timedelta(days=60))
    return row


@pytest.fixture
def officer(client, owed):
    post = make.member(make.city_bureau(), name="赵审核")
    client.force_login(post.user)
    return post


@pytest.fixture
def clerk(client, owed):
    post = make.member(owed.unit)
    client.force_login(post.user)
    return post


def notice(owed, **changed):
    day = timezone.localdate() + timedelta(days=10)
    base = {
        "campaign": owed.deliverable.campaign_id,
        "title": "汛期通知",
        "sign_by": day.isoformat(),
        "audience": "units",
    }
    return base | {"units": [owed.unit_id]} | changed


# Torn files: the type is right, the picture is not


def test_torn_picture_is_refused_with_a_notice(client, officer, owed):
    sent = notice(owed, files=[SimpleUploadedFile("现场.png", TORN)])
    response = client.post(reverse("campaigns:notice_create"), sent)
    assert "图片已损坏，无法打开，请重新拍照或另存后上传。" in response.content.decode()
    assert not NoticeIssue.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("keep", [{}, {"keep": "yes"}])
def test_torn_picture_is_refused_with_a_hand_in_and_a_draft(client, clerk, owed, keep):
    sent = {"text": "见附件", "files": [SimpleUploadedFile("现场.png", TORN)]} | keep
    response = client.post(reverse("campaigns:hand_in", args=[owed.pk]), sent)
    assert "图片已损坏" in response.content.decode()
    assert not Submission.objects.exists()


def test_torn_picture_is_refused_with_what_came_by_mail(client, officer, owed):
    sent = {"channel": "mail", "received_at": "2023-06-27T10:15", "files": [SimpleUploadedFile("信.png", TORN)]}
    response = client.post(reverse("campaigns:register", args=[owed.pk]), sent)
    assert "图片已损坏" in response.content.decode()
    assert not Submission.objects.exists()


def test_null_in_what_is_being_written_does_not_wipe_the_draft(client, clerk, owed):
    """Saved by itself every few seconds: a field that cannot be read is not an empty one."""
    url = reverse("campaigns:autosave", args=[owed.pk])
    assert client.post(url, {"text": "写好的六月情况"}).status_code == 200
    response = client.post(url, {"text": "写好的\x00六月情况"})
    assert (response.status_code, "不能保存的字符" in response.content.decode()) == (409, True)
    assert Submission.objects.get().text == "写好的六月情况"


# Notices


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "题" * 300}, "title"),
        ({"title": "汛\x00期"}, "title"),
        ({"sign_by": ""}, "sign_by"),
        ({"sign_by": "0023-06-28"}, "sign_by"),
        ({"sign_by": "9999-12-31"}, "sign_by"),
        ({"sign_by": "2023-02-29"}, "sign_by"),
        ({"campaign": HUGE}, "campaign"),
        ({"campaign": "x"}, "campaign"),
        ({"audience": "everybody"}, "audience"),
        ({"units": []}, "units"),
        ({"units": [HUGE]}, "units"),
        ({"units": ["x"]}, "units"),
        ({"audience": "enterprises", "sectors": [HUGE]}, "sectors"),
        ({"audience": "enterprises", "areas": ["-1"]}, "areas"),
        ({"audience": "enterprises", "features": ["\x00"]}, "features"),
    ],
)
def test_notice_is_refused_at_its_field(client, officer, owed, changed, field):
    response = client.post(reverse("campaigns:notice_create"), notice(owed, **changed))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not NoticeIssue.objects.exists()


def test_notice_of_a_campaign_that_is_over_is_not_offered(client, officer, owed):
    Campaign.objects.update(state="closed")
    response = client.post(reverse("campaigns:notice_create"), notice(owed))
    assert "campaign" in response.context["form"].errors


@pytest.mark.parametrize("reason", ["", "  ", "\x00"])
def test_withdrawing_without_a_reason_withdraws_nothing(client, officer, owed, reason):
    made = NoticeIssue.objects.create(
        campaign=owed.deliverable.campaign, title="通知", issuer=officer.unit, sign_by=date(2023, 6, 28)
    )
    response = client.post(reverse("campaigns:notice_withdraw", args=[made.pk]), {"reason": reason})
    assert response.status_code == 422
    made.refresh_from_db()
    assert made.state == NoticeIssue.State.DRAFT


def test_markup_in_a_title_is_shown_as_text(client, officer, owed):
    client.post(reverse("campaigns:notice_create"), notice(owed, title="<script>alert(1)</script>"))
    made = NoticeIssue.objects.get()
    for name, args in [("notice", [made.pk]), ("notices", [])]:
        page = client.get(reverse(f"campaigns:{name}", args=args)).content.decode()
        assert "<script>alert(1)</script>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# The call desk


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"outcome": "shouted"}, 422),
        ({"outcome": "promised"}, 422),
        ({"outcome": "promised", "promised_on": "0001-01-01"}, 422),
        ({"outcome": "promised", "promised_on": "9999-12-31"}, 422),
        ({"outcome": "promised", "promised_on": "2023-02-29"}, 422),
        ({"outcome": "told", "note": "长" * 201}, 422),
        ({"outcome": "told", "spoke_with": "\x00"}, 422),
    ],
)
def test_call_that_says_nothing_is_not_noted(client, officer, owed, data, status):
    url = reverse("campaigns:log_call", kwargs={"kind": "unit", "pk": owed.unit_id})
    assert client.post(url, data).status_code == status
    assert not Call.objects.exists()
    owed.refresh_from_db()
    assert owed.promised_at is None


@pytest.mark.parametrize("query", ["tab=none", "tab=%00", f"area={HUGE}", "kind=planet", "area=x", "after=[1]"])
def test_spoilt_query_shows_the_desk(client, officer, owed, query):
    assert client.get(reverse("campaigns:call_desk") + f"?{query}").status_code == 200


@pytest.mark.parametrize("pk", ["0", HUGE])
def test_nobody_is_not_rung(client, officer, pk):
    assert client.post(f"/calls/unit/{pk}/", {"outcome": "told"}).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "名" * 200),
        ("phone", "打我电话"),
        ("phone", "1" * 40),
        ("phone", "<script>"),
        ("deputy_phone", "1" * 200),
        ("leader", "\x00"),
    ],
)
def test_contact_is_refused_at_its_field(client, clerk, owed, field, value):
    now = timezone.now()
    kept = Contact.objects.create(
        campaign=owed.deliverable.campaign,
        unit=owed.unit,
        name="李",
        phone="0631-5200001",
        confirmed_at=now,
        heard_at=now,
    )
    sent = {"name": "王", "phone": "0631-5200002"} | {field: value}
    response = client.post(reverse("campaigns:contact", args=[kept.pk]), sent)
    assert field in response.context["form"].errors
    kept.refresh_from_db()
    assert (kept.name, kept.phone) == ("李", "0631-5200001")


# Requests


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"due_on": "0001-01-01", "reason": "停电"},
        {"due_on": "9999-12-31", "reason": "停电"},
        {"due_on": "2023-06-01", "reason": "停电"},
        {"due_on": "", "reason": "停电"},
        {"due_on": "2098-01-01", "reason": ""},
        {"due_on": "2098-01-01", "reason": "\x00"},
    ],
)
def test_extension_that_cannot_be_is_not_asked(client, clerk, owed, data):
    assert client.post(reverse("campaigns:ask_extension", args=[owed.pk]), data).status_code == 422
    assert not Extension.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"verdict": "maybe", "answer": "x"}, {"verdict": "no"}, {"verdict": "no", "answer": " "}]
)
def test_answer_that_is_none_decides_nothing(client, officer, owed, data):
    asked = Extension.objects.create(
        obligation=owed, before=owed.due_at, until=owed.due_at + timedelta(days=9), reason="停电", asked_by="甲"
    )
    assert client.post(reverse("campaigns:answer_extension", args=[owed.pk]), data).status_code == 422
    asked.refresh_from_db()
    assert asked.state == Extension.State.ASKED


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_objection_without_words_is_not_filed(client, clerk, owed, text):
    Obligation.objects.update(handed_in_at=campaigns.JUNE_28 + timedelta(days=3))
    assert client.post(reverse("campaigns:file_objection", args=[owed.pk]), {"reason": text}).status_code == 422
    assert not Objection.objects.exists()


@pytest.mark.parametrize("name", ["ask_extension", "file_objection"])
def test_safety_officer_of_a_firm_asks_for_nothing(client, name):
    firm = make.enterprise()
    row = campaigns.obligation(
        firm, of=campaigns.deliverable("firms", respondent="enterprise"), recipients=[make.unit()]
    )
    client.force_login(make.member(firm, Role.SAFETY).user)
    assert client.post(reverse(f"campaigns:{name}", args=[row.pk]), {}).status_code == 403
