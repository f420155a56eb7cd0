"""Firm × month: the board of enterprises, its workbook, and letters from a slow firm's row; figures counted by hand."""

from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from campaigns import firms as boards
from campaigns.actions import letters, pressing
from campaigns.grid import words
from campaigns.letters import paper
from campaigns.models import Letter, Obligation
from campaigns.tests import factories as campaigns
from lib.text import bigrams
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import Enterprise
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
JULY = datetime(2023, 7, 10, 9, tzinfo=SHANGHAI)
URL = "/campaigns/trade-2023/firms/"
BOOK = "/campaigns/trade-2023/firms.xlsx"
SECTORS = ("轻工", "冶金")


def end_of(text):
    return datetime.combine(date.fromisoformat(text), datetime.max.time(), SHANGHAI)


@pytest.fixture
def duty():
    return campaigns.deliverable("self-check", name="自查报告", respondent="enterprise", line="", unit_kinds=[])


@pytest.fixture
def owe(duty):
    def owing(firm, due, *, came=None, **fields):
        """Due at the end of a day; `came` is when it was handed in, and accepted."""
        stamps = {}
        if came:
            moment = datetime.fromisoformat(came).replace(tzinfo=SHANGHAI)
            stamps = {"handed_in_at": moment, "accepted_at": moment, "state": "fulfilled"}
        dates = {"due_at": end_of(due), "original_due_at": end_of(due), "nominal_on": date.fromisoformat(due)}
        values = {"period": due[:7], "sector": firm.sector} | dates | stamps | fields
        return campaigns.obligation(firm, of=duty, recipients=[make.city_bureau(sectors=SECTORS)], **values)

    return owing


def firm(name, **fields):
    return make.enterprise(name, grams=bigrams(name), **fields)


@pytest.fixture
def three(owe):
    """海源: in time, late by a day, missing. 金属: all in time. 文登: waived in June, July not due yet."""
    found = [
        firm("荣成海源食品有限公司"),
        firm("荣成金属制品有限公司", in_sector="冶金"),
        firm("文登轻工厂", in_area=make.county("文登区")),
    ]
    owe(found[0], "2023-05-28", came="2023-05-28T18:00")
    owe(found[0], "2023-06-28", came="2023-06-29T09:00")
    owe(found[0], "2023-07-05")
    owe(found[1], "2023-05-28", came="2023-05-20T18:00")
    owe(found[2], "2023-06-28", state="waived")
    owe(found[2], "2023-07-28")
    return found


@pytest.fixture
def city(client):
    """A clerk of the lead unit, who answers for both sectors."""
    actor = make.actor(make.city_bureau(sectors=SECTORS))
    client.force_login(actor.user)
    return client


def told(found):
    return {month: words(cell) for month, cell in found.cells.items()}


def shown(page):
    return [str(firm) for firm in page.context["page"]]


# The figures


def test_each_cell_says_how_the_firms_month_stands(three):
    found = boards.grid(Obligation.objects.all(), three, JULY)
    assert [told(found[firm.pk]) for firm in three] == [
        {"2023-05": "按时1", "2023-06": "迟报1", "2023-07": "缺报1"},
        {"2023-05": "按时1"},
        {"2023-06": "免报1", "2023-07": "未到期1"},
    ]
    assert words(found[three[0].pk].sum) == "缺报1 迟报1 按时1"


def test_share_is_of_what_was_accepted_by_the_day_that_counted(three, owe):
    """海源: two accepted, one in time: 50 %. 金属: 100 %. 文登: nothing accepted, no share."""
    found = boards.grid(Obligation.objects.all(), three, JULY)
    assert [(found[firm.pk].accepted, found[firm.pk].share) for firm in three] == [(2, 50.0), (1, 100.0), (0, None)]
    excused = owe(three[2], "2023-04-28", came="2023-05-29T18:00", late_excused=True)
    assert excused.is_late() is False
    assert boards.grid(Obligation.objects.all(), three, JULY)[three[2].pk].share == 100.0


def test_slow_is_who_is_missing_or_late_at_that_moment(three):
    rows = Obligation.objects.all()
    found = boards.grid(rows, three, JULY)
    assert [found[firm.pk].is_slow for firm in three] == [True, False, False]
    assert list(boards.firms(rows, slow_at=JULY)) == [three[0]]
    assert set(boards.firms(rows, slow_at=datetime(2023, 8, 1, tzinfo=SHANGHAI))) == {three[0], three[2]}


def test_month_is_that_of_the_day_in_shanghai(owe):
    """The first minutes of June in Shanghai are 31 May in UTC."""
    one = firm("海源")
    owe(one, "2023-06-01", due_at=datetime(2023, 6, 1, 0, 30, tzinfo=SHANGHAI))
    assert boards.months(Obligation.objects.all()) == ["2023-06"]
    assert list(boards.grid(Obligation.objects.all(), [one], JULY)[one.pk].cells) == ["2023-06"]


def test_units_undated_duties_and_other_firms_have_no_place(owe):
    one, other = firm("海源"), firm("别家")
    owe(one, "2023-05-28", due_at=None)
    owe(other, "2023-05-28")
    campaigns.obligation(make.unit())
    assert list(boards.firms(Obligation.objects.all())) == [other]
    assert boards.grid(Obligation.objects.all(), [one], JULY)[one.pk].cells == {}
    assert boards.months(Obligation.objects.all()) == ["2023-05"]


# The page


def test_page_shows_firms_by_name_with_the_months_of_the_page(city, three):
    page = city.get(URL)
    assert shown(page) == sorted(map(str, three))
    assert page.context["labels"] == ["2023年5月", "2023年6月", "2023年7月"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "海源"}, ["荣成海源食品有限公司"]),
        ({"q": "没有这家"}, []),
        ({"slow": "on"}, ["文登轻工厂", "荣成海源食品有限公司"]),
        ({"slow": "on", "q": "海源"}, ["荣成海源食品有限公司"]),
    ],
)
def test_page_is_searched_and_narrowed(city, three, query, names):
    """Today both 海源's and 文登's July are missing."""
    assert shown(city.get(URL, query)) == names


def test_page_is_narrowed_by_area_and_sector(city, three):
    assert shown(city.get(URL, {"area": make.county("文登区").pk})) == ["文登轻工厂"]
    assert shown(city.get(URL, {"sector": make.sector("冶金").pk})) == ["荣成金属制品有限公司"]


def test_firm_that_was_deregistered_keeps_its_history(city, three):
    Enterprise.objects.filter(pk=three[0].pk).update(status="deregistered")
    assert str(three[0]) in shown(city.get(URL))


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"}, {"area": "x"}, {"area": "9" * 30}, {"sector": "-1"}, {"slow": "perhaps"}, {"after": "\x00"},
        {"after": '["a"]'}, {"after": '["a", "\\u0000"]'}, {"q": "'; drop table"}, {"page": "-5"},
    ],
)  # fmt: skip
def test_spoilt_query_still_gives_the_page_and_the_book(city, three, query):
    assert city.get(URL, query).status_code == 200
    assert rows_of(city, **query) is not None


def test_next_page_begins_after_the_last_firm(city, owe):
    for number in range(51):
        owe(firm(f"企业{number:03}"), "2023-05-28")
    first = city.get(URL)
    second = city.get(URL + first.context["page"].next_query)
    assert (len(shown(first)), shown(second)) == (50, ["企业050"])


def test_page_asks_the_same_however_many_firms(city, owe):
    def asked(path):
        with CaptureQueriesContext(connection) as found:
            assert city.get(path).getvalue()
        return len(found)

    owe(firm("甲"), "2023-05-28")
    asked(URL)
    one = asked(URL), asked(BOOK)
    for name in ("乙", "丙"):
        other = firm(name)
        owe(other, "2023-05-28", came="2023-05-20T09:00")
        owe(other, "2023-06-28")
    assert (asked(URL), asked(BOOK)) == one


# Who sees what


def test_district_sees_its_own_firms_only(client, three):
    """荣成's bureau answers for 轻工 alone."""
    client.force_login(make.member(make.unit()).user)
    page = client.get(URL)
    assert shown(page) == ["荣成海源食品有限公司"]
    assert "文登" not in page.content.decode()
    assert [row[0] for row in rows_of(client)] == ["荣成海源食品有限公司"]


def test_firm_sees_itself_only(client, three):
    client.force_login(make.member(three[0], Role.HEAD).user)
    assert shown(client.get(URL)) == ["荣成海源食品有限公司"]


def test_firm_that_moved_stands_on_the_board_of_where_it_is_now(client, three, owe):
    """荣成 keeps what it owed there in its list of duties; 文登 sees the firm with what follows it."""
    wendeng = make.county("文登区")
    Enterprise.objects.filter(pk=three[0].pk).update(area=wendeng)
    Obligation.objects.filter(enterprise=three[0], state="open").update(handled_in=wendeng)
    client.force_login(make.member(make.unit()).user)
    assert shown(client.get(URL)) == []
    assert client.get("/obligations/", {"view": "all"}).context["page"].rows

    client.force_login(make.member(make.unit("文登区应急管理局", in_area=wendeng)).user)
    page = client.get(URL)
    assert shown(page) == ["文登轻工厂", "荣成海源食品有限公司"]
    [_, line] = page.context["lines"]
    assert told(line[1]) == {"2023-07": "缺报1"}


def test_row_leads_to_the_firms_page_and_that_to_all_it_ever_owed(city, three, owe):
    owe(three[0], "2023-04-28", state="ended")
    assert f"/enterprises/{three[0].pk}/" in city.get(URL).content.decode()
    picture = city.get(f"/enterprises/{three[0].pk}/")
    [duties] = [panel for panel in picture.context["panels"] if panel.key == "duties"]
    history = city.get(duties.more)
    assert sorted(row.period for row in history.context["page"]) == ["2023-04", "2023-05", "2023-06", "2023-07"]


def test_tab_is_there_where_firms_owe_something(city, three):
    assert URL in city.get("/campaigns/trade-2023/board/").content.decode()
    campaigns.deliverable("units", of=campaigns.campaign("other-2023", name="另一个行动"))
    assert "按企业逐月" not in city.get("/campaigns/other-2023/board/").content.decode()


def test_empty_board_says_so(city, duty):
    assert "还没有企业的应报任务" in city.get(URL).content.decode()
    assert "没有符合条件的企业" in city.get(URL, {"q": "海源"}).content.decode()


# The workbook


def rows_of(client, **query):
    reply = client.get(BOOK, query)
    sheet = load_workbook(BytesIO(b"".join(reply.streaming_content))).active
    return list(sheet.iter_rows(min_row=4, values_only=True))


HAIYUAN = ("按时1", "迟报1", "缺报1", "缺报1 迟报1 按时1")


def test_workbook_holds_every_firm_with_all_months(city, three):
    """Made today, so 文登's July is missing."""
    assert rows_of(city) == [
        ("文登轻工厂", three[2].uscc, "文登区", "轻工", None, "免报1", "缺报1", "缺报1 免报1", 0, None),
        ("荣成海源食品有限公司", three[0].uscc, "荣成市", "轻工", *HAIYUAN, 2, "50.0"),
        ("荣成金属制品有限公司", three[1].uscc, "荣成市", "冶金", "按时1", None, None, "按时1", 1, "100.0"),
    ]  # fmt: skip


def test_workbook_holds_what_the_filters_leave(city, three):
    assert [row[0] for row in rows_of(city, q="海源")] == ["荣成海源食品有限公司"]
    assert [row[0] for row in rows_of(city, slow="on")] == ["文登轻工厂", "荣成海源食品有限公司"]


def test_two_firms_of_one_name_stay_two(city, owe):
    one, other = firm("同名厂"), firm("同名厂")
    owe(one, "2023-05-28")
    owe(other, "2023-05-28", came="2023-05-20T09:00")
    found = {row[1]: row[4] for row in rows_of(city)}
    assert found == {one.uscc: "缺报1", other.uscc: "按时1"}


def test_empty_workbook_has_its_headings(city, duty):
    sheet = load_workbook(BytesIO(b"".join(city.get(BOOK).streaming_content))).active
    assert [cell.value for cell in sheet[3]][:2] == ["企业", "统一社会信用代码"]


# Letters from a slow firm's row


def tap(client, to, kind="supervision"):
    return client.post(f"/campaigns/trade-2023/press/firms/{to.pk}/", {"kind": kind})


@pytest.mark.parametrize("kind", ["supervision", "talk"])
def test_clerk_taps_from_the_row_to_the_draft(city, three, kind):
    assert f"/press/firms/{three[0].pk}/" in city.get(URL).content.decode()
    reply = tap(city, three[0], kind)
    draft = Letter.objects.get()
    assert reply.url == f"/letters/{draft.pk}/edit/"
    assert (draft.enterprise, draft.unit, draft.kind, draft.state) == (three[0], None, kind, "draft")
    assert paper(draft).addressee == "荣成海源食品有限公司"
    assert paper(draft).paragraphs[1:3] == [
        "1. 2023年6月 自查报告，应于2023年6月28日报送，2023年6月29日才报送；",
        "2. 2023年7月 自查报告，应于2023年7月5日报送，至今未报送。",
    ]


def test_firm_that_is_not_slow_has_no_button_and_gets_no_letter(city, three):
    assert f"/press/firms/{three[1].pk}/" not in city.get(URL).content.decode()
    assert tap(city, three[1]).url == URL
    assert not Letter.objects.exists()


def test_letter_reaches_the_firm_once_released(city, three):
    clerk = make.actor(make.city_bureau(), name="李经办")
    draft = pressing.press(campaigns.campaign(), to=three[0], kind="supervision", by=clerk)
    head = make.actor(three[0], Role.HEAD)
    assert not Letter.objects.visible_to(head).exists()
    letters.release(draft, by=clerk)
    assert Letter.objects.visible_to(head).get() == draft
    assert Message.objects.filter(enterprise=three[0]).exists()


def test_unit_and_firm_of_one_key_get_letters_of_their_own(city, three):
    """They may bear the same number: the letter to one is not the letter to the other."""
    unit = make.unit(pk=three[0].pk)
    campaigns.obligation(unit, of=campaigns.deliverable("units", name="月报"))
    clerk = make.actor(make.city_bureau())
    made = [pressing.press(campaigns.campaign(), to=to, kind="talk", by=clerk) for to in (unit, three[0], three[0])]
    assert (made[0] != made[1], made[1] == made[2]) == (True, True)
    with pytest.raises(MoveRefused, match="没有缺报或迟报"):
        pressing.press(campaigns.campaign(), to=three[1], kind="talk", by=clerk)


@pytest.mark.parametrize("kind", ["", "urging", "x"])
def test_other_kinds_are_refused(city, three, kind):
    assert tap(city, three[0], kind).status_code == 400


def test_only_the_lead_units_clerk_may(client, three):
    for holder, role, status in (
        (make.unit(), Role.CLERK, 403),
        (make.city_bureau(), Role.CHIEF, 403),
        (three[0], Role.HEAD, 403),
    ):
        client.force_login(make.member(holder, role).user)
        assert tap(client, three[0]).status_code == status
        assert "拟督办函" not in client.get(URL).content.decode()
    assert not Letter.objects.exists()


def test_firm_that_owes_nothing_here_is_not_found(city, three):
    assert tap(city, firm("别家")).status_code == 404


def test_what_the_board_sees_lies_within_what_may_be_seen(three, owe):
    """By place and sector alone it never shows more than the gate of every other page."""
    wendeng = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    for holder, role in (
        (make.unit(), Role.CLERK),
        (wendeng, Role.CLERK),
        (make.city_bureau(sectors=SECTORS), Role.REVIEWER),
        (three[0], Role.HEAD),
    ):
        actor = make.actor(holder, role)
        board = set(Obligation.objects.of_firms_seen_by(actor).values_list("pk", flat=True))
        assert board
        assert board <= set(Obligation.objects.visible_to(actor).values_list("pk", flat=True))
