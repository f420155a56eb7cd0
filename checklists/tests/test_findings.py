"""One tap from an answer to the ledger, to the problems' list, to a photo."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from checklists import actions
from checklists.models import Answer
from checklists.tests import factories as lists
from documents.tests import samples
from hazards.models import Hazard, Problem
from lib.transitions import MoveRefused
from organizations.models import Unit
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


def answer(inspection, by, result="noncompliant", note="配电室无挡鼠板", **saving):
    actions.answer(inspection, item=1, saving=lists.saving(result, note=note, **saving), by=by)
    return Answer.objects.get()


def test_answer_becomes_a_hazard_of_the_firm(inspection, firm, head):
    hazard = actions.register_hazard(answer(inspection, head), level="general", by=head)
    assert (hazard.enterprise, hazard.level, hazard.found_by, hazard.state) == (firm, "general", "self", "registered")
    assert hazard.description == "配电室无挡鼠板（对照检查第1项：是否落实第1项要求。）"
    assert Answer.objects.get().hazard == hazard


def test_second_tap_gets_the_same_hazard(inspection, head):
    found = answer(inspection, head)
    first = actions.register_hazard(found, level="general", by=head)
    again = actions.register_hazard(Answer.objects.get(), level="major", by=head)
    assert again == first
    assert Hazard.objects.count() == 1


def test_major_one_waits_for_the_department_even_if_fixed_at_once(inspection, head):
    found = answer(inspection, head, fixed_at_once=True)
    hazard = actions.register_hazard(found, level="major", by=head)
    assert (hazard.level, hazard.state) == ("major", "registered")


def test_general_one_fixed_at_once_is_entered_as_such(inspection, head):
    found = answer(inspection, head, fixed_at_once=True)
    hazard = Hazard.objects.get(pk=actions.register_hazard(found, level="general", by=head).pk)
    assert hazard.fixed_at_once is True
    assert hazard.measures == "配电室无挡鼠板"
    assert hazard.rectified_on == hazard.found_on


@pytest.mark.parametrize("result", ["compliant", "not_applicable"])
def test_what_does_not_fall_short_is_no_hazard(inspection, head, result):
    with pytest.raises(MoveRefused, match="没有需要登记的问题"):
        actions.register_hazard(answer(inspection, head, result), level="general", by=head)
    assert not Hazard.objects.exists()


def test_hazard_needs_a_note(inspection, head):
    with pytest.raises(MoveRefused, match="请先填写第1项的情况说明"):
        actions.register_hazard(answer(inspection, head, note=" "), level="general", by=head)


def test_departments_answer_becomes_a_problem():
    bureau = make.unit("荣成市工业和信息化局", kind=Unit.Kind.BUREAU)
    clerk = make.actor(bureau)
    inspection = lists.inspection(bureau, by=clerk)
    found = answer(inspection, clerk, note="未建立清单")
    problem = actions.register_problem(found, by=clerk)
    assert actions.register_problem(Answer.objects.get(), by=clerk) == problem
    assert (problem.unit, problem.category) == (bureau, "制度建设")
    assert problem.text == "未建立清单（对照检查第1项：是否落实第1项要求。）"
    assert Problem.objects.count() == 1


def test_problem_fixed_at_once_is_entered_as_done():
    bureau = make.unit()
    clerk = make.actor(bureau)
    inspection = lists.inspection(bureau, by=clerk)
    problem = actions.register_problem(answer(inspection, clerk, fixed_at_once=True), by=clerk)
    assert (problem.state, problem.progress) == ("done", "已立查立改。")


def test_photo_is_read_by_those_who_read_the_inspection(inspection, firm, head):
    found = answer(inspection, head)
    photo = actions.add_photo(found, upload=ContentFile(samples.photo(), name="现场.jpg"), by=head)
    assert photo.readable_by(head)
    assert not photo.readable_by(make.actor(make.enterprise("邻家"), Role.HEAD))
    assert not photo.readable_by(make.actor(make.unit()))


def test_photo_must_be_a_picture(inspection, head):
    with pytest.raises(ValidationError, match="只能上传"):
        actions.add_photo(answer(inspection, head), upload=ContentFile(b"%PDF-1.7 ...", name="a.jpg"), by=head)
