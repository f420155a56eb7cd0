from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hazards import actions
from hazards.models import Hazard, HazardMove
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def register(by, **values):
    given = {"description": "车间安全出口上锁。", "found_on": date(2023, 6, 6), "found_by": "self"}
    return actions.register(ledger.firm(), by=by, **given | values)


def test_registering_gives_number_stamps_and_time_line():
    make.unit()
    firm = ledger.firm()
    firm.feature_names = ["涉氨制冷"]
    firm.save(update_fields=["feature_names"])
    made = register(ledger.safety(), place="包装车间")
    made.refresh_from_db()
    assert made.number == "荣成市-2023-0001"
    assert (made.area, made.handled_in, made.reporting_area) == (firm.area, firm.area, firm.area)
    assert (made.sector, made.feature_names) == (firm.sector, ["涉氨制冷"])
    assert (made.state, made.level, made.found_by_unit) == ("registered", "general", None)
    assert made.recorded_by == "孙安全员（荣成海源食品有限公司 安全员）"
    assert [(move.from_state, move.to_state) for move in made.moves.all()] == [("", "registered")]
    assert AuditEntry.objects.filter(verb="hazard.register", target_id=str(made.pk)).count() == 1


def test_numbers_follow_one_another_by_year_of_finding():
    numbers = [register(ledger.safety(), description=str(n), found_on=date(2022 + n, 1, 3)).number for n in (0, 1, 1)]
    assert numbers == ["荣成市-2022-0001", "荣成市-2023-0001", "荣成市-2023-0002"]


def test_department_is_the_finder_of_what_it_finds():
    unit = make.unit()
    made = register(ledger.officer(), found_by="department")
    assert made.found_by_unit == unit
    assert Message.objects.get(enterprise=ledger.firm()).title.startswith("发现事故隐患，请整改")


def test_self_found_entered_by_a_unit_stays_the_firms_own():
    made = register(ledger.clerk(), found_by="self", level="major")
    assert (made.found_by_unit, made.reported_on) == (None, timezone.localdate())


def test_major_registered_by_the_firm_counts_as_reported_and_asks_for_judging():
    unit = make.unit()
    made = register(ledger.head(), level="major")
    assert made.reported_on == timezone.localdate()
    assert (
        Message.objects.get(unit=unit).title == f"荣成海源食品有限公司登记了拟定重大事故隐患，请判定（{made.number}）"
    )


def test_general_of_the_firm_bothers_nobody():
    make.unit()
    register(ledger.safety())
    assert not Message.objects.exists()


def test_search_finds_number_firm_place_and_description():
    made = register(ledger.safety(), place="制冷机房")
    for text in (made.number, "海源食品", "制冷机房", "出口 上锁", made.number[-4:]):
        assert list(Hazard.objects.matching(text)) == [made]
    assert not Hazard.objects.matching("粉尘").exists()


def test_found_in_the_future_is_refused():
    with pytest.raises(MoveRefused, match="发现时间.*不能晚于今天"):
        register(ledger.safety(), found_on=timezone.localdate() + timedelta(days=1))
    assert not Hazard.objects.exists()


def test_same_form_sent_twice_registers_once():
    key = uuid4()
    by = ledger.safety()
    assert register(by, entry_key=key) == register(by, entry_key=key)
    assert Hazard.objects.count() == 1


def test_old_form_with_another_text_is_another_hazard():
    """The browser's "back" brings the old key with it."""
    key = uuid4()
    by = ledger.safety()
    register(by, entry_key=key)
    second = register(by, entry_key=key, description="配电箱无盖。")
    assert second.number == "荣成市-2023-0002"
    assert second.entry_key is None


def test_correcting_keeps_the_old_words_and_mends_the_search():
    made = register(ledger.safety())
    actions.correct(made, by=ledger.safety(), description="冷库安全出口上锁。", place="冷库")
    made.refresh_from_db()
    assert (made.description, made.place) == ("冷库安全出口上锁。", "冷库")
    assert made.entries.get().comment == "原描述：车间安全出口上锁。"
    assert not Hazard.objects.matching("车间").exists()


def test_judged_hazard_is_not_corrected():
    with pytest.raises(MoveRefused, match="现为“已判定”，须在“已登记”时办理"):
        actions.correct(ledger.confirmed(), by=ledger.clerk(), description="无", place="")


def test_moves_keep_long_names_within_their_columns():
    by = make.actor(make.unit("威海" + "经济技术开发区" * 11), name="长" * 40)
    register(by, found_by="department")
    assert len(HazardMove.objects.get().by) == 80
