"""Which post may open, fill in, judge, print and export what: one line for each, statuses written out by hand."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from documents.models import ExportJob
from lib.actor import Actor
from organizations.models import Membership
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories
from reports import actions
from reports.dispatch.asked import areas_for
from reports.indicators import CITY, scope_of
from reports.models import DispatchReturn
from reports.permissions import covers_sectors, judgeable, may_stand_in, rows_visible_to
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import handed_in

pytestmark = pytest.mark.django_db

TRADE = ["trade-2023", "trade", "2023-06"]
OK, MOVED, NO, GONE = 200, 302, 403, 404


def table(name, *more):
    return reverse(f"reports:{name}", args=[*TRADE, *more])


@pytest.fixture
def rushan(owed):
    unit = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    return obligation(owed.deliverable.campaign, unit=unit)


def miit(name="威海市工业和信息化局", **fields):
    return factories.unit(name, lines=(Line.MIIT,), **fields)


def shidao():
    return factories.area("石岛", parent=factories.county(), level="town")


# Somebody of each kind who is not admitted, or only to some of it.
POSTS = {
    "city clerk": lambda: factories.actor(factories.city_bureau()),
    "city reviewer": lambda: factories.actor(factories.city_bureau(), Role.REVIEWER),
    "city deputy": lambda: factories.actor(factories.city_bureau(), Role.DEPUTY),
    "city officer": lambda: factories.actor(factories.city_bureau(), Role.OFFICER),
    "clerk": lambda: factories.actor(factories.unit()),
    "officer": lambda: factories.actor(factories.unit(), Role.OFFICER),
    "neighbour": lambda: factories.actor(factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))),
    "town": lambda: factories.actor(
        factories.unit(
            "石岛应急办", in_area=factories.area("石岛", parent=factories.county(), level="town"), kind="town"
        )
    ),
    "city miit": lambda: factories.actor(miit(in_area=factories.city())),
    "mines office": lambda: factories.actor(
        factories.unit("矿山科", in_area=factories.city(), part_of=factories.city_bureau(), sectors=("非煤矿山",))
    ),
    "trade office": lambda: factories.actor(
        factories.unit("工贸科", in_area=factories.city(), part_of=factories.city_bureau(), sectors=("轻工",))
    ),
    "other city": lambda: factories.actor(factories.unit("烟台市应急管理局", in_area=factories.city("烟台市"))),
    "firm": lambda: factories.actor(factories.enterprise(), Role.HEAD),
}


@pytest.mark.parametrize(
    ("post", "rows"),
    [
        ("city clerk", ["荣成市", "乳山市", "市本级"]),
        ("city reviewer", ["荣成市", "乳山市", "市本级"]),
        ("city officer", ["荣成市", "乳山市", "市本级"]),
        ("trade office", ["荣成市", "乳山市", "市本级"]),
        ("clerk", ["荣成市"]),
        ("officer", ["荣成市"]),
        ("neighbour", ["乳山市"]),
        ("town", []),
        ("city miit", []),
        ("mines office", []),
        ("other city", []),
        ("firm", []),
    ],
)
def test_rows_of_each_post(owed, rushan, post, rows):
    scope = scope_of(owed.deliverable.campaign)
    actor = POSTS[post]()

    seen = [row.name for row in rows_visible_to(actor, scope)]
    assert sorted(seen) == sorted(rows)
    whole = ["威海市"] if "市本级" in rows else []
    assert sorted(areas_for(actor, scope)) == sorted([*whole, *rows])


@pytest.mark.parametrize(
    ("post", "opens", "own_row", "other_row", "whole", "own_figures"),
    [
        ("city clerk", OK, OK, OK, OK, OK),
        ("city reviewer", OK, OK, OK, OK, NO),
        ("city deputy", OK, OK, OK, OK, NO),
        ("city officer", OK, OK, OK, OK, NO),
        ("trade office", OK, OK, OK, OK, OK),
        ("clerk", OK, OK, GONE, GONE, NO),
        ("officer", OK, OK, GONE, GONE, NO),
        ("neighbour", OK, GONE, OK, GONE, NO),
        ("town", GONE, GONE, GONE, GONE, GONE),
        ("city miit", GONE, GONE, GONE, GONE, GONE),
        ("mines office", GONE, GONE, GONE, GONE, GONE),
        ("other city", GONE, GONE, GONE, GONE, GONE),
        ("firm", NO, NO, NO, NO, NO),
    ],
)
def test_pages_and_workbooks_of_each_post(owed, rushan, signed_in, post, opens, own_row, other_row, whole, own_figures):
    page = signed_in(POSTS[post]())

    assert page.get(table("table")).status_code == opens
    for content in ("", "&content=reported"):
        statuses = [
            page.get(f"{table('download')}?area={area}{content}").status_code for area in ("荣成市", "乳山市", "威海市")
        ]
        assert statuses == [own_row, other_row, whole]
    figure = table("figure", "2.1")
    assert [page.get(f"{figure}?row={row}").status_code for row in ("荣成市", "乳山市")] == [own_row, other_row]
    assert page.get(table("own_figures")).status_code == own_figures


@pytest.mark.parametrize(
    ("post", "read", "saved", "judged", "stood_in"),
    [
        ("city clerk", OK, NO, MOVED, MOVED),
        ("city reviewer", OK, NO, MOVED, MOVED),
        ("city deputy", OK, NO, MOVED, MOVED),
        ("city officer", OK, NO, NO, NO),
        ("clerk", OK, MOVED, NO, NO),
        ("officer", OK, NO, NO, NO),
        ("neighbour", GONE, GONE, GONE, NO),
        ("city miit", GONE, GONE, GONE, GONE),
        ("firm", GONE, GONE, GONE, NO),
    ],
)
def test_acts_on_a_return_of_each_post(owed, clerk, signed_in, post, read, saved, judged, stood_in):
    """Saved before it is handed in; then judged; the neighbour's row stood in for."""
    one = reverse("reports:dispatch_return", args=[owed.pk])
    obligation(owed.deliverable.campaign, unit=factories.unit("文登区应急管理局", in_area=factories.county("文登区")))
    page = signed_in(POSTS[post]())

    assert page.get(one).status_code == read
    assert page.post(one, {"seen": ""}).status_code == saved
    handed_in(actions.open_return(owed, by=clerk), clerk)
    judge = reverse("reports:judge", args=[owed.pk])
    assert page.post(judge, {"verdict": "accept"}).status_code == judged
    assert page.post(table("stand_in"), {"row": "文登区", "reason": "断网"}).status_code == stood_in


def test_system_sees_every_row_and_judges_all(owed, rushan):
    system, one = Actor.system("定期导出"), owed.deliverable.campaign
    assert rows_visible_to(system, scope_of(one)) == scope_of(one).every_row
    assert judgeable(system, [owed, rushan]) == {owed.pk, rushan.pk}
    assert judgeable(system, []) == set()
    assert may_stand_in(system, one)


def test_judging_follows_the_recipients(owed, rushan, city):
    rushan.recipients.clear()

    assert judgeable(city, [owed, rushan]) == {owed.pk}
    assert judgeable(POSTS["city officer"](), [owed]) == set()


def test_campaign_without_sectors_is_for_units_without_limits(clerk):
    """No sector named means every sector, which an office of one sector does not cover."""
    scope = scope_of(campaign(sectors=()))
    whole = factories.unit("威海市安委办", in_area=factories.city(), sectors=(), all_sectors=True)

    assert not covers_sectors(clerk, scope)
    assert covers_sectors(factories.actor(whole), scope)


def test_campaign_of_two_sectors_is_not_for_an_office_of_one():
    scope = scope_of(campaign(sectors=("轻工", "冶金")))

    assert not covers_sectors(POSTS["trade office"](), scope)
    assert not rows_visible_to(POSTS["trade office"](), scope)


def test_post_that_ended_opens_nothing(owed, city, signed_in):
    page = signed_in(city)
    Membership.objects.update(active=False)

    assert page.get(table("table")).status_code == NO


def test_records_behind_a_figure_pass_the_row_gate_too(owed, signed_in):
    """荣成市's clerk sees the figure of its row; a hazard handled elsewhere is in the number, not in the list."""
    mine = hazard(factories.enterprise("荣成甲公司"))
    page = signed_in(POSTS["clerk"]())
    response = page.get(f"{table('figure', '2.1')}?row=荣成市")

    assert mine.number in response.content.decode()
    assert page.get(f"{table('figure', '2.1')}?row={CITY.name}").status_code == GONE


def test_figure_of_all_rows_is_for_who_sees_all(owed, rushan, signed_in):
    hazard(factories.enterprise("荣成甲公司"))
    other = hazard(factories.enterprise("乳山乙公司", in_area=factories.county("乳山市")))

    everything = signed_in(POSTS["city clerk"]()).get(table("figure", "2.1"))
    own = signed_in(POSTS["clerk"]()).get(table("figure", "2.1"))
    assert (everything.context["number"], own.context["number"]) == (2, 1)
    assert other.number not in own.content.decode()


def test_ledger_names_only_what_the_post_may_see(owed, rushan, signed_in):
    hazard(factories.enterprise("荣成甲公司"))
    hazard(factories.enterprise("乳山乙公司", in_area=factories.county("乳山市")))
    where = reverse("reports:download", args=["trade-2023", "trade-ledger", "2023-06"])

    content = signed_in(POSTS["neighbour"]()).get(where).content
    cells = {cell for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True) for cell in row}
    assert "乳山乙公司" in cells
    assert "荣成甲公司" not in cells


@pytest.mark.parametrize("post", ["city clerk", "city officer", "clerk", "officer"])
def test_every_post_of_a_unit_may_export_its_own_rows(owed, rushan, signed_in, post):
    actor = POSTS[post]()
    page = signed_in(actor)
    area = "威海市" if post.startswith("city") else "荣成市"
    asked = {"what": "trade-2023:trade", "period": "2023-06", "cut_off": "due-day"}

    assert page.post(reverse("reports:exports"), asked | {"area": area}).status_code == MOVED
    assert ExportJob.objects.get().requested_by == actor.user
    refused = page.post(reverse("reports:exports"), asked | {"area": "高区"})
    assert "没有这一行，请从列表中选择。" in refused.content.decode()
    assert ExportJob.objects.count() == 1


# 以系统数代报: what is not there cannot be taken back


def test_what_does_not_stand_in_is_not_withdrawn(owed, city, signed_in):
    page = signed_in(city)
    response = page.post(table("stand_in"), {"row": "荣成市", "withdraw": "yes"}, follow=True)

    assert "该行没有以系统数代报" in response.content.decode()
    assert not DispatchReturn.objects.exists()


def test_city_is_not_stood_in_for(owed, city, signed_in):
    response = signed_in(city).post(table("stand_in"), {"row": "市本级", "reason": "断网"}, follow=True)

    assert "市本级由牵头单位填写，不需代报。" in response.content.decode()
    assert not DispatchReturn.objects.exists()


def test_row_that_is_not_there_is_not_stood_in_for(owed, city, signed_in):
    assert signed_in(city).post(table("stand_in"), {"row": "烟台市", "reason": "断网"}).status_code == GONE
    assert signed_in(city).get(table("stand_in")).status_code == 405
