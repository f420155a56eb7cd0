"""Exports in the background: asked for once, made once, whoever is killed; kept for thirty days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone
from openpyxl import load_workbook

from documents.models import ExportJob, StoredFile
from documents.tests.samples import content
from lib.transitions import MoveRefused
from organizations.models import AuditEntry, Membership
from organizations.tests import factories
from reports.actions import jobs
from reports.dispatch.asked import Asked, AskRefused
from reports.tests.factories import campaign, hazard

HOUR = timedelta(hours=1)
State = ExportJob.State


def asked(**changed):
    told = {"table": "trade", "campaign": "trade-2023", "period": "2023-06", "area": "威海市"}
    return Asked(**told | changed)


def ask(by, **changed):
    return jobs.ask(asked(**changed), by=by)


def book(job):
    job.refresh_from_db()
    return load_workbook(BytesIO(content(job.file))).active


def cells(ws):
    return [cell for row in ws.iter_rows(values_only=True) for cell in row]


def verbs():
    return list(AuditEntry.objects.filter(verb__startswith="export.").order_by("pk").values_list("verb", flat=True))


# Asking


@pytest.mark.django_db
def test_ask_queues_a_job_of_the_post_and_tells_a_worker(trade, city, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        job = ask(city)

    assert (job.state, job.requested_by, job.unit, job.scheduled) == ("queued", city.user, city.unit, False)
    assert job.title == "威海市2023年6月工贸调度表（当月，截至报送日）"
    assert len(callbacks) == 1
    assert verbs() == ["export.ask"]


@pytest.mark.django_db
def test_second_click_gives_the_first_job_back(trade, city):
    first = ask(city)

    assert ask(city) == first
    assert ask(city, window="cumulative") != first
    assert ExportJob.objects.count() == 2


@pytest.mark.django_db
def test_colleague_asking_for_the_same_gets_an_own_job(trade, city):
    colleague = factories.actor(city.unit, name="赵同事")

    assert ask(city) != ask(colleague)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("table", "steel", "没有名为“steel”的表，可用的有：trade（工贸调度表）"),
        ("table", "mines", "“trade-2023”没有布置非煤矿山调度表"),
        ("table", "trade-2022", "没有名为"),
        ("period", "2023年6月", "“2023年6月”不是月份，应写作四位年份和两位月份，如 2023-06"),
        ("period", "2022-06", "2022年6月不在“trade-2023”期间"),
        ("area", "文登区", "“文登区”不在本单位可导出的范围，可选的有：威海市、荣成市、乳山市、市本级"),
        ("window", "yearly", "没有“yearly”这一项，可选的有：当月、累计"),
        ("cut_off", "noon", "没有“noon”这一项，可选的有：截至报送日、截至月末"),
    ],
)
def test_wrong_wish_is_refused_and_says_what_to_ask_for(trade, city, field, value, message):
    with pytest.raises(AskRefused) as refused:
        ask(city, **{field: value})

    assert message in str(refused.value)
    assert refused.value.field == ("window" if field == "cut_off" else field)
    assert not ExportJob.objects.exists()


@pytest.mark.django_db
def test_unknown_campaign_is_refused(trade, city):
    with pytest.raises(AskRefused, match="没有代码为“trade-1999”的专项行动"):
        ask(city, campaign="trade-1999")


@pytest.mark.django_db
def test_month_that_has_not_begun_is_refused(city):
    ahead = timezone.localdate() + timedelta(days=90)
    campaign(starts_on=timezone.localdate(), ends_on=ahead + timedelta(days=400))

    with pytest.raises(AskRefused, match="尚未开始"):
        ask(city, period=f"{ahead:%Y-%m}")


@pytest.mark.django_db
def test_district_asks_for_its_own_row_only(trade, clerk):
    with pytest.raises(AskRefused, match="“威海市”不在本单位可导出的范围，可选的有：荣成市。"):
        ask(clerk)
    with pytest.raises(AskRefused, match="“乳山市”不在本单位可导出的范围"):
        ask(clerk, area="乳山市")
    assert ask(clerk, area="荣成市").title.startswith("荣成市2023年6月")


@pytest.mark.django_db
def test_eleventh_at_once_waits(trade, city):
    for n in range(10):
        ask(city, period=f"2023-{5 + n % 8:02}", window=("monthly", "cumulative")[n // 8])

    with pytest.raises(AskRefused, match="您已有10项导出在生成"):
        ask(city, area="荣成市")


# Making


@pytest.mark.django_db
def test_made_workbook_shows_the_records(trade, city):
    hazard(factories.enterprise())
    job = ask(city)

    assert jobs.make(job.pk)

    ws = book(job)
    assert ws["A2"].value == "全市冶金等工贸行业重大事故隐患专项排查整治2023行动进展情况调度表"
    assert "荣成市" in cells(ws)
    assert (job.state, job.label, job.progress, job.lease_until) == ("done", "live", 100, None)
    assert job.expires_at - job.done_at == timedelta(days=30)
    assert job.file.name == "威海市2023年6月工贸调度表（当月，截至报送日）.xlsx"
    assert job.file.owner == job
    assert verbs() == ["export.ask", "export.done"]


@pytest.mark.django_db
def test_ledger_is_made_of_what_the_asker_may_see(city, clerk):
    campaign(table="trade-ledger")
    hazard(factories.enterprise("荣成海源食品有限公司"))
    hazard(factories.enterprise("乳山某食品有限公司", in_area=factories.county("乳山市")))
    of_city, of_district = ask(city, table="trade-ledger"), ask(clerk, table="trade-ledger", area="荣成市")

    assert jobs.make(of_city.pk) and jobs.make(of_district.pk)

    assert {"荣成海源食品有限公司", "乳山某食品有限公司"} <= set(cells(book(of_city)))
    assert "乳山某食品有限公司" not in cells(book(of_district))


@pytest.mark.django_db
def test_made_job_is_not_made_again(trade, city):
    job = ask(city)

    assert [jobs.make(job.pk), jobs.make(job.pk)] == [True, False]
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_whoever_left_the_post_gets_nothing(trade, city):
    job = ask(city)
    Membership.objects.filter(pk=city.membership.pk).update(active=False)

    assert not jobs.make(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "申请人已不在原岗位，请由在岗人员重新申请。")


@pytest.mark.django_db
def test_job_whose_campaign_changed_fails_with_the_reason(trade, city):
    job = ask(city)
    trade.deliverables.all().delete()

    jobs.make(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "“trade-2023”没有布置工贸调度表，请选择该行动的调度表。")
    assert verbs() == ["export.ask", "export.fail"]


@pytest.mark.django_db
def test_unforeseen_error_is_tried_three_times(trade, city, settings):
    job = ask(city)
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "no.such.Storage"}}

    states = []
    for _ in range(4):
        jobs.make(job.pk)
        job.refresh_from_db()
        states.append((job.state, job.attempts))

    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert job.error.startswith("连续3次生成中断")


@pytest.mark.django_db
def test_failed_job_can_be_asked_for_again_once(trade, city):
    job = ask(city)
    ExportJob.objects.update(state=State.FAILED, attempts=3, error="连续3次生成中断")

    jobs.retry(job, by=city)

    with pytest.raises(MoveRefused, match="该导出已在生成或已完成"):
        jobs.retry(job, by=city)
    assert jobs.make(job.pk)


# Killed workers


@pytest.mark.django_db
def test_job_of_a_killed_worker_is_left_alone_until_the_lease_runs_out(trade, city):
    job, now = ask(city), timezone.now()
    assert jobs.claim(job.pk, at=now)

    assert jobs.claim(job.pk, at=now + jobs.LEASE) is None
    again = jobs.claim(job.pk, at=now + jobs.LEASE + timedelta(seconds=1))

    assert (again.attempts, again.state) == (2, "running")


@pytest.mark.django_db
def test_sweep_has_a_killed_workers_job_made(trade, city, django_capture_on_commit_callbacks):
    job = ask(city)
    jobs.claim(job.pk, at=timezone.now() - HOUR)

    with django_capture_on_commit_callbacks(execute=True):
        jobs.sweep(at=timezone.now())

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


@pytest.mark.django_db
def test_sweep_takes_up_what_a_lost_broker_never_delivered(trade, city, django_capture_on_commit_callbacks):
    job = ask(city)

    with django_capture_on_commit_callbacks(execute=True):
        jobs.sweep(at=timezone.now())

    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.django_db
def test_job_that_killed_three_workers_is_given_up_with_a_reason(trade, city):
    job = ask(city)
    for hours in (4, 3, 2):
        assert jobs.claim(job.pk, at=timezone.now() - hours * HOUR)

    jobs.sweep(at=timezone.now())

    job.refresh_from_db()
    assert (job.state, job.lease_until) == ("failed", None)
    assert job.error == "连续3次生成中断，请点“重新生成”；仍不成功请联系管理员。"


@pytest.mark.django_db
def test_worker_that_comes_back_late_changes_nothing(trade, city):
    job = ask(city)
    late = jobs.claim(job.pk, at=timezone.now() - HOUR)
    assert jobs.make(job.pk)

    with pytest.raises(jobs.LeaseLost):
        jobs.advance(late, 60)
    with pytest.raises(jobs.LeaseLost):
        jobs.finish(late, b"late", "实时")
    jobs.fail(late, "迟到")
    jobs.give_back(late)

    job.refresh_from_db()
    assert (job.state, job.error, StoredFile.objects.count()) == ("done", "", 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_makes_it(trade, city):
    job = ask_quietly(city)

    def work(_):
        try:
            return jobs.make(job.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert StoredFile.objects.count() == 1


def ask_quietly(by):
    """A job as the broker has lost it."""
    checked = asked().checked(by)
    told = {"kind": jobs.KIND, "title": checked.title, "params": asked().params()}
    return ExportJob.objects.create(requested_by=by.user, unit=by.unit, **told)


# Keeping


@pytest.mark.django_db
def test_expired_file_is_removed_and_the_row_says_so(trade, city):
    job = ask(city)
    jobs.make(job.pk)
    job.refresh_from_db()
    path = job.file.file.name

    assert jobs.remove_expired(at=job.expires_at - timedelta(seconds=1)) == 0
    assert default_storage.exists(path)
    assert jobs.remove_expired(at=job.expires_at) == 1
    assert jobs.remove_expired(at=job.expires_at) == 0

    job.refresh_from_db()
    assert (job.file, job.status) == (None, ("closed", "已过期"))
    assert not default_storage.exists(path)
    assert not StoredFile.objects.exists()
