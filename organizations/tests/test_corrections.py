"""The firm confirms or corrects its data, the district decides: the verbs."""

from decimal import Decimal

import pytest
from django.utils import timezone

from lib.text import bigrams
from lib.transitions import MoveRefused
from organizations.actions import corrections
from organizations.models import AuditEntry, Enterprise, EnterpriseChange
from organizations.models.people import Role
from organizations.tests import factories

State = EnterpriseChange.State


@pytest.fixture
def firm(db):
    return factories.enterprise(
        head="张总",
        head_mobile="13806310009",
        employees=120,
        feature_names=["涉氨制冷"],
        ammonia_tonnes=Decimal("12.50"),
    )


@pytest.fixture
def head(firm):
    return factories.actor(firm, Role.HEAD, name="张总")


@pytest.fixture
def clerk(firm):
    return factories.actor(factories.unit())


def as_it_stands(firm, /, **changed):
    firm.refresh_from_db()
    return {name: getattr(firm, name) for name in corrections.FIELDS} | changed


def submit(firm, by, /, **changed):
    return corrections.submit(firm, by=by, values=as_it_stands(firm, **changed))


def verbs():
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_nothing_different_is_a_confirmation(firm, head):
    before = timezone.now()

    assert submit(firm, head) is None

    firm.refresh_from_db()
    assert firm.confirmed_at >= before
    assert not firm.changes.exists()
    assert verbs() == ["enterprise.confirmed"]


@pytest.mark.parametrize(
    "same", [{"ammonia_tonnes": Decimal("12.5")}, {"feature_names": ["涉氨制冷"]}, {"employees": 120}]
)
def test_same_value_written_otherwise_is_no_correction(firm, head, same):
    assert submit(firm, head, **same) is None


def test_correction_waits_and_changes_nothing_yet(firm, head):
    change = submit(firm, head, head="王总", ammonia_tonnes=Decimal("8"), feature_names=["涉氨制冷", "粉尘涉爆"])

    firm.refresh_from_db()
    change.refresh_from_db()
    assert firm.head == "张总"
    assert (change.state, change.proposed_by) == (State.PENDING, "张总（荣成海源食品有限公司 企业主要负责人）")
    assert change.values == {
        "head": ["张总", "王总"],
        "ammonia_tonnes": ["12.50", "8.00"],
        "feature_names": [["涉氨制冷"], sorted(["涉氨制冷", "粉尘涉爆"])],
    }
    assert verbs() == ["enterprise_change.proposed"]


def test_log_names_the_fields_but_no_person(firm, head):
    submit(firm, head, head="王总", head_mobile="13906310000")

    detail = AuditEntry.objects.get().detail
    assert detail == {"fields": ["head", "head_mobile"]}


def test_second_correction_takes_the_place_of_the_first(firm, head):
    first = submit(firm, head, head="王总")

    second = submit(firm, head, employees=200)

    assert second == first
    assert EnterpriseChange.objects.get().values == {"employees": [120, 200]}
    assert verbs()[-1] == "enterprise_change.revised"


def test_confirmation_takes_a_correction_back(firm, head):
    change = submit(firm, head, head="王总")

    assert submit(firm, head) is None

    change.refresh_from_db()
    assert (change.state, change.reason, change.decided_by_unit) == (
        State.REFUSED,
        "企业自行撤回，确认原信息无误",
        None,
    )


def test_firm_cannot_move_itself_to_another_area_or_grade(firm, head):
    away = factories.county("文登区")

    change = submit(firm, head, area=away, grade="A", uscc="x", employees=1)

    assert list(change.values) == ["employees"]


def test_adopted_correction_is_the_data(firm, head, clerk):
    change = submit(
        firm, head, name="荣成新海源食品有限公司", ammonia_tonnes=None, state_owned=False, status="stopped_empty"
    )

    corrections.adopt(change, by=clerk, fields=list(change.values))

    firm = Enterprise.objects.get(pk=firm.pk)
    assert (firm.name, firm.ammonia_tonnes, firm.state_owned) == ("荣成新海源食品有限公司", None, False)
    assert firm.status == Enterprise.Status.STOPPED_EMPTY
    assert firm.grams == bigrams("荣成新海源食品有限公司")
    assert firm.confirmed_at == change.proposed_at
    assert Enterprise.objects.matching("新海源").get() == firm
    assert (change.state, change.decided_by_unit, change.decided_by) == (
        State.APPROVED,
        clerk.unit,
        "王经办（荣成市应急管理局 经办人）",
    )
    assert verbs() == ["enterprise_change.proposed", "enterprise_change.approved", "enterprise.corrected"]


def test_only_the_chosen_fields_are_adopted(firm, head, clerk):
    change = submit(firm, head, head="王总", employees=1)

    corrections.adopt(change, by=clerk, fields=["head"], reason="人数以社保为准")

    firm.refresh_from_db()
    change.refresh_from_db()
    assert (firm.head, firm.employees) == ("王总", 120)
    assert change.reason == "未采纳：从业人员数。人数以社保为准"


def test_what_a_spoilt_row_names_besides_is_not_written(firm, head, clerk):
    change = submit(firm, head, head="王总")
    change.values["uscc"] = ["x", "y"]
    change.save(update_fields=["values"])

    corrections.adopt(change, by=clerk, fields=["head", "uscc"])

    assert Enterprise.objects.get(pk=firm.pk).uscc == firm.uscc


def test_refused_correction_changes_nothing(firm, head, clerk):
    change = submit(firm, head, head="王总")

    corrections.refuse(change, by=clerk, reason="请先办理工商变更")

    firm.refresh_from_db()
    assert (firm.head, firm.confirmed_at) == ("张总", None)
    assert (change.state, change.reason) == (State.REFUSED, "请先办理工商变更")


@pytest.mark.parametrize("first", ["adopt", "refuse"])
def test_decided_correction_is_not_decided_again(firm, head, clerk, first):
    change = submit(firm, head, head="王总")
    stale = EnterpriseChange.objects.get(pk=change.pk)
    if first == "adopt":
        corrections.adopt(change, by=clerk, fields=["head"])
    else:
        corrections.refuse(change, by=clerk, reason="请先办理工商变更")

    with pytest.raises(MoveRefused, match="已由他人"):
        corrections.adopt(stale, by=clerk, fields=["head"])
    with pytest.raises(MoveRefused):
        corrections.refuse(EnterpriseChange.objects.get(pk=change.pk), by=clerk, reason="再次")

    firm.refresh_from_db()
    assert firm.head == ("王总" if first == "adopt" else "张总")


def test_after_a_decision_the_firm_may_correct_again(firm, head, clerk):
    corrections.refuse(submit(firm, head, head="王总"), by=clerk, reason="请先办理工商变更")

    again = submit(firm, head, head="王总")

    assert again.state == State.PENDING
    assert firm.changes.count() == 2
