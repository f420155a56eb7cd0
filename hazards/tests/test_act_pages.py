"""Every act through its page: the right person does it, others get 403 or 404, who comes too late is told."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents.models import StoredFile
from hazards.models import Hazard
from hazards.tests import factories as ledger
from hazards.tests.test_hazard_page import picture
from hazards.tests.test_permissions import ACTS as SITUATIONS
from hazards.views.acts import ACTS
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
LATER = "2099-01-01"
DAY = {"rectified_on": date(2023, 6, 20)}
FIVE = {
    "responsible": "李四", "measures": "分隔", "funds": "0", "deadline_on": "2023-06-30", "emergency_plan": "处置方案",
}  # fmt: skip
TWO = {"first": "周执法", "second": "郑执法", "passed": "yes"}


def post(client, hazard, name, **data):
    return client.post(f"/hazards/{hazard.pk}/{name}/", data)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response):
    return response.context["form"].errors


def registered_head():
    firm = ledger.firm()
    firm.head = "赵总"
    firm.save(update_fields=["head"])
    return ledger.rectifying(firm, **DAY)


def proposed():
    hazard = ledger.confirmed()
    ledger.proposal(hazard, by=ledger.officer(name="第一人"))
    return hazard


def listed():
    hazard = ledger.rectifying(listed=True, listing_unit_name="荣成市应急管理局")
    hazard.listings.create(level="department", unit=make.unit(), unit_name="荣成市应急管理局", listed_on="2023-06-09")
    return hazard


# act: who, on what, what is typed (with the standard's key where it says STANDARD), what holds afterwards
STANDARD = "standard"
DONE = {
    "sign": (ledger.head, lambda: ledger.rectifying(**DAY), {"password": PASSWORD}, {"signed_head": "赵总"}),
    "request_recheck": (
        ledger.safety, lambda: ledger.signed(found_by="department"), {}, {"state": "recheck_requested"},
    ),
    "close": (ledger.safety, lambda: ledger.hazard(state="rectifying", **DAY), {}, {"state": "closed"}),
    "report_rectified": (ledger.safety, ledger.rectifying, {"rectified_on": "2023-06-20"}, DAY),
    "start": (ledger.safety, ledger.hazard, {}, {"state": "rectifying"}),
    "plan": (ledger.safety, ledger.confirmed, FIVE, {"state": "rectifying", "responsible": "李四"}),
    "fix_at_once": (
        ledger.safety, ledger.confirmed, {"measures": "移除", "rectified_on": "2023-06-08"}, {"fixed_at_once": True},
    ),
    "log_progress": (ledger.safety, ledger.rectifying, {"text": "设备到货"}, {}),
    "measure": (ledger.safety, ledger.rectifying, {"on_site_measure": "断电"}, {"on_site_measure": "断电"}),
    "object": (ledger.head, ledger.confirmed, {"kind": "dismiss", "objection": "无此装置"}, {"state": "confirmed"}),
    "correct": (ledger.safety, ledger.hazard, {"description": "改", "place": "库"}, {"description": "改"}),
    "confirm": (ledger.reviewer, proposed, {}, {"state": "dismissed"}),
    "refuse": (ledger.reviewer, proposed, {"opinion": "照片清楚"}, {"state": "confirmed"}),
    "judge": (
        ledger.clerk, ledger.proposed_major,
        {"standard": STANDARD, "clause": "第十二条第(二)项", "judged_on": "2023-06-07"}, {"clause": ledger.CLAUSE},
    ),
    "recheck": (ledger.officer, ledger.requested, TWO | {"rechecked_on": "2023-06-23"}, {"state": "closed"}),
    "check": (ledger.officer, ledger.closed, TWO | {"checked_on": "2023-06-25"}, {"checked_by": "周执法、郑执法"}),
    "extend": (ledger.clerk, ledger.rectifying, {"deadline_on": LATER, "reason": "到货延迟"}, {}),
    "measures": (ledger.officer, ledger.rectifying, {"stopped": "on"}, {"stopped": True}),
    "list": (
        ledger.clerk, ledger.rectifying,
        {"level": "government", "unit_name": "荣成市安委会", "listed_on": "2023-06-09"}, {"listed": True},
    ),
    "delist": (ledger.clerk, listed, {"delisted_on": "2023-06-20", "reason": "整改到位"}, {"listed": False}),
    "propose": (ledger.officer, ledger.confirmed, {"kind": "dismiss", "reason": "不属实"}, {"state": "confirmed"}),
    "correct_basis": (
        ledger.clerk, ledger.rectifying, {"standard": STANDARD, "clause": ledger.CLAUSE}, {"clause": ledger.CLAUSE},
    ),
    "reopen": (
        ledger.officer, ledger.closed, {"reopened_on": "2023-12-01", "reason": "复发", "deadline_on": LATER},
        {"state": "rectifying"},
    ),
    "restore": (ledger.reviewer, ledger.dismissed, {"reason": "核对有误"}, {"state": "registered"}),
    "plan_for_firm": (ledger.clerk, ledger.confirmed, FIVE, {"state": "rectifying", "responsible": "李四"}),
    "amend": (ledger.officer, ledger.hazard, {"description": "改", "place": ""}, {"description": "改"}),
}  # fmt: skip
NEEDS = {name for name, row in DONE.items() if row[2] and name not in {"confirm", "measures"}} | {"sign_on_paper"}


def typed(data):
    return {key: ledger.standard().pk if value == STANDARD else value for key, value in data.items()}


def test_every_act_of_the_table_is_tried():
    assert set(DONE) | {"sign_on_paper", "hand_over", "close_for_firm"} == set(ACTS)


@pytest.mark.parametrize("name", DONE)
def test_act_is_done_and_said(as_, name):
    who, situation, data, expected = DONE[name]
    hazard, client = situation(), as_(who())
    assert client.get(f"/hazards/{hazard.pk}/{name}/").status_code == 200
    response = post(client, hazard, name, **typed(data))
    assert response.status_code == 302, errors(response)
    assert said(response) == [f"{ACTS[name].done}。"]
    hazard.refresh_from_db()
    assert {key: getattr(hazard, key) for key in expected} == expected


@pytest.mark.parametrize("name", sorted(NEEDS & set(DONE)))
def test_empty_form_changes_nothing(as_, name):
    who, situation, _, _ = DONE[name]
    hazard, client = situation(), as_(who())
    before = Hazard.objects.values().get(pk=hazard.pk)
    response = post(client, hazard, name)
    assert response.status_code == 422
    assert errors(response)
    assert Hazard.objects.values().get(pk=hazard.pk) == before


@pytest.mark.parametrize("name", DONE)
def test_wrong_posts_get_403_and_change_nothing(as_, name):
    _, situation, data, _ = DONE[name]
    hazard = situation()
    before = Hazard.objects.values().get(pk=hazard.pk)
    alias = {"measure": "take_measures", "measures": "record_measures", "amend": "correct"}.get(name, name)
    posts = SITUATIONS[alias][1]
    wrong = [role for role in Role if role not in posts]
    for role in wrong:
        holder = hazard.enterprise if role in {"head", "director", "safety"} else make.unit()
        assert post(as_(make.actor(holder, role)), hazard, name, **typed(data)).status_code == 403
    assert Hazard.objects.values().get(pk=hazard.pk) == before


@pytest.mark.parametrize("name", ["start", "judge", "recheck", "close", "reopen", "confirm"])
def test_second_click_is_told_and_sent_back(as_, name):
    who, situation, data, _ = DONE[name]
    hazard, client = situation(), as_(who())
    post(client, hazard, name, **typed(data))
    after = Hazard.objects.values().get(pk=hazard.pk)
    response = post(client, hazard, name, **typed(data))
    assert response.url == f"/hazards/{hazard.pk}/"
    assert Hazard.objects.values().get(pk=hazard.pk) == after


def test_unknown_act_is_not_there(as_):
    hazard = ledger.hazard()
    assert post(as_(ledger.head()), hazard, "delete").status_code == 404


def test_firm_does_not_reach_the_departments_form_of_the_same_act(as_):
    """A firm's own page for measures knows neither stops nor administrative measures."""
    hazard = ledger.rectifying()
    response = post(as_(ledger.safety()), hazard, "measures", stopped="on", administrative_measure="无需处罚")
    assert response.status_code == 403
    hazard.refresh_from_db()
    assert (hazard.stopped, hazard.administrative_measure) == (False, "")


def test_wrong_password_does_not_sign(as_):
    hazard = ledger.rectifying(**DAY)
    response = post(as_(ledger.head()), hazard, "sign", password="wrong")
    assert "密码不正确" in errors(response)["password"][0]
    assert not hazard.signatures.exists()


def test_wrong_passwords_lock_signing_as_they_lock_the_login(as_, settings):
    settings.AXES_FAILURE_LIMIT = 3
    hazard, client = ledger.rectifying(**DAY), as_(ledger.head())
    for _ in range(3):
        post(client, hazard, "sign", password="wrong")
    post(client, hazard, "sign", password=PASSWORD)
    assert not hazard.signatures.exists()


def test_sheet_is_kept_as_a_photo(as_):
    hazard = registered_head()
    response = post(as_(ledger.safety()), hazard, "sign_on_paper", role="head", signer="赵总", photos=picture())
    assert response.status_code == 302, errors(response)
    assert hazard.signatures.get().method == "sheet"
    assert StoredFile.objects.of(hazard).get().role == "签字页"


@pytest.mark.parametrize("data", [{"signer": "路人", "photos": picture}, {"signer": "赵总"}])
def test_sheet_without_photo_or_of_a_stranger_does_not_sign(as_, data):
    hazard = registered_head()
    data = {key: value() if callable(value) else value for key, value in data.items()}
    assert post(as_(ledger.safety()), hazard, "sign_on_paper", role="head", **data).status_code == 422
    assert not hazard.signatures.exists()
    assert not StoredFile.objects.exists()


def test_photos_of_the_finished_work_are_kept(as_):
    hazard = ledger.rectifying()
    post(as_(ledger.safety()), hazard, "report_rectified", rectified_on="2023-06-20", photos=[picture(), picture()])
    assert [one.role for one in StoredFile.objects.of(hazard)] == ["整改后", "整改后"]


def test_what_is_no_photo_is_refused_whole(as_):
    hazard = ledger.rectifying()
    virus = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00", "image/jpeg")
    response = post(as_(ledger.safety()), hazard, "report_rectified", rectified_on="2023-06-20", photos=virus)
    assert "只能上传" in errors(response)["photos"][0]
    hazard.refresh_from_db()
    assert hazard.rectified_on is None


def test_general_is_closed_with_the_word_that_it_is_done(as_):
    hazard = ledger.hazard(state="rectifying")
    post(as_(ledger.safety()), hazard, "report_rectified", rectified_on="2023-06-20")
    hazard.refresh_from_db()
    assert hazard.state == "closed"


def test_fixed_at_once_closes_a_general_one(as_):
    hazard = ledger.hazard()
    post(as_(ledger.safety()), hazard, "fix_at_once", measures="当场移除", rectified_on="2023-06-06")
    hazard.refresh_from_db()
    assert (hazard.state, hazard.fixed_at_once) == ("closed", True)


def test_standard_out_of_force_is_refused_at_its_field(as_):
    hazard = ledger.proposed_major(found_on=date(2023, 5, 14))
    data = {"standard": ledger.standard().pk, "clause": ledger.CLAUSE, "judged_on": "2023-05-16"}
    response = post(as_(ledger.clerk()), hazard, "judge", **data)
    assert "不在其有效期内" in errors(response)["standard"][0]


def test_wrong_clause_and_wrong_order_are_refused_at_their_fields(as_):
    hazard = ledger.proposed_major()
    data = {"standard": ledger.standard().pk, "clause": "第九十九条", "judged_on": "2023-06-05"}
    response = post(as_(ledger.clerk()), hazard, "judge", **data)
    assert "没有条款“第九十九条”" in errors(response)["clause"][0]
    assert errors(response)["judged_on"] == ["不能早于发现时间（2023年6月6日）"]
    assert "第十二条第（二）项" in response.content.decode()


def test_standard_of_another_sector_cannot_be_chosen(as_):
    mines = ledger.standard("金属非金属矿山重大事故隐患判定标准")
    mines.sectors.add(make.sector("非煤矿山"))
    data = {"standard": mines.pk, "clause": "一、（一）", "judged_on": "2023-06-07"}
    assert "standard" in errors(post(as_(ledger.clerk()), ledger.proposed_major(), "judge", **data))


@pytest.mark.parametrize("name", ["recheck", "check"])
def test_failed_inspection_needs_words_and_a_new_deadline(as_, name):
    build, day = (ledger.requested, "rechecked_on") if name == "recheck" else (ledger.closed, "checked_on")
    hazard, client = build(), as_(ledger.officer())
    response = post(client, hazard, name, **TWO | {"passed": "no", day: "2023-06-25"})
    assert set(errors(response)) == {"opinion", "deadline_on"}
    post(client, hazard, name, **TWO | {"passed": "no", day: "2023-06-25", "opinion": "未分隔", "deadline_on": LATER})
    hazard.refresh_from_db()
    assert (hazard.state, hazard.deadline_on) == ("rectifying", date(2099, 1, 1))


def test_inspection_by_one_is_refused_at_its_field(as_):
    response = post(
        as_(ledger.officer()), ledger.requested(), "recheck", **TWO | {"second": "周执法", "rechecked_on": "2023-06-23"}
    )
    assert errors(response)["second"] == ["须为两名不同的检查人员"]


def test_future_days_are_refused(as_):
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = post(as_(ledger.safety()), ledger.rectifying(), "report_rectified", rectified_on=tomorrow)
    assert errors(response)["rectified_on"] == ["不能晚于今天"]


def test_stop_is_ordered_by_direct_supervision_only(as_):
    hazard = ledger.rectifying()
    town = make.unit("某街道办", kind="town", all_sectors=True, sectors=())
    post(as_(ledger.officer(town)), hazard, "measures", stopped="on", on_site_measure="撤人")
    hazard.refresh_from_db()
    assert (hazard.on_site_measure, hazard.stopped) == ("撤人", False)


def test_moved_firm_is_handed_over_with_the_new_place_proposed(as_):
    there = make.county("文登区")
    hazard = ledger.rectifying()
    hazard.enterprise.area = there
    hazard.enterprise.save(update_fields=["area"])
    client = as_(ledger.clerk())
    assert client.get(f"/hazards/{hazard.pk}/hand_over/").context["form"].initial["area"] == there.pk
    post(client, hazard, "hand_over", area=there.pk, reason="企业迁址")
    hazard.refresh_from_db()
    assert hazard.handled_in == there


def test_hazards_stay_in_their_city_unless_the_firm_has_left_it(as_):
    near, other_city = make.county("文登区"), make.area("高青县", parent=make.city("淄博市"))
    hazard = ledger.rectifying()
    client = as_(ledger.clerk())
    offered = client.get(f"/hazards/{hazard.pk}/hand_over/").context["form"].fields["area"].queryset
    assert (near in offered, other_city in offered) == (True, False)

    hazard.enterprise.area = other_city
    hazard.enterprise.save(update_fields=["area"])
    offered = client.get(f"/hazards/{hazard.pk}/hand_over/").context["form"].fields["area"].queryset
    assert {near, other_city} <= set(offered)


@pytest.mark.parametrize(
    "data",
    [
        {"funds": "-1"}, {"funds": "NaN"}, {"funds": "1e99"}, {"funds": "1.234"}, {"deadline_on": "2023-02-30"},
        {"deadline_on": "99999-01-01"}, {"responsible": "长" * 41}, {"measures": "\x00"}, {"deadline_on": "2023-06-05"},
    ],
)  # fmt: skip
def test_hostile_values_are_refused(as_, data):
    assert post(as_(ledger.safety()), ledger.confirmed(), "plan", **FIVE | data).status_code == 422


def test_overlong_posts_do_not_break_columns(as_):
    by = make.actor(make.unit("威海" + "经济技术开发区" * 11), Role.CLERK, name="长" * 40)
    hazard = ledger.proposed_major()
    data = {"standard": ledger.standard().pk, "clause": ledger.CLAUSE, "judged_on": "2023-06-07"}
    assert post(as_(by), hazard, "judge", **data).status_code == 302
