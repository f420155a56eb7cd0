from contextlib import closing
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from campaigns.actions.opening import AHEAD, open_obligations
from campaigns.actions.terms import terms_of
from campaigns.models import Campaign, Deliverable, Obligation
from campaigns.tests import factories as campaigns
from lib import locks
from lib.actor import Actor
from organizations.models import AuditEntry, Enterprise, Unit, WorkDay
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
ENTERPRISE = Deliverable.Respondent.ENTERPRISE
START = date(2023, 5, 1)


def run(on):
    return open_obligations(date.fromisoformat(on) if isinstance(on, str) else on, by=SYSTEM).words()


def owed(**conditions):
    rows = Obligation.objects.filter(**conditions).order_by("period", "unit__name", "enterprise__name")
    return [f"{row.period} {row.respondent} {row.state}" for row in rows]


def firm_duty(code="lead-check", **fields):
    """企业主要负责人每季度带队检查, to the area's unit."""
    defaults = {
        "name": "带队检查",
        "respondent": ENTERPRISE,
        "recurrence": "quarterly",
        "recipient_rule": "area_unit",
        "due_day": None,
    }
    return campaigns.deliverable(code, **defaults | fields)


@pytest.fixture
def districts():
    make.city_bureau()
    return [make.unit("荣成市应急管理局"), make.unit("文登区应急管理局", in_area=make.county("文登区"))]


def test_first_run_opens_ahead_and_takes_the_past_too(districts):
    campaigns.deliverable()
    assert run("2023-06-10") == [
        "冶金等工贸行业重大事故隐患专项排查整治2023行动 调度表 2023年5月：新开2个",
        "冶金等工贸行业重大事故隐患专项排查整治2023行动 调度表 2023年6月：新开2个",
    ]
    # 07-28 lies 48 days ahead
    assert {row.period: row.late_to_open for row in Obligation.objects.all()} == {"2023-05": True, "2023-06": False}


def test_second_run_changes_nothing(districts):
    campaigns.deliverable()
    run("2023-06-10")
    assert run("2023-06-10") == []
    assert run("2023-06-12") == []


def test_obligation_carries_dates_rule_places_and_recipients(districts):
    campaigns.deliverable()
    run("2023-05-10")
    row = Obligation.objects.get(unit=districts[0], period="2023-05")
    assert (row.nominal_on, row.due_at.date(), row.original_due_at) == (
        date(2023, 5, 28),
        date(2023, 5, 28),
        row.due_at,
    )
    assert row.rule == "每月28日前；5月28日为周日，按原定日期报送"
    assert (row.area.name, row.reporting_area.name, row.handled_in.name) == ("荣成市", "荣成市", "荣成市")
    assert [unit.name for unit in row.recipients.all()] == ["威海市应急管理局"]
    assert row.opened_on == date(2023, 5, 10)


def test_units_are_chosen_by_line_kind_and_level(districts):
    make.unit("荣成市工业和信息化局", lines=[Line.MIIT])
    make.unit("崖头街道", kind=Unit.Kind.TOWN)
    make.unit("停用的局", active=False)
    campaigns.deliverable()
    run("2023-05-10")
    assert owed(period="2023-05") == ["2023-05 文登区应急管理局 open", "2023-05 荣成市应急管理局 open"]


def test_named_units_alone_owe_what_names_them(districts):
    campaigns.deliverable().named_respondents.set([districts[1]])
    run("2023-05-10")
    assert owed() == ["2023-05 文登区应急管理局 open"]


def test_office_of_the_sector_receives_besides_the_lead_unit(districts):
    for name, sector in [("工贸科", "轻工"), ("矿山科", "非煤矿山")]:
        make.unit(name, in_area=make.city(), kind="office", part_of=make.city_bureau(), sectors=[sector])
    campaigns.deliverable(recipient_rule="lead_and_office")
    run("2023-05-10")
    row = Obligation.objects.filter(unit=districts[0]).first()
    assert {unit.name for unit in row.recipients.all()} == {"威海市应急管理局", "工贸科"}


def test_firm_reports_to_its_areas_unit_of_the_line(districts):
    make.unit("荣成市工业和信息化局", lines=[Line.MIIT])
    firm = make.enterprise()
    firm_duty()
    run("2023-06-01")
    row = Obligation.objects.get()
    assert (row.enterprise, row.sector, row.reporting_area) == (firm, firm.sector, firm.area)
    assert [unit.name for unit in row.recipients.all()] == ["荣成市应急管理局"]


def test_area_without_a_unit_reports_where_it_is_counted(districts):
    """综保区 has no 应急 unit; its firms count in 经区 (design §4.1)."""
    zone = make.area("经区", parent=make.city(), level="zone")
    make.unit("经区经济发展局", in_area=zone)
    bonded = make.area("综保区", parent=make.city(), level="zone", row=False)
    zone.reporting.model.objects.create(line=Line.EMERGENCY, area=bonded, counted_in=zone)
    make.enterprise(in_area=bonded)
    firm_duty()
    run("2023-06-01")
    row = Obligation.objects.get()
    assert (row.area, row.reporting_area) == (bonded, zone)
    assert [unit.name for unit in row.recipients.all()] == ["经区经济发展局"]


def test_firm_outside_scope_owes_nothing(districts):
    campaigns.campaign().sectors.set([make.sector("轻工")])
    make.enterprise("矿山", in_sector="非煤矿山")
    make.enterprise("注销的", status="deregistered")
    make.enterprise("退出的", left_on=date(2023, 5, 20))
    make.enterprise("在册的")
    firm_duty()
    run("2023-06-01")
    assert owed() == ["2023-Q2 在册的 open"]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"grades": ["D"]}, ["D级"]),
        ({"statuses": ["building"]}, ["基建"]),
        ({"key_only": True}, ["D级", "大型涉氨"]),
    ],
)
def test_firms_are_chosen_by_grade_status_and_key(districts, fields, names):
    make.enterprise("D级", grade="D")
    make.enterprise("基建", status="building")
    make.enterprise("大型涉氨", feature_names=["涉氨制冷"], ammonia_tonnes=10)
    make.enterprise("小型涉氨", feature_names=["涉氨制冷"], ammonia_tonnes=9)
    firm_duty(**fields)
    run("2023-06-01")
    assert sorted(Obligation.objects.values_list("enterprise__name", flat=True)) == sorted(names)


def stricter_pair():
    general = firm_duty()
    strict = firm_duty("lead-check-monthly", name="每月带队检查", recurrence="monthly", replaces=general)
    strict.features.set([make.feature("涉氨制冷")])
    return general, strict


def test_stricter_rule_replaces_the_general_one(districts):
    stricter_pair()
    make.enterprise("制冷厂", feature_names=["涉氨制冷"])
    make.enterprise("服装厂")
    run("2023-06-01")
    assert owed(nominal_on__gte="2023-06-01") == ["2023-06 制冷厂 open", "2023-Q2 服装厂 open"]


def test_stricter_rule_without_a_day_replaces_nothing(districts):
    _, strict = stricter_pair()
    strict.origin = "undated"
    strict.save(update_fields=["origin"])
    make.enterprise("制冷厂", feature_names=["涉氨制冷"])
    run("2023-06-01")
    assert owed() == ["2023-Q2 制冷厂 open"]


def test_feature_gained_in_mid_period_supersedes_the_open_one(districts):
    stricter_pair()
    firm = make.enterprise("制冷厂")
    run("2023-06-01")
    Enterprise.objects.filter(pk=firm.pk).update(feature_names=["涉氨制冷"])
    lines = run("2023-06-10")
    assert owed() == ["2023-06 制冷厂 open", "2023-Q2 制冷厂 superseded"]
    old = Obligation.objects.get(period="2023-Q2")
    assert old.ended_reason == "自2023-06-10起适用更严规定“每月带队检查”"
    assert "带队检查 2023年第二季度 制冷厂：已由更严规定替代（自2023-06-10起" in lines[1]


def test_later_joiner_owes_from_then_on(districts):
    campaigns.deliverable()
    run("2023-05-10")
    make.unit("乳山市应急管理局", in_area=make.county("乳山市"))
    run("2023-06-10")
    assert owed(unit__name="乳山市应急管理局") == ["2023-06 乳山市应急管理局 open"]


def test_firm_that_joined_before_the_first_run_owes_from_its_joining(districts):
    make.enterprise(joined_on=date(2023, 7, 3))
    firm_duty()
    run("2023-08-20")
    assert owed() == ["2023-Q3 荣成海源食品有限公司 open"]


def test_run_after_a_long_pause_opens_all_that_was_missed(districts):
    campaigns.deliverable()
    run("2023-05-10")
    run("2023-09-10")
    assert owed(unit=districts[0]) == [f"2023-{month:02} 荣成市应急管理局 open" for month in range(5, 10)]


def test_leaver_keeps_its_history_and_owes_no_more(districts):
    make.enterprise("服装厂")
    firm_duty(recurrence="monthly")
    run("2023-06-10")
    Enterprise.objects.update(left_on=date(2023, 6, 15))
    assert run("2023-06-16") == [
        "冶金等工贸行业重大事故隐患专项排查整治2023行动 带队检查 2023年6月 服装厂：不再应报（企业已退出）",
        "冶金等工贸行业重大事故隐患专项排查整治2023行动 带队检查 2023年5月 服装厂：缺报（企业已退出，未报）",
    ]
    assert owed() == ["2023-05 服装厂 missing", "2023-06 服装厂 ended"]


def test_one_who_comes_back_owes_again(districts):
    campaigns.deliverable()
    run("2023-06-10")
    Unit.objects.filter(pk=districts[0].pk).update(active=False)
    run("2023-06-11")
    Unit.objects.filter(pk=districts[0].pk).update(active=True)
    lines = run("2023-06-12")
    assert lines == ["冶金等工贸行业重大事故隐患专项排查整治2023行动 调度表 2023年6月 荣成市应急管理局：重新应报"]
    assert owed(unit=districts[0]) == ["2023-05 荣成市应急管理局 missing", "2023-06 荣成市应急管理局 open"]


def test_what_was_handed_in_is_left_as_it_is(districts):
    campaigns.deliverable()
    run("2023-06-10")
    Obligation.objects.filter(unit=districts[0]).update(handed_in_at="2023-06-11T08:00+08:00")
    Unit.objects.filter(pk=districts[0].pk).update(active=False)
    run("2023-06-12")
    assert owed(unit=districts[0], period="2023-06") == ["2023-06 荣成市应急管理局 open"]


def test_changed_rule_moves_what_lies_ahead_only(districts):
    duty = campaigns.deliverable()
    run("2023-06-10")
    Deliverable.objects.filter(pk=duty.pk).update(due_day=20)
    assert run("2023-06-11")[-1].endswith("调度表 2023年6月：2个改为2023-06-20")
    days = Obligation.objects.filter(unit=districts[0]).order_by("period").values_list("nominal_on", flat=True)
    assert list(days)[:2] == [date(2023, 5, 28), date(2023, 6, 20)]


def test_extended_day_stays_when_the_rule_moves(districts):
    duty = campaigns.deliverable()
    run("2023-06-10")
    extended = campaigns.JUNE_28 + timedelta(days=3)
    Obligation.objects.filter(period="2023-06").update(due_at=extended)
    Deliverable.objects.filter(pk=duty.pk).update(due_day=20)
    run("2023-06-11")
    row = Obligation.objects.filter(period="2023-06").first()
    assert (row.due_at, row.original_due_at.day) == (extended, 20)


def test_local_holiday_moves_the_due_day(districts):
    campaigns.deliverable(policy="later")
    run("2023-06-10")
    WorkDay.objects.create(day=date(2023, 6, 28), is_workday=False)
    run("2023-06-11")
    row = Obligation.objects.filter(period="2023-06").first()
    assert row.rule == "每月28日前；6月28日为周三（本局设定为休息日），顺延到6月29日（周四）报送"


def test_inactive_campaigns_open_nothing(districts):
    campaigns.deliverable()
    campaigns.deliverable(of=campaigns.campaign("draft", state=Campaign.State.DRAFT))
    assert run("2024-01-05") == []
    assert run("2023-04-30") == []


def test_due_on_the_day_of_opening_is_not_late_to_open(districts):
    campaigns.deliverable(recurrence="once", due_on=date(2023, 5, 31), due_day=None)
    run("2023-05-31")
    assert not Obligation.objects.filter(late_to_open=True).exists()


def test_named_person_stands_in_the_obligation(districts):
    make.enterprise()
    firm_duty("report", name="专项述职", person="安全总监", recurrence="once", due_on=date(2023, 6, 30))
    run("2023-06-01")
    assert Obligation.objects.get().title == "安全总监 专项述职"


def test_each_opening_is_audited_per_deliverable(districts):
    campaigns.deliverable()
    run("2023-05-10")
    entry = AuditEntry.objects.get(verb="obligation.open")
    assert entry.detail == {"on": "2023-05-10", "opened": 2}


def test_second_run_at_the_same_time_does_nothing(districts):
    campaigns.deliverable()
    other = connections.create_connection("default")
    with closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [locks.key("open_obligations")])
        assert run("2023-05-10") == []
        cursor.execute("SELECT pg_advisory_unlock(%s)", [locks.key("open_obligations")])
        assert len(run("2023-05-10")) == 1


def test_thousand_firms_take_four_statements(districts, django_assert_num_queries):
    """Respondents, standing rows, new rows, recipients; the rest is the same for any number (design §8)."""
    make.enterprise("第一家")
    firm_duty()
    with CaptureQueriesContext(connection) as few:
        run("2023-06-01")
    area, sector = make.county(), make.sector()
    rows = [Enterprise(name=f"企业{n}", uscc=make.uscc(), area=area, sector=sector) for n in range(1000)]
    Enterprise.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        run("2023-06-01")
    assert Obligation.objects.count() == 1001
    # a second batch of one firm is opened too: four more, and its savepoint
    assert len(many) - len(few) <= 4 + 2


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    recurrence=some.sampled_from(["weekly", "monthly", "quarterly", "half_yearly", "yearly"]),
    day=some.integers(1, 31),
    policy=some.sampled_from(["as_is", "earlier", "later"]),
    offsets=some.lists(some.integers(0, 260), min_size=1, max_size=4),
)
def test_opening_is_idempotent_and_complete(districts, recurrence, day, policy, offsets):
    """Whatever the rule and the days of the runs: a rerun changes nothing, no term within reach is left out."""
    Obligation.objects.all().delete()
    Deliverable.objects.all().delete()
    Campaign.objects.update(opened_on=None, reconciled_on=None)
    campaigns.deliverable(recurrence=recurrence, due_day=day, policy=policy)
    for offset in sorted(offsets):
        on = min(START + timedelta(days=offset), date(2023, 12, 31))
        run(on)
        assert run(on) == []
    found = Obligation.objects.filter(unit=districts[0])
    expected = {t.period for t in terms_of(Deliverable.objects.get()) if t.nominal_on <= on + AHEAD}
    assert {row.period for row in found} == expected
