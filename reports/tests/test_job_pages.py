"""The page of exports: asking, watching, fetching; nobody meets another post's."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from documents.models import ExportJob
from lib.actor import Actor
from organizations.models.people import Role
from organizations.tests import factories
from reports.actions import jobs, monthly
from reports.dispatch.asked import Asked
from reports.tests.factories import campaign, hazard

pytestmark = pytest.mark.django_db

PAGE = "/reports/exports/"
JUNE = {"what": "trade-2023:trade", "period": "2023-06", "area": "威海市", "window": "", "cut_off": "due-day"}
WISH = Asked("trade", "trade-2023", "2023-06", "威海市")


def text(response):
    return response.content.decode()


def wish(**changed):
    return JUNE | changed


def progress(job, **query):
    return reverse("reports:export_progress", args=[job.pk]), query


@pytest.fixture
def made(trade, city):
    job = jobs.ask(WISH, by=city)
    assert jobs.make(job.pk)
    job.refresh_from_db()
    return job


# Asking


def test_empty_page_says_what_to_do_next(trade, city, signed_in):
    shown = text(signed_in(city).get(PAGE))

    assert "还没有导出文件" in shown
    assert "申请导出" in shown
    assert '<option value="trade-2023:trade">工贸调度表（trade-2023）</option>' in shown


def test_unit_without_tables_is_told_so(city, signed_in):
    assert "没有本单位可导出的调度表" in text(signed_in(city).get(PAGE))


def test_asking_makes_the_workbook_and_the_page_hands_it_out(
    trade, city, signed_in, django_capture_on_commit_callbacks
):
    hazard(factories.enterprise())
    client = signed_in(city)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(PAGE, wish(), follow=True)

    job = ExportJob.objects.get()
    assert "“威海市2023年6月工贸调度表（当月，截至报送日）”正在生成" in text(answer)
    address = reverse("documents:file", args=[job.file_id])
    assert address in text(client.get(PAGE))
    book = load_workbook(BytesIO(b"".join(client.get(address).streaming_content)))
    assert book.active["A2"].value == "全市冶金等工贸行业重大事故隐患专项排查整治2023行动进展情况调度表"


def test_looking_asks_for_nothing(trade, city, signed_in):
    signed_in(city).get(PAGE, JUNE)

    assert not ExportJob.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("what", "trade-2023:steel", "没有这张报表，请从列表中选择。"),
        ("what", "", "请选择报表。"),
        ("period", "", "请选择月份。"),
        ("period", "2023.06", "“2023.06”不是月份，应写作四位年份和两位月份，如 2023-06。"),
        ("period", "2022-06", "2022年6月不在“trade-2023”期间（2023-05至2023-12），请改用期间内的月份。"),
        ("period", "2023年06月份", "月份应写作四位年份和两位月份，如 2023-06。"),
        ("area", "文登区", "没有这一行，请从列表中选择。"),
    ],
)
def test_wrong_wish_is_explained_at_its_field_and_kept(trade, city, signed_in, field, value, message):
    answer = signed_in(city).post(PAGE, wish(**{field: value}))

    assert message in " ".join(answer.context["form"].errors[field])
    assert message in text(answer)
    assert not ExportJob.objects.exists()


def test_extended_columns_are_of_the_ledger_only(trade, city, signed_in):
    signed_in(city).post(PAGE, wish(extended="on"))

    assert ExportJob.objects.get().params["extended"] is False


def test_district_is_offered_its_own_row_only(trade, clerk, signed_in):
    client = signed_in(clerk)

    form = client.get(PAGE).context["form"]
    answer = client.post(PAGE, wish(area="乳山市"))

    assert form.fields["area"].choices == [("荣成市", "荣成市")]
    assert "没有这一行" in text(answer)


def test_eleventh_at_once_is_refused_above_the_form(trade, city, signed_in):
    told = {"kind": jobs.KIND, "title": "导出", "requested_by": city.user, "unit": city.unit}
    ExportJob.objects.bulk_create(ExportJob(params={"n": n}, **told) for n in range(10))

    assert "您已有10项导出在生成" in text(signed_in(city).post(PAGE, wish()))


# Watching


def test_row_asks_again_until_it_is_made(trade, city, signed_in):
    job = jobs.ask(WISH, by=city)
    client = signed_in(city)

    assert f'hx-get="{progress(job)[0]}?seen=queued-0"' in text(client.get(PAGE))
    assert client.get(*progress(job, seen="queued-0")).status_code == 204
    jobs.claim(job.pk, at=timezone.now())
    assert "10%" in text(client.get(*progress(job, seen="queued-0")))
    ExportJob.objects.update(state="queued")
    jobs.make(job.pk)
    last = text(client.get(*progress(job, seen="running-10")))
    assert "hx-get" not in last
    assert "下载" in last


def test_failed_row_says_why_and_can_be_made_again(trade, city, signed_in, django_capture_on_commit_callbacks):
    job = jobs.ask(WISH, by=city)
    ExportJob.objects.update(state="failed", attempts=3, error=jobs.GAVE_UP)
    client = signed_in(city)
    assert "连续3次生成中断" in text(client.get(PAGE))

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("reports:export_retry", args=[job.pk]))

    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")


def test_only_a_failed_one_is_made_again(made, city, signed_in):
    answer = signed_in(city).post(reverse("reports:export_retry", args=[made.pk]), follow=True)

    assert "该导出已在生成或已完成" in text(answer)


def test_expired_row_stays_without_a_download(made, city, signed_in):
    jobs.remove_expired(at=timezone.now() + timedelta(days=30))

    shown = text(signed_in(city).get(PAGE))

    assert "已过期" in shown
    assert reverse("documents:file", args=[made.file_id]) not in shown
    assert signed_in(city).get(reverse("documents:file", args=[made.file_id])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_whatever_its_length(trade, city, signed_in, rows, django_assert_num_queries):
    for month in range(6, 6 + rows):
        jobs.ask(Asked("trade", "trade-2023", f"2023-{month:02}", "威海市"), by=city)
    client = signed_in(city)
    client.get(PAGE)

    with django_assert_num_queries(15):
        client.get(PAGE)


# Whose it is


def foreigners(city):
    """A colleague, the district, the district's firm, another line's bureau."""
    yield factories.actor(city.unit, name="赵同事")
    yield factories.actor(factories.unit())
    yield factories.actor(factories.unit("威海市工业和信息化局", in_area=factories.city(), lines=("industry",)))


def test_no_other_post_sees_watches_retries_or_downloads_it(made, city, signed_in):
    for other in foreigners(city):
        client = signed_in(other)
        assert made.title not in text(client.get(PAGE))
        assert client.get(progress(made)[0]).status_code == 404
        assert client.post(reverse("reports:export_retry", args=[made.pk])).status_code == 404
        assert client.get(reverse("documents:file", args=[made.file_id])).status_code == 404


def test_other_post_of_the_same_person_does_not_see_it(made, city, signed_in):
    factories.member(factories.unit(), who=city.user)
    city.membership.active = False
    city.membership.save(update_fields=["active"])

    assert signed_in(city).get(reverse("documents:file", args=[made.file_id])).status_code == 404


def test_firms_have_no_such_page(made, signed_in):
    head = factories.actor(factories.enterprise(), Role.HEAD)

    client = signed_in(head)

    assert client.get(PAGE).status_code in (403, 404)
    assert client.post(PAGE, JUNE).status_code in (403, 404)
    assert client.get(reverse("documents:file", args=[made.file_id])).status_code == 404


def test_scheduled_table_is_downloaded_by_the_whole_lead_unit_only(trade, city, signed_in):
    [job] = monthly.schedule(date(2023, 6, 29), by=Actor.system("定期导出"))
    jobs.make(job.pk)
    job.refresh_from_db()
    address = reverse("documents:file", args=[job.file_id])

    answers = [signed_in(one).get(address) for one in (city, *foreigners(city))]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]
    assert "定期生成" in text(signed_in(city).get(PAGE))
    for answer in answers:
        answer.close()


def test_page_is_reached_from_the_tables(trade, city, signed_in):
    assert PAGE in text(signed_in(city).get(reverse("reports:dispatch_tables")))


def test_page_of_a_ledger_campaign_offers_the_ledger(city, signed_in):
    campaign(table="trade-ledger")

    assert "工贸重大事故隐患台账（trade-2023）" in text(signed_in(city).get(PAGE))
