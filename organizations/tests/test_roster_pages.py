"""The roster's pages: the list and its Excel, entering, mending, ending; and the panel on the page of a firm."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from config.tests.browser import obstacles, sideways, small_targets
from lib.text import bigrams
from organizations.actions import roster
from organizations.models import AuditEntry, Enterprise, Responsible
from organizations.models.people import Role
from organizations.tests import factories as make
from organizations.tests.test_races import at_once

pytestmark = pytest.mark.django_db
LIST, NEW = "/roster/", "/roster/new/"


@pytest.fixture
def unit(db):
    return make.unit()


@pytest.fixture
def clerk(unit):
    return make.member(unit, Role.CLERK)


@pytest.fixture
def firm(unit):
    name = "荣成海源食品有限公司"
    return make.enterprise(name, grams=bigrams(name))


@pytest.fixture
def signed(client, clerk):
    client.force_login(clerk.user)
    return client


def said(unit, **changed):
    data = {"unit": unit.pk, "kind": "leader", "name": "张三", "post": "局长", "mobile": "13806310001"}
    return data | {"starts_on": "2023-01-01"} | changed


def names(response):
    return [row.name for row in response.context["page"]]


# The list


def test_list_begins_with_the_leaders_of_ones_own_house(signed, unit, firm):
    make.responsible(unit, "张局长")
    make.responsible(make.city_bureau(), "市局长")
    make.responsible(unit, "李驻点", kind="station", enterprise=firm)
    assert names(signed.get(LIST)) == ["张局长"]
    assert names(signed.get(LIST + "?kind=station")) == ["李驻点"]


def test_bureau_lists_its_offices_people_too(signed, unit, firm):
    office = make.unit("荣成市应急管理局基础科", kind="office", part_of=unit)
    make.responsible(office, "孙驻点", kind="station", enterprise=firm)
    assert names(signed.get(LIST + "?kind=station")) == ["孙驻点"]


def test_who_left_is_found_under_its_state(signed, unit):
    make.responsible(unit, "在任的")
    make.responsible(unit, "离任的", ended_on=date(2023, 6, 10))
    assert names(signed.get(LIST)) == ["在任的"]
    assert names(signed.get(LIST + "?state=ended")) == ["离任的"]
    assert names(signed.get(LIST + "?state=all")) == ["在任的", "离任的"]


@pytest.mark.parametrize("words", ["李驻", "海源", "13806", "91371082MA"])
def test_list_is_searched_by_person_firm_number_and_code(signed, unit, firm, words):
    make.responsible(unit, "李驻点", kind="station", enterprise=firm, mobile="13806310001")
    other = make.enterprise("某某公司", uscc="92371082MA00000001")
    make.responsible(unit, "王某", kind="station", enterprise=other, mobile="13900000000")
    assert names(signed.get(LIST, {"kind": "station", "q": words})) == ["李驻点"]


@pytest.mark.parametrize("query", ["?kind=boss", "?state=what", "?after=x", "?q=%00", "?q=" + "长" * 100])
def test_spoilt_query_shows_the_plain_list(signed, unit, query):
    make.responsible(unit, "张局长")
    assert signed.get(LIST + query).status_code == 200


@pytest.mark.parametrize("unit_key", ["0", "x", "99999999999999999999", "-1", "٣"])
def test_unit_that_is_none_is_not_found(signed, unit_key):
    assert signed.get(LIST, {"unit": unit_key}).status_code == 404


def test_city_looks_at_a_district_and_changes_nothing(client, unit):
    row = make.responsible(unit, "张局长")
    client.force_login(make.member(make.city_bureau()).user)
    page = client.get(LIST, {"unit": unit.pk})
    assert names(page) == ["张局长"]
    assert reverse("organizations:roster_entry", args=[row.pk]) not in page.content.decode()
    assert client.get(reverse("organizations:roster_entry", args=[row.pk])).status_code == 403


def test_firms_people_are_led_to_their_own_page(client, firm):
    client.force_login(make.member(firm, Role.HEAD).user)
    assert client.get(LIST).url == f"/enterprises/{firm.pk}/"
    assert client.get("/roster/export/").status_code == 403
    assert client.get(NEW).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_the_same_number_of_questions_for_one_row_and_three(
    signed, unit, firm, rows, django_assert_num_queries
):
    for number in range(rows):
        make.responsible(unit, f"驻点{number}", kind="station", enterprise=firm)
    signed.get(LIST + "?kind=station")
    with django_assert_num_queries(8):
        signed.get(LIST + "?kind=station")


def test_workbook_holds_what_is_shown_with_codes_as_text(signed, unit, firm):
    make.responsible(unit, "李驻点", kind="station", enterprise=firm, post="科员", mobile="13806310001")
    make.responsible(unit, "别的人", kind="contract", enterprise=firm)
    response = signed.get("/roster/export/?kind=station")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["荣成市应急管理局驻点名册"]
    assert rows[-1] == [
        *("驻点", "荣成市应急管理局", "李驻点", "科员", "13806310001", firm.name, firm.uscc, "2022-01-01")
    ]
    assert AuditEntry.objects.filter(verb="roster.export").count() == 1


# Entering


def test_clerk_enters_a_leader(signed, unit):
    response = signed.post(NEW, said(unit, name="张　三"), follow=True)
    assert names(response) == ["张三"]
    assert "已登记班子成员张三" in response.content.decode()


def test_clerk_enters_who_is_stationed_by_the_firms_name(signed, unit, firm):
    signed.post(NEW, said(unit, kind="station", enterprise="海源食品"))
    row = Responsible.objects.get()
    assert (row.kind, row.enterprise) == ("station", firm)


def test_firms_page_leads_to_a_form_for_that_firm_and_back(signed, unit, firm):
    link = f"{NEW}?enterprise={firm.pk}"
    assert link in signed.get(f"/enterprises/{firm.pk}/").content.decode()
    form = signed.get(link).context["form"]
    assert "enterprise" not in form.fields
    assert "leader" not in dict(form.fields["kind"].choices)
    response = signed.post(link, said(unit, kind="watch"))
    assert response.url == f"/enterprises/{firm.pk}/"
    assert Responsible.objects.get().enterprise == firm


def test_firm_given_by_the_page_takes_no_leader(signed, unit, firm):
    assert signed.post(f"{NEW}?enterprise={firm.pk}", said(unit)).status_code == 422
    assert not Responsible.objects.exists()


def test_foreign_firm_is_not_found(signed, unit):
    away = make.enterprise("文登某某公司", in_area=make.county("文登区"), grams=bigrams("文登某某公司"))
    assert signed.get(f"{NEW}?enterprise={away.pk}").status_code == 404
    response = signed.post(NEW, said(unit, kind="station", enterprise=away.name))
    assert response.context["form"].errors["enterprise"] == ["管辖范围内没有这家企业，请核对全称或信用代码。"]


def test_foreign_unit_is_no_choice(signed):
    response = signed.post(NEW, said(make.city_bureau()))
    assert "unit" in response.context["form"].errors


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "张", "请填写完整姓名。"),
        ("name", " 　", "这个字段是必填项。"),
        ("mobile", "1380631", "应为11位手机号，现为7位"),
        ("starts_on", "0023-01-01", "请核对年份：日期应在1990年以后，且不晚于一年以后。"),
        ("starts_on", "2099-01-01", "请核对年份：日期应在1990年以后，且不晚于一年以后。"),
        ("kind", "station", "请写明对哪家企业负责。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(signed, unit, field, value, words):
    response = signed.post(NEW, said(unit, **{field: value}))
    place = "enterprise" if field == "kind" else field
    assert response.status_code == 422
    assert response.context["form"].errors[place] == [words]


def test_leader_with_a_firm_is_asked_to_choose(signed, unit, firm):
    response = signed.post(NEW, said(unit, enterprise=firm.name))
    assert response.context["form"].errors["enterprise"] == ["班子成员不对应企业，请清空，或另选类别。"]


def test_several_firms_of_that_name_are_named(signed, unit, firm):
    for name in ("海源食品一厂", "海源食品二厂"):
        make.enterprise(name, grams=bigrams(name))
    response = signed.post(NEW, said(unit, kind="station", enterprise="海源食品"))
    (words,) = response.context["form"].errors["enterprise"]
    assert words.startswith("有多家：")
    assert "海源食品一厂" in words


def test_name_entered_twice_is_said_once(signed, unit):
    signed.post(NEW, said(unit))
    response = signed.post(NEW, said(unit))
    assert "“张三”已在荣成市应急管理局的班子成员名册中" in response.content.decode()
    assert Responsible.objects.count() == 1


# Mending and ending


def entry(row, act=""):
    return reverse(f"organizations:roster_{act or 'entry'}", args=[row.pk])


def test_number_is_mended(signed, unit):
    row = make.responsible(unit)
    signed.post(entry(row, "amend"), {"post": "书记", "mobile": "138 0631 0002"})
    row.refresh_from_db()
    assert (row.post, row.mobile) == ("书记", "13806310002")


def test_spoilt_number_is_said_and_kept_on_the_page(signed, unit):
    row = make.responsible(unit, mobile="13806310001")
    response = signed.post(entry(row, "amend"), {"post": "书记", "mobile": "12"})
    assert response.status_code == 422
    assert response.context["amend_form"].errors["mobile"] == ["应为11位手机号，现为2位"]
    row.refresh_from_db()
    assert row.mobile == "13806310001"


def test_end_without_a_successor(signed, unit):
    row = make.responsible(unit)
    today = timezone.localdate()
    response = signed.post(entry(row, "end"), {"on": today.isoformat()}, follow=True)
    row.refresh_from_db()
    assert row.ended_on == today
    assert names(response) == []
    assert "end_form" in (page := signed.get(entry(row)).context) and page["end_form"] is None


def test_end_with_a_successor(signed, unit):
    row = make.responsible(unit, post="局长")
    signed.post(entry(row, "end"), {"on": "2023-06-10", "name": "李四", "mobile": "13806310002"})
    new = Responsible.objects.get(name="李四")
    assert (new.post, new.mobile, new.starts_on) == ("局长", "13806310002", date(2023, 6, 10))


def test_end_before_the_beginning_is_said(signed, unit):
    row = make.responsible(unit)
    response = signed.post(entry(row, "end"), {"on": "2021-12-31"})
    assert "离任日期不能早于任职日期2022年1月1日。" in response.content.decode()


# The panel


def panel(client, firm):
    html = client.get(f"/enterprises/{firm.pk}/").content.decode()
    return html[html.index('id="responsibles"') : html.index('id="people"')]


def test_panel_names_who_answers_for_the_firm_with_a_number_to_tap(signed, unit, firm):
    row = make.responsible(unit, "李驻点", kind="station", enterprise=firm, post="科员", mobile="13806310001")
    make.responsible(unit, "离任的", kind="station", enterprise=firm, ended_on=date(2023, 6, 10))
    shown = panel(signed, firm)
    assert "李驻点" in shown
    assert 'href="tel:13806310001"' in shown
    assert entry(row) in shown
    assert "离任的" not in shown


def test_panel_lists_the_kinds_in_their_order(signed, unit, firm):
    """监管, 包保, 驻点, 盯守, whoever was entered first."""
    for kind, name in (("watch", "丁某"), ("contract", "乙某"), ("station", "丙某"), ("supervise", "甲某")):
        make.responsible(unit, name, kind=kind, enterprise=firm)
    shown = panel(signed, firm)
    assert sorted(("甲某", "乙某", "丙某", "丁某"), key=shown.index) == ["甲某", "乙某", "丙某", "丁某"]


def test_panel_of_the_firm_itself_has_no_acts(client, unit, firm):
    row = make.responsible(unit, "李驻点", kind="station", enterprise=firm, mobile="13806310001")
    client.force_login(make.member(firm, Role.SAFETY).user)
    shown = panel(client, firm)
    assert "tel:13806310001" in shown
    assert entry(row) not in shown
    assert NEW not in shown


def test_city_sees_the_districts_people_and_enters_its_own(client, unit, firm):
    row = make.responsible(unit, "李驻点", kind="station", enterprise=firm)
    client.force_login(make.member(make.city_bureau()).user)
    shown = panel(client, firm)
    assert "李驻点" in shown
    assert entry(row) not in shown
    assert NEW in shown


def test_mine_standing_still_warns_until_somebody_watches_it(client):
    make.sector("非煤矿山", group="mines")
    unit = make.unit("荣成市应急管理局", sectors=("非煤矿山",))
    mine = make.enterprise("某矿", in_sector="非煤矿山", status="stopped_empty")
    client.force_login(make.member(unit).user)
    make.responsible(unit, "王包保", kind="contract", enterprise=mine)
    assert "现在没有登记盯守责任人" in panel(client, mine)
    make.responsible(unit, "李盯守", kind="watch", enterprise=mine)
    assert "现在没有登记盯守责任人" not in panel(client, mine)


@pytest.mark.parametrize("rows", [1, 3])
def test_panel_costs_the_same_for_one_and_three(signed, unit, firm, rows, django_assert_max_num_queries):
    for number in range(rows):
        make.responsible(unit, f"驻点{number}", kind="station", enterprise=firm)
    signed.get(f"/enterprises/{firm.pk}/")
    with django_assert_max_num_queries(40) as counted:
        signed.get(f"/enterprises/{firm.pk}/")
    assert sum("organizations_responsible" in query["sql"] for query in counted.captured_queries) == 1


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_clerks_enter_the_same_leader_and_one_is_told(transactional_db):
    unit = make.unit()
    actors = [make.actor(unit, name=name) for name in ("甲", "乙")]
    said = {"kind": "leader", "name": "张三", "starts_on": date(2023, 1, 1)}
    results = at_once(*[lambda by=by: roster.appoint(unit, by=by, **said) for by in actors])
    told = [str(one) for one in results if isinstance(one, Exception)]
    assert told == ["“张三”已在荣成市应急管理局的班子成员名册中，不必重复登记；同名的另一人请在姓名后注明。"]
    assert Responsible.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_replace_the_same_leader_and_one_successor_stands(transactional_db):
    unit = make.unit()
    row, by = make.responsible(unit), make.actor(unit)
    acts = [lambda name=name: roster.replace(row, on=date(2023, 6, 10), name=name, by=by) for name in ("李四", "王五")]
    told = [str(one) for one in at_once(*acts) if isinstance(one, Exception)]
    assert told == ["“张局长”已登记自2023年6月10日起离任，请刷新页面。"]
    assert Responsible.objects.filter(ended_on=None).count() == 1


# Played


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_leader_is_entered_and_replaced_in_the_browser(transactional_db, browse, phone):
    unit = make.unit()
    page = browse(make.member(unit, name="王经办").user, LIST, phone=phone)
    page.get_by_role("link", name="登记班子成员").click()
    page.get_by_label("姓名").fill("张　三")
    page.get_by_label("职务").fill("局长")
    page.get_by_label("手机").fill("13806310001")
    assert sideways(page) == []
    assert obstacles(page) == []
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("link", name="张三").wait_for()
    expect(page.get_by_role("link", name="13806310001")).to_have_attribute("href", "tel:13806310001")
    assert sideways(page) == []
    assert not phone or small_targets(page) == []
    page.get_by_role("link", name="张三").click()
    page.locator("#id_name").fill("李四")
    assert sideways(page) == []
    assert obstacles(page) == []
    page.get_by_role("button", name="登记离任").click()
    page.get_by_role("link", name="李四").wait_for()
    expect(page.get_by_role("link", name="张三")).to_have_count(0)
    assert Enterprise.objects.count() == 0
