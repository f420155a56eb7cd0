"""每月全覆盖检查: which firms a unit has to visit, which visits count, what becomes of the duty (S003, S004-贸)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.actions.counting import recount
from campaigns.models import Deliverable, Obligation
from campaigns.tests import factories as campaigns
from inspections.coverage import counted
from inspections.tests import factories as records
from inspections.tests import sheets
from lib import registry
from lib.actor import Actor
from organizations.models import Area, Enterprise, ReportingArea, UnitSector
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
JUNE = date(2023, 6, 30)
END_OF_JUNE = datetime(2023, 6, 30, 23, 59, 59, 999999, tzinfo=ZoneInfo("Asia/Shanghai"))


def duty(code="coverage", **fields):
    """Every firm of the unit's own, once a month."""
    defaults = {"name": "每月全覆盖检查", "form": "record", "due_day": None, "counts": "visits"}
    return campaigns.deliverable(code, **defaults | {"recipient_rule": "file"} | fields)


def owes(unit=None, *, of=None, **fields):
    """June's coverage, due on its last day."""
    days = {"nominal_on": JUNE, "original_due_at": END_OF_JUNE, "due_at": END_OF_JUNE}
    return campaigns.obligation(
        unit or make.unit(), of=of or Deliverable.objects.first() or duty(), recipients=[], **days | fields
    )


def visited(firm, day=6, *, by=None, month=6, **trip):
    return records.visit(firm, on_trip=records.trip(by=by, on=date(2023, month, day), **trip))


def done(owed, on=JUNE):
    """已检查 of 应检查 as of that day."""
    return counted([Obligation.objects.select_related("deliverable__campaign").get(pk=owed.pk)], on)[owed.pk][:2]


def settled(on=JUNE):
    recount(Obligation.objects.all(), on, by=SYSTEM)
    return Obligation.objects.get()


# Which firms


def test_every_firm_of_the_units_area_and_sectors_is_to_be_visited():
    visited(make.enterprise("荣成一家"))
    make.enterprise("荣成二家")
    make.enterprise("文登一家", in_area=make.county("文登区"))
    make.enterprise("荣成矿山", in_sector="非煤矿山")

    assert done(owes()) == (1, 2)


def test_the_duty_says_of_which_sectors_features_and_whether_only_key_firms():
    """重点企业: grades C and D, and the like (S004-贸 三(三)1)."""
    owed = owes(of=duty(key_only=True))
    make.enterprise("A级", grade="A")
    make.enterprise("C级", grade="C")
    make.enterprise("大氨库", feature_names=["涉氨制冷"], ammonia_tonnes=10)
    make.enterprise("小氨库", feature_names=["涉氨制冷"], ammonia_tonnes=9)
    assert done(owed) == (0, 2)

    owed.deliverable.features.add(make.feature("涉氨制冷"))
    assert done(owed) == (0, 1)

    owed.deliverable.sectors.add(make.sector("机械"))
    assert done(owed) == (0, 0)


def test_the_duty_may_be_narrowed_to_areas():
    town = make.area("崖头街道", parent=make.county(), level=Area.Level.TOWN)
    make.enterprise("街道企业", in_area=town)
    make.enterprise("市区企业")
    owed = owes()
    owed.deliverable.areas.add(town)
    assert done(owed) == (0, 1)


def test_the_campaigns_scope_is_the_outer_border():
    owed = owes()
    UnitSector.objects.create(unit=owed.unit, sector=make.sector("机械"), power="direct")
    make.enterprise("轻工")
    make.enterprise("机械", in_sector="机械")
    assert done(owed) == (0, 2)

    owed.deliverable.campaign.sectors.add(make.sector("轻工"))
    assert done(owed) == (0, 1)


def test_firms_of_a_zone_that_counts_in_the_units_row_are_its_own():
    """综保区's enterprises count in 经区 for 应急 (design §4.1): nobody else would visit them."""
    jing = make.area("经区", parent=make.city(), level=Area.Level.ZONE)
    bonded = make.area("综保区", parent=make.city(), level=Area.Level.ZONE, row=False)
    ReportingArea.objects.create(line="emergency", area=bonded, counted_in=jing)
    make.enterprise("综保区企业", in_area=bonded)
    make.enterprise("经区企业", in_area=jing)

    assert done(owes(make.unit("经区经济发展局", in_area=jing))) == (0, 2)
    assert done(owes()) == (0, 0)


def test_a_zone_inside_a_county_with_a_row_of_its_own_is_not_the_countys():
    zone = make.area("石岛", parent=make.county(), level=Area.Level.ZONE)
    make.enterprise("石岛企业", in_area=zone)
    make.enterprise("市区企业")

    assert done(owes()) == (0, 1)
    assert done(owes(make.unit("石岛管理区应急管理局", in_area=zone))) == (0, 1)


def test_a_town_visits_its_own_and_the_city_all():
    town = make.area("崖头街道", parent=make.county(), level=Area.Level.TOWN)
    make.enterprise("街道企业", in_area=town)
    make.enterprise("市区企业")
    make.enterprise("文登企业", in_area=make.county("文登区"))

    assert done(owes(make.unit("崖头街道办事处", in_area=town))) == (0, 1)
    assert done(owes()) == (0, 2)
    assert done(owes(make.city_bureau())) == (0, 3)


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, 1),
        ({"status": "stopped_manned"}, 1),
        ({"status": "building"}, 1),
        ({"status": "stopped_empty"}, 0),
        ({"status": "deregistered"}, 0),
        ({"joined_on": date(2023, 6, 30)}, 1),
        ({"joined_on": date(2023, 7, 1)}, 0),
        ({"left_on": date(2023, 6, 30)}, 0),
        ({"left_on": date(2023, 7, 1)}, 1),
    ],
)
def test_firms_that_stand_still_join_or_leave(fields, asked):
    """As on the last day of June; where nobody works there is nothing to inspect (S004-矿: 盯守)."""
    make.enterprise(**fields)
    assert done(owes()) == (0, asked)


def test_a_duty_that_names_operating_statuses_means_them():
    make.enterprise(status="stopped_empty")
    make.enterprise("生产")
    assert done(owes(of=duty(statuses=["stopped_empty"]))) == (0, 1)


def test_while_the_days_run_the_register_is_that_of_the_day():
    make.enterprise(joined_on=date(2023, 6, 20))
    owed = owes()
    assert done(owed, on=date(2023, 6, 19)) == (0, 0)
    assert done(owed, on=date(2023, 6, 20)) == (0, 1)


def test_what_becomes_of_a_firm_after_the_last_day_changes_nothing():
    """A miss is not undone by closing the firm, nor by its moving, growing harmless or standing still."""
    today = timezone.localdate()
    last = today - timedelta(days=1)
    end = datetime.combine(last, END_OF_JUNE.time(), ZoneInfo("Asia/Shanghai"))
    of = duty(of=campaigns.campaign(starts_on=today - timedelta(days=60), ends_on=today), key_only=True)
    owed = owes(of=of, period=f"{last:%Y-%m}", nominal_on=last, due_at=end, original_due_at=end)
    of.campaign.deliverables.update(ends_on=last)
    firms = [make.enterprise(f"{n}号", grade="C") for n in range(4)]
    Enterprise.pgh_event_model.objects.update(pgh_created_at=end - timedelta(days=3))
    for firm, change in zip(
        firms,
        [{"status": "deregistered"}, {"grade": "A"}, {"area": make.county("文登区")}, {"status": "stopped_empty"}],
        strict=True,
    ):
        Enterprise.objects.filter(pk=firm.pk).update(created_at=end - timedelta(days=3), **change)

    assert done(owed, on=today) == (0, 4)
    assert done(owed, on=last) == (0, 4)


def test_a_firm_written_down_after_the_last_day_was_asked_of_nobody():
    owed = owes()
    early = timezone.now() - timedelta(days=2)
    Obligation.pgh_event_model.objects.update(pgh_created_at=early)
    make.enterprise("次月登记")
    assert done(owed) == (0, 0)

    make.enterprise("补登记", joined_on=date(2023, 6, 1))
    assert done(owed) == (0, 1)


# Which visits


@pytest.mark.parametrize(
    ("visit", "counts"),
    [
        ({"day": 1}, 1),
        ({"day": 30}, 1),
        ({"day": 31, "month": 5}, 0),
        ({"day": 1, "month": 7}, 0),
        ({"mode": "双随机"}, 1),
        ({"mode": "驻点监督"}, 0),
        ({"mode": "帮扶"}, 0),
        ({"mode": "督导检查"}, 0),
    ],
)
def test_a_visit_counts_by_its_day_and_its_way(visit, counts):
    """驻点, 帮扶, 督导 are no inspections (design §5)."""
    visited(make.enterprise(), **visit)
    assert done(owes()) == (counts, 1)


def test_which_ways_count_is_a_setting(settings):
    settings.UNCOUNTED_VISIT_MODES = ["双随机"]
    visited(make.enterprise("一"), mode="双随机")
    visited(make.enterprise("二"), mode="驻点")
    assert done(owes()) == (1, 2)


def test_visits_of_the_unit_and_its_house_count_others_do_not():
    bureau = make.unit()
    office = make.unit("荣成市应急管理局执法科", kind="office", part_of=bureau, sectors=())
    visited(make.enterprise("科室去的"), by=office)
    visited(make.enterprise("本局去的"), by=bureau)
    visited(make.enterprise("市局去的"), by=make.city_bureau())

    of = duty()
    assert done(owes(of=of)) == (2, 3)
    assert done(owes(office, of=of)) == (2, 3)


def test_a_firm_visited_twice_is_one_firm():
    firm = make.enterprise()
    visited(firm, 6)
    visited(firm, 20)
    make.enterprise("另一家")
    assert done(owes()) == (1, 2)


def test_what_was_visited_and_has_left_counts_neither_way():
    visited(make.enterprise(left_on=date(2023, 6, 20)))
    make.enterprise("在的")
    assert done(owes()) == (0, 1)


def test_an_extended_day_lets_later_visits_count():
    visited(make.enterprise(), 5, month=7)
    assert done(owes(due_at=END_OF_JUNE + timedelta(days=10)), on=date(2023, 7, 10)) == (1, 1)


def test_one_round_within_months_can_be_made_good_until_the_campaign_ends():
    """重点企业1轮全覆盖检查, 8 to 11: in December it is late, not lost."""
    of = duty(recurrence="once", due_on=date(2023, 11, 30), starts_on=date(2023, 8, 1), ends_on=date(2023, 11, 30))
    due = datetime(2023, 11, 30, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    owed = owes(of=of, period="once", nominal_on=date(2023, 11, 30), due_at=due, original_due_at=due)
    first, second = make.enterprise("一"), make.enterprise("二")
    visited(first, 6, month=7)
    visited(second, 1, month=8)
    assert done(owed, on=date(2023, 12, 1)) == (1, 2)

    visited(first, 5, month=12)
    assert done(owed, on=date(2023, 12, 5)) == (2, 2)
    assert settled(on=date(2023, 12, 6)).is_late()


# What becomes of the duty


def test_complete_is_done_on_the_day_of_the_last_first_visit():
    """荣成一家 was visited again on the 28th; the count was complete on the 20th."""
    one = make.enterprise("荣成一家")
    visited(one, 6)
    visited(one, 28)
    visited(make.enterprise("荣成二家"), 20)
    owes()

    row = settled()
    assert (row.state, row.counted_done, row.counted_total) == ("fulfilled", 2, 2)
    assert timezone.localtime(row.handed_in_at).date() == date(2023, 6, 20)
    assert not row.is_late()


def test_visits_entered_later_are_on_time_if_they_were_made_in_time():
    """Recorded in July, made in June: as what came by mail counts from the day it came."""
    visited(make.enterprise(), 30)
    owes()
    row = settled(on=date(2023, 7, 8))
    assert (row.state, row.is_late()) == ("fulfilled", False)


def test_the_hour_of_a_visit_is_not_known_so_the_due_day_is_in_time():
    visited(make.enterprise(), 28)
    noon = datetime(2023, 6, 28, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    owes(due_at=noon, original_due_at=noon, nominal_on=date(2023, 6, 28))
    row = settled()
    assert (row.handed_in_at, row.is_late()) == (noon, False)


def test_incomplete_stays_owed_with_its_figures():
    visited(make.enterprise())
    make.enterprise("未去")
    owes()
    row = settled()
    assert (row.state, row.handed_in_at, row.count_words) == ("open", None, "已检查1/2家")


def test_a_firm_that_joins_before_the_day_opens_it_again():
    visited(make.enterprise(), 6)
    owes()
    assert settled(on=date(2023, 6, 10)).state == "fulfilled"

    make.enterprise("新企业", joined_on=date(2023, 6, 15))
    row = settled(on=date(2023, 6, 15))
    assert (row.state, row.handed_in_at, row.count_words) == ("open", None, "已检查1/2家")


def test_what_was_done_by_its_day_stays_done():
    visited(make.enterprise(), 6)
    owes()
    settled()
    make.enterprise("次月新企业", joined_on=date(2023, 6, 1))
    row = settled(on=date(2023, 7, 1))
    assert (row.state, row.count_words) == ("fulfilled", "已检查1/1家")


def test_nothing_to_visit_leaves_the_denominator_once_the_days_are_over():
    """Neither done nor missing: 0 of 0 is no merit."""
    owes()
    assert (settled(on=JUNE).state, settled(on=JUNE).count_words) == ("open", "没有应检查的企业")
    row = settled(on=date(2023, 7, 1))
    assert (row.state, row.ended_reason) == ("ended", "没有应检查的企业")


def test_counting_again_changes_nothing():
    visited(make.enterprise())
    owes()
    settled()
    before = Obligation.pgh_event_model.objects.count()
    assert recount(Obligation.objects.all(), JUNE, by=SYSTEM) == []
    assert Obligation.pgh_event_model.objects.count() == before


@pytest.mark.parametrize("state", ["waived", "superseded", "ended", "missing"])
def test_what_is_owed_no_more_is_left_alone(state):
    visited(make.enterprise())
    owes(state=state)
    assert settled().state == state


def test_visits_read_in_are_counted_at_once():
    """The clerk who brings in the last visits sees the duty done, not only the next night."""
    make.enterprise(uscc=sheets.CODE)
    owes()
    row = {
        "检查日期": date(2023, 6, 6),
        "检查单位": "荣成市应急管理局",
        "检查组编号": "1组",
        "统一社会信用代码": sheets.CODE,
    }
    sheets.imported("visits", row)
    owed = Obligation.objects.get()
    assert (owed.state, owed.count_words) == ("fulfilled", "已检查1/1家")


def test_duties_that_count_nothing_are_not_answered():
    owed = campaigns.obligation()
    assert registry.counted([owed], JUNE) == {}


def test_queries_do_not_grow_with_units_months_or_firms():
    of = duty()
    cast = []
    for number in range(3):
        unit = make.unit(f"{number}局", in_area=make.county(f"{number}县"))
        firm = make.enterprise(f"{number}号", in_area=unit.area)
        visited(firm, by=unit)
        cast.append(unit)

    def asked(units, periods):
        Obligation.objects.all().delete()
        rows = [owes(unit, of=of, period=period) for unit in units for period in periods]
        fresh = list(Obligation.objects.filter(pk__in=[row.pk for row in rows]).select_related("deliverable__campaign"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(counted(fresh, JUNE)) == len(rows)
        return len(queries)

    few, many = asked(cast[:1], ["2023-06"]), asked(cast, ["2023-05", "2023-06", "2023-07"])
    assert few == many
