"""Pages on enterprises: list, Excel, one firm, its own corrections and the district's decision."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from lib.text import bigrams
from organizations.actions import corrections
from organizations.models import AuditEntry, Enterprise, EnterpriseChange
from organizations.models.people import ENTERPRISE_ROLES, Role
from organizations.tests import factories

LIST = "/enterprises/"
HEADINGS = [
    *("企业全称", "统一社会信用代码", "区市", "镇街", "行业", "领域", "分级", "从业人员数", "经营状态"),
    *("主要负责人", "主要负责人手机", "安全总监", "安全总监手机", "地址", "液氨储量（吨）", "涉粉作业人数"),
    *("国有企业", "重大危险源", "劳务派遣", "特种作业"),
]


@pytest.fixture
def clerk(db):
    return factories.member(factories.unit(sectors=("轻工", "机械")), Role.CLERK)


def firm_named(name, **fields):
    return factories.enterprise(name, grams=bigrams(name), **fields)


@pytest.fixture
def firm(clerk):
    return firm_named("荣成海源食品有限公司", head="张总", head_mobile="13806310009", director="李安全")


@pytest.fixture
def away(db):
    return firm_named("文登某某机械有限公司", in_area=factories.county("文登区"))


@pytest.fixture
def signed(client, clerk):
    client.force_login(clerk.user)
    return client


@pytest.fixture
def head(firm):
    return factories.member(firm, Role.HEAD, name="张总")


def url(name, *args):
    return reverse(f"organizations:{name}", args=args)


def names(client, query=""):
    return [each.name for each in client.get(LIST + query).context["page"]]


# The list


def test_list_costs_the_same_for_one_and_three(signed, firm, django_assert_num_queries):
    signed.get(LIST)
    with django_assert_num_queries(12):
        signed.get(LIST)
    firm_named("荣成第二食品有限公司")
    firm_named("荣成第三食品有限公司", in_sector="机械")

    with django_assert_num_queries(12):
        assert len(signed.get(LIST).context["page"].rows) == 3


def test_list_holds_what_one_supervises(signed, firm, away):
    firm_named("荣成某某石材矿", in_sector="非煤矿山")

    assert names(signed) == [firm.name]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=海源", True),
        ("?q=食品 荣成", True),
        ("?q=海 源源", False),
        ("?q=91371082ma", True),
        ("?q=91371000", False),
        ("?feature=涉氨制冷", True),
        ("?feature=粉尘涉爆", False),
        ("?grade=C", True),
        ("?grade=A", False),
        ("?status=producing", True),
        ("?status=building", False),
        ("?status=all", True),
    ],
)
def test_list_is_searched_and_filtered(signed, firm, query, found):
    for name in ("涉氨制冷", "粉尘涉爆"):
        factories.feature(name)
    firm.feature_names, firm.grade = ["涉氨制冷"], "C"
    firm.save(update_fields=["feature_names", "grade"])

    assert names(signed, query) == ([firm.name] if found else [])


def test_list_is_filtered_by_area_and_sector(signed, firm):
    other = firm_named("荣成某某机械有限公司", in_sector="机械")

    assert names(signed, f"?sector={other.sector_id}") == [other.name]
    assert len(names(signed, f"?area={other.area_id}")) == 2


def test_deregistered_firms_are_shown_on_request(signed, firm):
    firm.status = Enterprise.Status.DEREGISTERED
    firm.save(update_fields=["status"])

    assert names(signed) == []
    assert names(signed, "?status=deregistered") == names(signed, "?status=all") == [firm.name]


@pytest.mark.parametrize(
    "query",
    ["?q=%00", "?q=' OR 1=1 --", "?area=x", "?area=999999999999999999999", "?grade=Z", "?after=[1", "?q=" + "长" * 999],
)
def test_spoilt_filters_do_no_harm(signed, firm, away, query):
    response = signed.get(LIST + query)

    assert response.status_code == 200
    assert away.name not in response.text


def test_foreign_area_is_no_filter(signed, firm, away):
    assert names(signed, f"?area={away.area_id}") == [firm.name]


def test_list_goes_on_by_key(signed, clerk):
    for number in range(51):
        firm_named(f"荣成第{number:02}食品有限公司")

    first = signed.get(LIST).context["page"]
    second = signed.get(LIST + first.next_query).context["page"]

    assert (len(first.rows), [each.name for each in second]) == (50, ["荣成第50食品有限公司"])


def test_firm_is_led_to_itself(client, head):
    client.force_login(head.user)

    assert client.get(LIST).url == url("enterprise", head.enterprise.pk)


# Excel


def rows_of(response):
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    return [[cell for cell in row if cell is not None] for row in book.active.iter_rows(values_only=True)]


def test_export_holds_what_is_shown(signed, firm, away):
    other = firm_named("荣成某某机械有限公司", in_sector="机械")

    rows = rows_of(signed.get(url("enterprise_export") + f"?sector={firm.sector_id}"))

    texts = [cell for row in rows for cell in row]
    assert firm.uscc in texts
    assert "正常生产" in texts
    assert away.uscc not in texts
    assert other.uscc not in texts
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.detail["rows"]) == ("enterprise.export", 1)


def test_export_has_the_headings_of_the_import(signed, firm):
    """Design §5, in its order."""
    rows = rows_of(signed.get(url("enterprise_export")))

    assert HEADINGS in rows


def test_export_writes_no_formula(signed, clerk):
    firm_named("=HYPERLINK(1)")

    response = signed.get(url("enterprise_export"))
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))

    (cell,) = [cell for row in book.active.iter_rows() for cell in row if str(cell.value).startswith("=HYPER")]
    assert cell.data_type != "f"


def test_export_of_a_firm_is_itself(client, head, away):
    client.force_login(head.user)

    texts = [cell for row in rows_of(client.get(url("enterprise_export"))) for cell in row]

    assert head.enterprise.uscc in texts
    assert away.uscc not in texts


# One enterprise


def test_enterprise_of_another_area_is_not_found(signed, away):
    assert signed.get(url("enterprise", away.pk)).status_code == 404
    assert signed.get(url("enterprise_confirm", away.pk)).status_code == 403, "an act of firms"


def test_firm_sees_no_other(client, head, away):
    client.force_login(head.user)

    for name in ("enterprise", "enterprise_confirm"):
        assert client.get(url(name, away.pk)).status_code == 404
    assert client.post(url("enterprise_confirm", away.pk), {}).status_code == 404


def test_enterprise_shows_facts_people_and_changes(signed, firm, head):
    change = corrections.submit(firm, by=factories.actor(firm, Role.DIRECTOR, name="李安全"), values={"head": "王总"})

    page = signed.get(url("enterprise", firm.pk)).text

    for each in (firm.uscc, "13806310009", "企业主要负责人", "待核准", url("change", change.pk)):
        assert each in page


# The firm looks over its data


def posted(firm, **changed):
    values = {name: getattr(firm, name) for name in corrections.FIELDS}
    values |= {"director_mobile": "13806310010", **changed}
    return {name: "" if value is None else value for name, value in values.items()}


@pytest.mark.parametrize("role", list(Role))
def test_data_are_confirmed_by_who_answers_for_the_firm(client, firm, role):
    holder = firm if role in ENTERPRISE_ROLES else factories.unit()
    client.force_login(factories.member(holder, role).user)

    response = client.get(url("enterprise_confirm", firm.pk))

    assert response.status_code == (200 if role in {Role.HEAD, Role.DIRECTOR} else 403)


def test_correction_goes_to_the_district_and_comes_back(client, firm, head, clerk):
    client.force_login(head.user)
    client.post(url("enterprise_confirm", firm.pk), posted(firm, employees="88"))
    change = firm.changes.get()
    assert change.values == {"employees": [None, 88], "director_mobile": ["", "13806310010"]}
    assert 'value="88"' in client.get(url("enterprise_confirm", firm.pk)).text, "what was proposed is kept"

    client.force_login(clerk.user)
    assert [each.pk for each in client.get(url("changes")).context["page"]] == [change.pk]
    decision = {"verdict": "adopt", "fields_adopted": ["employees", "director_mobile"]}
    assert client.post(url("change_decide", change.pk), decision).url == url("changes")

    firm.refresh_from_db()
    assert (firm.employees, firm.director_mobile) == (88, "13806310010")


def test_unchanged_data_are_confirmed(client, firm, head):
    firm.director_mobile = "13806310010"
    firm.save(update_fields=["director_mobile"])
    client.force_login(head.user)

    client.post(url("enterprise_confirm", firm.pk), posted(firm))

    firm.refresh_from_db()
    assert firm.confirmed_at
    assert not firm.changes.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"head_mobile": "1380631000"}, "head_mobile"),
        ({"employees": "-1"}, "employees"),
        ({"employees": "99999999999999"}, "employees"),
        ({"ammonia_tonnes": "1e99"}, "ammonia_tonnes"),
        ({"ammonia_tonnes": "NaN"}, "ammonia_tonnes"),
        ({"status": "gone"}, "status"),
        ({"feature_names": ["不存在的领域"]}, "feature_names"),
        ({"state_owned": "maybe"}, "state_owned"),
    ],
)
def test_wrong_data_are_refused_at_the_field(client, firm, head, changed, field):
    client.force_login(head.user)

    response = client.post(url("enterprise_confirm", firm.pk), posted(firm, **changed))

    assert field in response.context["form"].errors
    assert not EnterpriseChange.objects.exists()


# The district decides


@pytest.fixture
def change(firm, head):
    values = {"head": "王总", "employees": 88}
    return corrections.submit(firm, by=factories.actor(firm, Role.DIRECTOR), values=values)


@pytest.mark.parametrize("role", list(Role))
def test_corrections_are_decided_by_clerks_and_administrators(client, firm, change, role):
    holder = firm if role in ENTERPRISE_ROLES else factories.unit()
    client.force_login(factories.member(holder, role).user)
    may = role in {Role.ADMIN, Role.CLERK}

    assert client.get(url("changes")).status_code == (200 if may else 403)
    assert client.get(url("change", change.pk)).status_code == 200
    decided = client.post(url("change_decide", change.pk), {"verdict": "refuse", "reason": "请先办理工商变更"})
    assert decided.status_code == (302 if may else 403)


def test_correction_of_another_area_is_not_found(client, change):
    other = factories.member(factories.unit("文登区应急管理局", in_area=factories.county("文登区")))
    client.force_login(other.user)

    assert client.get(url("change", change.pk)).status_code == 404
    decision = {"verdict": "adopt", "fields_adopted": ["head"], "reason": "x"}
    assert client.post(url("change_decide", change.pk), decision).status_code == 404
    assert not client.get(url("changes")).context["page"].rows


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({"verdict": "adopt"}, "fields_adopted"),
        ({"verdict": "adopt", "fields_adopted": ["uscc"], "reason": "x"}, "fields_adopted"),
        ({"verdict": "adopt", "fields_adopted": ["head"]}, "reason"),
        ({"verdict": "refuse", "fields_adopted": ["head", "employees"]}, "reason"),
        ({"verdict": "perhaps", "reason": "x"}, "verdict"),
        ({}, "verdict"),
    ],
)
def test_decision_wants_its_fields_and_reason(signed, change, decision, field):
    response = signed.post(url("change_decide", change.pk), decision)

    assert field in response.context["form"].errors
    change.refresh_from_db()
    assert change.state == EnterpriseChange.State.PENDING


def test_late_decision_says_that_somebody_was_faster(signed, change, clerk):
    corrections.refuse(EnterpriseChange.objects.get(pk=change.pk), by=factories.actor(clerk.unit), reason="不符")
    late = {"verdict": "adopt", "fields_adopted": ["head", "employees"]}

    response = signed.post(url("change_decide", change.pk), late, follow=True)

    assert "无需再次处理" in response.text or "不能改为" in response.text


def test_field_that_has_moved_since_is_pointed_out(signed, change, firm):
    Enterprise.objects.filter(pk=firm.pk).update(head="赵总")

    page = signed.get(url("change", change.pk)).text

    assert "提出后已变" in page
    assert "赵总" in page


def test_list_of_corrections_costs_the_same_for_one_and_three(signed, change, django_assert_num_queries):
    signed.get(url("changes"))
    with django_assert_num_queries(8):
        signed.get(url("changes"))
    for name in ("荣成第二食品有限公司", "荣成第三食品有限公司"):
        other = firm_named(name)
        corrections.submit(other, by=factories.actor(other, Role.HEAD), values={"head": "王总"})

    with django_assert_num_queries(8):
        assert len(signed.get(url("changes")).context["page"].rows) == 3


def test_names_are_printed_as_text(signed, clerk):
    firm = firm_named("<script>alert(1)</script>")

    for page in (signed.get(LIST), signed.get(url("enterprise", firm.pk))):
        assert "<script>alert" not in page.text
