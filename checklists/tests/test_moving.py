"""A self-inspection goes along with its firm while it is not settled."""

import pytest

from campaigns.actions import submissions
from checklists import actions
from checklists.models import SelfInspection
from checklists.tests import factories as lists
from organizations.actions.moving import relocate
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return make.unit("文登区应急管理局", in_area=make.county("文登区"))


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.fixture
def head(firm):
    return make.actor(firm, Role.HEAD)


def move(firm, there):
    relocate(firm, by=make.actor(make.unit()), area=there.area, reason="整体搬迁")


def places(inspection):
    row = SelfInspection.objects.get(pk=inspection.pk)
    return row.handled_in.name, row.area.name, row.reporting_area.name


def handed_in(firm, head):
    inspection = lists.answered(lists.inspection(firm, by=head), by=head)
    actions.submit(inspection, by=head)
    return inspection


def test_open_self_inspection_follows_and_counts_where_it_was(firm, head, there):
    inspection = lists.inspection(firm, by=head)

    move(firm, there)

    assert places(inspection) == ("文登区", "荣成市", "荣成市")
    assert AuditEntry.objects.get(verb="self_inspection.handed_over").detail == {"reason": "整体搬迁", "rows": 1}


def test_new_district_reads_what_was_handed_in_before_the_move(firm, head, there):
    inspection = handed_in(firm, head)
    clerk = make.actor(there)
    assert not SelfInspection.objects.visible_to(clerk).exists()

    move(firm, there)

    assert SelfInspection.objects.visible_to(clerk).get() == inspection


def test_accepted_one_stays_until_it_is_returned(firm, head, there):
    inspection = handed_in(firm, head)
    submission = inspection.obligation.submissions.get()
    submissions.accept(submission, by=make.actor(make.unit()))
    move(firm, there)
    assert places(inspection)[0] == "荣成市"
    assert not AuditEntry.objects.filter(verb="self_inspection.handed_over").exists()

    submissions.return_submission(submission, by=make.actor(make.unit()), reason="第2项未附说明")

    assert places(inspection) == ("文登区", "荣成市", "荣成市")


def test_another_firms_and_a_units_own_stay(firm, there):
    other = lists.inspection(make.enterprise("荣成第二食品有限公司"))
    units = lists.inspection(make.unit(), of=lists.checklist("unit-list", audience="unit"))

    move(firm, there)

    assert places(other)[0] == places(units)[0] == "荣成市"
