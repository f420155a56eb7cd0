"""Asking for an export: queued once, bounded, told to whoever makes it."""

import pytest

from documents.actions import exports
from documents.models import ExportJob
from lib import registry
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    heard = []
    registry.export_queued.register(heard.append)
    yield heard
    registry.export_queued._listeners.remove(heard.append)


@pytest.fixture
def clerk():
    return make.actor(make.unit())


def ask(by, query="state=all", kind="ledger"):
    return exports.ask(kind, title="台账", params={"query": query}, by=by)


def test_job_waits_for_the_post_that_asked_and_is_told_of(clerk, told):
    job = ask(clerk)

    job.refresh_from_db()
    assert (job.kind, job.title, job.params, job.state) == ("ledger", "台账", {"query": "state=all"}, "queued")
    assert (job.requested_by, job.unit, job.enterprise) == (clerk.user, clerk.unit, None)
    assert told == [job]
    assert AuditEntry.objects.get(verb="export.ask").detail == {"asked": {"query": "state=all"}}


def test_same_export_under_way_is_given_back_and_told_once(clerk, told):
    assert ask(clerk) == ask(clerk)
    assert len(told) == 1


@pytest.mark.parametrize("other", [{"query": "state=open"}, {"kind": "other"}])
def test_another_filter_or_kind_is_another_export(clerk, told, other):
    assert ask(clerk) != ask(clerk, **other)
    assert len(told) == 2


@pytest.mark.parametrize("state", ["done", "failed"])
def test_what_is_made_or_failed_is_asked_for_anew(clerk, state):
    first = ask(clerk)
    ExportJob.objects.filter(pk=first.pk).update(state=state, expires_at="2099-01-01T00:00:00+08:00")

    assert ask(clerk) != first


def test_somebody_elses_is_not_given_back(clerk):
    assert ask(clerk) != ask(make.actor(make.unit(), name="李经办"))


def test_too_many_waiting_are_refused_and_nothing_is_queued(clerk, told):
    for number in range(exports.MOST_PENDING):
        ask(clerk, f"q={number}")

    with pytest.raises(MoveRefused, match="您已有10项导出在生成"):
        ask(clerk, "q=one more")
    assert ExportJob.objects.count() == len(told) == 10
    ask(make.actor(make.unit(), name="李经办"), "q=his own")


def test_long_title_is_cut_to_its_column(clerk):
    job = exports.ask("ledger", title="长" * 200, params={}, by=clerk)
    assert len(ExportJob.objects.get(pk=job.pk).title) == 160
