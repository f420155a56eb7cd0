from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from hazards.models import Hazard
from hazards.tests import factories as ledger
from lib.text import bigrams
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

LEDGER = "/hazards/"


def shown(client, query=""):
    """The numbers on the page, in its order."""
    return [hazard.number for hazard in client.get(f"{LEDGER}{query}").context["page"]]


def exported(client, query=""):
    """The numbers in the workbook, in its order."""
    response = client.get(f"{LEDGER}export/{query}")
    sheet = load_workbook(BytesIO(response.getvalue())).active
    rows = list(sheet.iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if row[0] == "序号")
    return [row[rows[head].index("台账编号")] for row in rows[head + 1 :]]


@pytest.fixture
def clerk(as_):
    return as_(ledger.clerk())


def test_newest_open_ones_come_first(clerk):
    ledger.hazard(number="旧", found_on=date(2023, 6, 1))
    ledger.hazard(number="新", found_on=date(2023, 6, 9))
    ledger.closed(number="已销号")
    ledger.dismissed(number="不属实")
    assert shown(clerk) == ["新", "旧"]


def test_each_filter_leaves_its_rows(clerk):
    make.sector("机械")
    day = timezone.localdate() - timedelta(days=1)
    ledger.hazard(number="一般")
    ledger.rectifying(number="重大", listed=True, deadline_on=day)
    ledger.closed(number="销号", found_by="self")
    ledger.hazard(number="举报", found_by="reported")
    assert set(shown(clerk, "?state=all")) == {"一般", "重大", "销号", "举报"}
    assert shown(clerk, "?state=closed") == ["销号"]
    assert shown(clerk, "?level=major") == ["重大"]
    assert shown(clerk, "?found_by=reported") == ["举报"]
    assert shown(clerk, "?overdue=on") == ["重大"]
    assert shown(clerk, "?listed=on") == ["重大"]


def test_area_and_sector_filters_take_what_lies_below(as_):
    city = as_(ledger.clerk(make.city_bureau(sectors=("轻工", "机械"))))
    town = make.area("成山镇", parent=make.county(), level="town")
    ledger.hazard(make.enterprise("镇上", in_area=town), number="镇上")
    ledger.hazard(make.enterprise("文登", in_area=make.county("文登区"), in_sector="机械"), number="文登")
    assert shown(city, f"?area={make.county().pk}") == ["镇上"]
    assert shown(city, f"?sector={make.sector('机械').pk}") == ["文登"]


def test_search_finds_words_of_firm_and_description(clerk):
    text = "快速冻结装置未设置在单独的作业间内。"
    ledger.hazard(number="甲", grams=bigrams("荣成海源食品有限公司", text))
    ledger.hazard(number="乙", grams=bigrams("荣成海源食品有限公司", "配电箱无盖"))
    assert shown(clerk, "?q=冻结装置") == ["甲"]
    assert set(shown(clerk, "?q=海源")) == {"甲", "乙"}
    assert shown(clerk, "?q=海源 配电") == ["乙"]


def test_rows_of_others_are_neither_shown_nor_exported(as_):
    there = make.county("文登区")
    ledger.hazard(make.enterprise("邻区", in_area=there), number="邻区")
    ledger.hazard(make.enterprise("矿山", in_sector="非煤矿山"), number="矿山")
    mine = ledger.hazard(number="本区")
    neighbour = make.enterprise("邻家")
    assert shown(as_(ledger.clerk()), "?state=all") == ["本区"]
    assert exported(as_(ledger.clerk()), "?state=all") == ["本区"]
    assert shown(as_(ledger.head(mine.enterprise))) == ["本区"]
    assert shown(as_(ledger.head(neighbour))) == []
    assert exported(as_(ledger.head(neighbour)), "?state=all") == []


def test_filter_of_a_foreign_area_opens_nothing(clerk):
    there = make.county("文登区")
    ledger.hazard(make.enterprise("邻区", in_area=there))
    ledger.hazard(number="本区")
    assert shown(clerk, f"?area={there.pk}") == ["本区"]


def test_pages_follow_one_another_without_gap_or_repeat(clerk):
    for serial in range(120):
        ledger.hazard(number=f"{serial:03}", found_on=date(2023, 6, 1 + serial % 7))
    seen, query = [], "?"
    while query:
        response = clerk.get(f"{LEDGER}{query}")
        seen += [hazard.number for hazard in response.context["page"]]
        query = response.context["page"].next_query
    assert len(seen) == len(set(seen)) == 120
    assert response.context["found"] == "共120项"


def test_excel_holds_what_is_shown_and_is_noted(clerk):
    ledger.hazard(number="一般")
    ledger.rectifying(number="重大")
    assert exported(clerk, "?level=major") == ["重大"]
    entry = AuditEntry.objects.get(verb="hazard.export")
    assert entry.detail == {"rows": 1, "query": "level=major"}


def test_unit_administrators_export_too_but_nobody_signed_out(client):
    assert client.get(f"{LEDGER}export/").status_code == 302
    assert client.get(LEDGER).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_whatever_its_length(clerk, rows, django_assert_num_queries):
    for serial in range(rows):
        ledger.rectifying(make.enterprise(f"企业{serial}"), found_by="department", found_by_unit=make.unit())
    clerk.get(LEDGER)
    with django_assert_num_queries(11):
        clerk.get(LEDGER)


@pytest.mark.parametrize(
    "query",
    [
        "?after=junk", "?after=[]", '?after=["2023-06-06", "x"]', "?area=abc", "?area=999999999999999999999",
        "?state=nonsense", "?sector=-1", "?q=%00", "?q=%F0%9F%98%80", "?q=' OR 1=1 --", "?level[]=major",
        "?found_by=self&found_by=department", "?overdue=maybe", f"?q={'长' * 500}",
    ],
)  # fmt: skip
def test_spoilt_queries_show_a_page(clerk, query):
    ledger.hazard(number="一项")
    assert clerk.get(f"{LEDGER}{query}").status_code == 200
    assert exported(clerk, query) in ([], ["一项"])


def test_text_of_users_is_escaped(clerk):
    ledger.hazard(description="<script>alert(1)</script>")
    page = clerk.get(LEDGER).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_empty_ledger_says_what_to_do(as_):
    assert "检查发现的问题，请随时登记。" in as_(ledger.clerk()).get(LEDGER).content.decode()
    admin = as_(make.actor(make.unit(), Role.ADMIN)).get(LEDGER).content.decode()
    assert "登记隐患</a>" not in admin


def test_looking_changes_nothing(clerk):
    hazard = ledger.hazard()
    before = Hazard.objects.values().get()
    clerk.get(LEDGER)
    clerk.get(f"{LEDGER}{hazard.pk}/")
    assert Hazard.objects.values().get() == before
