"""Which self-inspections could not be handed in as they stand; the same gaps that handing in refuses."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import rehearsal
from campaigns.models import Deliverable, Obligation
from checklists import actions
from checklists.models import Answer, SelfInspection, gaps
from checklists.tests.factories import answered, checklist, clause, inspection, saving
from lib import registry
from lib.actor import Actor
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def round_of():
    """The same duty for as many firms as are asked for, each with its self-inspection of three items opened."""
    checklist(items=3)

    def owed(*names):
        first = inspection(make.enterprise(names[0]), respondent=Deliverable.Respondent.ENTERPRISE)
        duty = first.obligation.deliverable
        rest = [inspection(make.enterprise(name)) for name in names[1:]]
        Obligation.objects.filter(self_inspection__in=rest).update(deliverable=duty)
        return duty, [first, *rest]

    return owed


def told(duty, named=50):
    return registry.would_fail(duty, duty.obligations.open(), named=named, by=SYSTEM)


def head_of(one):
    return make.actor(one.enterprise, Role.HEAD)


def test_items_not_answered_are_counted(round_of):
    """One of three answered: two are left."""
    duty, [one] = round_of("甲公司")
    actions.answer(one, item=2, saving=saving(), by=head_of(one))
    assert told(duty) == registry.Forecast(1, {one.obligation_id: ["共3项，还有2项未填写。"]})


def test_full_list_passes(round_of):
    duty, [one] = round_of("甲公司")
    answered(one, by=head_of(one), results={2: "noncompliant", 3: "not_applicable"})
    assert told(duty) == registry.Forecast(0, {})
    assert gaps(one) == []


@pytest.mark.parametrize("note", ["", " ", "\u3000\n"])
def test_what_falls_short_without_a_word_is_counted(round_of, note):
    duty, [one] = round_of("甲公司")
    answered(one, by=head_of(one), results={1: "partial", 3: "noncompliant"})
    Answer.objects.filter(item__number__in=(1, 3)).update(note=note)
    assert told(duty).points == {one.obligation_id: ["2项不符合或部分符合，未写情况说明。"]}
    assert len(gaps(one)) == 2


def test_clause_that_contradicts_its_item_is_told(round_of):
    """The whole says 符合 while its part says 不符合: handing in refuses that too."""
    duty, [one] = round_of("甲公司")
    part = clause(one.checklist.items.get(number=1), 1)
    answered(one, by=head_of(one))
    actions.answer(one, item=1, clause=part.number, saving=saving("noncompliant", note="缺"), by=head_of(one))
    assert told(duty).points == {one.obligation_id: ["有分项未达到要求，而整项选了符合或不涉及。"]}
    assert [gap.number for gap in gaps(one)] == [1]


def test_answered_clauses_do_not_count_as_items(round_of):
    duty, [one] = round_of("甲公司")
    item = one.checklist.items.get(number=1)
    for number in (1, 2, 3):
        clause(item, number)
        actions.answer(one, item=1, clause=number, saving=saving(), by=head_of(one))
    assert told(duty).points == {one.obligation_id: ["共3项，还有3项未填写。"]}


def test_not_begun_is_told_with_what_waits(round_of):
    duty, [one, two] = round_of("甲公司", "乙公司")
    SelfInspection.objects.filter(pk=two.pk).delete()
    answered(one, by=head_of(one))
    assert told(duty) == registry.Forecast(1, {two.obligation_id: ["尚未开始填写，共3项。"]})


def test_begun_with_gaps_are_named_before_those_not_begun(round_of):
    """Five, room for two names: the two begun, though they come last; all five are counted."""
    duty, found = round_of(*"甲乙丙丁戊")
    SelfInspection.objects.filter(pk__in=[one.pk for one in found[:3]]).delete()
    forecast = told(duty, named=2)
    assert forecast.failing == 5
    assert set(forecast.points) == {one.obligation_id for one in found[3:]}


def test_version_begun_is_the_one_that_counts(round_of):
    """A second version has five items; who began on the first owes its three."""
    duty, [one, two] = round_of("甲公司", "乙公司")
    checklist(items=5, version=2)
    SelfInspection.objects.filter(pk=two.pk).delete()
    assert told(duty).points == {
        one.obligation_id: ["共3项，还有3项未填写。"],
        two.obligation_id: ["尚未开始填写，共5项。"],
    }


def test_list_that_was_never_published_is_said_once(round_of):
    duty, _ = round_of("甲公司", "乙公司")
    Deliverable.objects.filter(pk=duty.pk).update(form="checklist:unknown")
    found = told(Deliverable.objects.get(pk=duty.pk))
    assert (found.failing, found.points) == (2, {})
    assert list(found.general) == ["对照检查表没有已发布的版本，无法填写，请联系系统管理员。"]


def test_many_cost_as_much_as_one(round_of):
    duty, found = round_of(*"甲乙丙丁")

    def statements(owed):
        with CaptureQueriesContext(connection) as caught:
            registry.would_fail(duty, owed, named=50, by=SYSTEM)
        return len(caught)

    one = statements(duty.obligations.filter(pk=found[0].obligation_id))
    assert statements(duty.obligations.all()) == one <= 6


def test_page_counts_but_shows_no_answer_and_no_link_before_the_hand_in(round_of, client):
    """What a firm has not handed in is nobody else's business; that it is not complete is the lead unit's."""
    duty, [one] = round_of("甲公司")
    answered(one, by=head_of(one), results={1: "partial"}, notes={1: "台账缺页"})
    Answer.objects.filter(item__number=2).delete()
    Obligation.objects.update(due_at=timezone.localtime().replace(hour=23, minute=59))
    client.force_login(make.member(make.city_bureau()).user)
    page = client.get(reverse("campaigns:rehearsal", args=[duty.campaign.code])).content.decode()
    assert "共3项，还有1项未填写。" in page
    assert "台账缺页" not in page
    assert reverse("checklists:start", args=[one.obligation_id]) not in page


def test_given_back_has_a_link_to_its_answers(round_of, client):
    duty, [one] = round_of("甲公司")
    answered(one, by=head_of(one))
    actions.submit(one, by=head_of(one))
    actions.return_with_reasons(one, reasons={1: "缺照片"}, by=make.actor(make.unit()))
    Obligation.objects.update(due_at=timezone.localtime().replace(hour=23, minute=59))
    [due] = rehearsal.coming(duty.campaign, timezone.localdate(), by=SYSTEM)
    assert (due.missing, due.failing) == (0, 1)
    assert due.doubtful[0].points[0].endswith("尚未重新报送。理由：第1项：缺照片。")
    assert due.failing_words == f"1家企业的{duty}按现有数据不能通过：甲公司"

    client.force_login(make.member(make.city_bureau()).user)
    url = reverse("checklists:start", args=[one.obligation_id])
    assert url in client.get(reverse("campaigns:rehearsal", args=[duty.campaign.code])).content.decode()
    assert client.get(url, follow=True).status_code == 200
