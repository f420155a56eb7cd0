"""How an export can end: a worker gone at any step, a post or campaign gone meanwhile, a file kept to its last day."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.models import Campaign
from documents.models import ExportJob, StoredFile
from documents.tests.samples import content
from lib.actor import Actor
from lib.periods import CutOff, WindowKind
from organizations.models import AuditEntry, Membership
from organizations.models.people import Role
from organizations.tests import factories
from reports import tasks
from reports.actions import jobs, monthly
from reports.dispatch.asked import Asked, one_of
from reports.dispatch.tables import TableError
from reports.tests.factories import campaign, hazard

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
State = ExportJob.State


def ask(by, **changed):
    told = {"table": "trade", "campaign": "trade-2023", "period": "2023-06", "area": "威海市"}
    return jobs.ask(Asked(**told | changed), by=by)


def outcome(job):
    job.refresh_from_db()
    return job.state, job.attempts, job.progress


# A worker gone at each step


@pytest.mark.parametrize("percent", [10, 20, 60, 90])
def test_worker_gone_at_any_step_leaves_a_job_that_another_finishes(trade, city, percent):
    job = ask(city)
    gone = jobs.claim(job.pk, at=timezone.now())
    if percent > 10:
        jobs.advance(gone, percent)
    assert outcome(job) == ("running", 1, percent)
    assert not jobs.make(job.pk)  # the lease holds

    ExportJob.objects.update(lease_until=timezone.now() - HOUR)
    assert jobs.make(job.pk)
    assert outcome(job) == ("done", 2, 100)
    assert StoredFile.objects.count() == 1


def test_advancing_holds_the_lease_for_longer(trade, city):
    job = jobs.claim(ask(city).pk, at=timezone.now() - jobs.LEASE + timedelta(seconds=5))
    before = job.lease_until
    jobs.advance(job, 60)

    job.refresh_from_db()
    assert job.lease_until - before > jobs.LEASE - timedelta(minutes=1)


def test_file_stored_by_a_worker_that_lost_its_job_is_not_kept(trade, city):
    """finish() stores and calls it done together: whoever lost the lease stores nothing."""
    late = jobs.claim(ask(city).pk, at=timezone.now() - HOUR)
    again = jobs.claim(late.pk, at=timezone.now())

    with pytest.raises(jobs.LeaseLost):
        jobs.finish(late, b"late", "实时")
    assert not StoredFile.objects.exists()
    assert jobs.finish(again, b"PK", "实时")
    assert StoredFile.objects.get().size == 2


def test_job_given_back_begins_at_nothing_and_waits_for_nobody(trade, city):
    job = jobs.claim(ask(city).pk, at=timezone.now())
    jobs.advance(job, 60)
    jobs.give_back(job)

    job.refresh_from_db()
    assert (job.state, job.progress, job.lease_until) == ("queued", 0, None)
    assert ExportJob.objects.claimable_at(timezone.now()).count() == 1


def test_unknown_job_is_nobodys(trade):
    assert jobs.make(987654) is False


def test_lease_ends_with_its_last_instant(trade, city):
    now = timezone.now()
    job = jobs.claim(ask(city).pk, at=now)

    assert not ExportJob.objects.claimable_at(job.lease_until).exists()
    assert not ExportJob.objects.exhausted_at(now + HOUR).exists()
    assert ExportJob.objects.claimable_at(job.lease_until + timedelta(microseconds=1)).exists()


@pytest.mark.parametrize(("attempts", "claimable", "exhausted"), [(2, True, False), (3, False, True)])
def test_third_attempt_is_the_last(trade, city, attempts, claimable, exhausted):
    job = ask(city)
    ExportJob.objects.update(state=State.RUNNING, attempts=attempts, lease_until=timezone.now() - HOUR)

    assert ExportJob.objects.claimable_at(timezone.now()).exists() is claimable
    assert ExportJob.objects.exhausted_at(timezone.now()).exists() is exhausted
    jobs.sweep(at=timezone.now())
    job.refresh_from_db()
    assert (job.state == "failed") is exhausted


def test_sweep_leaves_what_is_made_failed_or_under_way(trade, city):
    done, failed, running = ask(city), ask(city, area="荣成市"), ask(city, area="乳山市")
    jobs.make(done.pk)
    ExportJob.objects.filter(pk=failed.pk).update(state=State.FAILED, error="x", attempts=1)
    jobs.claim(running.pk, at=timezone.now())
    before = {job.pk: (job.state, job.attempts) for job in ExportJob.objects.all()}

    tasks.sweep_exports()
    assert {job.pk: (job.state, job.attempts) for job in ExportJob.objects.all()} == before


# What is gone meanwhile


def test_asker_who_may_no_longer_export_gets_nothing(trade, city):
    job = ask(city)
    Membership.objects.filter(pk=city.membership.pk).delete()
    factories.member(factories.enterprise(), Role.HEAD, who=city.user)

    assert not jobs.make(job.pk)
    job.refresh_from_db()
    assert job.error == "申请人已不在原岗位，请由在岗人员重新申请。"


def test_asker_with_another_post_in_the_same_unit_still_gets_it(trade, city):
    job = ask(city)
    factories.member(city.unit, Role.OFFICER, who=city.user)
    Membership.objects.filter(pk=city.membership.pk).update(active=False)

    assert jobs.make(job.pk)


def test_asker_whose_unit_lost_the_sector_gets_nothing(trade, clerk):
    """The row gate is asked again when the workbook is made."""
    job = ask(clerk, area="荣成市")
    clerk.unit.unitsector_set.all().delete()

    assert not jobs.make(job.pk)
    job.refresh_from_db()
    assert job.error.startswith("“荣成市”不在本单位可导出的范围")


def test_scheduled_job_of_a_campaign_closed_since_is_made_all_the_same(trade):
    [job] = monthly.schedule(date(2023, 6, 29), by=Actor.system("定期导出"))
    Campaign.objects.update(state=Campaign.State.CLOSED)

    assert jobs.make(job.pk)


def test_reason_of_a_failure_fits_its_column_and_is_logged(trade, city):
    job = jobs.claim(ask(city).pk, at=timezone.now())
    jobs.fail(job, "因" * 500)

    job.refresh_from_db()
    assert job.error == "因" * 200
    entry = AuditEntry.objects.get(verb="export.fail")
    assert (entry.ok, entry.detail["reason"]) == (False, "因" * 200)


def test_retry_starts_from_the_beginning(trade, city):
    job = ask(city)
    ExportJob.objects.update(state=State.FAILED, attempts=3, progress=60, error="连续3次生成中断")
    jobs.retry(job, by=city)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.progress, job.error) == ("queued", 0, 0, "")


# Kept to the last day


def test_file_is_there_for_thirty_days_and_gone_after(trade, city, signed_in):
    job = ask(city)
    jobs.make(job.pk)
    job.refresh_from_db()
    page, path = signed_in(city), job.file.file.name
    download = reverse("documents:file", args=[job.file_id])
    assert b"".join(page.get(download).streaming_content)[:2] == b"PK"

    jobs.sweep(at=job.done_at + timedelta(days=30) - timedelta(seconds=1))
    assert default_storage.exists(path)
    jobs.sweep(at=job.done_at + timedelta(days=30))

    job.refresh_from_db()
    assert (job.file, job.is_expired, job.state) == (None, True, "done")
    assert page.get(download).status_code == 404
    assert "已过期" in page.get(reverse("reports:exports")).content.decode()


def test_expired_one_can_be_asked_for_again(trade, city):
    first = ask(city)
    jobs.make(first.pk)
    jobs.sweep(at=timezone.now() + timedelta(days=31))

    second = ask(city)
    assert second != first
    assert jobs.make(second.pk)


def test_only_ones_own_file_expires(trade, city):
    old, new = ask(city), ask(city, area="荣成市")
    assert jobs.make(old.pk) and jobs.make(new.pk)
    ExportJob.objects.filter(pk=old.pk).update(expires_at=timezone.now() - HOUR)

    assert jobs.remove_expired(at=timezone.now()) == 1
    new.refresh_from_db()
    assert load_workbook(BytesIO(content(new.file))).active["B6"].value == "荣成市"


# What is asked for


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({}, "威海市2023年6月工贸调度表（当月，截至报送日）"),
        ({"window": "cumulative", "cut_off": "month-end"}, "威海市2023年6月工贸调度表（累计，截至月末）"),
        ({"area": "荣成市", "period": "2023-12"}, "荣成市2023年12月工贸调度表（当月，截至报送日）"),
        ({"area": "市本级"}, "市本级2023年6月工贸调度表（当月，截至报送日）"),
        ({"extended": True}, "威海市2023年6月工贸调度表（当月，截至报送日，附扩展列）"),
    ],
)
def test_title_says_what_it_is(trade, city, changed, title):
    assert ask(city, **changed).title == title


def test_month_that_begins_today_can_be_asked_for_and_one_that_begins_tomorrow_cannot():
    today = timezone.localdate()
    ends = today + timedelta(days=400)
    city = factories.actor(factories.city_bureau())
    campaign("today", starts_on=today, ends_on=ends, due_day=31)
    campaign("tomorrow", starts_on=today + timedelta(days=1), ends_on=ends, due_day=31)

    assert ask(city, campaign="today", period=f"{today:%Y-%m}").state == "queued"
    with pytest.raises(TableError):
        ask(city, campaign="tomorrow", period=f"{today + timedelta(days=1):%Y-%m}")


def test_title_of_the_mines_says_cumulative_unless_asked_otherwise():
    campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    city = factories.actor(factories.city_bureau())
    city.unit.unitsector_set.create(sector=factories.sector("非煤矿山"), power="direct")

    told = {"table": "mines", "campaign": "mines-2023"}
    assert ask(city, **told).title == "威海市2023年6月非煤矿山调度表（累计，截至报送日）"
    assert ask(city, **told, window="monthly").title == "威海市2023年6月非煤矿山调度表（当月，截至报送日）"


@pytest.mark.parametrize("value", ["", "monthly", "cumulative"])
def test_known_windows_pass(value):
    assert one_of(WindowKind, value) == value


def test_unknown_window_names_the_known_ones():
    with pytest.raises(TableError, match="没有“noon”这一项，可选的有：截至报送日、截至月末。"):
        one_of(CutOff, "noon")


def test_workbook_shows_the_window_asked_for(trade, city):
    hazard(factories.enterprise(), on=date(2023, 5, 10))
    month, whole = ask(city), ask(city, window="cumulative")
    assert jobs.make(month.pk) and jobs.make(whole.pk)

    values = []
    for job in (month, whole):
        job.refresh_from_db()
        sheet = load_workbook(BytesIO(content(job.file))).active
        values.append((sheet["F6"].value, sheet.oddFooter.left.text))
    assert values == [
        (0, "2023年6月 · 当月（2023年5月29日至2023年6月28日） · 实时数据"),
        (1, "2023年6月 · 累计（2023年5月1日至2023年6月28日） · 实时数据"),
    ]
