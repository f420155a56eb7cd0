"""第 n 稿 as it was handed in: what the recipient reads while the next is written, and what changed against it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from campaigns.actions import house, submissions
from campaigns.models import Submission
from checklists import actions
from checklists.models import Answer, HandedIn, SelfInspection, reading, sheet
from checklists.tests import factories as lists
from organizations.models import HouseStep
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
def officer():
    return make.actor(make.unit(), Role.REVIEWER, name="周审核")


@pytest.fixture
def sent_back(firm, head, officer):
    """Three items, the second 不符合; sent back with a word beside the second and the third, and one of the whole."""
    inspection = lists.inspection(firm, by=head)
    actions.submit(lists.answered(inspection, by=head, results={2: "noncompliant"}), by=head)
    reasons = {2: "请附照片", 3: "请写明依据"}
    actions.return_with_reasons(inspection, reasons=reasons, reason="请逐项核实", by=officer)
    return inspection


def picture():
    made = BytesIO()
    Image.new("RGB", (4, 4)).save(made, "PNG")
    return SimpleUploadedFile("现场.png", made.getvalue())


def change(inspection, item, result, *, by, version=1, note=""):
    actions.answer(inspection, item=item, saving=lists.saving(result, version=version, note=note), by=by)


def page(client, who, name, inspection, query=""):
    client.force_login(who.user)
    return client.get(reverse(f"checklists:{name}", args=[inspection.pk]) + query)


def answers(response):
    return [(line.answer.result, line.answer.note) for line, _ in response.context["lines"]]


def changed(response):
    return [line.item.number for line, _ in response.context["lines"] if line.changed]


FIRST = [("compliant", ""), ("noncompliant", "缺少记录"), ("compliant", "")]


# While the next one is written


def test_the_recipient_reads_the_version_handed_in_while_the_next_is_written(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head, note="正在改的话")
    change(sent_back, 1, "not_applicable", by=head)

    response = page(client, officer, "self_inspection", sent_back)

    assert answers(response) == FIRST
    assert "正在改的话" not in response.text
    assert "正在修改，下一稿提交后才能看到；以下是第1稿" in response.text
    assert response.context["submission"].number == 1


def test_the_firm_reads_what_it_is_writing(client, sent_back, head):
    change(sent_back, 2, "partial", by=head, note="正在改的话")

    response = page(client, head, "self_inspection", sent_back)

    assert answers(response) == [FIRST[0], ("partial", "正在改的话"), FIRST[2]]
    assert "下一稿提交后才能看到" not in response.text


def test_the_workbook_of_the_recipient_is_of_the_version_handed_in(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head, note="正在改的话")

    book = load_workbook(BytesIO(page(client, officer, "result_workbook", sent_back).content)).active
    assert (book["D5"].value, book["E5"].value) == ("不符合", "缺少记录")
    assert "未提交" not in book["D2"].value

    own = load_workbook(BytesIO(page(client, head, "result_workbook", sent_back).content)).active
    assert (own["D5"].value, own["E5"].value, own["D2"].value) == ("部分符合", "正在改的话", "填报时间：（未提交）")


def test_photos_of_the_next_version_wait_too(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head)
    answer = Answer.objects.get(item__number=2)
    photo = actions.add_photo(answer, upload=picture(), by=head)

    assert f"/files/{photo.pk}/" not in page(client, officer, "self_inspection", sent_back).text
    assert f"/files/{photo.pk}/" in page(client, head, "self_inspection", sent_back).text


def test_a_clause_answered_since_is_not_read_either(client, firm, head, officer):
    listed = lists.checklist("with-clause", items=1)
    lists.clause(listed.items.get(), 1)
    inspection = lists.inspection(firm, by=head, of=listed)
    actions.submit(lists.answered(inspection, by=head), by=head)
    actions.return_with_reasons(inspection, reasons={}, reason="请填分项", by=officer)
    actions.answer(inspection, item=1, clause=1, saving=lists.saving("compliant"), by=head)

    [(line, _)] = page(client, officer, "self_inspection", inspection).context["lines"]
    assert [given for _, given in line.clauses] == [None]


def test_the_list_tells_that_it_is_being_mended_and_no_number_of_it(client, sent_back, head, officer):
    change(sent_back, 1, "noncompliant", by=head)
    client.force_login(officer.user)

    text = client.get(reverse("checklists:self_inspections"), {"state": "returned"}).text

    assert "正在修改" in text
    assert "2项" not in text


def test_nothing_is_decided_on_while_the_next_is_written(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head)

    assert not page(client, officer, "self_inspection", sent_back).context["may_decide"]


# What changed against the version before


def test_the_recipient_sees_which_items_changed_and_what_they_said(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head, note="已补照片")
    change(sent_back, 1, "not_applicable", by=head)
    actions.submit(sent_back, by=head)

    response = page(client, officer, "self_inspection", sent_back)

    assert changed(response) == [1, 2]
    assert "第1稿：" in response.text
    assert "缺少记录" in response.text
    assert "请写明依据（没有改动）" in response.text
    assert "请附照片（没有改动）" not in response.text
    assert response.context["may_decide"]


def test_only_the_changed_are_shown_on_demand(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head, note="已补照片")
    actions.submit(sent_back, by=head)

    response = page(client, officer, "self_inspection", sent_back, "?result=changed")

    assert [line.item.number for line, _ in response.context["lines"]] == [2]
    assert [(one["word"], one["count"]) for one in response.context["filters"] if one["chosen"]] == [("有改动", 1)]


def test_an_answer_changed_and_changed_back_is_no_change(client, sent_back, head, officer):
    change(sent_back, 1, "partial", by=head, note="试")
    change(sent_back, 1, "compliant", by=head, version=2)
    actions.submit(sent_back, by=head)

    assert changed(page(client, officer, "self_inspection", sent_back)) == []


@pytest.mark.parametrize(("fixed", "expected"), [(True, [2]), (False, [])])
def test_having_put_it_right_at_once_is_a_change(client, sent_back, head, officer, fixed, expected):
    saving = lists.saving("noncompliant", version=1, note="缺少记录", fixed_at_once=fixed)
    actions.answer(sent_back, item=2, saving=saving, by=head)
    actions.submit(sent_back, by=head)

    assert changed(page(client, officer, "self_inspection", sent_back)) == expected


def test_each_version_is_compared_with_the_one_before_it(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head, note="二稿")
    actions.submit(sent_back, by=head)
    actions.return_with_reasons(sent_back, reasons={3: "还是没有依据"}, by=officer)
    change(sent_back, 3, "partial", by=head, note="三稿")
    actions.submit(sent_back, by=head)

    response = page(client, officer, "self_inspection", sent_back)

    assert changed(response) == [3]
    assert "与第2稿相比有改动的条目" in response.text


def test_a_first_version_has_nothing_to_compare_with(client, firm, head, officer):
    inspection = lists.inspection(firm, by=head)
    actions.submit(lists.answered(inspection, by=head), by=head)

    response = page(client, officer, "self_inspection", inspection)

    assert "有改动" not in response.text
    assert changed(response) == []


def test_versions_from_before_the_numbers_were_kept_read_as_they_stand(client, sent_back, head, officer):
    HandedIn.objects.all().delete()
    change(sent_back, 2, "partial", by=head, note="改")

    response = page(client, officer, "self_inspection", sent_back)

    assert response.status_code == 200
    assert changed(response) == []


# What the respondent is told


def test_the_fill_page_lists_what_was_sent_back(client, sent_back, head):
    response = page(client, head, "fill", sent_back)

    assert [line.item.number for line in response.context["asked"]] == [2, 3]
    assert response.context["overall"] == "请逐项核实"
    assert "第1稿已退回，请修改后再提交" in response.text
    assert 'href="#item-2"' in response.text


def test_the_fill_page_marks_what_was_changed_since(client, sent_back, head):
    change(sent_back, 2, "partial", by=head, note="已补照片")

    text = page(client, head, "fill", sent_back).text

    assert "第2项（已改动）" in text
    assert "第3项（已改动）" not in text


def test_a_list_never_sent_back_has_no_such_notice(client, firm, head):
    inspection = lists.inspection(firm, by=head)

    assert "请修改后再提交" not in page(client, head, "fill", inspection).text


@pytest.mark.parametrize(("touched", "left"), [([], [2, 3]), ([2], [3]), ([2, 3], [])])
def test_before_handing_in_again_it_names_what_was_sent_back_and_not_touched(client, sent_back, head, touched, left):
    for item in touched:
        change(sent_back, item, "partial", by=head, note="已改")

    response = page(client, head, "check", sent_back)

    assert [line.item.number for line in response.context["untouched"]] == left
    assert ("还有" in response.text) == bool(left)


def test_on_a_second_return_what_changed_for_the_first_does_not_count(client, sent_back, head, officer):
    change(sent_back, 2, "partial", by=head, note="二稿")
    actions.submit(sent_back, by=head)
    actions.return_with_reasons(sent_back, reasons={2: "还是没有照片"}, by=officer)

    untouched = page(client, head, "check", sent_back).context["untouched"]

    assert [line.item.number for line in untouched] == [2]


# Within the house


@pytest.fixture
def checked_first():
    """A bureau whose clerk's list is checked by a second person before it leaves."""
    bureau = make.unit("荣成市工业和信息化局", lines=("miit",))
    clerk, checker = make.actor(bureau), make.actor(bureau, Role.REVIEWER, name="审核人")
    HouseStep.objects.create(unit=bureau, step=HouseStep.Step.REVIEW, person=checker.user)
    inspection = lists.inspection(bureau, by=clerk, of=lists.checklist("unit", items=2))
    return lists.answered(inspection, by=clerk), clerk, checker


def test_what_is_checked_within_the_house_is_not_filled_in_any_more(client, checked_first):
    inspection, clerk, _ = checked_first
    actions.submit(inspection, by=clerk)

    assert SelfInspection.objects.with_held().get(pk=inspection.pk).held
    assert page(client, clerk, "fill", inspection).url == reverse("checklists:self_inspection", args=[inspection.pk])


def test_whoever_sends_it_to_be_checked_is_told_that_it_is_not_handed_in_yet(client, checked_first):
    inspection, clerk, _ = checked_first
    client.force_login(clerk.user)

    response = client.post(reverse("checklists:submit", args=[inspection.pk]), follow=True)

    words = [str(message) for message in response.context["messages"]]
    assert words == ["已送审，本单位审核中；签发后才算报出，请留意期限。"]


def test_the_version_signed_off_reaches_as_far_as_the_last_answer_before(checked_first, officer):
    inspection, clerk, checker = checked_first
    draft = actions.submit(inspection, by=clerk)
    house.send_back(draft, reason="第2项不对", by=checker)
    change(inspection, 2, "not_applicable", by=clerk)
    actions.submit(inspection, by=clerk)
    submissions.sign_off(inspection.obligation, by=checker)
    actions.return_with_reasons(inspection, reasons={}, reason="请核实", by=officer)
    change(inspection, 1, "partial", by=clerk, note="改")

    version = reading(inspection, inside=False)

    assert [line.answer.result for line in sheet(inspection, upto=version.upto)] == ["compliant", "not_applicable"]
    assert Submission.objects.get(number=1).handed_answers.last_event == version.upto
