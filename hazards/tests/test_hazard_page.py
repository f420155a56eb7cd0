from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hazards import actions
from hazards.actions import photos
from hazards.models import Hazard, HazardMove
from hazards.tests import factories as ledger
from hazards.views.acts import ACTS
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

DAY = {"rectified_on": date(2023, 6, 20)}


def picture(name="现场.png"):
    from io import BytesIO

    from PIL import Image

    stream = BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/png")


@pytest.mark.parametrize(
    ("state", "tone"), [("registered", "open"), ("rectifying", "open"), ("closed", "done"), ("dismissed", "closed")]
)
def test_badge_and_time_line_show_the_state_in_its_tone(state, tone):
    assert Hazard(state=state).tone == HazardMove(to_state=state).tone == tone


def page(client, hazard):
    return client.get(f"/hazards/{hazard.pk}/")


def next_step(response):
    offer = response.context["next"]
    return offer and offer.name


@pytest.mark.parametrize(
    ("build", "primary"),
    [
        (ledger.proposed_major, "plan"),
        (ledger.confirmed, "plan"),
        (ledger.rectifying, "report_rectified"),
        (lambda: ledger.rectifying(**DAY), "sign"),
        (lambda: ledger.signed(found_by="department"), "request_recheck"),
        (lambda: ledger.hazard(state="rectifying", **DAY), "close"),
        (ledger.hazard, "start"),
    ],
)
def test_head_of_the_firm_is_offered_the_next_step_first(as_, build, primary):
    assert next_step(page(as_(ledger.head()), build())) == primary


@pytest.mark.parametrize(
    ("build", "primary"),
    [
        (ledger.proposed_major, "judge"),
        (ledger.requested, "recheck"),
        (ledger.closed, "check"),
        (ledger.rectifying, None),
    ],
)
def test_officer_is_offered_the_next_step_where_it_is_his(as_, build, primary):
    assert next_step(page(as_(ledger.officer()), build())) == primary


def test_dead_acts_say_why(as_):
    response = page(as_(ledger.safety()), ledger.rectifying(**DAY))
    reasons = {offer.act.label: offer.verdict.reason for offer in response.context["may_not"]}
    assert reasons["签字"] == "“安全员”岗位不能安全总监（分管负责人）签字。"
    assert reasons["申请复查"] == "该隐患无需部门复查。"
    assert "该隐患无需部门复查。" in response.content.decode()


def test_each_side_is_shown_its_own_acts(as_):
    hazard = ledger.rectifying()
    for actor in (ledger.head(), ledger.officer()):
        response = page(as_(actor), hazard)
        offered = [*response.context["may"], *response.context["may_not"]]
        assert {offer.act.for_firm for offer in offered} == {bool(actor.enterprise)}
    assert len(ACTS) == len({act.label for act in ACTS.values()}) + 1  # both sides say 更正描述


def test_page_tells_the_whole_story(as_):
    hazard = ledger.rectifying(
        basis="《工贸企业重大事故隐患判定标准》第十二条第（二）项", on_site_measure="立即停产", place="速冻车间"
    )
    actions.put_on_list(
        hazard, by=ledger.clerk(), level="department", unit_name="荣成市应急管理局", listed_on=date(2023, 6, 9)
    )
    actions.log_progress(hazard, by=ledger.safety(), text="设备已到货")
    actions.attach(hazard, [picture()], by=ledger.safety(), role=photos.AFTER)
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=date(2023, 6, 20))
    actions.sign(hazard, by=ledger.head())
    text = page(as_(ledger.officer()), hazard).content.decode()
    for words in (
        "速冻车间", "立即停产", "第十二条第（二）项", "2023年6月9日（周五）", "李四", "12.50万元",
        "液氨泄漏现场处置方案", "设备已到货", "整改后", "主要负责人：赵总（口令确认",
    ):  # fmt: skip
        assert words in text


def test_spared_firm_reads_that_it_is(as_):
    overdue = ledger.rectifying()
    assert "依法不予行政处罚" not in page(as_(ledger.head()), overdue).content.decode()
    in_time = ledger.rectifying(deadline_on=date(2999, 1, 1))
    assert "依法不予行政处罚" in page(as_(ledger.head()), in_time).content.decode()


def test_pending_objection_is_on_top(as_):
    hazard = ledger.confirmed()
    actions.object_to(hazard, by=ledger.head(), kind="dismiss", objection="已单独设置作业间")
    assert "已单独设置作业间" in page(as_(ledger.officer()), hazard).content.decode()


def test_hazard_of_others_is_not_there(as_):
    hazard = ledger.hazard()
    strangers = [
        ledger.head(make.enterprise("邻家")),
        ledger.clerk(make.unit("文登区应急管理局", in_area=make.county("文登区"))),
        ledger.clerk(make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=("民爆",))),
    ]
    for actor in strangers:
        client = as_(actor)
        assert page(client, hazard).status_code == 404
        for name in ACTS:
            assert client.get(f"/hazards/{hazard.pk}/{name}/").status_code == 404
            assert client.post(f"/hazards/{hazard.pk}/{name}/").status_code == 404


def test_photos_are_for_those_who_see_the_hazard(as_):
    hazard = ledger.hazard()
    [stored] = actions.attach(hazard, [picture()], by=ledger.safety(), role=photos.BEFORE)
    assert as_(ledger.officer()).get(f"/files/{stored.pk}/").getvalue().startswith(b"\x89PNG")
    assert as_(ledger.head(make.enterprise("邻家"))).get(f"/files/{stored.pk}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_whatever_happened(as_, rows, django_assert_num_queries):
    hazard = ledger.rectifying(**DAY)
    for _ in range(rows):
        actions.log_progress(hazard, by=ledger.safety(), text="进展")
        actions.attach(hazard, [picture()], by=ledger.safety(), role=photos.AFTER)
    client = as_(ledger.head())
    page(client, hazard)
    with django_assert_num_queries(12):
        page(client, hazard)
