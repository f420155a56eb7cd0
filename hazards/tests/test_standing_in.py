"""代录: what a clerk enters for a firm without accounts, how it is marked, what it rests on."""

from datetime import date

import pytest

from documents.models import StoredFile
from hazards import actions
from hazards.models import Hazard
from hazards.tests import factories as ledger
from hazards.tests.test_hazard_page import picture
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

FIVE = {
    "responsible": "李四", "measures": "分隔", "funds": "0", "deadline_on": "2023-06-30", "emergency_plan": "处置方案",
}  # fmt: skip
DAY = date(2023, 6, 20)
NAMES = {"head": "赵总", "director": "钱总监"}
WHO = "王经办（荣成市应急管理局 经办人），代 荣成海源食品有限公司"


@pytest.fixture
def firm():
    """No accounts; its two signers are known by name."""
    firm = ledger.firm()
    firm.head, firm.director = "赵总", "钱总监"
    firm.save(update_fields=["head", "director"])
    return firm


def close(hazard, **values):
    return actions.close_for_firm(hazard, by=ledger.clerk(), **{"rectified_on": DAY} | NAMES | values)


def enter_plan(hazard):
    five = {"responsible": "李四", "measures": "分隔", "funds": 0, "emergency_plan": "处置方案"}
    return actions.plan_for_firm(hazard, by=ledger.clerk(), deadline_on=date(2023, 6, 30), **five)


def fresh(hazard):
    return Hazard.objects.get(pk=hazard.pk)


def trail(hazard):
    """(title, who) of the time line, oldest first."""
    return [(one.title, one.who) for one in reversed(hazard.time_line())]


# The verbs


def test_plan_entered_for_the_firm_starts_a_judged_hazard_and_says_who_entered_it(firm):
    hazard = enter_plan(ledger.confirmed())

    assert (fresh(hazard).state, fresh(hazard).responsible) == ("rectifying", "李四")
    assert trail(hazard) == [("五到位（代录）", WHO), ("整改中（代录）", WHO)]
    assert set(hazard.entries.values_list("on_behalf_of", flat=True)) == {"荣成海源食品有限公司"}


def test_plan_entered_before_judging_does_not_start(firm):
    hazard = enter_plan(ledger.proposed_major())

    assert fresh(hazard).state == "registered"
    assert fresh(hazard).planned_on is not None


def test_sheet_of_two_closes_what_the_firm_found_itself(firm):
    hazard = close(ledger.rectifying(), text="设备已安装")

    hazard = fresh(hazard)
    assert (hazard.state, hazard.rectified_on, hazard.signed_head, hazard.signed_director) == (
        "closed", DAY, "赵总", "钱总监",
    )  # fmt: skip
    assert trail(hazard) == [
        ("整改完成（代录）", WHO), ("签字（代录）", WHO), ("签字（代录）", WHO), ("已销号（代录）", WHO),
    ]  # fmt: skip
    assert hazard.closings.get().by == WHO
    signatures = hazard.signatures.values_list("role", "name", "method", "user", "recorded_by", "on_behalf_of")
    assert list(signatures) == [
        ("head", "赵总", "sheet", None, WHO, "荣成海源食品有限公司"),
        ("director", "钱总监", "sheet", None, WHO, "荣成海源食品有限公司"),
    ]


def test_log_keeps_for_whom_each_entry_was_made(firm):
    close(ledger.rectifying())

    verbs = ["hazard.rectified", "hazard.signed", "hazard.signed", "hazard.close"]
    logged = AuditEntry.objects.filter(verb__in=verbs).order_by("id")
    assert [entry.verb for entry in logged] == verbs
    assert {entry.detail["on_behalf_of"] for entry in logged} == {"荣成海源食品有限公司"}
    assert {entry.holder for entry in logged} == {"荣成市应急管理局"}


def test_own_acts_of_a_clerk_and_of_the_firm_are_not_marked():
    hazard = ledger.rectifying()
    actions.extend(hazard, by=ledger.clerk(), deadline_on=date(2999, 1, 1), reason="到货延迟")
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=DAY)

    assert set(hazard.entries.values_list("on_behalf_of", flat=True)) == {""}
    assert [one.title for one in hazard.time_line()] == ["整改完成", "调整期限"]
    assert not AuditEntry.objects.filter(detail__has_key="on_behalf_of").exists()


@pytest.mark.parametrize("why", [{"found_by": "department"}, {"stopped": True}])
def test_what_needs_the_recheck_waits_for_it(firm, why):
    hazard = close(ledger.rectifying(**why))

    hazard = fresh(hazard)
    assert (hazard.state, hazard.closed_on) == ("recheck_requested", None)
    assert hazard.recheck_requested_on is not None
    assert not hazard.closings.exists()


def test_general_hazard_is_closed_without_signatures(firm):
    hazard = close(ledger.hazard(), head="", director="")

    assert (fresh(hazard).state, fresh(hazard).rectified_on) == ("closed", DAY)
    assert not hazard.signatures.exists()


def test_who_signed_with_his_password_is_not_asked_again(firm):
    hazard = ledger.rectifying(rectified_on=DAY)
    actions.sign(hazard, by=ledger.head())

    close(hazard, head="", rectified_on=date(2023, 6, 21))

    assert fresh(hazard).state == "closed"
    assert fresh(hazard).rectified_on == DAY
    assert list(hazard.signatures.values_list("name", "method")) == [("赵总", "password"), ("钱总监", "sheet")]


def test_both_signed_already_and_only_the_recheck_is_to_be_asked_for(firm):
    hazard = close(ledger.signed(found_by="department"), head="", director="")

    assert fresh(hazard).state == "recheck_requested"
    assert hazard.signatures.count() == 2


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"director": "路人"}, "“路人”不是登记的安全总监（分管负责人），本企业登记的是钱总监"),
        ({"head": ""}, "请填写签字页上主要负责人的姓名"),
        ({"director": "赵总"}, "“赵总”不是登记的安全总监"),
    ],
)
def test_sheet_of_somebody_else_closes_nothing(firm, names, words):
    hazard = ledger.rectifying()

    with pytest.raises(MoveRefused, match=words):
        close(hazard, **names)

    assert (fresh(hazard).state, fresh(hazard).rectified_on) == ("rectifying", None)
    assert not hazard.signatures.exists()


def test_one_person_does_not_sign_twice(firm):
    firm.director = "赵总"
    firm.save(update_fields=["director"])

    with pytest.raises(MoveRefused, match="两个签字须为两人"):
        close(ledger.rectifying(), director="赵总")


def test_unjudged_major_is_not_closed(firm):
    with pytest.raises(MoveRefused, match="须先由监管部门判定"):
        close(ledger.proposed_major())


def test_judged_major_without_plan_is_not_closed(firm):
    with pytest.raises(MoveRefused, match="须在“整改中”时办理"):
        close(ledger.confirmed())


def test_firm_is_told_once_what_was_entered_for_it(firm):
    hazard = ledger.rectifying()
    close(hazard)

    titles = [message.title for message in Message.objects.filter(enterprise=firm)]
    assert titles == [f"监管部门代录了整改完成情况，现为“已销号”，请核对（{hazard.number}）"]


# The pages


def post(client, hazard, name, **data):
    return client.post(f"/hazards/{hazard.pk}/{name}/", data)


def test_clerk_closes_with_the_photo_of_the_sheet_and_the_page_says_so(as_, firm):
    hazard, client = ledger.rectifying(), as_(ledger.clerk())

    response = post(client, hazard, "close_for_firm", rectified_on="2023-06-20", photos=picture(), **NAMES)

    assert response.status_code == 302, response.context["form"].errors
    assert fresh(hazard).state == "closed"
    kept = StoredFile.objects.of(hazard).get()
    assert (kept.role, kept.uploaded_by.name) == ("签字页", "王经办")
    text = client.get(f"/hazards/{hazard.pk}/").content.decode()
    assert text.count("签字（代录）") == 2
    assert f"代录</span> {WHO}" in " ".join(text.split())


def test_without_a_photo_nothing_is_closed(as_, firm):
    hazard = ledger.rectifying()

    response = post(as_(ledger.clerk()), hazard, "close_for_firm", rectified_on="2023-06-20", **NAMES)

    assert set(response.context["form"].errors) == {"photos"}
    assert fresh(hazard).state == "rectifying"


def test_empty_form_asks_for_both_names_and_the_photo(as_, firm):
    response = post(as_(ledger.clerk()), ledger.rectifying(), "close_for_firm")

    assert set(response.context["form"].errors) == {"rectified_on", "head", "director", "photos"}


def test_form_names_who_is_registered_and_says_who_is_not(as_):
    firm = ledger.firm()
    firm.head = "赵总"
    firm.save(update_fields=["head"])

    text = as_(ledger.clerk()).get(f"/hazards/{ledger.rectifying().pk}/close_for_firm/").content.decode()

    assert "本企业登记的：赵总。" in text
    assert "企业信息中没有登记，请先登记。" in text


def test_form_of_a_general_hazard_asks_for_a_photo_of_the_work(as_, firm):
    hazard, client = ledger.hazard(), as_(ledger.clerk())
    assert set(client.get(f"/hazards/{hazard.pk}/close_for_firm/").context["form"].fields) == {
        "rectified_on", "text", "photos",
    }  # fmt: skip

    post(client, hazard, "close_for_firm", rectified_on="2023-06-20", photos=picture())

    assert fresh(hazard).state == "closed"
    assert StoredFile.objects.of(hazard).get().role == "整改后"


def test_day_already_reported_is_not_changed_by_the_form(as_, firm):
    hazard = ledger.rectifying(rectified_on=DAY)

    post(as_(ledger.clerk()), hazard, "close_for_firm", rectified_on="2023-06-25", photos=picture(), **NAMES)

    assert (fresh(hazard).state, fresh(hazard).rectified_on) == ("closed", DAY)


def test_plan_keeps_the_firms_paper_and_the_page_names_the_clerk(as_, firm):
    hazard, client = ledger.confirmed(), as_(ledger.clerk())

    post(client, hazard, "plan_for_firm", photos=picture(), **FIVE)

    assert StoredFile.objects.of(hazard).get().role == "文书"
    text = " ".join(client.get(f"/hazards/{hazard.pk}/").content.decode().split())
    assert f"代录</span> {WHO}" in text


def test_plan_the_firm_made_itself_afterwards_is_its_own(as_, firm):
    hazard = enter_plan(ledger.confirmed())
    five = {"responsible": "孙七", "measures": "分隔", "funds": 1, "emergency_plan": "处置方案"}
    actions.plan(hazard, by=ledger.safety(), deadline_on=date(2023, 6, 29), **five)

    text = as_(ledger.clerk()).get(f"/hazards/{hazard.pk}/").content.decode()

    assert "代录</span>" not in text


def test_sheet_of_a_stranger_keeps_no_photo(as_, firm):
    hazard = ledger.rectifying()

    response = post(
        as_(ledger.clerk()), hazard, "close_for_firm", rectified_on="2023-06-20", photos=picture(),
        head="赵总", director="路人",
    )  # fmt: skip

    assert response.status_code == 422
    assert "“路人”不是登记的" in response.content.decode()
    assert not StoredFile.objects.exists()


def test_firm_itself_and_other_districts_do_not_reach_the_clerks_forms(as_, firm):
    hazard = ledger.rectifying()
    there = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    data = {"rectified_on": "2023-06-20", **NAMES}

    assert post(as_(ledger.head()), hazard, "close_for_firm", photos=picture(), **data).status_code == 403
    assert post(as_(ledger.clerk(there)), hazard, "close_for_firm", photos=picture(), **data).status_code == 404
    assert fresh(hazard).state == "rectifying"
