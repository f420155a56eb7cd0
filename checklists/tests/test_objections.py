"""A nil report beside checklists with items that fall short (design §4.2); the ledger's part is answered along."""

import pytest

from campaigns.actions import submissions
from campaigns.models import Deliverable
from campaigns.tests import factories as campaigns
from checklists import actions
from checklists.models import Answer
from checklists.objections import nil_objections
from checklists.tests import factories as lists
from hazards.models import Hazard
from hazards.tests import factories as hazards
from lib import registry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHORT = {1: "noncompliant", 2: "partial"}


def nil_report(holder=None, **fields):
    """A nil report that this holder owes in the campaign of the checklists."""
    holder = holder or make.unit()
    kind = "enterprise" if hasattr(holder, "uscc") else "unit"
    known = Deliverable.objects.filter(code=f"nil-{kind}").first()
    duty = known or campaigns.deliverable(f"nil-{kind}", respondent=kind, nil_allowed=True)
    return campaigns.obligation(holder, of=duty, **fields)


def answered(firm, results=None):
    """The firm's checklist, every item answered, and who answered."""
    head = make.actor(firm, Role.HEAD)
    return lists.answered(lists.inspection(firm, by=head), by=head, results=SHORT if results is None else results), head


def handed_in(firm, results=None):
    inspection, head = answered(firm, results)
    submissions.hand_in(inspection.obligation, by=head)
    return inspection


def test_a_firm_is_asked_about_its_items_that_fall_short():
    firm = make.enterprise()
    answered(firm)
    assert nil_objections(nil_report(firm)) == ["本企业对照检查有2项不符合或部分符合，尚未整改"]


def test_all_compliant_is_no_objection():
    firm = make.enterprise()
    answered(firm, {3: "not_applicable"})
    assert nil_objections(nil_report(firm)) == []


def test_a_unit_is_asked_about_what_its_firms_have_handed_in():
    firm = make.enterprise()
    inspection, head = answered(firm)
    report = nil_report()
    assert nil_objections(report) == []  # a draft is nobody else's business

    submissions.hand_in(inspection.obligation, by=head)
    assert nil_objections(report) == ["辖区内对照检查有2项不符合或部分符合，尚未整改"]


def test_firms_of_other_areas_and_sectors_are_not_the_units():
    handed_in(make.enterprise("文登企业", in_area=make.county("文登区")))
    handed_in(make.enterprise("荣成矿山", in_sector="非煤矿山"))
    assert nil_objections(nil_report()) == []


def test_a_units_own_list_and_its_offices_are_asked_about_before_they_are_handed_in():
    unit = make.unit()
    listed = lists.checklist(lists.UNIT_LIST, audience="unit")
    clerk = make.actor(unit)
    lists.answered(lists.inspection(unit, by=clerk, of=listed), by=clerk, results={1: "noncompliant"})
    office = make.unit("执法科", kind="office", part_of=unit, sectors=())
    words = ["辖区内对照检查有1项不符合或部分符合，尚未整改"]

    assert nil_objections(nil_report(unit)) == words
    assert nil_objections(nil_report(office)) == words


def test_what_was_put_right_is_no_objection():
    """Fixed at once, its hazard closed or found untrue, its problem done."""
    firm = make.enterprise()
    answered(firm, {1: "noncompliant", 2: "partial", 3: "partial"})
    report = nil_report(firm)
    first, second, third = Answer.objects.order_by("item__number")

    Answer.objects.filter(pk=first.pk).update(fixed_at_once=True)
    assert nil_objections(report) == ["本企业对照检查有2项不符合或部分符合，尚未整改"]

    Answer.objects.filter(pk=second.pk).update(hazard=hazards.closed(firm))
    Answer.objects.filter(pk=third.pk).update(hazard=hazards.hazard(firm))
    assert nil_objections(report) == ["本企业对照检查有1项不符合或部分符合，尚未整改"]

    Hazard.objects.filter(answers=third).update(
        state="closed", level="general", rectified_on="2023-06-20", closed_on="2023-06-20"
    )
    assert nil_objections(report) == []


def test_a_major_said_to_be_fixed_at_once_is_open_until_it_is_closed():
    firm = make.enterprise()
    answered(firm, {1: "noncompliant"})
    Answer.objects.filter(item__number=1).update(fixed_at_once=True, hazard=hazards.proposed_major(firm))
    assert nil_objections(nil_report(firm)) == [
        "本企业有1项重大事故隐患未销号",
        "本企业对照检查有1项不符合或部分符合，尚未整改",
    ]


def test_a_units_problem_counts_until_it_is_done():
    unit = make.unit()
    clerk = make.actor(unit)
    listed = lists.checklist(lists.UNIT_LIST, audience="unit")
    lists.answered(lists.inspection(unit, by=clerk, of=listed), by=clerk, results={1: "noncompliant"})
    problem = actions.register_problem(Answer.objects.get(item__number=1), by=clerk)
    report = nil_report(unit)
    assert len(nil_objections(report)) == 1

    problem.state = "done"
    problem.save(update_fields=["state"])
    assert nil_objections(report) == []


def test_clauses_are_not_counted_beside_their_item():
    firm = make.enterprise()
    inspection, head = answered(firm, {1: "partial"})
    item = inspection.checklist.items.get(number=1)
    clause = lists.clause(item, 1)
    Answer.objects.create(inspection=inspection, item=item, clause=clause, result="noncompliant", note="缺")
    assert nil_objections(nil_report(firm)) == ["本企业对照检查有1项不符合或部分符合，尚未整改"]


def test_lists_of_another_campaign_are_not_asked_about():
    firm = make.enterprise()
    answered(firm)
    other = campaigns.deliverable(of=campaigns.campaign("mines-2023"), respondent="enterprise", nil_allowed=True)
    assert nil_objections(campaigns.obligation(firm, of=other)) == []


def test_the_portal_asks_both_when_somebody_reports_nothing():
    firm = make.enterprise()
    answered(firm)
    hazards.proposed_major(firm)
    assert registry.nil_objections(nil_report(firm)) == [
        "本企业有1项重大事故隐患未销号",
        "本企业对照检查有2项不符合或部分符合，尚未整改",
    ]
