"""The demonstration is lived in, true to the notice, and loads twice without changing."""

from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone
from openpyxl import load_workbook

from campaigns import desk
from campaigns.models import Call, Campaign, Contact, Extension, Letter, Obligation, Submission
from documents.models import ExportJob, ImportBatch, StoredFile
from documents.tests.samples import content
from hazards.models import Hazard
from organizations.models import Enterprise, Membership, Responsible, Unit, User
from reports.demo import people
from reports.models import DispatchReturn

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def load():
    told = StringIO()
    call_command("load_demo", stdout=told)
    return told.getvalue()


def counts():
    models = (User, Enterprise, Membership, Hazard, Campaign, Obligation, Submission, DispatchReturn, ImportBatch)
    models += (ExportJob, StoredFile, Contact, Call, Extension, Letter, Responsible)
    return {model.__name__: model.objects.count() for model in models}


def test_demo_is_lived_in_and_loads_twice_without_changing(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    told = load()
    before = counts()
    check_accounts(told)
    check_month()
    check_current()
    check_call_desk()
    check_files()
    check_roster()
    signed_in = set(User.objects.values_list("pk", "password"))
    assert load() == told
    assert counts() == before
    assert set(User.objects.values_list("pk", "password")) == signed_in  # another hash would sign everybody out


def check_accounts(told):
    """The nine accounts of the README, with one password that lets them in."""
    names = ["admin", "city", "leader", "miit", "district", "inspector", "head", "director", "safety"]
    word = people.password()
    assert word in told
    for name in names:
        assert name in told
        assert User.objects.get(username=name).check_password(word)
    firm = Enterprise.objects.get(memberships__user__username="head")
    assert firm.area.name == "荣成市"
    assert set(firm.memberships.values_list("user__username", flat=True)) == {"head", "director", "safety"}


def check_month():
    """At least 60 firms over the nine areas; June 2023 with one unit missing and one late."""
    assert Enterprise.objects.count() >= 60
    assert Enterprise.objects.values("area").distinct().count() == 9
    june = DispatchReturn.objects.filter(campaign__code="trade-2023", table="trade", period="2023-06")
    assert "乳山市" not in june.values_list("row__name", flat=True)
    assert june.count() == 7
    owed = Obligation.objects.get(
        deliverable__code="dispatch-table",
        unit__name="经区经济发展局",
        period="2023-06",
        deliverable__campaign__code="trade-2023",
    )
    assert owed.handed_in_at > owed.due_at


def check_current():
    """A hazard in every state an officer or a firm has something to do with."""
    campaign = Campaign.objects.get(copied_from__code="trade-2023")
    assert campaign.state == Campaign.State.RUNNING
    live = Hazard.objects.filter(imported=False)
    assert {"registered", "rectifying", "closed"} <= set(live.values_list("state", flat=True))
    assert live.filter(listed=True).exists()
    checklist = Obligation.objects.filter(deliverable__form="checklist:enterprise-56", deliverable__campaign=campaign)
    assert checklist.filter(enterprise__memberships__user__username="head").exists()


def check_call_desk():
    """Somebody to ring, one who has promised, one who did not answer; every district has a contact and a deputy."""
    campaign = Campaign.objects.get(copied_from__code="trade-2023")
    city = people.actor_of(campaign.lead_unit, "clerk")
    now, units = timezone.now(), Unit.objects.filter(lines__contains=["emergency"], area__level__in=["county", "zone"])
    named = Contact.objects.filter(campaign=campaign).exclude(phone="").exclude(deputy_phone="").exclude(leader="")
    assert set(named.values_list("unit", flat=True)) == set(units.values_list("pk", flat=True))
    numbers = [number for one in named for number in (one.phone, one.deputy_phone, one.leader_phone)]
    assert len(set(numbers)) == 24
    today, promised = (desk.waiting(city, now, tab) for tab in (desk.TODAY, desk.PROMISED))
    assert {str(row.unit) for row in today.overdue_at(now)} == {"临港区经济发展局", "南海新区住建交通与应急管理局"}
    assert [str(row.unit) for row in promised] == ["乳山市应急管理局"]
    assert {(str(call.unit), call.outcome) for call in Call.objects.all()} == {
        ("乳山市应急管理局", "promised"),
        ("临港区经济发展局", "no_answer"),
    }
    # three work days late, not promised and not only since yesterday: the letter lies ready
    assert list(Letter.objects.values_list("unit__name", "state")) == [("临港区经济发展局", "draft")]


def check_roster():
    """Three leaders in each bureau, somebody for firms of eight areas, and this month's checks owed by each."""
    city = Unit.objects.get(name="威海市应急管理局")
    leaders = Responsible.objects.leaders()
    assert set(leaders.values("unit").annotate(count=Count("pk")).values_list("count", flat=True)) == {3}
    firms = Responsible.objects.exclude(kind="leader")
    assert firms.values("enterprise__area").distinct().count() == 8
    assert set(firms.values_list("kind", flat=True)) == {"supervise", "contract", "station"}
    names = leaders.filter(unit=city).values_list("name", flat=True)
    month = f"{timezone.localdate():%Y-%m}"
    owed = Obligation.objects.filter(deliverable__code="leader-checks-2022", period=month)
    assert sorted(owed.filter(unit=city).values_list("subject", flat=True)) == sorted(names)
    assert owed.filter(state="fulfilled").count() == 3


def check_files():
    """June's tables and ledger lie ready for the city, and for it alone: those of the 29th, and of 1 July."""
    city = people.actor_of(Unit.objects.get(name="威海市应急管理局"), "clerk")
    district = people.actor_of(Unit.objects.get(name="荣成市应急管理局"), "clerk")
    june = ExportJob.objects.filter(scheduled=True, key__contains=":2023-06:")
    found = june.visible_to(city).select_related("file")
    assert sorted(job.key.partition(":")[2] for job in found) == [
        "mines:2023-06:2023-07-01",
        "trade-ledger:2023-06:2023-06-29",
        "trade-ledger:2023-06:2023-07-01",
        "trade:2023-06:2023-06-29",
        "trade:2023-06:2023-07-01",
    ]
    assert {job.state for job in found} == {"done"}
    sheets = {job.key: load_workbook(BytesIO(content(job.file))).active for job in found}
    names = [row[1] for row in sheets["trade-2023:trade:2023-06:2023-07-01"].iter_rows(min_row=6, values_only=True)]
    assert "荣成市" in names
    assert not june.visible_to(district).exists()
