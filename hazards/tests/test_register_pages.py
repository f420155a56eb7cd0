from uuid import uuid4

import pytest
from django.utils import timezone

from documents.models import StoredFile
from hazards.models import Hazard
from hazards.tests import factories as ledger
from hazards.tests.test_hazard_page import picture
from lib.text import bigrams
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

NEW = "/hazards/new/"


def typed(**values):
    today = timezone.localdate().isoformat()
    return {"description": "安全出口上锁。", "level": "general", "found_on": today, "entry_key": str(uuid4())} | values


def test_firm_registers_with_a_photo_and_a_sentence(as_):
    response = as_(ledger.safety()).post(NEW, typed(photos=[picture()]))
    made = Hazard.objects.get()
    assert response.url == f"/hazards/{made.pk}/"
    assert (made.enterprise, made.found_by, made.finder) == (ledger.firm(), "self", "孙安全员")
    assert StoredFile.objects.of(made).get().role == "整改前"


def test_firms_form_asks_little(as_):
    fields = as_(ledger.safety()).get(NEW).context["form"].fields
    assert [name for name, field in fields.items() if field.required] == [
        "description",
        "level",
        "found_on",
        "entry_key",
    ]


def test_fixed_on_the_spot_is_closed_with_it(as_):
    as_(ledger.safety()).post(NEW, typed(fixed="on"))
    made = Hazard.objects.get()
    assert (made.state, made.fixed_at_once) == ("closed", True)


def test_major_fixed_on_the_spot_is_only_registered(as_):
    """It must be judged first, and signed by two."""
    as_(ledger.safety()).post(NEW, typed(fixed="on", level="major"))
    assert Hazard.objects.get().state == "registered"


def test_form_sent_twice_registers_once(as_):
    client, form = as_(ledger.safety()), typed(fixed="on")
    first, second = client.post(NEW, form), client.post(NEW, form)
    assert first.url == second.url
    assert Hazard.objects.count() == 1


def test_officer_registers_for_a_firm_by_name_or_code(as_):
    firm, client = ledger.firm(), as_(ledger.officer())
    for text in (firm.name, firm.uscc, f"{firm.name}（{firm.uscc}）"):
        client.post(NEW, typed(enterprise=text, found_by="department", deadline_on="2099-01-01"))
    rows = Hazard.objects.filter(enterprise=firm, found_by="department", found_by_unit=make.unit())
    assert rows.count() == 3


def test_page_of_a_firm_leads_to_its_form(as_):
    page = as_(ledger.officer()).get(NEW, {"enterprise": ledger.firm().uscc}).content.decode()
    assert f'value="{ledger.firm().uscc}"' in page


def test_firms_of_others_are_neither_offered_nor_taken(as_):
    there = make.enterprise("文登海源食品", in_area=make.county("文登区"), grams=bigrams("文登海源食品"))
    mine = make.enterprise("荣成海源食品", grams=bigrams("荣成海源食品"))
    client = as_(ledger.officer())
    offered = client.get("/hazards/firms/", {"enterprise": "海源"}).content.decode()
    assert f"{mine.name}（{mine.uscc}）" in offered
    assert there.name not in offered
    for text in (there.name, there.uscc, f"{there.name}（{there.uscc}）"):
        response = client.post(NEW, typed(enterprise=text, found_by="department"))
        assert "没有找到这家企业" in response.context["form"].errors["enterprise"][0]
    assert not Hazard.objects.exists()


def test_namesakes_are_told_apart_by_code(as_):
    first, _ = make.enterprise("同名企业"), make.enterprise("同名企业")
    client = as_(ledger.officer())
    response = client.post(NEW, typed(enterprise="同名企业", found_by="department"))
    assert response.context["form"].errors["enterprise"] == ["有同名企业，请填写统一社会信用代码"]
    client.post(NEW, typed(enterprise=first.uscc, found_by="department"))
    assert Hazard.objects.get().enterprise == first


def test_nothing_typed_offers_nothing(as_):
    make.enterprise(grams=bigrams("荣成海源食品有限公司"))
    assert as_(ledger.officer()).get("/hazards/firms/").content.strip() == b""


def test_firm_cannot_register_for_another_nor_as_the_department(as_):
    other = make.enterprise("邻家")
    as_(ledger.safety()).post(NEW, typed(enterprise=other.name, found_by="department", stopped="on", state="closed"))
    made = Hazard.objects.get()
    assert (made.enterprise, made.found_by, made.stopped, made.state) == (ledger.firm(), "self", False, "registered")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.DEPUTY, Role.CHIEF, Role.ADMIN])
def test_posts_that_do_not_register_get_403(as_, role):
    assert as_(make.actor(make.unit(), role)).get(NEW).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"description": ""}, {"description": "长" * 1001}, {"found_on": "2099-01-01"}, {"found_on": "昨天"},
        {"level": "huge"}, {"entry_key": "x"}, {"description": "a\x00b"},
    ],
)  # fmt: skip
def test_wrong_values_register_nothing_and_keep_what_was_typed(as_, wrong):
    response = as_(ledger.safety()).post(NEW, typed(place="冷库") | wrong)
    assert response.status_code == 422
    assert "冷库" in response.content.decode()
    assert not Hazard.objects.exists()


def test_ordered_deadline_before_finding_is_refused(as_):
    form = typed(enterprise=ledger.firm().name, found_by="department", deadline_on="2020-01-01")
    response = as_(ledger.officer()).post(NEW, form)
    assert response.context["form"].errors["deadline_on"] == ["不能早于发现时间"]


def test_broken_photo_registers_nothing(as_):
    broken = picture()
    broken.file.truncate(30)
    response = as_(ledger.safety()).post(NEW, typed(photos=[broken]))
    assert response.status_code == 422
    assert not Hazard.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "0203-06-01", "1999-12-31"])
def test_day_of_another_century_registers_nothing(as_, day):
    """A slip in the browser's year would become the year of the number: 荣成市-203-0001."""
    response = as_(ledger.safety()).post(NEW, typed(found_on=day))
    told = response.context["form"].errors["found_on"]
    assert told == [f"年份为{int(day[:4])}，应在2000至2099之间，请核对。"]
    assert not Hazard.objects.exists()


@pytest.mark.parametrize("act", ["plan", "extend"])
def test_deadline_in_the_year_9999_is_refused(as_, act):
    actor = ledger.safety() if act == "plan" else ledger.officer()
    hazard = ledger.rectifying()
    response = as_(actor).post(f"/hazards/{hazard.pk}/{act}/", {"deadline_on": "9999-12-31", "reason": "延期"})
    assert response.context["form"].errors["deadline_on"] == ["年份为9999，应在2000至2099之间，请核对。"]
