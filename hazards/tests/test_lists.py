from datetime import date

import pytest
from django.utils import timezone

from hazards import actions, permissions
from hazards.models import Measure, Problem
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def problem(**values):
    return actions.add_problem(make.unit(), by=ledger.clerk(), **{"text": "未建立驻点制度"} | values)


def test_problem_is_found_today_unless_said_otherwise():
    assert problem().found_on == timezone.localdate()
    assert problem(found_on=date(2022, 4, 20), category="制度建设").found_on == date(2022, 4, 20)
    assert AuditEntry.objects.filter(verb="problem.add").count() == 2


def test_problem_is_updated_finished_and_opened_again():
    one = actions.update_problem(problem(), by=ledger.clerk(), progress="已印发", responsible="王经办")
    actions.finish_problem(one, by=ledger.clerk())
    one.refresh_from_db()
    assert (one.progress, one.responsible, one.state) == ("已印发", "王经办", "done")
    actions.reopen_problem(one, by=ledger.clerk())
    assert Problem.objects.get().state == "open"
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "problem.add", "problem.update", "problem.done", "problem.open",
    ]  # fmt: skip


def test_problem_finished_twice_is_refused():
    one = actions.finish_problem(problem(), by=ledger.clerk())
    with pytest.raises(MoveRefused, match="已经是“已完成”"):
        actions.finish_problem(one, by=ledger.clerk())


def test_measure_answers_problems_and_hazards():
    first, second, hazard = problem(), problem(text="台账不全"), ledger.hazard()
    made = actions.add_measure(make.unit(), by=ledger.clerk(), title="驻点办法", problems=[first], hazards=[hazard])
    actions.update_measure(made, by=ledger.clerk(), problems=[second], done_on=date(2022, 5, 10))
    made = Measure.objects.get()
    assert (list(made.problems.all()), list(made.hazards.all())) == ([second], [hazard])
    assert made.done_on == date(2022, 5, 10)


def test_measures_are_logged_with_the_fields_that_changed():
    made = actions.add_measure(make.unit(), by=ledger.clerk(), title="驻点办法")
    actions.update_measure(made, by=ledger.clerk(), title="驻点管理办法", done_on=date(2022, 5, 10))
    actions.update_measure(made, by=ledger.clerk(), problems=[problem()])
    logged = AuditEntry.objects.filter(verb__startswith="measure.").order_by("id")
    assert [(entry.verb, entry.detail) for entry in logged] == [
        ("measure.add", {}), ("measure.update", {"fields": ["done_on", "title"]}), ("measure.update", {"fields": []}),
    ]  # fmt: skip


def test_measure_keeps_its_problems_where_nothing_is_said_of_them():
    one = problem()
    made = actions.add_measure(make.unit(), by=ledger.clerk(), title="驻点办法", problems=[one])
    actions.update_measure(made, by=ledger.clerk(), title="办法")
    assert list(made.problems.all()) == [one]
    actions.update_measure(made, by=ledger.clerk(), problems=[])
    assert not made.problems.exists()


def test_list_is_edited_by_its_unit_and_read_above():
    one = problem()
    city = ledger.clerk(make.city_bureau())
    assert Problem.objects.visible_to(city).exists()
    assert permissions.may_edit_list(ledger.clerk(), one)
    assert permissions.may_edit_list(city, one).reason == "由荣成市应急管理局维护。"


def test_list_is_hidden_from_other_lines_areas_and_firms():
    problem()
    others = [
        ledger.clerk(make.unit("荣成市工业和信息化局", lines=(Line.MIIT,))),
        ledger.clerk(make.unit("文登区应急管理局", in_area=make.county("文登区"))),
        ledger.head(),
    ]
    assert not any(Problem.objects.visible_to(actor).exists() for actor in others)


def test_adding_is_for_clerks_of_units():
    assert permissions.may_add_to_list(ledger.clerk())
    assert permissions.may_add_to_list(ledger.head()).reason == "两个清单由监管部门填写。"
    assert not permissions.may_add_to_list(make.actor(make.unit(), Role.OFFICER))
