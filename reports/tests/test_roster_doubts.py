"""check_house on the roster: duties by name without a name, people of what is no more, mines nobody watches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.tests import factories as campaigns
from organizations.models import Enterprise, Unit
from organizations.tests import factories as make
from reports.tests.test_check_house import told

pytestmark = pytest.mark.django_db
WITHOUT, GONE = "逐人报送的事项没有责任人名册", "已停用单位、已注销或退出企业的责任人尚未离任"
AWAY, UNWATCHED = "责任人的单位已不管辖该企业", "停产停建且无人作业的矿山没有盯守责任人"


def found(heading):
    return told()[0].get(heading, [])


@pytest.fixture
def unit():
    make.city_bureau()
    return make.unit()


def owed(unit, subject="每位班子成员", days=3, **fields):
    said = {"name": "班子成员带队检查", "person": "每位班子成员", "each_of": "leader"}
    duty = campaigns.deliverable(f"d{days}-{subject}-{len(fields)}", **said)
    day = timezone.localdate() + timedelta(days=days)
    return campaigns.obligation(unit, of=duty, subject=subject, nominal_on=day, **fields)


def test_duty_by_name_without_a_roster_is_named(unit):
    row = owed(unit)
    owed(unit, "张三")
    owed(unit, days=-3)
    owed(unit, state="ended")
    campaigns.obligation(unit, of=campaigns.deliverable("plain"))
    assert found(WITHOUT) == [str(row)] == ["班子成员带队检查（荣成市应急管理局）"]


def test_people_of_units_out_of_use_and_firms_gone_are_named(unit):
    today = timezone.localdate()
    stays = make.responsible(unit, "在任的")
    old = make.unit("荣成市安全生产监督管理局")
    left = make.responsible(old, "旧局长")
    make.responsible(old, "早已离任", ended_on=today)
    Unit.objects.filter(pk=old.pk).update(active=False, merged_into=unit)
    closed, withdrawn = make.enterprise("关了的", status="deregistered"), make.enterprise("退了的", left_on=today)
    people = [make.responsible(unit, "甲某", kind="station", enterprise=firm) for firm in (closed, withdrawn)]
    assert found(GONE) == [str(row) for row in (left, *people)]
    assert str(stays) not in found(GONE)
    assert found(AWAY) == []


def test_people_whose_firm_moved_away_or_changed_trade_are_named(unit):
    moved, other, stays = (make.enterprise(name) for name in ("迁走的", "改行的", "没动的"))
    rows = [make.responsible(unit, "甲某", kind="contract", enterprise=firm) for firm in (moved, other, stays)]
    assert found(AWAY) == []
    Enterprise.objects.filter(pk=moved.pk).update(area=make.county("文登区"))
    Enterprise.objects.filter(pk=other.pk).update(sector=make.sector("民爆"))
    assert found(AWAY) == [str(rows[0]), str(rows[1])]


@pytest.mark.parametrize(("kind", "named"), [("watch", False), ("contract", True), (None, True)])
def test_mine_standing_still_without_anybody_to_watch_it_is_named(kind, named):
    make.sector("非煤矿山", group="mines")
    unit = make.unit(sectors=("非煤矿山",))
    mine = make.enterprise("某矿", in_sector="非煤矿山", status="stopped_empty")
    make.enterprise("开着的矿", in_sector="非煤矿山")
    if kind:
        make.responsible(unit, kind=kind, enterprise=mine)
    assert found(UNWATCHED) == (["某矿"] if named else [])


def test_who_is_to_watch_only_later_does_not_watch_yet():
    make.sector("非煤矿山", group="mines")
    unit = make.unit(sectors=("非煤矿山",))
    mine = make.enterprise("某矿", in_sector="非煤矿山", status="stopped_empty")
    make.responsible(unit, kind="watch", enterprise=mine, starts_on=timezone.localdate() + timedelta(days=1))
    assert found(UNWATCHED) == ["某矿"]
