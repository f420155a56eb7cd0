"""盯守: of every mine that stands still with nobody at work somebody answers for the watching (S004-矿 三)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.actions.counting import recount
from campaigns.messages import digest_line
from campaigns.models import Deliverable, Obligation
from campaigns.tests import factories as campaigns
from inspections.coverage import counted
from inspections.tests import factories as records
from lib.actor import Actor
from organizations.actions import roster
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def bureau():
    """荣成市应急管理局 has the mines too."""
    return make.unit(sectors=("轻工", "非煤矿山"))


def duty():
    """As in mines-2023: every month, of the district's bureau."""
    return campaigns.deliverable(
        "watch",
        name="无人作业停产停建矿山盯守",
        form="record",
        due_day=None,
        counts="watchers",
        statuses=["stopped_empty"],
        recipient_rule="file",
    )


def owes(month=6, unit=None):
    last = date(2023, month, 30)
    end = datetime(2023, month, 30, 23, 59, 59, 999999, tzinfo=ZONE)
    days = {"nominal_on": last, "original_due_at": end, "due_at": end, "period": f"2023-{month:02}"}
    return campaigns.obligation(unit or make.unit(), of=Deliverable.objects.first() or duty(), recipients=[], **days)


def mine(name="荣成一矿", status="stopped_empty", **fields):
    return make.enterprise(name, in_sector="非煤矿山", status=status, **fields)


def watcher(firm, name="张盯守", *, of=None, **fields):
    return make.responsible(of or make.unit(), name, kind="watch", enterprise=firm, **fields)


def count(owed, on=date(2023, 6, 30)):
    """已落实盯守 of 应盯守 as of that day."""
    return counted([Obligation.objects.select_related("deliverable__campaign").get(pk=owed.pk)], on)[owed.pk]


def settled(on):
    recount(Obligation.objects.all(), on, by=SYSTEM)
    return Obligation.objects.get()


def test_every_mine_with_nobody_at_work_is_to_be_watched():
    """Those that produce, build, resume or are manned owe their own duties instead."""
    for status in ("producing", "building", "resuming", "stopped_manned", "deregistered"):
        watcher(mine(f"{status}矿", status))
    watcher(mine())
    mine("荣成二矿")
    mine("文登一矿", in_area=make.county("文登区"))

    assert count(owes())[:2] == (1, 2)


def test_only_a_watcher_in_office_counts():
    for kind in ("supervise", "contract", "station"):
        make.responsible(make.unit(), kind=kind, enterprise=mine(f"{kind}矿"))
    watcher(mine("已离任矿"), ended_on=date(2023, 6, 30))
    watcher(mine("未到任矿"), starts_on=date(2023, 7, 1))
    records.visit(mine("检查过的矿"), on_trip=records.trip(on=date(2023, 6, 6)))

    assert count(owes())[:2] == (0, 6)


def test_a_town_may_do_the_watching():
    """驻矿盯守或者联系盯守: whose people they are is not said."""
    watcher(mine(), of=make.unit("崂山街道办事处", kind="town"))

    assert count(owes())[:2] == (1, 1)


def test_complete_since_the_last_one_was_named():
    watcher(mine("荣成一矿"))
    watcher(mine("荣成二矿"), starts_on=date(2023, 6, 12))
    watcher(mine("荣成二矿二期"), starts_on=date(2023, 6, 9))
    owes()

    row = settled(date(2023, 6, 20))

    assert (row.state, row.count_words) == ("fulfilled", "已落实盯守3/3家")
    assert timezone.localtime(row.handed_in_at).date() == date(2023, 6, 12)


def test_named_long_ago_the_month_is_complete_from_its_first_day_and_not_before():
    """Opened 45 days ahead: who watches in May says nothing of June."""
    watcher(mine())
    owes()

    assert settled(date(2023, 5, 20)).state == "open"
    row = settled(date(2023, 6, 1))
    assert row.state == "fulfilled"
    assert timezone.localtime(row.handed_in_at).date() == date(2023, 6, 1)


def test_a_mine_more_in_the_month_opens_it_again():
    watcher(mine())
    owes()
    assert settled(date(2023, 6, 10)).state == "fulfilled"

    mine("荣成二矿", joined_on=date(2023, 6, 15))
    row = settled(date(2023, 6, 15))

    assert (row.state, row.count_words) == ("open", "已落实盯守1/2家")
    behind = f"{row.title}：已落实盯守1/2家，已逾期1天（应于6月30日前完成），已落实的请在责任人名册登记盯守责任人"
    assert digest_line(row, date(2023, 7, 1)) == behind


def test_where_no_mine_stands_still_nothing_was_owed():
    mine(status="producing")
    owes()

    row = settled(date(2023, 7, 1))

    assert (row.state, row.ended_reason) == ("ended", "没有应盯守的企业")


def test_roster_counts_at_once():
    """Named: done. Left without a successor before the month is over: owed again."""
    today = timezone.localdate()
    firm = mine(in_area=make.county())
    end = datetime.combine(today, datetime.max.time(), ZONE)
    days = {"nominal_on": today, "original_due_at": end, "due_at": end, "period": f"{today:%Y-%m}"}
    campaigns.obligation(make.unit(), of=duty(), recipients=[], **days)
    Deliverable.objects.get().campaign.__class__.objects.update(starts_on=today.replace(day=1), ends_on=today)
    clerk = make.actor(make.unit())

    named = roster.appoint(
        make.unit(), kind="watch", name="张盯守", enterprise=firm, starts_on=today.replace(day=1), by=clerk
    )
    assert Obligation.objects.get().state == "fulfilled"

    other = mine("荣成二矿", "producing")
    assert settled(today).state == "fulfilled"
    other.status = "stopped_empty"
    other.save(update_fields=["status"])
    assert (settled(today).state, settled(today).count_words) == ("open", "已落实盯守1/2家")

    roster.release(named, on=today, by=clerk)
    assert (Obligation.objects.get().state, Obligation.objects.get().count_words) == ("open", "已落实盯守0/2家")


def test_visits_and_watchers_are_counted_together_in_the_same_queries():
    """One statement each for firms and records, whatever is counted."""
    watcher(mine())
    watching = owes()
    visits = campaigns.deliverable("coverage", form="record", counts="visits", due_day=None, recipient_rule="file")
    for day in (6, 7):
        records.visit(make.enterprise(f"轻工{day}"), on_trip=records.trip(on=date(2023, 6, day)))
    visiting = campaigns.obligation(
        make.unit(), of=visits, recipients=[], nominal_on=date(2023, 6, 30), period="2023-06"
    )
    rows = {
        key: list(Obligation.objects.select_related("deliverable__campaign").filter(pk__in=keys))
        for key, keys in {"one": [visiting.pk], "both": [visiting.pk, watching.pk]}.items()
    }
    spent = {}
    for key, batch in rows.items():
        with CaptureQueriesContext(connection) as queries:
            found = counted(batch, date(2023, 6, 30))
        spent[key] = len(queries)

    assert found[watching.pk][:2] == (1, 1)
    assert found[visiting.pk][:2] == (2, 2)
    assert spent["one"] == spent["both"]


def test_page_says_what_counts_and_leads_to_the_roster(client):
    mine()
    owed = owes()
    settled(date(2023, 6, 15))
    client.force_login(make.member(make.unit()).user)

    page = client.get(owed.get_absolute_url()).content.decode()

    assert "已落实盯守0/1家" in page
    assert f'href="{reverse("organizations:roster")}?kind=watch"' in page
    assert "导入检查记录" not in page
