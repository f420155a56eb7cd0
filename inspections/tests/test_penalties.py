"""行政处罚 on a hazard: entered by who may penalise, under its case; what the law spares is asked about."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from hazards.tests import factories as ledger
from inspections.actions.penalties import penalise
from inspections.models import EnforcementAction, PenaltyCase
from inspections.tests import sheets
from inspections.tests.sheets import CODE
from lib.excel import WARNING
from lib.transitions import MoveRefused
from organizations.models import AuditEntry, Enterprise
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

DAY = date(2023, 6, 15)
NUMBER = "荣应急罚〔2023〕5号"
FOUND_BY_US = {"found_by": "department"}


def decide(hazard, **values):
    given = {"decided_on": DAY, "target": "enterprise", "number": NUMBER, "fine": Decimal("2.00")}
    return penalise(hazard, by=ledger.clerk(), **given | values)


def on_paper(**values):
    return {"decided_on": "2023-06-15", "target": "enterprise", "number": NUMBER, "fine": "2", "note": ""} | values


def signed_in(actor):
    client = Client()
    client.force_login(actor.user)
    return client


def url(hazard):
    return f"/penalties/new/{hazard.pk}/"


# The verb


def test_decision_is_kept_with_its_hazard_its_case_and_the_places_of_the_firm():
    hazard = ledger.rectifying(**FOUND_BY_US)

    decide(hazard, note="未按规定排查")

    action = EnforcementAction.objects.get()
    assert (action.kind, action.date, action.unit, action.hazard) == ("penalty", DAY, make.unit(), hazard)
    assert (action.target, action.fine, action.note, action.spared_reason) == (
        "enterprise", Decimal("2.00"), "未按规定排查", "",
    )  # fmt: skip
    assert (action.area.name, action.reporting_area.name, action.sector.name) == ("荣成市", "荣成市", "轻工")
    assert (action.case.number, action.case.enterprise, action.case.both_on) == (NUMBER, hazard.enterprise, None)
    assert AuditEntry.objects.get(verb="penalty.record").detail == {"hazard": hazard.pk, "spared": False}


def test_office_decides_in_the_name_of_its_bureau():
    office = make.unit("荣成市应急管理局工贸科", kind="office", part_of=make.unit(), sectors=())

    decided = penalise(
        ledger.rectifying(**FOUND_BY_US), by=ledger.officer(office), decided_on=DAY, target="head", number=NUMBER,
        fine=Decimal(0),
    )  # fmt: skip

    assert decided.unit == make.unit()


def test_second_decision_against_the_head_makes_the_case_one_of_both():
    """一案双罚 counts by the later of the two first decisions (inspections.actions.cases)."""
    hazard = ledger.rectifying(**FOUND_BY_US)
    decide(hazard)
    decide(hazard, target="head", decided_on=date(2023, 6, 18), number="荣应急罚〔2023〕 5号")

    case = PenaltyCase.objects.get()
    assert (case.both_on, case.actions.count()) == (date(2023, 6, 18), 2)


@pytest.mark.parametrize(
    "spelling", ["荣应急罚(2023)5号", "荣应急罚（2023）5号", "荣应急罚[2023] 5号", "荣应急罚【２０２３】5号"]
)
def test_number_typed_with_other_brackets_is_the_same_case(spelling):
    """By hand, or by a workbook a month later: one number is one case, printed as the notices print it."""
    hazard = ledger.rectifying(**FOUND_BY_US)
    decide(hazard, target="head", number=spelling)

    sheets.imported("actions", {
        "日期": "2023.06.20", "实施单位": "荣成市应急管理局", "统一社会信用代码": hazard.enterprise.uscc,
        "类型": "行政处罚", "对象": "企业", "案号": spelling,
    })  # fmt: skip

    case = PenaltyCase.objects.get()
    assert (case.number, case.both_on) == ("荣应急罚〔2023〕5号", date(2023, 6, 20))


def test_number_of_another_firms_case_is_refused():
    decide(ledger.rectifying(make.enterprise("荣成别家食品有限公司"), **FOUND_BY_US))

    with pytest.raises(MoveRefused, match="该案号已用于“荣成别家食品有限公司”"):
        decide(ledger.rectifying(**FOUND_BY_US))
    assert EnforcementAction.objects.count() == 1


def test_same_number_of_another_unit_is_another_case():
    hazard = ledger.rectifying(**FOUND_BY_US)
    decide(hazard)
    city = ledger.clerk(make.city_bureau())
    penalise(hazard, by=city, decided_on=DAY, target="head", number=NUMBER, fine=Decimal(1))

    assert list(PenaltyCase.objects.values_list("both_on", flat=True)) == [None, None]


def test_time_line_of_the_hazard_tells_of_the_decision():
    hazard = ledger.rectifying(**FOUND_BY_US)
    decide(hazard)
    decide(hazard, target="head", fine=Decimal(0), number="荣应急罚〔2023〕6号")

    assert list(hazard.entries.values_list("kind", "comment")) == [
        ("penalised", f"对企业罚款2.00万元（{NUMBER}）"),
        ("penalised", "对主要负责人处罚（未罚款）（荣应急罚〔2023〕6号）"),
    ]


def test_decision_before_the_hazard_was_found_is_refused():
    with pytest.raises(MoveRefused, match="决定日期.*不能早于发现时间"):
        decide(ledger.rectifying(**FOUND_BY_US), decided_on=date(2023, 6, 5))


def test_dismissed_hazard_is_not_penalised():
    with pytest.raises(MoveRefused, match="现为“不属实”"):
        decide(ledger.dismissed())
    assert not EnforcementAction.objects.exists()


@pytest.mark.parametrize("reason", ["", "  "])
def test_what_the_law_spares_is_not_stored_without_a_reason(reason):
    """自查发现、已报告、正在整改 (S004-贸 三(三)2): self-found, reported, deadline 2023-06-30 not yet past."""
    with pytest.raises(MoveRefused, match="依法不予行政处罚；确需处罚的，请写明理由"):
        decide(ledger.rectifying(), reason=reason)
    assert not EnforcementAction.objects.exists()
    assert not PenaltyCase.objects.exists()


def test_reason_is_kept_with_the_decision_and_told_on_the_time_line():
    hazard = ledger.rectifying()

    decide(hazard, reason="另有拒不执行停产指令的行为")

    assert EnforcementAction.objects.get().spared_reason == "另有拒不执行停产指令的行为"
    assert hazard.entries.get().comment.endswith("仍予处罚的理由：另有拒不执行停产指令的行为")
    assert AuditEntry.objects.get(verb="penalty.record").detail["spared"] is True


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        (FOUND_BY_US, DAY),
        ({"reported_on": None}, DAY),
        ({}, date(2023, 7, 1)),  # past its deadline of 30 June
    ],
)
def test_what_is_not_spared_needs_no_reason_and_keeps_none(fields, day):
    decide(ledger.rectifying(**fields), decided_on=day, reason="不必")

    assert EnforcementAction.objects.get().spared_reason == ""


# The page


def test_page_warns_and_stores_only_what_is_confirmed_with_a_reason():
    hazard, client = ledger.rectifying(), signed_in(ledger.clerk())

    response = client.post(url(hazard), on_paper())

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"confirmed", "reason"}
    text = response.content.decode()
    assert "依法不予行政处罚。确需处罚的，须确认并写明理由。" in text
    assert 'name="confirmed"' in text
    assert not EnforcementAction.objects.exists()
    for half in ({"confirmed": "on"}, {"reason": "另有违法行为"}):
        assert client.post(url(hazard), on_paper(**half)).status_code == 422
    response = client.post(url(hazard), on_paper(confirmed="on", reason="另有违法行为"), follow=True)
    assert "已登记行政处罚。" in response.content.decode()
    assert EnforcementAction.objects.get().spared_reason == "另有违法行为"


def test_page_of_a_hazard_spared_today_warns_at_once():
    hazard = ledger.rectifying(deadline_on=timezone.localdate())
    assert "依法不予行政处罚" in signed_in(ledger.clerk()).get(url(hazard)).content.decode()


def test_page_of_a_hazard_found_by_the_department_asks_for_no_reason():
    hazard, client = ledger.rectifying(**FOUND_BY_US), signed_in(ledger.officer())

    text = client.get(url(hazard)).content.decode()
    assert "依法不予" not in text
    assert 'name="reason"' not in text
    client.post(url(hazard), on_paper())

    assert EnforcementAction.objects.get().case.number == NUMBER


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"), ({"fine": ""}, "fine"), ({"fine": "-1"}, "fine"), ({"fine": "1.234"}, "fine"),
        ({"target": "both"}, "target"), ({"decided_on": "2023-06-05"}, "decided_on"),
        ({"decided_on": (timezone.localdate() + timedelta(days=1)).isoformat()}, "decided_on"),
        ({"number": "长" * 61}, "number"), ({"decided_on": ""}, "decided_on"),
    ],
)  # fmt: skip
def test_wrong_entries_are_refused_at_their_field(wrong, field):
    response = signed_in(ledger.clerk()).post(url(ledger.rectifying(**FOUND_BY_US)), on_paper(**wrong))

    assert field in response.context["form"].errors
    assert not EnforcementAction.objects.exists()


def test_case_of_another_firm_is_said_above_the_form():
    decide(ledger.rectifying(make.enterprise("荣成别家食品有限公司"), **FOUND_BY_US))

    response = signed_in(ledger.clerk()).post(url(ledger.rectifying(**FOUND_BY_US)), on_paper())

    assert response.status_code == 422
    assert "该案号已用于“荣成别家食品有限公司”" in response.content.decode()


def test_hazard_page_offers_the_entry_to_who_may_penalise():
    hazard = ledger.rectifying()
    town = make.unit("某镇政府", kind="town", all_sectors=True, sectors=())
    offered = {
        name: url(hazard) in signed_in(who).get(f"/hazards/{hazard.pk}/").content.decode()
        for name, who in {
            "clerk": ledger.clerk(), "officer": ledger.officer(), "reviewer": ledger.reviewer(),
            "town": ledger.officer(town), "firm": ledger.head(),
        }.items()
    }  # fmt: skip

    assert offered == {"clerk": True, "officer": True, "reviewer": False, "town": False, "firm": False}


def test_unit_without_direct_supervision_is_refused_with_the_reason():
    town = make.unit("某镇政府", kind="town", all_sectors=True, sectors=())

    response = signed_in(ledger.officer(town)).post(url(ledger.rectifying(**FOUND_BY_US)), on_paper())

    assert response.status_code == 403
    assert "没有直接监管职责" in response.content.decode()
    assert not EnforcementAction.objects.exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.DEPUTY, Role.ADMIN])
def test_other_posts_do_not_penalise(role):
    hazard = ledger.rectifying(**FOUND_BY_US)
    assert signed_in(make.actor(make.unit(), role)).post(url(hazard), on_paper()).status_code == 403


def test_another_district_does_not_find_the_hazard():
    there = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    assert signed_in(ledger.clerk(there)).get(url(ledger.rectifying())).status_code == 404


def test_dismissed_hazard_leads_back_with_the_reason():
    hazard = ledger.dismissed()
    response = signed_in(ledger.clerk()).get(url(hazard), follow=True)
    assert response.redirect_chain[-1][0] == f"/hazards/{hazard.pk}/"
    assert "隐患现为“不属实”" in response.content.decode()


# The import


def penalty(**cells):
    return {
        "日期": DAY, "实施单位": "荣成市应急管理局", "统一社会信用代码": CODE, "类型": "行政处罚", "对象": "企业",
        "案号": NUMBER,
    } | cells  # fmt: skip


@pytest.fixture
def firm():
    make.unit()
    return make.enterprise(uscc=CODE)


def warned(*rows):
    return [words for level, words in sheets.problems("actions", *rows) if level == WARNING and "不予行政处罚" in words]


def test_import_warns_of_a_penalty_on_a_firm_that_is_spared(firm):
    hazard = ledger.rectifying(firm)

    assert warned(penalty()) == [
        f"第2行“类型”该企业有自查发现、已报告并正在整改的重大事故隐患（{hazard.number}），依法不予行政处罚，请核对处罚是否另有事由"
    ]
    assert sheets.imported("actions", penalty()) == (1, 0)


@pytest.mark.parametrize(
    "cells",
    [
        {"类型": "约谈", "案号": None},
        {"日期": date(2023, 6, 5)},  # not yet found
        {"日期": date(2023, 7, 1)},  # past its deadline
    ],
)
def test_import_does_not_warn_of_other_measures_and_other_days(firm, cells):
    ledger.rectifying(firm)
    assert warned(penalty(**cells)) == []


@pytest.mark.parametrize(
    "build",
    [
        lambda firm: ledger.rectifying(firm, found_by="department"),
        lambda firm: ledger.rectifying(firm, reported_on=None),
        lambda firm: ledger.closed(firm, closed_on=date(2023, 6, 14), rectified_on=date(2023, 6, 13)),
        lambda firm: ledger.hazard(firm, state="rectifying"),
        lambda firm: ledger.rectifying(make.enterprise("荣成别家食品有限公司")),
    ],
)
def test_import_does_not_warn_where_nothing_is_spared(firm, build):
    build(firm)
    assert warned(penalty()) == []


def test_import_still_warns_on_the_day_it_was_written_off(firm):
    ledger.closed(firm, closed_on=DAY, rectified_on=DAY)
    assert len(warned(penalty())) == 1


def test_import_names_three_hazards_and_counts_the_rest(firm):
    for _ in range(5):
        ledger.rectifying(firm)
    assert "等5个），依法不予行政处罚" in warned(penalty())[0]


def test_import_asks_no_more_for_many_firms_than_for_few(firm, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    others = [make.enterprise(f"第{i}家") for i in range(20)]
    for one in others:
        ledger.rectifying(one)
    with CaptureQueriesContext(connection) as few:
        sheets.read("actions", penalty())
    rows = [penalty(统一社会信用代码=code, 案号=code) for code in Enterprise.objects.values_list("uscc", flat=True)]
    with django_assert_num_queries(len(few)):
        sheets.read("actions", *rows)


def test_reason_is_shown_as_required_only_where_the_law_spares():
    spared, other = ledger.rectifying(deadline_on=timezone.localdate()), ledger.rectifying(**FOUND_BY_US)
    client = signed_in(ledger.clerk())
    required = [client.get(url(each)).context["form"].fields["reason"].required for each in (spared, other)]
    posted = client.post(url(spared), on_paper()).context["form"]
    assert [*required, posted.fields["reason"].required] == [True, False, True]
    assert posted.errors["reason"] == ["请写明仍予处罚的理由，理由记入处置记录"]
