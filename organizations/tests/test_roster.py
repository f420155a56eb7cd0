"""责任人名册: who is in it on which day, who sees it, taking office and leaving it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from lib.actor import Actor
from lib.text import person_name
from lib.transitions import MoveRefused
from organizations.actions import roster
from organizations.models import AuditEntry, Enterprise, Responsible, Unit
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.permissions import may_keep_roster
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
JUNE_10 = date(2023, 6, 10)


@pytest.fixture
def unit():
    return make.unit()


@pytest.fixture
def firm(unit):
    return make.enterprise()


def appoint(unit, name="张三", kind="leader", starts_on=date(2023, 1, 1), by=SYSTEM, **fields):
    return roster.appoint(unit, kind=kind, name=name, starts_on=starts_on, by=by, **fields)


def names(rows):
    return sorted(rows.values_list("name", flat=True))


# Days


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2023, 1, 31), False),
        (date(2023, 2, 1), True),
        (date(2023, 6, 9), True),
        (JUNE_10, False),  # the day somebody leaves is his successor's
    ],
)
def test_in_office_from_the_first_day_until_the_day_before_leaving(unit, day, inside):
    make.responsible(unit, starts_on=date(2023, 2, 1), ended_on=JUNE_10)
    assert Responsible.objects.current_on(day).exists() is inside


def test_without_an_end_one_stays_in_office(unit):
    make.responsible(unit)
    assert Responsible.objects.current_on(date(2099, 1, 1)).count() == 1


def test_to_come_is_not_over_and_not_yet_in_office(unit):
    make.responsible(unit, starts_on=date(2023, 7, 5))
    assert Responsible.objects.not_over_on(JUNE_10).exists()
    assert not Responsible.objects.current_on(JUNE_10).exists()


# What the database keeps


@pytest.mark.parametrize("kind", ["supervise", "contract", "station", "watch"])
def test_everybody_but_a_leader_answers_for_a_firm(unit, kind):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.responsible(unit, kind=kind)


def test_leader_answers_for_no_firm(unit, firm):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.responsible(unit, enterprise=firm)


def test_one_name_once_among_those_in_office(unit, firm):
    make.responsible(unit, "李四")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.responsible(unit, "李四")
    make.responsible(unit, "李四", kind="station", enterprise=firm)
    make.responsible(make.city_bureau(), "李四")
    assert Responsible.objects.filter(name="李四").count() == 3


def test_end_lies_not_before_the_beginning(unit):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.responsible(unit, starts_on=JUNE_10, ended_on=date(2023, 6, 9))


# Who sees


@pytest.fixture
def everybody(unit, firm):
    """A leader of the city bureau, of 荣成 and of 文登, and those who answer for one firm each of 荣成 and 文登."""
    wendeng = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    make.responsible(make.city_bureau(), "市局长")
    make.responsible(unit, "荣局长")
    make.responsible(wendeng, "文局长")
    make.responsible(unit, "荣驻点", kind="station", enterprise=firm)
    away = make.enterprise("文登某某公司", in_area=make.county("文登区"))
    make.responsible(wendeng, "文包保", kind="contract", enterprise=away)
    return away


def seen_by(holder, role=Role.CLERK):
    return names(Responsible.objects.visible_to(make.actor(holder, role)))


def test_unit_sees_its_own_and_those_of_its_firms(everybody, unit):
    assert seen_by(unit) == ["荣局长", "荣驻点"]


def test_city_sees_the_districts_below_of_its_line(everybody):
    assert seen_by(make.city_bureau()) == ["市局长", "文包保", "文局长", "荣局长", "荣驻点"]


def test_other_line_sees_neither_leaders_nor_firms(everybody):
    assert seen_by(make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=("民爆",))) == []


def test_firm_sees_who_answers_for_it_with_the_number(everybody, firm):
    assert seen_by(firm, Role.HEAD) == ["荣驻点"]
    assert seen_by(everybody, Role.SAFETY) == ["文包保"]


def test_unit_still_sees_its_person_at_a_firm_that_moved_away(everybody, unit, firm):
    Enterprise.objects.filter(pk=firm.pk).update(area=make.county("文登区"))
    assert "荣驻点" in seen_by(unit)
    assert "荣驻点" in seen_by(make.unit("文登区应急管理局"))


def test_without_a_post_nobody_is_seen(everybody):
    assert not Responsible.objects.visible_to(Actor(user=make.user())).exists()


# Who keeps


@pytest.mark.parametrize(
    ("role", "may"),
    [(role, role in (Role.CLERK, Role.DEPUTY, Role.CHIEF)) for role in (Role.ADMIN, *list(Role)[1:6])],
)
def test_clerks_and_leaders_keep_their_own_units_roster(unit, role, may):
    assert bool(may_keep_roster(make.actor(unit, role), unit)) is may


def test_nobody_keeps_another_units_roster_not_even_the_city(unit):
    verdict = may_keep_roster(make.actor(make.city_bureau()), unit)
    assert not verdict
    assert verdict.reason == "荣成市应急管理局的责任人由该单位自己登记。"


def test_office_keeps_its_bureaus_roster_and_the_bureau_its_offices(unit):
    office = make.unit("荣成市应急管理局基础科", kind="office", part_of=unit)
    assert may_keep_roster(make.actor(office), unit)
    assert may_keep_roster(make.actor(unit), office)


# Taking office


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张　三", "张三"),
        (" 张 三 ", "张三"),
        ("欧阳 修\u3000", "欧阳修"),
        ("阿依努尔·买买提", "阿依努尔·买买提"),
        ("Anna   Li", "Anna Li"),
        ("李四（安监科）", "李四(安监科)"),
    ],
)
def test_name_is_kept_without_the_spaces_that_align_it(typed, kept):
    assert person_name(typed) == kept


def test_same_name_with_a_space_is_the_same_person(unit):
    appoint(unit, "张三")
    with pytest.raises(MoveRefused, match="“张三”已在荣成市应急管理局的班子成员名册中"):
        appoint(unit, "张　三")


def test_same_name_in_two_units_are_two_people(unit):
    appoint(unit)
    appoint(make.city_bureau())
    assert Responsible.objects.filter(name="张三").count() == 2


def test_one_person_stationed_at_two_firms_has_two_entries(unit, firm):
    appoint(unit, kind="station", enterprise=firm)
    appoint(unit, kind="station", enterprise=make.enterprise("第二家"))
    assert Responsible.objects.count() == 2


def test_appointment_is_audited_and_keeps_what_was_said(unit, firm):
    clerk = make.actor(unit)
    row = appoint(unit, kind="contract", enterprise=firm, post=" 副局长 ", mobile="13806310001", by=clerk)
    assert (row.post, row.mobile, row.starts_on, row.ended_on) == ("副局长", "13806310001", date(2023, 1, 1), None)
    entry = AuditEntry.objects.get(verb="roster.appoint")
    assert entry.target_id == str(row.pk)
    assert "13806310001" not in str(entry.detail)


def test_firm_of_another_area_or_sector_is_refused(unit):
    away = make.enterprise("文登某某公司", in_area=make.county("文登区"))
    mine = make.enterprise("某某矿业", in_sector="非煤矿山")
    for firm in (away, mine):
        with pytest.raises(MoveRefused, match=f"{firm}不在荣成市应急管理局的管辖范围内"):
            appoint(unit, kind="supervise", enterprise=firm)
    assert not Responsible.objects.exists()


def test_deregistered_firm_and_unit_out_of_use_are_refused(unit, firm):
    Enterprise.objects.filter(pk=firm.pk).update(status="deregistered")
    firm.refresh_from_db()
    with pytest.raises(MoveRefused, match="已注销"):
        appoint(unit, kind="station", enterprise=firm)
    Unit.objects.filter(pk=unit.pk).update(active=False)
    with pytest.raises(MoveRefused, match="已停用"):
        appoint(unit)


@pytest.mark.parametrize("kind", ["leader", "station"])
def test_leader_with_a_firm_and_stationed_without_are_refused(unit, firm, kind):
    with pytest.raises(MoveRefused, match="班子成员不对应企业"):
        appoint(unit, kind=kind, enterprise=firm if kind == "leader" else None)


# Leaving


def test_who_leaves_stays_in_the_book(unit):
    row = appoint(unit)
    roster.release(row, on=JUNE_10, by=SYSTEM)
    row.refresh_from_db()
    assert row.ended_on == JUNE_10
    assert AuditEntry.objects.filter(verb="roster.release", target_id=str(row.pk)).count() == 1


def test_leaving_twice_is_refused_with_the_day_that_stands(unit):
    row = appoint(unit)
    roster.release(row, on=JUNE_10, by=SYSTEM)
    with pytest.raises(MoveRefused, match="“张三”已登记自2023年6月10日起离任"):
        roster.release(row, on=date(2023, 6, 12), by=SYSTEM)
    row.refresh_from_db()
    assert row.ended_on == JUNE_10


def test_leaving_before_coming_is_refused(unit):
    with pytest.raises(MoveRefused, match="不能早于任职日期2023年1月1日"):
        roster.release(appoint(unit), on=date(2022, 12, 31), by=SYSTEM)


def test_who_left_may_come_back(unit):
    roster.release(appoint(unit), on=JUNE_10, by=SYSTEM)
    back = appoint(unit, starts_on=date(2023, 9, 1))
    assert names(Responsible.objects.current_on(date(2023, 9, 1))) == ["张三"]
    assert back.pk != Responsible.objects.earliest("pk").pk


def test_coming_back_before_having_left_is_refused(unit):
    roster.release(appoint(unit), on=JUNE_10, by=SYSTEM)
    with pytest.raises(MoveRefused, match="已在"):
        appoint(unit, starts_on=date(2023, 6, 9))


def test_replacing_hands_over_on_the_same_day(unit, firm):
    old = appoint(unit, kind="station", enterprise=firm, post="驻点组长", mobile="13806310001")
    new = roster.replace(old, on=JUNE_10, name="李 四", by=SYSTEM)
    assert (new.name, new.kind, new.enterprise, new.starts_on) == ("李四", "station", firm, JUNE_10)
    assert (new.post, new.mobile) == ("驻点组长", "")  # the number is not the predecessor's
    assert names(Responsible.objects.current_on(date(2023, 6, 9))) == ["张三"]
    assert names(Responsible.objects.current_on(JUNE_10)) == ["李四"]


def test_replacing_by_somebody_already_there_changes_nothing(unit):
    old = appoint(unit)
    appoint(unit, "李四")
    with pytest.raises(MoveRefused, match="“李四”已在"):
        roster.replace(old, on=JUNE_10, name="李四", by=SYSTEM)
    old.refresh_from_db()
    assert old.ended_on is None


def test_title_and_number_are_mended_the_name_is_not(unit):
    row = appoint(unit, mobile="13806310001")
    roster.amend(row, post="局长", mobile="13806310002", by=SYSTEM)
    row.refresh_from_db()
    assert (row.name, row.post, row.mobile) == ("张三", "局长", "13806310002")


def test_state_in_words(unit, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: JUNE_10)
    words = {
        "在任": {},
        "未到任": {"starts_on": date(2023, 6, 11)},
        "将离任": {"ended_on": date(2023, 6, 11)},
        "已离任": {"ended_on": JUNE_10},
    }
    assert {make.responsible(unit, name, **days).state["label"] for name, days in words.items()} == set(words)
    assert all(row.state["label"] == row.name for row in Responsible.objects.all())


# Mines that stand still (S004-矿 三)


@pytest.mark.parametrize(
    ("status", "sector", "watched"),
    [
        ("stopped_empty", "非煤矿山", True),
        ("stopped_manned", "非煤矿山", False),  # 必须按照正常生产建设矿山进行排查整治
        ("producing", "非煤矿山", False),
        ("stopped_empty", "轻工", False),
    ],
)
def test_mine_standing_still_without_people_is_to_be_watched(status, sector, watched):
    make.sector("非煤矿山", group="mines")
    firm = make.enterprise("某矿", in_sector=sector, status=status)
    assert firm.must_be_watched is watched
    assert Enterprise.objects.to_be_watched().filter(pk=firm.pk).exists() is watched
