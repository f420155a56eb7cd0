"""The sum of the two lists in Chromium, at the desk and on a phone."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from campaigns.tests import factories as duties
from config.tests.browser import obstacles, sideways, small_targets
from hazards import actions
from hazards.models import Measure, Problem
from hazards.tests import factories as ledger
from organizations.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXTS = ["企业全员安全生产责任制落实情况未逐家核查，台账不全", "驻点人员未落实到人", "粉尘涉爆企业底数不清"]


@pytest.fixture
def city(transactional_db):
    """荣成 has handed in and gone on; 文登 has not."""
    of = duties.deliverable("lists", name="“两个清单”", form="two-lists")
    wendeng = make.unit("文登区应急管理局", in_area=make.county("文登区"), position=2)
    for unit in (make.unit(position=1), wendeng):
        rows = [
            Problem.objects.create(
                unit=unit, text=text, category="制度建设", found_on="2023-06-01", due_on="2023-06-30"
            )
            for text in TEXTS
        ]
        Measure.objects.create(unit=unit, title="企业安全生产责任制核查办法").problems.set(rows[:2])
        obligation = duties.obligation(unit, of=of)
        if unit != wendeng:
            actions.hand_in_lists(obligation, by=ledger.clerk(unit))
            actions.finish_problem(rows[0], by=ledger.clerk(unit))
            actions.add_problem(unit, by=ledger.clerk(unit), text="应急预案未修订", found_on="2023-07-01")
    return make.member(make.city_bureau(), name="赵审核").user


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("tab", ["problems", "measures"])
def test_sum_fits_and_is_read_by_everybody(browse, city, phone, tab):
    page = browse(city, f"/campaigns/trade-2023/two-lists/?tab={tab}", phone=phone)
    page.get_by_text("未报1个：文登区应急管理局").wait_for()
    assert sideways(page) == []
    assert obstacles(page) == []
    assert not phone or small_targets(page) == []


def test_clerk_goes_from_the_sum_to_a_units_late_rows_and_takes_the_book(browse, city):
    page = browse(city, "/campaigns/trade-2023/board/")
    page.get_by_role("link", name="两个清单", exact=True).click()
    page.get_by_role("rowheader", name="文登区应急管理局").get_by_role("link").click()
    page.get_by_label("状态").select_option(label="逾期")
    page.get_by_role("button", name="查询").click()
    page.get_by_text("共3项").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("link", name="导出 Excel").click()
    sheet = load_workbook(BytesIO(saved.value.path().read_bytes()))["问题隐患清单"]
    assert [sheet.cell(row, 9).value for row in (4, 5, 6)] == ["文登区应急管理局"] * 3
