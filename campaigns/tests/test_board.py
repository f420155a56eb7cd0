from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.board import board, month_shown
from campaigns.models import Obligation, Standing
from campaigns.tests import factories as campaigns
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
AFTER = campaigns.JUNE_28 + timedelta(days=2)
BEFORE = campaigns.JUNE_28 - timedelta(days=2)


@pytest.fixture
def four():
    """In 荣成市 one on time, one late, one missing; in 文登区 one waived."""
    first = campaigns.obligation(handed_in_at=BEFORE)
    duty = first.deliverable
    campaigns.obligation(make.unit("二局"), of=duty, handed_in_at=AFTER)
    campaigns.obligation(make.unit("三局"), of=duty)
    campaigns.obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), of=duty, state="waived")
    return duty


def standings(moment):
    rows = Obligation.objects.with_standing(moment).order_by("pk")
    return [row.standing for row in rows]


def test_standing_before_and_after_the_due_day(four):
    """What was handed in on time or late stays so; who has not is not yet late before the day ends."""
    assert standings(BEFORE) == ["on_time", "late", "pending", "waived"]
    assert standings(AFTER) == ["on_time", "late", "missing", "waived"]
    assert standings(campaigns.JUNE_28)[2] == "pending"


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({"late_to_open": True}, "unconfirmed"),
        ({"late_to_open": True, "handed_in_at": AFTER}, "on_time"),
        ({"state": "missing"}, "missing"),
        ({"state": "missing", "handed_in_at": AFTER}, "late"),
        ({"state": "superseded"}, "ended"),
        ({"state": "ended"}, "ended"),
        ({"due_at": AFTER + timedelta(days=1)}, "pending"),
        ({"due_at": AFTER + timedelta(days=1), "handed_in_at": AFTER}, "on_time"),
    ],
)
def test_standing_of_special_cases(fields, standing):
    campaigns.obligation(**fields)
    assert standings(AFTER) == [standing]


def test_what_is_optional_is_never_missing_and_not_expected():
    """鼓励开展、视情报送: 应报 counts it only once it has come in."""
    campaigns.obligation(of=campaigns.deliverable(optional=True))
    (owed,) = Obligation.objects.for_list()
    assert (standings(BEFORE), standings(AFTER)) == (["optional"], ["optional"])
    assert (owed.is_settled, owed.status) == (True, ("info", "可不报"))
    assert list(Obligation.objects.asked()) == list(Obligation.objects.to_do()) == []
    Obligation.objects.update(handed_in_at=BEFORE)
    assert (standings(AFTER), Obligation.objects.asked().count()) == (["on_time"], 1)


def test_board_counts_by_area_with_the_denominator(four):
    found = board(Obligation.objects.all(), AFTER)
    assert [area.name for area in found.areas] == ["荣成市", "文登区"]
    (line,) = found.lines
    rongcheng, wendeng = (cell for _, cell in line.cells)
    assert (rongcheng.expected, rongcheng.on_time, rongcheng.late, rongcheng.missing) == (3, 1, 1, 1)
    assert (wendeng.expected, wendeng.waived, wendeng.worst) == (0, 1, Standing.WAIVED)
    assert (line.sum.expected, line.sum.handed_in, found.sum.waived) == (3, 2, 1)


def test_board_takes_three_queries_however_much_there_is(four, django_assert_num_queries):
    campaigns.obligation(of=campaigns.deliverable("ledger", name="台账"))
    with django_assert_num_queries(3):
        board(Obligation.objects.all(), AFTER)


def test_month_shown_is_this_one_or_the_last_that_had_something_due():
    months = [("2023-05", "2023年5月"), ("2023-06", "2023年6月"), ("2023-08", "2023年8月")]
    assert month_shown(months, "2023-07") == "2023-06"
    assert month_shown(months, "2023-08") == "2023-08"
    assert month_shown(months, "2023-01") == "2023-05"
    assert month_shown([], "2023-01") == ""


@pytest.fixture
def lead(client):
    post = make.member(make.city_bureau())
    client.force_login(post.user)
    return post


def shown(client, query="", name="board"):
    response = client.get(reverse(f"campaigns:{name}", args=["trade-2023"]) + query)
    assert response.status_code == 200
    return response


def test_page_says_the_sum_and_opens_the_rows_behind_it(client, lead, four):
    text = shown(client).content.decode()
    assert "应报 <strong>3</strong> 项：按时 1，迟报 1" in text
    assert f"?view=all&amp;deliverable={four.pk}&amp;area={make.county().pk}&amp;month=2023-06" in text
    assert ">2/3</a>" in text


def test_page_of_a_month(client, lead, four):
    july = datetime(2023, 7, 28, 12, tzinfo=UTC)
    campaigns.obligation(of=four, period="2023-07", due_at=july, original_due_at=july)
    assert shown(client, "?month=2023-06").context["board"].sum.expected == 3
    assert shown(client, "?month=2023-07").context["board"].sum.expected == 1
    assert shown(client, "?month=all").context["board"].sum.expected == 4
    assert shown(client, "?month=2099-01").context["month"] == "2023-07"


def test_districts_see_only_their_own_rows(client, four):
    client.force_login(make.member(make.unit("文登区应急管理局")).user)
    assert [area.name for area in shown(client).context["board"].areas] == ["文登区"]


def test_board_page_takes_the_same_queries_for_one_and_three_duties(client, lead, four, django_assert_num_queries):
    shown(client)
    with CaptureQueriesContext(connection) as one:
        shown(client)
    for code in ("second", "third"):
        campaigns.obligation(of=campaigns.deliverable(code, name=code))
    with django_assert_num_queries(len(one)):
        shown(client)


def test_workbook_holds_the_figures_as_numbers(client, lead, four):
    response = shown(client, "?month=2023-06", name="board_workbook")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "调度表"]
    assert rows == [
        ("调度表", "荣成市", 3, 1, 1, 1, 0, 0, 0),
        ("调度表", "文登区", 0, 0, 0, 0, 0, 0, 1),
        ("调度表", "合计", 3, 1, 1, 1, 0, 0, 1),
    ]
