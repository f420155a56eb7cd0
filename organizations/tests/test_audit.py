import pytest
from django.db import InternalError, transaction

from organizations import audit
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def test_record_keeps_names_and_ids():
    clerk, firm = make.actor(make.unit()), make.enterprise()
    entry = audit.record(clerk, "enterprise.update", firm, field="name")
    assert (entry.actor_id, entry.holder, entry.ip) == (clerk.user.pk, "荣成市应急管理局", "127.0.0.1")
    assert (entry.target_kind, entry.target_id, entry.target) == ("organizations.enterprise", str(firm.pk), firm.name)
    assert entry.detail == {"field": "name"}


@pytest.mark.parametrize("act", ["update", "delete"])
def test_entries_can_neither_change_nor_vanish(act):
    audit.record(make.actor(make.unit()), "x.y")
    rows = AuditEntry.objects.all()
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        rows.update(verb="z") if act == "update" else rows.delete()
    assert rows.count() == 1


def test_administrators_read_their_own_units_entries():
    mine, other = make.actor(make.unit(), Role.ADMIN), make.actor(make.unit("文登区应急管理局"), name="李")
    audit.record(mine, "a.b")
    audit.record(other, "a.b")
    assert [e.holder for e in AuditEntry.objects.visible_to(mine)] == ["荣成市应急管理局"]
