"""The hazards' ledger made in the background: filtered again, through the row gate of the post that asked."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from documents.actions.exports import ask
from documents.models import ExportJob
from hazards.exports import LEDGER_JOB
from hazards.tests import factories as ledger
from lib import excel
from organizations.models import Membership
from organizations.tests import factories as make
from reports.actions import jobs

pytestmark = pytest.mark.django_db

PAGE = "/reports/exports/"


def asked(by, query="state=all"):
    return ask(LEDGER_JOB, title="事故隐患台账（全部）", params={"query": query}, by=by)


def made(by, query="state=all"):
    """The job done, and the numbers in its workbook, in the order of the sheet."""
    job = asked(by, query)
    assert jobs.make(job.pk), ExportJob.objects.get(pk=job.pk).error
    job.refresh_from_db()
    sheet = load_workbook(BytesIO(job.file.content())).active
    heading = next(row for row in sheet.iter_rows(values_only=True) if "台账编号" in row)
    at = heading.index("台账编号")
    return job, [row[at] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]


def test_ledger_holds_what_the_list_shows_and_is_kept_for_thirty_days(clerk):
    ledger.hazard(number="未销号")
    ledger.closed(number="已销号")

    job, numbers = made(clerk)

    assert sorted(numbers) == ["已销号", "未销号"]
    assert (job.state, job.progress, job.label) == ("done", 100, "live")
    assert job.file.name == "事故隐患台账（全部）.xlsx"
    assert job.expires_at - timezone.now() > timedelta(days=29)
    assert made(clerk, "")[1] == ["未销号"]
    assert made(clerk, "state=closed")[1] == ["已销号"]


def test_rows_of_others_are_not_in_it_whatever_the_query_says(clerk):
    there = make.county("文登区")
    ledger.hazard(number="本地")
    ledger.hazard(make.enterprise("文登企业", in_area=there), number="外地")

    assert made(clerk, f"state=all&area={there.pk}")[1] == ["本地"]  # a spoilt filter is as good as none


def test_who_has_left_the_post_gets_nothing(clerk):
    ledger.hazard()
    job = asked(clerk)
    Membership.objects.filter(pk=clerk.membership.pk).update(active=False)

    assert not jobs.make(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", jobs.LEFT_POST)


def test_more_rows_than_a_sheet_holds_is_said_and_can_be_asked_for_again(clerk, monkeypatch):
    def too_long(*_):
        raise excel.WorkbookError("一张工作表最多1048576行，请缩小范围")

    monkeypatch.setattr(jobs, "write_tables", too_long)
    job = asked(clerk)

    assert not jobs.make(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "一张工作表最多1048576行，请缩小范围")


def test_progress_is_said_while_the_rows_go_by_and_holds_the_lease(clerk, monkeypatch):
    monkeypatch.setattr(jobs, "SOME", 2)
    for _ in range(5):
        ledger.hazard()
    told = []
    advance = jobs.advance
    monkeypatch.setattr(jobs, "advance", lambda job, percent: (told.append(percent), advance(job, percent)))

    made(clerk)

    assert told == [10, 42, 74]  # of 5 rows: before the first, after 2, after 4


def test_worker_whose_lease_another_has_taken_stops_in_the_middle(clerk, monkeypatch):
    monkeypatch.setattr(jobs, "SOME", 2)
    for _ in range(5):
        ledger.hazard()
    job = asked(clerk)
    advance = jobs.advance

    def taken_after_the_first(held, percent):
        if percent > 10:
            ExportJob.objects.filter(pk=held.pk).update(attempts=2)
        advance(held, percent)

    monkeypatch.setattr(jobs, "advance", taken_after_the_first)

    assert not jobs.make(job.pk)

    job.refresh_from_db()
    assert (job.state, job.file) == ("running", None)


def test_empty_ledger_is_a_workbook_without_rows(clerk):
    assert made(clerk)[1] == []


def test_page_of_exports_shows_its_progress_and_hands_it_out(clerk, signed_in):
    client = signed_in(clerk)
    waiting = asked(clerk)
    shown = client.get(PAGE).content.decode()
    assert f'hx-get="/reports/exports/{waiting.pk}/progress/?seen=queued-0"' in shown
    assert client.get(f"/reports/exports/{waiting.pk}/progress/").status_code == 200

    jobs.make(waiting.pk)

    waiting.refresh_from_db()
    assert f"/files/{waiting.file_id}/" in client.get(PAGE).content.decode()
    assert client.get(f"/files/{waiting.file_id}/").getvalue() == waiting.file.content()


def test_another_post_does_not_see_it(clerk, signed_in):
    job = asked(clerk)
    client = signed_in(make.actor(make.unit(), name="李经办"))
    assert "事故隐患台账（全部）" not in client.get(PAGE).content.decode()
    assert client.get(f"/reports/exports/{job.pk}/progress/").status_code == 404


def test_asking_wakes_a_worker_after_the_commit(clerk, django_capture_on_commit_callbacks):
    ledger.hazard()
    with django_capture_on_commit_callbacks(execute=True):
        job = asked(clerk)
    job.refresh_from_db()
    assert job.state == "done"
