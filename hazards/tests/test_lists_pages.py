from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.actions import submissions
from campaigns.models import Submission
from campaigns.tests import factories as duties
from documents.models import StoredFile
from hazards import actions
from hazards.models import Measure, Problem
from hazards.tests import factories as ledger
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

LISTS = "/hazards/two-lists/"


def problem(unit=None, **fields):
    return Problem.objects.create(unit=unit or make.unit(), found_on="2022-04-20", **{"text": "台账不全"} | fields)


def measure(unit=None, **fields):
    return Measure.objects.create(unit=unit or make.unit(), **{"title": "台账管理办法"} | fields)


@pytest.fixture
def clerk(as_):
    return as_(ledger.clerk())


def test_problem_is_added_kept_up_and_finished(clerk):
    clerk.post(f"{LISTS}problems/new/", {"text": "台账不全", "found_on": "2022-04-20"})
    row = Problem.objects.get()
    assert (row.unit, row.text) == (make.unit(), "台账不全")
    clerk.post(f"{LISTS}problems/{row.pk}/", {"text": "台账不全", "found_on": "2022-04-20", "progress": "已补齐"})
    clerk.post(f"{LISTS}problems/{row.pk}/move/", {"to": "done"})
    row.refresh_from_db()
    assert (row.progress, row.state) == ("已补齐", "done")
    clerk.post(f"{LISTS}problems/{row.pk}/move/", {"to": "open"})
    assert Problem.objects.get().state == "open"


def test_measure_answers_own_problems_only(clerk):
    mine, other = problem(), problem(make.unit("文登区应急管理局", in_area=make.county("文登区")))
    response = clerk.post(f"{LISTS}measures/new/", {"title": "办法", "problems": [mine.pk, other.pk]})
    assert "problems" in response.context["form"].errors
    clerk.post(f"{LISTS}measures/new/", {"title": "办法", "problems": [mine.pk]})
    made = Measure.objects.get()
    assert list(made.problems.all()) == [mine]
    clerk.post(f"{LISTS}measures/{made.pk}/", {"title": "办法", "done_on": "2022-05-10"})
    made.refresh_from_db()
    assert (made.done_on.isoformat(), made.problems.count()) == ("2022-05-10", 0)


def test_city_reads_but_does_not_write_the_districts_rows(as_):
    row, one = problem(), measure()
    client = as_(ledger.clerk(make.city_bureau()))
    assert "由荣成市应急管理局维护。" in client.get(f"{LISTS}problems/{row.pk}/").content.decode()
    for address in (f"problems/{row.pk}/", f"problems/{row.pk}/move/", f"measures/{one.pk}/"):
        assert client.post(f"{LISTS}{address}", {"text": "改", "title": "改", "to": "done"}).status_code == 403


def test_others_find_nothing(as_):
    row, one = problem(), measure()
    for actor in (ledger.head(), ledger.clerk(make.unit("文登区应急管理局", in_area=make.county("文登区")))):
        client = as_(actor)
        assert list(client.get(LISTS).context["page"]) == []
        for address in (f"problems/{row.pk}/", f"measures/{one.pk}/"):
            assert client.get(f"{LISTS}{address}").status_code == 404
        assert client.post(f"{LISTS}problems/{row.pk}/move/").status_code == 404
    assert as_(ledger.head()).get(f"{LISTS}problems/new/").status_code == 403
    assert as_(make.actor(make.unit(), Role.OFFICER)).post(f"{LISTS}measures/new/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("tab", "queries"), [("problems", 9), ("measures", 10)])
def test_lists_take_the_same_queries_whatever_their_length(clerk, rows, tab, queries, django_assert_num_queries):
    for _ in range(rows):
        measure().problems.add(problem())
    clerk.get(LISTS)
    with django_assert_num_queries(queries):
        clerk.get(LISTS, {"list": tab})


def test_excel_has_two_sheets(clerk):
    problem()
    measure()
    book = load_workbook(BytesIO(clerk.get(f"{LISTS}export/").getvalue()))
    assert book.sheetnames == ["问题隐患清单", "制度措施清单"]
    assert [sheet.max_row for sheet in book] == [3, 3]


def owed():
    """“两个清单” owed by the district bureau."""
    obligation = duties.obligation(make.unit())
    obligation.deliverable.form = "two-lists"
    obligation.deliverable.save(update_fields=["form"])
    return obligation


def test_lists_are_handed_in_as_they_stand(clerk):
    obligation = owed()
    problem()
    assert obligation.deliverable.name in clerk.get(LISTS).content.decode()
    clerk.post(f"{LISTS}hand-in/{obligation.pk}/")
    handed = Submission.objects.get(obligation=obligation)
    assert (handed.state, handed.text) == ("submitted", "问题隐患清单1项，制度措施清单0项。")
    assert StoredFile.objects.of(handed).get().name == f"两个清单{timezone.localdate():%Y%m%d}.xlsx"
    clerk.post(f"{LISTS}hand-in/{obligation.pk}/")
    assert Submission.objects.count() == 1


def test_obligation_leads_to_the_lists_and_the_lists_back_to_it(clerk):
    obligation = owed()
    problem(text="驻点人员未落实")
    page = clerk.get(f"/obligations/{obligation.pk}/")
    there = f"{LISTS}for/{obligation.pk}/"
    assert page.context["own_page"] == there
    assert page.context["hand_in_form"] is None
    shown = clerk.get(there)
    assert shown.context["owed"] == [obligation]
    assert "驻点人员未落实" in shown.content.decode()

    response = clerk.post(f"{LISTS}hand-in/{obligation.pk}/", follow=True)

    assert response.redirect_chain[-1][0] == f"/obligations/{obligation.pk}/"
    assert f"两个清单{timezone.localdate():%Y%m%d}.xlsx" in response.content.decode()
    assert clerk.get(there).url == f"/obligations/{obligation.pk}/"


def test_returned_lists_are_handed_in_again(clerk):
    obligation = owed()
    first = actions.hand_in_lists(obligation, by=ledger.clerk())
    submissions.return_submission(first, by=ledger.clerk(make.city_bureau()), reason="缺责任人")
    problem(responsible="王经办")
    assert clerk.get(LISTS).context["owed"] == [obligation]
    assert clerk.get(f"{LISTS}for/{obligation.pk}/").context["owed"] == [obligation]

    clerk.post(f"{LISTS}hand-in/{obligation.pk}/")

    second = Submission.objects.get(number=2)
    book = load_workbook(BytesIO(StoredFile.objects.of(second).get().content()))
    assert (second.state, book["问题隐患清单"]["E3"].value) == ("submitted", "王经办")
    assert clerk.get(LISTS).context["owed"] == []


def test_recipient_reviews_the_workbook_on_the_obligations_page(as_):
    obligation = owed()
    actions.hand_in_lists(obligation, by=ledger.clerk())
    city = as_(ledger.clerk(make.city_bureau()))

    page = city.get(f"/obligations/{obligation.pk}/")

    assert page.context["review_page"] == ""
    assert page.context["decision_form"] is not None
    city.post(f"/obligations/{obligation.pk}/decide/", {"decision": "accept"})
    obligation.refresh_from_db()
    assert obligation.state == "fulfilled"
    assert city.get(f"{LISTS}for/{obligation.pk}/").status_code == 403


def test_firm_that_owes_lists_hands_in_files(as_):
    """Problems and measures are kept by units; there is no page to send it to."""
    firm = ledger.firm()
    of = duties.deliverable("lists", respondent="enterprise", form="two-lists")
    obligation = duties.obligation(firm, of=of)

    page = as_(ledger.head()).get(f"/obligations/{obligation.pk}/")

    assert page.context["own_page"] == ""
    assert page.context["hand_in_form"] is not None


def test_text_that_is_no_list_is_not_found_by_the_lists(clerk):
    obligation = duties.obligation(make.unit())
    assert clerk.get(f"{LISTS}for/{obligation.pk}/").status_code == 404


def test_lists_of_another_unit_are_not_handed_in(as_):
    obligation = owed()
    there = ledger.clerk(make.unit("文登区应急管理局", in_area=make.county("文登区")))
    assert as_(there).post(f"{LISTS}hand-in/{obligation.pk}/").status_code == 404
    assert as_(ledger.reviewer()).post(f"{LISTS}hand-in/{obligation.pk}/").status_code == 403
    assert not Submission.objects.exists()
