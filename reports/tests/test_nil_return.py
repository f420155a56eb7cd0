"""零报告 of 附件2, the ledger of majors: from its own page, answered where the records speak against it."""

from datetime import date

import pytest
from django.urls import reverse

from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from lib.transitions import MoveRefused
from organizations.actions.house import set_steps
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import filling
from reports.models import DispatchReturn, Figure
from reports.tests.factories import campaign, hazard, obligation

pytestmark = pytest.mark.django_db
OPEN_MAY = "辖区内有1项重大事故隐患未销号"


@pytest.fixture
def owed(clerk):
    """June's ledger, which may be nil."""
    one = campaign(table="trade-ledger")
    one.deliverables.update(nil_allowed=True, name="重大事故隐患台账（附件2）")
    return obligation(one)


def address(owed, name="dispatch_return"):
    return reverse(f"reports:{name}", args=[owed.pk])


def seen(owed, clerk):
    return filling(actions.open_return(owed, by=clerk)).seen


def tap(client, owed, clerk, **typed):
    data = {"nil_by": "王局长", "seen": seen(owed, clerk)} | typed
    return client.post(address(owed, "nil_return"), data, follow=True)


def figures():
    return {figure.code: (figure.reported, figure.reason) for figure in Figure.objects.all()}


# From the page


def test_page_offers_the_nil_report_where_the_duty_allows_it(owed, clerk, signed_in):
    page = signed_in(clerk).get(address(owed)).content.decode()
    assert "作零报告报送" in page
    assert "仍作零报告的原因" not in page


def test_page_of_a_table_that_may_not_be_nil_offers_none(owed, clerk, signed_in):
    owed.deliverable.campaign.deliverables.update(nil_allowed=False)
    assert "作零报告报送" not in signed_in(clerk).get(address(owed)).content.decode()
    page = tap(signed_in(clerk), owed, clerk)
    assert (page.status_code, "该表不接受零报告" in page.content.decode()) == (422, True)
    assert not Submission.objects.exists()


def test_obligation_leads_to_the_page_that_offers_it(owed, clerk, signed_in):
    page = signed_in(clerk).get(owed.get_absolute_url())
    there = signed_in(clerk).get(page.context["own_page"], follow=True)
    assert "作零报告报送" in there.content.decode()


def test_nothing_in_the_ledger_is_handed_in_as_zeros_with_a_name(owed, clerk, signed_in):
    page = tap(signed_in(clerk), owed, clerk)
    handed = Submission.objects.get()
    assert (handed.state, handed.nil, handed.nil_by, handed.nil_asked) == ("submitted", True, "王局长", "")
    assert set(figures().values()) == {(0, "")}
    assert "零报告，确认人：王局长" in page.content.decode()
    assert page.context["form"] is None


def test_nil_return_is_frozen_and_sealed_like_any_other(owed, clerk, signed_in):
    tap(signed_in(clerk), owed, clerk)
    returned = DispatchReturn.objects.get()
    assert returned.frozen_at is not None
    assert returned.is_sealed()
    assert AuditEntry.objects.get(verb="return.hand_in").detail["nil"] is True


# What speaks against it


def test_open_major_has_to_be_answered(owed, clerk, signed_in):
    """Found on 20 May, before the table's days (05-29 to 06-28): it counts in no figure but is open still."""
    hazard(factories.enterprise(), on=date(2023, 5, 20))
    client = signed_in(clerk)
    assert OPEN_MAY in client.get(address(owed)).content.decode()

    page = tap(client, owed, clerk)
    assert page.status_code == 422
    assert page.context["nil_form"].errors == {
        "nil_answer": ["台账与零报告不一致，请说明仍作零报告的原因；有情况的，请改填各栏。"]
    }
    assert not Submission.objects.exists()

    page = tap(client, owed, clerk, nil_answer="五月已报，本月没有新增")
    handed = Submission.objects.get()
    assert (handed.nil_asked, handed.nil_answer) == (OPEN_MAY, "五月已报，本月没有新增")
    assert set(figures().values()) == {(0, "")}
    assert "五月已报，本月没有新增" in page.content.decode()


def test_figure_of_the_month_has_to_be_answered_though_nothing_is_open(owed, clerk, signed_in):
    """Found and closed in June: no objection of the ledger, but the table counts one."""
    hazard(factories.enterprise(), on=date(2023, 6, 6), closed=date(2023, 6, 10))
    client = signed_in(clerk)
    page = tap(client, owed, clerk)
    assert page.status_code == 422
    assert "系统数为1" in page.content.decode()

    tap(client, owed, clerk, nil_answer="系市局发现，由市局报送")
    counted = {code: pair for code, pair in figures().items() if pair[1]}
    assert set(counted.values()) == {(0, "系市局发现，由市局报送")}
    assert Figure.objects.filter(system=1).count() == len(counted) > 0


def test_closed_before_the_month_speaks_against_nothing(owed, clerk, signed_in):
    hazard(factories.enterprise(), on=date(2023, 5, 10), closed=date(2023, 5, 20))
    tap(signed_in(clerk), owed, clerk)
    assert Submission.objects.get().nil_asked == ""


def test_major_of_another_district_is_none_of_its_business(owed, clerk, signed_in):
    away = factories.enterprise("文登某厂", in_area=factories.county("文登区"))
    hazard(away)
    tap(signed_in(clerk), owed, clerk)
    assert Submission.objects.get().nil


def test_reviewer_reads_who_confirmed_and_what_was_answered(owed, clerk, city, signed_in):
    hazard(factories.enterprise(), on=date(2023, 5, 20))
    tap(signed_in(clerk), owed, clerk, nil_answer="五月已报")
    page = signed_in(city).get(address(owed)).content.decode()
    assert "零报告，确认人：王局长" in page
    assert OPEN_MAY in page
    assert "五月已报" in page


# Wrong input, wrong moment, wrong person


@pytest.mark.parametrize("name", ["", "   ", "\x00", "王" * 41])
def test_nobody_or_nonsense_confirms_nothing(owed, clerk, signed_in, name):
    page = tap(signed_in(clerk), owed, clerk, nil_by=name)
    assert (page.status_code, list(page.context["nil_form"].errors)) == (422, ["nil_by"])
    assert not Submission.objects.exists()


@pytest.mark.parametrize("stale", ["", "x", "0" * 16])
def test_figures_that_changed_meanwhile_are_shown_first(owed, clerk, signed_in, stale):
    page = tap(signed_in(clerk), owed, clerk, seen=stale)
    assert (page.status_code, "系统数已更新" in page.content.decode()) == (422, True)
    assert not Submission.objects.exists()


def test_what_was_typed_before_stays_when_the_nil_report_is_refused(owed, clerk, signed_in):
    returned = actions.open_return(owed, by=clerk)
    shown = filling(returned)
    typed = {cell.code: cell.entry for cell in shown.cells}
    actions.fill(returned, by=clerk, entries=typed)
    before = figures()
    tap(signed_in(clerk), owed, clerk, nil_by="")
    assert figures() == before


def test_second_tap_finds_it_handed_in(owed, clerk, signed_in):
    client = signed_in(clerk)
    at_first = seen(owed, clerk)
    tap(client, owed, clerk)
    page = tap(client, owed, clerk, seen=at_first)
    assert "本期已报送或正在本单位审签" in page.content.decode()
    assert Submission.objects.count() == 1


def test_returned_nil_report_can_be_handed_in_with_figures(owed, clerk, city, signed_in):
    tap(signed_in(clerk), owed, clerk)
    submissions.return_submission(Submission.objects.get(), by=city, reason="漏报1项")
    client = signed_in(clerk)
    assert "作零报告报送" in client.get(address(owed)).content.decode()
    returned = DispatchReturn.objects.get()
    actions.hand_in(returned, by=clerk, seen=filling(returned).seen)
    assert [one.nil for one in owed.submissions.order_by("number")] == [True, False]


def test_nil_report_passes_the_steps_of_the_house(owed, clerk, signed_in):
    chief = factories.actor(owed.unit, Role.CHIEF, name="局长")
    set_steps(owed.unit, people={"sign": (chief.user, None)}, by=chief)
    tap(signed_in(clerk), owed, clerk)
    assert Submission.objects.get().state == "signing"
    submissions.sign_off(owed, by=chief)
    handed = Submission.objects.get()
    assert (handed.state, handed.nil, handed.nil_by) == ("submitted", True, "王局长")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OFFICER, Role.ADMIN, Role.CHIEF])
def test_only_who_fills_in_the_table_may_say_so(owed, clerk, signed_in, role):
    other = factories.actor(owed.unit, role, name="旁人")
    assert tap(signed_in(other), owed, clerk).status_code == 403
    assert not Submission.objects.exists()


def test_neighbours_city_and_firms_may_not(owed, clerk, city, signed_in):
    away = factories.actor(factories.unit("文登区应急管理局", in_area=factories.county("文登区")))
    head = factories.actor(factories.enterprise(), Role.HEAD)
    answers = [tap(signed_in(actor), owed, clerk).status_code for actor in (away, head, city)]
    assert answers == [404, 404, 403]


def test_get_hands_nothing_in(owed, clerk, signed_in):
    assert signed_in(clerk).get(address(owed, "nil_return")).status_code == 405


@pytest.mark.parametrize("state", ["waived", "ended", "superseded"])
def test_what_is_not_owed_is_not_reported(owed, clerk, signed_in, state):
    at_first = seen(owed, clerk)
    Obligation.objects.filter(pk=owed.pk).update(state=state)
    assert tap(signed_in(clerk), owed, clerk, seen=at_first).status_code in (403, 422)
    assert not Submission.objects.handed_in().exists()


def test_action_alone_refuses_without_an_answer(owed, clerk):
    hazard(factories.enterprise(), on=date(2023, 5, 20))
    returned = actions.open_return(owed, by=clerk)
    with pytest.raises(MoveRefused, match="请说明原因"):
        actions.hand_in_nil(returned, by=clerk, seen=filling(returned).seen, nil_by="王局长")
    assert not Submission.objects.handed_in().exists()


# The other way in is closed


@pytest.mark.parametrize("path", ["hand-in", "draft", "nil"])
def test_form_of_texts_and_files_hands_in_no_table(owed, clerk, signed_in, path):
    """A table handed in past its own page would have no frozen figures."""
    posted = {"nil": "on", "nil_by": "王局长", "text": "没有"}
    reply = signed_in(clerk).post(f"{owed.get_absolute_url()}{path}/", posted)
    assert reply.status_code == 403
    assert "专门的填报页" in reply.content.decode()
    assert not Submission.objects.exists()
