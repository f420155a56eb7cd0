"""Unit × month, the ranking, a unit's page and the rehearsal; figures counted by hand."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from campaigns import grid as boards
from campaigns import messages, rehearsal
from campaigns.models import Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from notifications.models import Message
from organizations.models import WorkDay
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
JULY = datetime(2023, 7, 10, 9, tzinfo=SHANGHAI)


def end_of(text):
    return datetime.combine(date.fromisoformat(text), datetime.max.time(), SHANGHAI)


def owe(unit, due, *, came=None, accepted=True, **fields):
    """Due at the end of a day; `came` is when it was handed in."""
    period = fields.pop("period", due[:7])
    stamps = {}
    if came:
        moment = datetime.fromisoformat(came).replace(tzinfo=SHANGHAI)
        stamps = {"handed_in_at": moment}
        stamps |= {"accepted_at": moment, "state": "fulfilled"} if accepted else {}
    dates = {"due_at": end_of(due), "original_due_at": end_of(due), "nominal_on": date.fromisoformat(due)}
    return campaigns.obligation(unit, period=period, **dates | stamps | fields)


@pytest.fixture
def districts():
    rongcheng = make.unit("荣成市应急管理局", position=1)
    wendeng = make.unit("文登区应急管理局", in_area=make.county("文登区"), position=2)
    return rongcheng, wendeng


# Unit × month


def test_each_cell_says_how_the_months_duties_stand(districts):
    rongcheng, wendeng = districts
    owe(rongcheng, "2023-05-28", came="2023-05-28T18:00")
    owe(rongcheng, "2023-06-28", came="2023-06-29T09:00")
    owe(wendeng, "2023-05-28", state="waived")
    owe(wendeng, "2023-06-28")
    owe(wendeng, "2023-07-28")
    found = boards.grid(Obligation.objects.all(), JULY)
    assert found.months == ["2023-05", "2023-06", "2023-07"]
    assert {row.unit.name: [boards.words(cell) for cell in row.cells] for row in found.rows} == {
        "荣成市应急管理局": ["按时1", "迟报1", ""],
        "文登区应急管理局": ["免报1", "缺报1", "未到期1"],
    }
    assert boards.words(found.rows[0].sum) == "迟报1 按时1"


def test_on_the_phone_each_cell_carries_its_month(client, districts):
    """There the headings are gone: a word without its month tells nothing."""
    owe(districts[0], "2023-05-28", came="2023-05-28T18:00")
    owe(districts[0], "2023-06-28", came="2023-06-29T09:00")
    client.force_login(make.member(districts[0]).user)
    code = Obligation.objects.first().deliverable.campaign.code
    cells = re.findall(r'<td data-label="([^"]*)">', client.get(reverse("campaigns:grid", args=[code])).text)
    assert cells == ["2023年5月", "2023年6月", "合计"]


def test_month_is_that_of_the_day_in_shanghai(districts):
    """The end of 31 May is still 15:59 UTC of that day; the first minutes of June are 31 May in UTC."""
    first = datetime(2023, 6, 1, 0, 30, tzinfo=SHANGHAI)
    owe(districts[0], "2023-05-31")
    owe(districts[0], "2023-06-01", period="2023-06", due_at=first)
    assert boards.grid(Obligation.objects.all(), JULY).months == ["2023-05", "2023-06"]


def test_firms_and_undated_duties_have_no_row(districts):
    owe(make.enterprise(), "2023-05-28")
    owe(districts[0], "2023-05-28", due_at=None)
    assert boards.grid(Obligation.objects.all(), JULY).rows == []


# The ranking


def test_ranking_counts_what_was_accepted_by_both_days(districts):
    """Rongcheng: 3 accepted, 2 in time (66.7 %), one of these only by its extension (33.3 %), one 36 hours late."""
    rongcheng, wendeng = districts
    owe(rongcheng, "2023-05-28", came="2023-05-28T18:00")
    extended = owe(rongcheng, "2023-06-28", came="2023-06-30T09:00")
    Obligation.objects.filter(pk=extended.pk).update(due_at=end_of("2023-06-30"))
    owe(rongcheng, "2023-07-28", came="2023-07-30T12:00", due_at=datetime(2023, 7, 29, 0, 0, tzinfo=SHANGHAI))
    owe(wendeng, "2023-05-28", came="2023-05-20T09:00")
    found = boards.ranking(Obligation.objects.all())
    assert [(one.place, one.unit.name, one.accepted, one.by_due, one.by_original) for one in found] == [
        (1, "文登区应急管理局", 1, 1, 1),
        (2, "荣成市应急管理局", 3, 2, 1),
    ]
    assert [(one.share, one.share_of_original, one.days_late) for one in found] == [
        (100.0, 100.0, None),
        (66.7, 33.3, 1.5),
    ]


@pytest.mark.parametrize(
    "change", [{"accepted_at": None, "state": "open"}, {"late_to_open": True}, {"due_at": None}], ids=str
)
def test_what_is_not_accepted_or_had_no_confirmed_day_is_not_ranked(districts, change):
    owe(districts[0], "2023-05-28", came="2023-05-29T18:00")
    Obligation.objects.update(**change)
    assert boards.ranking(Obligation.objects.all()) == []


def test_upheld_objection_is_on_time_by_the_current_day_but_not_by_the_original(districts):
    owe(districts[0], "2023-05-28", came="2023-05-29T18:00", late_excused=True)
    [only] = boards.ranking(Obligation.objects.all())
    assert (only.by_due, only.by_original) == (1, 0)


def test_equal_shares_share_a_place_and_the_next_one_is_counted_on(districts):
    third = make.unit("环翠区应急管理局", in_area=make.county("环翠区"), position=3)
    owe(districts[0], "2023-05-28", came="2023-05-20T18:00")
    owe(districts[1], "2023-05-28", came="2023-05-20T18:00")
    owe(third, "2023-05-28", came="2023-05-29T18:00")
    assert [one.place for one in boards.ranking(Obligation.objects.all())] == [1, 1, 3]


# Pages


@pytest.fixture
def officer(client, districts):
    post = make.member(make.city_bureau())
    client.force_login(post.user)
    return post


@pytest.mark.parametrize("name", ["grid", "ranking"])
def test_boards_ask_the_same_however_many(client, officer, districts, name):
    def asked():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"campaigns:{name}", args=["trade-2023"])).status_code == 200
        return len(found)

    owe(districts[0], "2023-05-28", came="2023-05-20T18:00")
    asked()
    one = asked()
    owe(districts[0], "2023-06-28", came="2023-06-20T18:00")
    owe(districts[1], "2023-06-28", came="2023-06-20T18:00")
    assert asked() == one


@pytest.mark.parametrize("name", ["grid", "ranking"])
def test_district_sees_itself_only(client, districts, name):
    for unit in districts:
        owe(unit, "2023-05-28", came="2023-05-20T18:00")
    client.force_login(make.member(districts[0]).user)
    shown = client.get(reverse(f"campaigns:{name}", args=["trade-2023"])).content.decode()
    assert "荣成市应急管理局" in shown
    assert "文登区应急管理局" not in shown


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("grid_workbook", ("荣成市应急管理局", "按时1", "按时1")),
        ("ranking_workbook", (1, "荣成市应急管理局", 1, 1, "100.0", 1, "100.0", None)),
    ],
)
def test_workbooks_hold_what_the_page_shows(client, officer, districts, name, row):
    owe(districts[0], "2023-05-28", came="2023-05-20T18:00")
    reply = client.get(reverse(f"campaigns:{name}", args=["trade-2023"]))
    sheet = load_workbook(BytesIO(b"".join(reply.streaming_content))).active
    assert row in list(sheet.iter_rows(values_only=True))


def test_units_page_holds_all_it_owes_and_has_owed(client, officer, districts):
    owe(districts[0], "2023-05-28", came="2023-05-20T18:00")
    owe(districts[0], "2023-06-28")
    shown = client.get(reverse("campaigns:unit", args=[districts[0].pk]))
    assert [row.period for row in shown.context["open"]] == ["2023-06"]
    assert [row.period for row in shown.context["page"]] == ["2023-05"]
    assert shown.context["months"][0] == ("2023年5月", "按时1")


def test_neighbours_page_is_not_found(client, districts):
    client.force_login(make.member(districts[0]).user)
    assert client.get(reverse("campaigns:unit", args=[districts[1].pk])).status_code == 404


# The rehearsal


@pytest.fixture
def running():
    today = timezone.localdate()
    return campaigns.campaign(starts_on=today - timedelta(days=300), ends_on=today + timedelta(days=60))


def coming(unit, days, **fields):
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    return owe(unit, day, **fields)


def test_missing_is_told_three_work_days_before_once(districts, running):
    """Due on Wednesday 2023-06-28; 06-25 is a working Sunday, 06-22 to 06-24 holidays: told on Sunday 06-25."""
    owe(districts[0], "2023-06-28", of=campaigns.deliverable(of=running))
    owe(districts[1], "2023-06-28", came="2023-06-20T09:00")
    days = [date(2023, 6, 19) + timedelta(days=n) for n in range(10)]
    told = [day for day in days if messages.rehearse(day, by=Actor.system())]
    assert told == [date(2023, 6, 25)]
    messages.rehearse(date(2023, 6, 25), by=Actor.system())
    message = Message.objects.get()
    assert (message.unit, "还有1项未报" in message.title) == (running.lead_unit, True)


def test_rehearsal_counts_and_names_who_is_missing(districts, running):
    WorkDay.objects.create(day=timezone.localdate() + timedelta(days=1), is_workday=True)
    coming(districts[0], 1, of=campaigns.deliverable(of=running))
    coming(districts[1], 1, came="2023-06-20T09:00")
    [due] = rehearsal.coming(running, timezone.localdate(), by=Actor.system())
    assert (due.expected, due.handed_in, due.missing) == (2, 1, 1)
    assert [str(row.unit) for row in due.rows] == ["荣成市应急管理局"]


def test_twice_late_in_half_a_year_is_often(districts, running):
    duty = campaigns.deliverable(of=running)
    for days, came in ((-100, None), (-60, "late"), (-300, None)):
        made = coming(districts[0], days, of=duty, period=f"p{days}")
        if came:
            Obligation.objects.filter(pk=made.pk).update(handed_in_at=timezone.now())
    coming(districts[1], -60, of=duty, period="once")
    assert rehearsal.often_late(running) == {districts[0].pk}


def test_rehearsal_is_the_lead_units(client, districts, running):
    client.force_login(make.member(districts[0]).user)
    assert client.get(reverse("campaigns:rehearsal", args=[running.code])).status_code == 403
    client.force_login(make.member(make.city_bureau()).user)
    assert client.get(reverse("campaigns:rehearsal", args=[running.code])).status_code == 200
