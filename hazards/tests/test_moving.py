"""A firm moves and its open hazards go along: handled there, counted here, and everybody concerned can see why."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hazards import actions
from hazards.actions import moving
from hazards.models import Hazard, HazardEntry
from hazards.tests import factories as ledger
from lib.actor import Actor
from notifications.models import Message
from organizations.actions.enterprises import upsert
from organizations.actions.moving import relocate
from organizations.models import AuditEntry, Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("import_rows")


@pytest.fixture
def there():
    return make.unit("文登区应急管理局", in_area=make.county("文登区"))


def move(firm, to, by=None):
    relocate(firm, by=by or ledger.clerk(), area=to.area, reason="整体搬迁")


def places(hazard):
    hazard = Hazard.objects.get(pk=hazard.pk)
    return hazard.handled_in.name, hazard.area.name, hazard.reporting_area.name


@pytest.mark.parametrize("state", [ledger.hazard, ledger.confirmed, ledger.rectifying, ledger.signed, ledger.requested])
def test_open_hazard_is_handled_in_the_new_place_and_counted_in_the_old(there, state):
    hazard = state()

    move(hazard.enterprise, there)

    assert places(hazard) == ("文登区", "荣成市", "荣成市")


@pytest.mark.parametrize("state", [ledger.closed, ledger.dismissed])
def test_settled_hazard_stays_where_it_was(there, state):
    hazard = state()

    move(hazard.enterprise, there)

    assert places(hazard) == ("荣成市", "荣成市", "荣成市")
    assert not hazard.entries.exists()


def test_another_firms_hazard_stays(there):
    hazard, other = ledger.rectifying(), make.enterprise("荣成第二食品有限公司")

    move(other, there)

    assert places(hazard) == ("荣成市", "荣成市", "荣成市")


def test_time_line_and_log_name_the_move_and_who_made_it(there):
    hazard, clerk = ledger.rectifying(), ledger.clerk()

    move(hazard.enterprise, there, by=clerk)

    entry = hazard.entries.get()
    assert (entry.kind, entry.comment) == ("handed_over", "由荣成市移交文登区：整体搬迁")
    assert (entry.by, entry.holder) == ("王经办（荣成市应急管理局 经办人）", "荣成市应急管理局")
    logged = AuditEntry.objects.get(verb="hazard.handed_over")
    assert (logged.actor_id, logged.detail) == (clerk.user.pk, {"reason": "整体搬迁", "ids": [hazard.pk]})


def test_new_district_acts_and_the_old_one_only_reads(there):
    hazard = ledger.proposed_major()
    before, after = ledger.clerk(), ledger.clerk(there)
    assert not Hazard.objects.visible_to(after).exists()

    move(hazard.enterprise, there)

    for one in (before, after):
        assert Hazard.objects.visible_to(one).get() == hazard
    hazard.refresh_from_db()
    from hazards.permissions import may_judge

    assert may_judge(after, hazard)
    assert may_judge(before, hazard).reason == "该隐患由文登区办理，不在贵单位管辖范围内。"


def test_unit_that_takes_over_is_told_once_however_many_hazards(there):
    for _ in range(3):
        ledger.rectifying()
    ledger.closed()
    Message.objects.all().delete()

    move(ledger.firm(), there)

    message = Message.objects.get()
    assert (message.unit, message.title) == (there, "企业迁入，3项未办结隐患移交贵单位，请接续办理")
    assert (message.body, message.url, message.kind) == ("整体搬迁", "/hazards/", "task")


def test_hazards_of_several_sectors_go_to_those_who_answer_for_them(there):
    mines = make.unit("文登区矿山科", in_area=there.area, sectors=("非煤矿山",))
    firm = ledger.firm()
    ledger.rectifying(firm)
    ledger.rectifying(firm, sector=make.sector("非煤矿山"))

    move(firm, there)

    told = set(Message.objects.values_list("unit__name", "title"))
    words = "企业迁入，1项未办结隐患移交贵单位，请接续办理"
    assert told == {(there.name, words), (mines.name, words)}


def test_unit_that_moves_the_firm_to_itself_is_not_told(there):
    city = make.city_bureau()
    firm = ledger.firm()
    ledger.rectifying(firm)

    relocate(firm, by=ledger.clerk(city), area=make.area("南海新区", parent=make.city(), level="zone"), reason="迁址")

    assert not Message.objects.exists()  # no bureau there: the city itself is the nearest


def test_firm_without_open_hazards_moves_silently(there):
    ledger.closed()

    move(ledger.firm(), there)

    assert not Message.objects.exists()
    assert not AuditEntry.objects.filter(verb="hazard.handed_over").exists()


def test_hazard_handed_over_before_follows_all_the_same(there):
    """An officer had given it to a third district; the firm's move decides."""
    hazard = ledger.rectifying(handled_in=make.county("乳山市"))

    move(hazard.enterprise, there)

    assert places(hazard)[0] == "文登区"
    assert hazard.entries.get().comment == "由乳山市移交文登区：整体搬迁"


def test_hazard_that_went_ahead_of_its_firm_is_not_handed_over_again(there):
    hazard = ledger.rectifying(handled_in=there.area)

    move(hazard.enterprise, there)

    assert not hazard.entries.exists()


def test_following_twice_changes_nothing_more(there):
    hazard = ledger.rectifying()
    move(hazard.enterprise, there)

    assert moving.follow([hazard.enterprise_id], by=SYSTEM, reason="再来一次") == 0
    assert hazard.entries.count() == 1


# By import


def rows_to(area, firms):
    return [{"uscc": one.uscc, "name": one.name, "area_id": area.pk, "sector_id": one.sector_id} for one in firms]


def statements(act):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return len(captured)


def test_import_that_moves_firms_takes_their_hazards_along_in_as_many_statements_for_many_as_for_few(there):
    few = [make.enterprise(f"少{i}") for i in range(2)]
    many = [make.enterprise(f"多{i}") for i in range(40)]
    for firm in [*few, *many]:
        ledger.rectifying(firm)
    upsert(rows_to(there.area, few[:1]), by=SYSTEM)

    first = statements(lambda: upsert(rows_to(there.area, few), by=SYSTEM))
    second = statements(lambda: upsert(rows_to(there.area, many), by=SYSTEM))

    assert second == first
    assert not Hazard.objects.left_behind().exists()
    assert HazardEntry.objects.filter(comment="由荣成市移交文登区：企业名录更新了所在区市").count() == 42


def test_hazards_beyond_a_thousand_are_handed_over_too(there, monkeypatch):
    monkeypatch.setattr(moving, "SOME", 2)
    for _ in range(5):
        ledger.rectifying()

    move(ledger.firm(), there)

    assert not Hazard.objects.left_behind().exists()
    assert [len(each.detail["ids"]) for each in AuditEntry.objects.filter(verb="hazard.handed_over")] == [1, 2, 2]
    assert Message.objects.get().title.startswith("企业迁入，5项")


def test_refused_import_moves_nobody(there):
    firm = ledger.firm()
    hazard = ledger.rectifying(firm)
    wrong = [{"uscc": make.uscc(), "name": "缺行业", "area_id": there.area.pk, "sector_id": None}]

    with pytest.raises(Exception, match="sector_id"):
        upsert(rows_to(there.area, [firm]) + wrong, by=SYSTEM)

    connection.needs_rollback = False
    assert places(hazard)[0] == "荣成市"


# Opened again after the move


def test_reopened_hazard_is_handled_where_the_firm_is_now(there):
    hazard = ledger.closed()
    move(hazard.enterprise, there)

    actions.reopen(hazard, by=ledger.officer(), reopened_on=date(2023, 12, 1), reason="复发")

    assert hazard.handled_in == there.area
    assert places(hazard) == ("文登区", "荣成市", "荣成市")
    assert hazard.entries.get().comment == "由荣成市移交文登区：企业已迁址，重新办理"


def test_failed_check_hands_over_too(there):
    hazard = ledger.closed()
    move(hazard.enterprise, there)

    actions.check(
        hazard, by=ledger.officer(), passed=False, checked_on=date(2023, 6, 25), inspectors=("甲", "乙"), opinion="未改"
    )

    assert places(hazard)[0] == "文登区"


def test_restored_hazard_is_handled_where_the_firm_is_now(there):
    hazard = ledger.dismissed()
    move(hazard.enterprise, there)

    actions.restore(hazard, by=ledger.reviewer(), reason="核对有误")

    assert places(hazard) == ("文登区", "荣成市", "荣成市")


def test_reopened_hazard_of_a_firm_that_stayed_stays(there):
    hazard = ledger.closed()

    actions.reopen(hazard, by=ledger.officer(), reopened_on=date(2023, 12, 1), reason="复发")

    assert places(hazard)[0] == "荣成市"
    assert not hazard.entries.exists()


def test_new_hazard_is_stamped_where_the_firm_stands_whatever_the_page_remembers(there):
    stale = Enterprise.objects.get(pk=ledger.firm().pk)
    assert stale.area.name == "荣成市"
    move(ledger.firm(), there)

    made = actions.register(
        stale, by=ledger.safety(), description="出口上锁", found_on=date(2023, 6, 6), found_by="self"
    )

    assert places(made) == ("文登区", "文登区", "文登区")
    assert made.number.startswith("文登区-2023-")
