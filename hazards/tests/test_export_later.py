"""A ledger too long to wait for: looking asks for nothing, the button queues it, the user is told where it will be."""

from io import BytesIO

import pytest
from django.contrib.messages import get_messages
from openpyxl import load_workbook

from documents.actions.exports import MOST_PENDING, ask
from documents.models import ExportJob
from hazards.forms.filters import HazardFilters
from hazards.tests import factories as ledger
from hazards.views import ledger as views
from lib.text import bigrams
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

EXPORT, LATER = "/hazards/export/", "/hazards/export/later/"


@pytest.fixture
def short(monkeypatch):
    """Two rows are as many as a page hands out."""
    monkeypatch.setattr(views, "MOST_EXPORTED", 2)


@pytest.fixture
def clerk(as_):
    return as_(ledger.clerk())


def handed_out(client, **query):
    """The sheet that comes at once; None where it is offered for later instead."""
    response = client.get(EXPORT, query)
    if response["Content-Type"] != views.XLSX:
        return None
    return load_workbook(BytesIO(response.getvalue())).active


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_ledger_at_the_limit_is_handed_out_at_once(short, clerk):
    for _ in range(2):
        ledger.hazard()

    assert handed_out(clerk).max_row == 5  # title, line, heading, two rows
    assert not ExportJob.objects.exists()


def test_longer_one_is_offered_and_looking_asks_for_nothing(short, clerk):
    for _ in range(3):
        ledger.hazard()

    response = clerk.get(EXPORT, {"level": "general"})

    text = response.content.decode()
    assert response.status_code == 200
    assert f'action="{LATER}?level=general"' in text
    assert "超过2行" in text
    assert "未办结，级别一般" in text
    assert "“调度报表”的“导出文件”" in text
    assert not ExportJob.objects.exists()


def test_filter_that_leaves_few_is_handed_out_at_once(short, clerk):
    for _ in range(3):
        ledger.hazard()
    ledger.hazard(level="major")
    assert handed_out(clerk, level="major").max_row == 4


def test_rows_of_others_do_not_make_it_long(short, clerk):
    there = make.enterprise("文登企业", in_area=make.county("文登区"))
    for firm in (ledger.firm(), there, there):
        ledger.hazard(firm)
    assert handed_out(clerk).max_row == 4


def test_button_queues_the_list_as_filtered_and_leads_to_where_it_will_be(clerk):
    response = clerk.post(f"{LATER}?state=all&listed=on")

    job = ExportJob.objects.get()
    assert (job.kind, job.params) == ("hazard-ledger", {"query": "state=all&listed=on"})
    assert job.title.startswith("事故隐患台账2")
    assert job.title.endswith("（状态全部，只看挂牌）")
    assert response.url == "/reports/exports/"
    assert said(response) == [f"“{job.title}”正在生成，完成后可在本页下载。"]


def test_second_click_gets_the_same_job(clerk):
    clerk.post(f"{LATER}?state=all")
    clerk.post(f"{LATER}?state=all")
    assert ExportJob.objects.count() == 1


def test_too_many_waiting_are_said(as_):
    actor = ledger.clerk()
    for number in range(MOST_PENDING):
        ask("hazard-ledger", title="台账", params={"query": str(number)}, by=actor)
    response = as_(actor).post(f"{LATER}?state=all")
    assert said(response) == ["您已有10项导出在生成，请等它们完成后再申请。"]
    assert ExportJob.objects.count() == MOST_PENDING


def test_get_does_not_queue_and_a_firm_is_told_to_narrow_it(as_, clerk):
    assert clerk.get(LATER).status_code == 405
    response = as_(ledger.head()).post(LATER)
    assert response.status_code == 403
    assert "请按时间或级别缩小范围" in response.content.decode()
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "未办结"),
        ({"state": "closed", "level": "major"}, "状态已销号，级别重大"),
        ({"found_by": "self", "overdue": "on"}, "未办结，发现方式企业自查，只看逾期"),
        ({"q": "冷库"}, "未办结，查找冷库"),
        ({"level": "huge", "state": "x"}, "未办结"),
    ],
)
def test_filter_in_words_says_what_it_goes_by(query, words):
    form = HazardFilters(query, actor=ledger.clerk())
    form.is_valid()
    assert form.in_words() == words


def test_filter_in_words_names_area_and_sector():
    form = HazardFilters({"area": make.county().pk, "sector": make.sector().pk}, actor=ledger.clerk())
    form.is_valid()
    assert form.in_words() == "未办结，区市荣成市，行业轻工"


def test_searched_rows_count_too(short, clerk):
    for place in ("冷库", "冷库", "冷库", "车间"):
        ledger.hazard(grams=bigrams(place))
    assert "在后台生成" in clerk.get(EXPORT, {"q": "冷库"}).content.decode()
    assert handed_out(clerk, q="车间").max_row == 4
