"""The enterprise's full picture: every app's rows about one firm, as far as the reader may see them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.actions import submissions
from campaigns.models import Obligation
from campaigns.tests import factories as owed
from checklists.tests import factories as lists
from config.tests.browser import obstacles, sideways, small_targets
from documents.models import StoredFile
from hazards.models import Hazard
from hazards.tests import factories as found
from inspections.tests import factories as records
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make
from reports import views
from reports.enterprise import KINDS, LISTED_HERE, panels

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def firm():
    return found.firm()


@pytest.fixture
def clerk():
    """Of the district's bureau."""
    return make.actor(make.unit())


def seen(firm, actor):
    """(summary, titles) of each panel that shows something."""
    shown = panels(firm, actor)
    return {one.key: (one.summary, [entry.title for entry in one.entries]) for one in shown if one.entries}


def duty(firm, name="带队检查", due=28, *, month=6, **fields):
    day = date(2023, month, due)
    at = datetime(2023, month, due, 23, 59, tzinfo=SHANGHAI)
    of = owed.deliverable(f"d{Obligation.objects.count()}", name=name, respondent="enterprise")
    dates = {"nominal_on": day, "original_due_at": at, "due_at": at, "period": "once", "sector": firm.sector}
    return owed.obligation(firm, of=of, **dates | fields)


def photo(owner, name, by=None):
    return StoredFile.objects.create(
        name=name, content_type="image/png", size=1, sha256="0" * 64, owner=owner, uploaded_by=by and by.user
    )


# What is shown


def test_nothing_known_says_so_for_each_kind(client, firm, clerk):
    client.force_login(clerk.user)
    text = client.get(reverse("reports:enterprise", args=[firm.pk])).content.decode()
    for kind in KINDS.values():
        assert kind.empty in text
    assert ">全部</a>" not in text


def test_duties_come_with_their_standing_late_ones_in_words(firm, clerk):
    """Pressing first by day, then what is done, newest first; the waived one is shown but not expected."""
    on_time = datetime(2023, 6, 1, tzinfo=SHANGHAI)
    duty(firm, "六月按时", 10, handed_in_at=on_time, state="fulfilled")
    duty(firm, "六月迟报", 12, handed_in_at=on_time + timedelta(days=20), state="fulfilled")
    duty(firm, "七月未报", 5, month=7)
    duty(firm, "六月未报", 20)
    duty(firm, "免报的", 21, state="waived")
    duty(firm, "不再应报的", 22, state="ended")

    (panel, *_) = panels(firm, clerk)

    assert panel.summary == "应报4项：按时1项，迟报1项，缺报2项"
    assert [(entry.title, [word for _, word in entry.badges]) for entry in panel.entries] == [
        ("六月未报", ["逾期未报"]),
        ("七月未报", ["逾期未报"]),
        ("免报的", ["免报"]),
        ("六月迟报", ["已接收", "迟报"]),
        ("六月按时", ["已接收"]),
    ]
    assert panel.entries[0].badges[0][0] == "late"


def test_many_that_press_leave_room_for_what_is_done(firm, clerk):
    for number in range(6):
        duty(firm, f"未报{number}", number + 1)
    duty(firm, "已报", 3, handed_in_at=datetime(2023, 6, 1, tzinfo=SHANGHAI), state="fulfilled")
    (panel, *_) = panels(firm, clerk)
    assert [entry.title for entry in panel.entries] == ["未报0", "未报1", "未报2", "未报3", "已报"]


def test_hazards_are_counted_open_and_closed(firm, clerk):
    """Two open (one major, that one overdue), one closed; what was dismissed counts nowhere (design §4.4)."""
    found.closed(description="已销号的")
    found.dismissed(description="不属实的")
    found.rectifying(description="重大逾期的")
    found.hazard(description="一般的", found_on=date(2023, 6, 9))

    summary, titles = seen(firm, clerk)["hazards"]

    assert summary == "未销号2项（重大1项，逾期1项），已销号1项"
    assert titles[:2] == ["一般的", "重大逾期的"]
    assert set(titles[2:]) == {"已销号的", "不属实的"}


def test_visits_and_actions_are_told(firm, clerk):
    trip = records.trip(by=clerk.unit, on=date(2023, 6, 6), mode="双随机")
    records.visit(firm, on_trip=trip, flags=["no_drill", "head_not_leading"], note="查了冷库")
    case = records.case(firm, by=clerk.unit, number="荣应急罚〔2023〕1号")
    records.action("penalty", firm, by=clerk.unit, case=case, fine=Decimal("3.50"), target="head")

    by_key = {panel.key: panel for panel in panels(firm, clerk)}

    (visit,) = by_key["visits"].entries
    assert (visit.title, visit.detail, visit.day) == (
        "荣成市应急管理局 双随机",
        "抽查发现2项 · 查了冷库",
        date(2023, 6, 6),
    )
    (action,) = by_key["actions"].entries
    assert action.title == "行政处罚"
    assert action.detail == "荣成市应急管理局 · 主要负责人 · 荣应急罚〔2023〕1号 · 罚款3.50万元"
    assert by_key["visits"].summary == "共1次"


def test_self_inspection_shows_its_result_once_it_is_handed_in(firm, clerk):
    head = make.actor(firm, Role.HEAD)
    inspection = lists.answered(lists.inspection(firm, by=head), by=head, results={1: "noncompliant", 2: "partial"})
    assert "inspections" not in seen(firm, clerk)  # what is not handed in is nobody else's business
    assert seen(firm, head)["inspections"][0] == "共1次"

    submissions.hand_in(inspection.obligation, by=head)

    (entry,) = next(panel for panel in panels(firm, clerk) if panel.key == "inspections").entries
    assert entry.detail == "对照检查表：已答3项，不符合和部分符合2项"
    assert (entry.badges, entry.day) == ((("info", "待审核"),), timezone.localdate())


def test_documents_are_what_the_firm_gave(firm, clerk):
    """Files of its reports, photos of its answers, what its people added to a hazard; not the department's photo."""
    head = make.actor(firm, Role.HEAD)
    row = duty(firm)
    submission = submissions.hand_in(row, by=head, text="情况")
    photo(submission, "报告.pdf")
    inspection = lists.answered(lists.inspection(firm, by=head), by=head)
    submissions.hand_in(inspection.obligation, by=head)
    photo(inspection.answers.first(), "自查.png", head)
    hazard = found.hazard()
    photo(hazard, "整改后.png", head)
    photo(hazard, "检查时.png", clerk)
    photo(found.hazard(make.enterprise("邻家")), "邻家.png", head)

    assert seen(firm, clerk)["documents"] == ("共3份", ["整改后.png", "自查.png", "报告.pdf"])


# Who sees it


def everything(firm):
    """A row of every kind about this firm."""
    head = make.actor(firm, Role.HEAD)
    submission = submissions.hand_in(duty(firm), by=head, text="情况")
    photo(submission, "报告.pdf")
    inspection = lists.answered(lists.inspection(firm, by=head), by=head)
    submissions.hand_in(inspection.obligation, by=head)
    found.hazard(firm)
    records.visit(firm)
    records.action("interview", firm)
    return head


def test_each_kind_is_gated_by_its_own_rows(firm, clerk):
    """The district, the city and the firm itself see all; others in the same house of data nothing of it."""
    head = everything(firm)
    away = make.actor(make.unit("文登区应急管理局", in_area=make.county("文登区")))
    other_line = make.actor(make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=("民爆",)))
    neighbour = make.actor(make.enterprise("邻家"), Role.HEAD)
    every = set(KINDS)

    assert set(seen(firm, clerk)) == set(seen(firm, head)) == every
    assert set(seen(firm, make.actor(make.city_bureau()))) == every
    for stranger in (away, other_line, neighbour):
        assert seen(firm, stranger) == {}


def test_a_foreign_firm_is_not_found(client, firm):
    client.force_login(make.member(make.unit("文登区应急管理局", in_area=make.county("文登区"))).user)
    assert client.get(reverse("reports:enterprise", args=[firm.pk])).status_code == 404
    assert client.get(reverse("reports:enterprise_records", args=[firm.pk, "visits"])).status_code == 404


def test_after_a_move_only_what_followed_is_the_new_districts(firm):
    """Closed history stays with the old district (design §4.1): the new one sees the firm and none of it."""
    found.closed()
    firm.area = make.county("文登区")
    firm.save(update_fields=["area"])
    new = make.actor(make.unit("文登区应急管理局", in_area=firm.area))
    assert seen(firm, new) == {}


# The page


def test_the_picture_stands_at_the_firms_address(firm):
    """Reports comes before organizations, whose own page is at the same address."""
    path = f"/enterprises/{firm.pk}/"
    assert reverse("organizations:enterprise", args=[firm.pk]) == reverse("reports:enterprise", args=[firm.pk]) == path
    assert resolve(path).func is views.enterprise


def test_page_keeps_facts_people_and_changes(client, firm, clerk):
    everything(firm)
    client.force_login(clerk.user)
    text = client.get(f"/enterprises/{firm.pk}/").content.decode()
    for heading in (
        "应报任务",
        "事故隐患",
        "自查",
        "检查",
        "行政处置",
        "提交的材料",
        "基本情况",
        "平台账号",
        "信息核对",
    ):
        assert f">{heading}</h2>" in text
    assert firm.uscc in text


def rows(firm, count):
    """More of each kind."""
    head = make.actor(firm, Role.HEAD)
    for _ in range(count):
        photo(submissions.hand_in(duty(firm), by=head, text="情况"), "报告.pdf")
        submissions.hand_in(lists.answered(lists.inspection(firm, by=head), by=head).obligation, by=head)
        found.hazard(firm)
        found.closed(firm)
        records.visit(firm)
        records.action("interview", firm)


def test_queries_do_not_grow_with_the_rows(client, firm, clerk):
    client.force_login(clerk.user)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/enterprises/{firm.pk}/").status_code == 200
        return len(queries)

    rows(firm, 1)
    asked()
    few = asked()
    rows(firm, 2)
    assert asked() == few


@pytest.mark.parametrize("kind", list(LISTED_HERE))
def test_all_rows_of_a_kind_are_behind_their_link(client, firm, clerk, kind):
    everything(firm)
    client.force_login(clerk.user)
    panel = next(one for one in panels(firm, clerk) if one.key == kind)
    text = client.get(panel.more).content.decode()
    assert panel.more == f"/enterprises/{firm.pk}/{kind}/all/"
    assert panel.summary in text
    assert panel.entries[0].title in text


@pytest.mark.parametrize("kind", list(LISTED_HERE))
def test_long_lists_take_the_same_queries_for_one_and_three_rows(client, firm, clerk, kind):
    client.force_login(clerk.user)
    path = reverse("reports:enterprise_records", args=[firm.pk, kind])

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    rows(firm, 1)
    asked()
    few = asked()
    rows(firm, 2)
    assert asked() == few


def test_long_list_goes_on_by_key_to_its_last_row(client, firm, clerk):
    for _ in range(51):
        records.visit(firm)
    client.force_login(clerk.user)
    path = reverse("reports:enterprise_records", args=[firm.pk, "visits"])
    first = client.get(path)
    second = client.get(path + first.context["page"].next_query)
    assert (len(first.context["entries"]), len(second.context["entries"])) == (50, 1)


@pytest.mark.parametrize("kind", ["duties", "hazards", "secrets"])
def test_kinds_with_a_list_of_their_own_and_unknown_ones_are_not_listed_here(client, firm, clerk, kind):
    client.force_login(clerk.user)
    assert client.get(f"/enterprises/{firm.pk}/{kind}/all/").status_code == 404


def test_empty_long_list_says_so(client, firm, clerk):
    client.force_login(clerk.user)
    assert "没有检查记录。" in client.get(f"/enterprises/{firm.pk}/visits/all/").content.decode()


# The lists of other apps


@pytest.mark.parametrize(("key", "words"), [("duties", "共1项"), ("hazards", "共2项")])
def test_links_lead_to_the_filtered_lists(client, firm, clerk, key, words):
    """Whatever their state, of this firm only, named as a filter that can be taken back."""
    for each in (firm, make.enterprise("邻家")):
        duty(each)
        found.hazard(each)
        found.closed(each)
    client.force_login(clerk.user)
    panel = next(one for one in panels(firm, clerk) if one.key == key)
    text = client.get(panel.more).content.decode()
    assert words in text
    assert f"去掉筛选：企业 {firm.name}" in text
    assert "邻家" not in text


def test_the_firms_own_people_are_led_to_their_own_lists(client, firm):
    head = make.actor(firm, Role.HEAD)
    duty(firm)
    found.closed(firm)
    client.force_login(head.user)
    more = {panel.key: panel.more for panel in panels(firm, head)}
    assert (more["duties"], more["hazards"]) == ("/obligations/?view=owed", "/hazards/?state=all")
    assert "带队检查" in client.get(more["duties"]).content.decode()
    assert "共1项" in client.get(more["hazards"]).content.decode()


@pytest.mark.parametrize("path", ["/obligations/?view=all&enterprise={}", "/hazards/?state=all&enterprise={}"])
def test_a_foreign_firm_is_no_filter_and_is_not_named(client, clerk, path):
    foreign = make.enterprise("文登企业", in_area=make.county("文登区"))
    Hazard.objects.all().delete()
    client.force_login(clerk.user)
    response = client.get(path.format(foreign.pk))
    assert response.status_code == 200
    assert "文登企业" not in response.content.decode()


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True])
def test_page_fits_desk_and_phone(browse, transactional_db, phone):
    firm = found.firm()
    clerk = make.actor(make.unit())
    rows(firm, 1)
    duty(firm, "逾期未报的带队检查和应急演练记录以及培训台账")
    page = browse(clerk.user, f"/enterprises/{firm.pk}/", phone=phone)
    expect(page.get_by_role("heading", name="事故隐患")).to_be_visible()
    expect(page.get_by_text("逾期未报", exact=True).first).to_be_visible()
    assert (sideways(page), small_targets(page) if phone else [], obstacles(page)) == ([], [], [])
    page.get_by_role("link", name="全部检查").click()
    page.wait_for_url("**/visits/all/")
    assert (sideways(page), obstacles(page)) == ([], [])
