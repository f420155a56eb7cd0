from datetime import date

import pytest

from campaigns.actions.copying import copy
from campaigns.models import Campaign, Deliverable
from campaigns.tests import factories as owed
from lib.actor import Actor
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def original():
    """Phases overlap, one duty has a day of its own, a stricter rule replaces the general one."""
    campaign = owed.campaign(notice_number="威应急发〔2023〕12号", issued_on=date(2023, 5, 19))
    campaign.phases.create(
        name="部门精准执法", starts_on=date(2023, 8, 1), ends_on=date(2023, 11, 30), wording="8月1日至11月30日"
    )
    campaign.sectors.add(make.sector())
    owed.deliverable(of=campaign)
    general = owed.deliverable("led", of=campaign, recurrence="quarterly", due_day=None)
    strict = owed.deliverable("led-monthly", of=campaign, replaces=general, due_day=31)
    strict.features.add(make.feature())
    owed.deliverable("plan", of=campaign, recurrence="once", due_on=date(2023, 5, 31), due_day=None)
    return campaign


def made(original, starts_on=date(2026, 10, 1)):
    return copy(original, code="trade-2026", name="新一轮", starts_on=starts_on, by=Actor.system())


def test_copy_moves_every_date_by_the_same_months(original):
    new = made(original)
    assert (new.starts_on, new.ends_on) == (date(2026, 10, 1), date(2027, 5, 31))
    phase = new.phases.get()
    assert (phase.starts_on, phase.ends_on, phase.wording) == (date(2027, 1, 1), date(2027, 4, 30), "")
    assert new.deliverables.get(code="plan").due_on == date(2026, 10, 31)
    assert new.deliverables.get(code="dispatch").due_day == 28


def test_copy_clips_a_day_the_month_does_not_have(original):
    assert made(original, date(2026, 9, 1)).deliverables.get(code="plan").due_on == date(2026, 9, 30)


def test_copy_is_a_draft_of_our_own_without_the_notices_number(original):
    new = made(original)
    assert (new.state, new.notice_number, new.issued_on, new.copied_from) == ("draft", "", None, original)
    assert set(new.deliverables.values_list("origin", flat=True)) == {Deliverable.Origin.LOCAL}


def test_copy_keeps_scope_features_and_what_replaces_what(original):
    new = made(original)
    strict = new.deliverables.get(code="led-monthly")
    assert strict.replaces == new.deliverables.get(code="led")
    assert [f.name for f in strict.features.all()] == ["涉氨制冷"]
    assert list(new.sectors.all()) == list(original.sectors.all())


def test_copy_leaves_the_original_alone_and_is_logged(original):
    made(original)
    assert Campaign.objects.get(code="trade-2023").deliverables.count() == 4
    entry = AuditEntry.objects.get(verb="campaign.copy")
    assert entry.detail == {"of": "trade-2023", "months": 41}
