"""Which firms a counted duty is still wanting: on its page, in the list, as Excel; through the reader's gate."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.models import Obligation
from campaigns.tests import factories as campaigns
from inspections import coverage
from inspections.tests import factories as records
from lib.text import bigrams
from organizations.models import Enterprise, Responsible
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def month(today):
    """This month's coverage of 荣成, of a campaign that runs."""
    running = campaigns.campaign(starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=100))
    fields = {"name": "每月全覆盖检查", "form": "record", "due_day": None, "counts": "visits", "recipient_rule": "file"}
    return owes(campaigns.deliverable("coverage", of=running, **fields), today)


def owes(of, day, unit=None):
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    due = datetime.combine(last, time.max, SHANGHAI)
    days = {"nominal_on": last, "original_due_at": due, "due_at": due}
    return campaigns.obligation(unit or make.unit(), of=of, period=f"{day:%Y-%m}", recipients=[], **days)


def firm(name, **fields):
    return make.enterprise(name, grams=bigrams(name), **fields)


def visited(one, on, *, by=None, **trip):
    return records.visit(one, on_trip=records.trip(by=by, on=on, **trip))


def wanting(owed, on):
    return [str(one) for one in coverage.unreached(owed, on).order_by("name")]


def address(owed, name="unreached/"):
    return f"/obligations/{owed.pk}/{name}"


def rows_of(client, owed, **query):
    reply = client.get(address(owed, "unreached.xlsx"), query)
    return list(load_workbook(BytesIO(b"".join(reply.streaming_content))).active.iter_rows(min_row=4, values_only=True))


@pytest.fixture
def clerk(client):
    client.force_login(make.member(make.unit()).user)
    return client


# Which firms


def test_visited_firms_leave_the_list(month, today):
    one, other = firm("甲厂"), firm("乙厂")
    assert set(wanting(month, today)) == {"甲厂", "乙厂"}
    visited(one, today)
    assert wanting(month, today) == ["乙厂"]
    visited(other, today)
    assert wanting(month, today) == []


def test_list_is_what_the_count_is_short_of(month, today):
    """Whatever the count leaves out, the list leaves out: other areas, sectors, idle firms, ways that do not count."""
    for number in range(3):
        firm(f"厂{number}")
    firm("停产厂", status="stopped_empty")
    firm("文登厂", in_area=make.county("文登区"))
    firm("矿山", in_sector="非煤矿山")
    visited(firm("驻点过的"), today, mode="驻点监督")
    visited(firm("上月查的"), today.replace(day=1) - timedelta(days=1))
    visited(firm("别家查的"), today, by=make.city_bureau())
    visited(firm("查过的"), today)
    owed = Obligation.objects.select_related("deliverable__campaign").get(pk=month.pk)
    done, total, _ = coverage.counted([owed], today)[month.pk]
    found = wanting(month, today)
    assert (done, total) == (1, 7)
    assert set(found) == {"厂0", "厂1", "厂2", "驻点过的", "上月查的", "别家查的"}
    assert len(found) == total - done


def test_visit_of_an_office_of_the_house_counts(month, today):
    one = firm("甲厂")
    visited(one, today, by=make.unit("荣成市应急管理局监管科", kind="office", part_of=make.unit()))
    assert wanting(month, today) == []


def test_past_month_asks_for_the_firms_of_that_month(month, today):
    """A firm written down only this month was asked of nobody last month."""
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    before = owes(month.deliverable, last)
    was_there = firm("早有的", joined_on=last - timedelta(days=60))
    firm("新来的", joined_on=today)
    assert wanting(before, today) == ["早有的"]
    visited(was_there, last)
    assert wanting(before, today) == []
    assert set(wanting(month, today)) == {"早有的", "新来的"}


def test_watchers_are_wanting_where_the_roster_names_nobody(today):
    running = campaigns.campaign(starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=100))
    fields = {"name": "驻矿盯守", "form": "record", "due_day": None, "counts": "watchers", "recipient_rule": "file"}
    of = campaigns.deliverable("watch", of=running, statuses=["stopped_empty"], **fields)
    owed = owes(of, today)
    idle, watched = (firm(name, status="stopped_empty") for name in ("停一矿", "停二矿"))
    Responsible.objects.create(
        enterprise=watched, unit=make.unit(), kind="watch", name="盯守人", starts_on=today - timedelta(days=90)
    )
    firm("开着的")
    assert coverage.unreached(owed, today).get() == idle


# The page


def test_duty_page_leads_to_the_firms(clerk, month):
    firm("甲厂")
    page = clerk.get(f"/obligations/{month.pk}/")
    assert page.context["unreached_page"] == address(month)
    assert address(month) in page.content.decode()


def test_duty_that_is_complete_or_handed_in_has_no_such_list(clerk, month):
    Obligation.objects.filter(pk=month.pk).update(counted_done=2, counted_total=2)
    assert clerk.get(f"/obligations/{month.pk}/").context["unreached_page"] == ""
    plain = campaigns.obligation(of=campaigns.deliverable("text"))
    assert clerk.get(f"/obligations/{plain.pk}/").context["unreached_page"] == ""
    assert clerk.get(address(plain)).status_code == 404


def test_first_eight_are_put_on_the_duty_page_with_the_way_to_all(clerk, month):
    for number in range(9):
        firm(f"厂{number}")
    part = clerk.get(address(month), headers={"HX-Request": "true"}).content.decode()
    assert ("厂7" in part, "厂8" in part) == (True, False)
    assert "未检查的企业（共9家）" in part
    assert f'href="{address(month)}"' in part
    assert "<html" not in part


def test_list_shows_when_the_house_was_there_last(clerk, month, today):
    one = firm("甲厂", town="崖头街道")
    firm("乙厂")
    visited(one, today - timedelta(days=70))
    visited(one, today - timedelta(days=100))
    visited(one, today - timedelta(days=65), by=make.city_bureau())
    page = clerk.get(address(month))
    assert {str(row): row.visited_on for row in page.context["page"]} == {
        "甲厂": today - timedelta(days=70),
        "乙厂": None,
    }
    assert "没有检查记录" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "names"), [({"q": "甲"}, ["甲厂"]), ({"q": "丙"}, []), ({"status": "all"}, ["乙厂", "甲厂"])]
)
def test_list_is_searched(clerk, month, query, names):
    firm("甲厂")
    firm("乙厂")
    assert [str(row) for row in clerk.get(address(month), query).context["page"]] == names


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"area": "x"}, {"sector": "9" * 30}, {"after": "\x00"}, {"after": '["a", 1, 2]'}]
)
def test_spoilt_query_still_gives_the_list_and_the_book(clerk, month, query):
    firm("甲厂")
    assert clerk.get(address(month), query).status_code == 200
    assert rows_of(clerk, month, **query) is not None


def test_next_page_begins_after_the_last_firm(clerk, month):
    for number in range(51):
        firm(f"厂{number:03}")
    first = clerk.get(address(month))
    second = clerk.get(address(month) + first.context["page"].next_query)
    assert (len(first.context["page"]), [str(row) for row in second.context["page"]]) == (50, ["厂050"])


def test_list_asks_the_same_however_many_firms(clerk, month, today):
    def asked(path):
        with CaptureQueriesContext(connection) as found:
            assert clerk.get(path).getvalue()
        return len(found)

    firm("甲厂")
    asked(address(month))
    one = asked(address(month)), asked(address(month, "unreached.xlsx"))
    for name in ("乙厂", "丙厂"):
        visited(firm(name), today - timedelta(days=70))
    assert (asked(address(month)), asked(address(month, "unreached.xlsx"))) == one


def test_workbook_lists_them_all(clerk, month, today):
    one = firm("甲厂", town="崖头街道", feature_names=["涉氨制冷", "粉尘涉爆"])
    visited(one, date(2023, 3, 5))
    firm("乙厂")
    assert [row[:2] for row in rows_of(clerk, month)] == [(1, "乙厂"), (2, "甲厂")]
    expected = ("荣成市", "崖头街道", "轻工", "涉氨制冷、粉尘涉爆", "正常生产", "2023.03.05")
    assert rows_of(clerk, month, q="甲") == [(1, "甲厂", one.uscc, *expected)]


# Who sees what


def test_stranger_does_not_find_the_duty(client, month):
    firm("甲厂")
    away = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    other_line = make.unit("荣成市工业和信息化局", lines=(Line.MIIT,))
    for holder, role in ((away, Role.CLERK), (other_line, Role.CLERK), (make.enterprise("邻居"), Role.HEAD)):
        client.force_login(make.member(holder, role).user)
        assert client.get(address(month)).status_code == 404
        assert client.get(address(month, "unreached.xlsx")).status_code == 404


def test_recipient_sees_only_firms_of_his_own_sectors(client, month):
    """The city's bureau here answers for 冶金 alone: it reads the duty, not the 轻工 firms behind it."""
    firm("甲厂")
    city = make.unit("威海市应急管理局冶金科", in_area=make.city(), sectors=("冶金",))
    month.recipients.set([city])
    client.force_login(make.member(city).user)
    page = client.get(address(month))
    assert list(page.context["page"]) == []
    assert "另有1家现不在您的管辖范围内" in page.content.decode()
    assert "甲厂" not in page.content.decode()
    part = client.get(address(month), headers={"HX-Request": "true"}).content.decode()
    assert "甲厂" not in part
    assert rows_of(client, month) == []


def test_firm_that_moved_away_since_is_counted_but_not_named(clerk, month, today):
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    before = owes(month.deliverable, last)
    gone = firm("迁走的", joined_on=last - timedelta(days=60))
    Enterprise.objects.filter(pk=gone.pk).update(area=make.county("文登区"))
    page = clerk.get(address(before)).content.decode()
    assert "迁走的" not in page
    assert "另有1家" in page
