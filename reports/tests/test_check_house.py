"""What does not add up, each with the record to mend."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from checklists.tests import factories as lists
from documents.models import ImportBatch
from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction
from inspections.tests.factories import action, case, trip, visit
from organizations.actions import seals
from organizations.actions.moving import relocate
from organizations.models import Area, AuditEntry, Enterprise
from organizations.models.areas import Line
from organizations.tests import factories
from organizations.tests.test_seals import behind_our_back, written
from reports import actions
from reports.models import DispatchReturn
from reports.tests import scenario
from reports.tests.factories import campaign, hazard
from reports.tests.filling import handed_in

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind


def told():
    """{heading: records} of the command's output, and its last line."""
    out = StringIO()
    call_command("check_house", stdout=out)
    *lines, last = out.getvalue().splitlines()
    found, heading = {}, ""
    for line in lines:
        if line.startswith("【"):
            heading = line[1 : line.index("】")]
            found[heading] = []
        else:
            found[heading].append(line.strip())
    return found, last


def sound_hazard(firm, **fields):
    """Past all doubts of the ledger itself."""
    return hazard(firm, clause="第三条", deadline_on=date(2099, 1, 1), **fields)


def test_a_house_in_order_says_so():
    campaign()
    firm = factories.enterprise()
    sound_hazard(firm, closed=date(2023, 6, 20))
    visit(firm)

    assert told() == ({}, "没有发现对不上的数据。")


def test_open_rows_that_have_not_followed_their_firm_are_named():
    campaign()
    firm = factories.enterprise()
    still_open, settled = sound_hazard(firm), sound_hazard(firm, closed=date(2023, 6, 20))
    inspection = lists.inspection(firm)
    Enterprise.objects.update(area=factories.county("文登区"))  # behind the portal's back

    found, _ = told()

    assert found["未办结隐患的办理区域不是企业所在区市"] == [str(still_open)]
    assert str(settled) not in found["未办结隐患的办理区域不是企业所在区市"]
    assert found["应报任务的办理区域不是企业所在区市"] == [str(inspection.obligation)]
    assert found["自查的办理区域不是企业所在区市"] == [str(inspection)]


def test_rows_that_followed_their_firm_are_in_order():
    campaign()
    firm = factories.enterprise()
    sound_hazard(firm)
    lists.inspection(firm)

    relocate(firm, by=factories.actor(factories.unit()), area=factories.county("文登区"), reason="整体搬迁")

    assert [title for title in told()[0] if "办理区域" in title] == []


def test_a_firm_in_no_row_is_named():
    campaign()
    lost = factories.area("双岛湾", parent=factories.city(), row=False)
    factories.enterprise("威海某某有限公司", in_area=lost)
    factories.enterprise("注销公司", in_area=lost, status=Enterprise.Status.DEREGISTERED)
    factories.enterprise("镇上公司", in_area=factories.area("石岛", parent=factories.county(), level=Area.Level.TOWN))

    assert told() == ({"企业不计入任何填报行": ["威海某某有限公司"]}, "共1处需要核对。")


def test_a_row_of_another_line_does_not_help_a_firm():
    zone = factories.area("综保区", parent=factories.city(), line=Line.MIIT)
    factories.enterprise("保税公司", in_area=zone)

    assert told()[0] == {"企业不计入任何填报行": ["保税公司"]}


def test_work_of_a_unit_without_a_row_is_named():
    campaign()
    above = factories.unit("山东省应急管理厅", in_area=factories.area("山东省", level=Area.Level.PROVINCE))
    firm = factories.enterprise()
    visit(firm, on_trip=trip(by=above, team="1组"))
    action(Act.WARNING, firm, by=above)

    found, _ = told()

    assert found["检查组的单位没有填报行"] == ["2023-06-06 山东省应急管理厅 1组"]
    assert found["处置记录的单位没有填报行"] == ["2023-06-06 山东省应急管理厅 警示建议"]


def test_imported_rows_that_warned_are_listed():
    kept = {"kind": ImportBatch.Kind.HAZARDS, "name": "hazards.xlsx", "by": "系统"}
    warnings = [
        {"row": 3, "column": 9, "name": "判定依据", "message": "：没有写明条款", "severity": "warning"},
        {"row": 5, "column": 0, "name": "", "message": "企业行业不在范围内", "severity": "warning"},
    ]
    ImportBatch.objects.create(state=ImportBatch.State.APPLIED, warnings=warnings, **kept)
    ImportBatch.objects.create(state=ImportBatch.State.PREVIEWED, warnings=warnings, **kept)

    assert told()[0] == {
        "导入时有提示的行": ["hazards.xlsx 第3行“判定依据”：没有写明条款", "hazards.xlsx 第5行企业行业不在范围内"]
    }


def test_the_ledgers_own_doubts_are_told():
    one = hazard(factories.enterprise(), number="荣成-1", deadline_on=date(2099, 1, 1), state=Hazard.State.RECTIFYING)

    assert told()[0] == {"缺少判定依据条款": [str(one)]}


def test_closings_and_states_that_disagree_are_named():
    firm = factories.enterprise()
    one = sound_hazard(firm, number="甲", state=Hazard.State.CLOSED, closed_on=date(2023, 6, 20))
    other = sound_hazard(firm, number="乙")
    Closing.objects.create(hazard=other, closed_on=date(2023, 6, 20))

    found, _ = told()

    assert found["已销号的隐患没有有效的销号记录"] == [str(one)]
    assert found["有有效销号记录的隐患尚未销号"] == [str(other)]


def test_a_listing_without_a_date_is_named():
    one = sound_hazard(factories.enterprise())
    SupervisionListing.objects.create(hazard=one, level="government", unit_name="威海市人民政府")

    assert told()[0] == {"挂牌督办没有挂牌时间": [f"{one}（威海市人民政府）"]}


def test_actions_that_lack_what_they_are_counted_by_are_named():
    firm = factories.enterprise()
    action(Act.TRANSFER, firm)
    action(Act.ACCOUNTABILITY, firm, persons=1)
    action(Act.PENALTY, firm, case=case(firm))
    action(Act.AREA_SUPPORT)

    found, _ = told()

    assert found["移送司法机关、追责问责未填人数"] == ["2023-06-06 荣成市应急管理局 移送司法机关"]
    assert found["行政处罚未填罚款"] == ["2023-06-06 荣成市应急管理局 行政处罚"]
    assert found["未写明企业，也未归入专项行动的处置"] == ["2023-06-06 荣成市应急管理局 帮扶指导重点地区"]


def test_a_penalty_without_direct_supervision_is_named():
    firm = factories.enterprise("某矿", in_sector="非煤矿山")
    office = factories.unit("执法科", part_of=factories.unit(), sectors=())
    action(Act.PENALTY, firm, fine=1, case=case(firm))
    light = factories.enterprise("轻工厂")
    action(Act.PENALTY, light, by=office, fine=1, case=case(light))

    assert told()[0] == {"实施单位对该行业没有直接监管职责": ["2023-06-06 荣成市应急管理局 行政处罚"]}


def test_cases_whose_date_disagrees_with_their_decisions_are_named():
    firm = factories.enterprise()
    right, early, lone = (case(firm, number=name, both_on=date(2023, 6, 10)) for name in ("对", "早", "单"))
    for one, day in ((right, 10), (early, 12)):
        action(Act.PENALTY, firm, case=one, target="enterprise", on=date(2023, 6, 1), fine=1)
        action(Act.PENALTY, firm, case=one, target="head", on=date(2023, 6, day), fine=1)
    action(Act.PENALTY, firm, case=lone, target="head", on=date(2023, 6, 10), fine=1)

    assert told()[0] == {"案件的双罚日期与处罚决定不符": ["早", "单"]}


def test_trips_and_visits_that_disagree_are_named():
    firm = factories.enterprise()
    trip(team="空组")
    out = trip(team="1组")
    visit(firm, on_trip=out)
    out.visits.update(date=date(2023, 6, 7))

    found, _ = told()

    assert found["检查组没有检查任何企业"] == ["2023-06-06 荣成市应急管理局 空组"]
    assert found["检查日期与检查组日期不同"] == ["2023-06-06 荣成市应急管理局 1组：荣成海源食品有限公司"]


def test_a_return_changed_behind_its_seal_is_named(owed, clerk):
    handed_in(actions.open_return(owed, by=clerk), clerk, x1_1=3)
    assert told()[0] == {}

    DispatchReturn.objects.get().figures.filter(code="1.1").update(reported=4)
    assert told()[0] == {"已报送的数值与封存摘要不符": ["荣成市应急管理局：trade-2023 2023-06 荣成市"]}


@pytest.mark.parametrize("firms", [1, 3])
def test_the_questions_do_not_grow_with_the_rows(firms, django_assert_num_queries):
    campaign()
    for n in range(firms):
        visit(factories.enterprise(f"企业{n}"), on_trip=trip(team=f"{n}组"))

    with django_assert_num_queries(51):
        told()


def test_the_scenario_is_checked_to_its_end():
    scenario.load()

    found, last = told()

    assert "缺少判定依据条款" in found
    assert last.startswith("共")


def test_changed_audit_log_is_found():
    keys = written()
    seals.seal()
    behind_our_back(lambda: AuditEntry.objects.filter(pk=keys[0]).update(actor="别人"))
    assert told()[0]["审计日志与封存不符"] == [f"审计日志第{keys[0]}至{keys[-1]}条与封存不符，可能被删改"]
