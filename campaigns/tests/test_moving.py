"""What a firm owes goes along when it moves; what it has done stays where it was done."""

from datetime import date

import pytest

from campaigns.actions import moving, submissions
from campaigns.actions.opening import open_obligations
from campaigns.models import Deliverable, Obligation
from campaigns.tests import factories as owed
from lib.actor import Actor
from organizations.actions.moving import relocate
from organizations.models import AuditEntry, Enterprise
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
TO_AREA_UNIT = Deliverable.RecipientRule.AREA_UNIT


@pytest.fixture
def here():
    return make.unit()


@pytest.fixture
def there():
    return make.unit("文登区应急管理局", in_area=make.county("文登区"))


@pytest.fixture
def firm():
    return make.enterprise()


def duty(code="check", rule=TO_AREA_UNIT, **fields):
    return owed.deliverable(code, respondent="enterprise", recipient_rule=rule, **fields)


def owes(firm, here, of=None, **fields):
    return owed.obligation(firm, of=of or duty(), recipients=[here], sector=firm.sector, **fields)


def move(firm, there):
    relocate(firm, by=make.actor(make.unit()), area=there.area, reason="整体搬迁")


def stands(row):
    row = Obligation.objects.get(pk=row.pk)
    return row.handled_in.name, row.area.name, row.reporting_area.name, [unit.name for unit in row.recipients.all()]


def test_open_obligation_goes_to_the_new_districts_unit_and_counts_in_the_old_row(firm, here, there):
    row = owes(firm, here)

    move(firm, there)

    assert stands(row) == ("文登区", "荣成市", "荣成市", ["文登区应急管理局"])
    logged = AuditEntry.objects.get(verb="obligation.handed_over")
    assert logged.detail == {"reason": "整体搬迁", "ids": [row.pk]}


@pytest.mark.parametrize("state", ["fulfilled", "missing", "waived", "superseded", "ended"])
def test_obligation_that_has_ended_stays(firm, here, there, state):
    row = owes(firm, here, state=state, handed_in_at=owed.JUNE_28)

    move(firm, there)

    assert stands(row) == ("荣成市", "荣成市", "荣成市", ["荣成市应急管理局"])


def test_what_goes_to_the_lead_unit_still_goes_there(firm, there):
    city = make.city_bureau()
    row = owes(firm, city, of=duty(rule=Deliverable.RecipientRule.LEAD))

    move(firm, there)

    assert stands(row) == ("文登区", "荣成市", "荣成市", ["威海市应急管理局"])


def test_what_a_unit_or_another_firm_owes_stays(firm, here, there):
    of = duty()
    other = owes(make.enterprise("荣成第二食品有限公司"), here, of=of)
    units = owed.obligation(here, of=owed.deliverable("unit"), recipients=[make.city_bureau()])

    move(firm, there)

    assert stands(other)[0] == stands(units)[0] == "荣成市"


def test_what_waits_for_review_is_reviewed_by_the_new_district(firm, here, there):
    row = owes(firm, here)
    submissions.hand_in(row, by=make.actor(firm, Role.HEAD), text="自查报告")

    move(firm, there)

    assert Obligation.objects.received_by(make.actor(there)).to_review().get() == row
    assert not Obligation.objects.received_by(make.actor(here)).to_review().exists()
    assert Obligation.objects.visible_to(make.actor(here)).get() == row


def test_accepted_and_returned_after_the_move_comes_to_the_new_district(firm, here, there):
    row = owes(firm, here)
    submission = submissions.hand_in(row, by=make.actor(firm, Role.HEAD), text="自查报告")
    submissions.accept(submission, by=make.actor(here))
    move(firm, there)
    assert stands(row)[0] == "荣成市"

    submissions.return_submission(submission, by=make.actor(here), reason="缺附件")

    assert stands(row) == ("文登区", "荣成市", "荣成市", ["文登区应急管理局"])


def test_obligation_that_is_owed_again_is_owed_to_the_new_district(firm, here, there):
    """It left the rule by its status, moved, and came back: reconciling opens the old row again."""
    duty(statuses=["producing"])
    open_obligations(date(2023, 6, 1), by=SYSTEM)
    row = Obligation.objects.get(period="2023-06")
    Enterprise.objects.update(status="stopped_empty")
    open_obligations(date(2023, 6, 2), by=SYSTEM)
    move(firm, there)
    Enterprise.objects.update(status="producing")

    open_obligations(date(2023, 6, 3), by=SYSTEM)

    row.refresh_from_db()
    assert row.state == "open"
    assert stands(row) == ("文登区", "荣成市", "荣成市", ["文登区应急管理局"])


def test_many_take_as_many_statements_as_few(here, there, django_assert_num_queries):
    of = duty()
    firms = [make.enterprise(f"第{i}家") for i in range(30)]
    for firm in firms:
        owes(firm, here, of=of)
    Enterprise.objects.update(area=there.area)
    few, many = [firm.pk for firm in firms[:2]], [firm.pk for firm in firms[2:]]

    def following(keys):
        # Savepoint, rows, update; the directory's areas, rows, units, sectors and the duty's sectors are read once or
        # per duty; old recipients away, new ones in, log, nothing left, release.
        return moving.follow(keys, by=SYSTEM, reason="迁址")

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert following(few) == 2
    with django_assert_num_queries(len(captured)):
        assert following(many) == 28


def test_beyond_a_thousand_they_follow_too(firm, here, there, monkeypatch):
    monkeypatch.setattr(moving, "SOME", 2)
    for number in range(5):
        owes(firm, here, of=duty(f"check-{number}"))

    move(firm, there)

    assert not Obligation.objects.left_behind().exists()
    assert Obligation.recipients.through.objects.filter(unit=there).count() == 5
