from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from lib import registry
from lib.registry import AlreadyRegistered, Count, Event, Forecast, Hook

AT = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)


@pytest.fixture
def greeting():
    """A hook of our own, so that the real ones stay as the apps left them."""

    def greeting(name: str) -> str:
        """How to greet."""
        return f"没有人回答{name}"

    return Hook(greeting)


def test_hook_without_answer_gives_the_default(greeting):
    assert greeting("张三") == "没有人回答张三"


def test_hook_gives_the_registered_answer(greeting):
    greeting.register(lambda name: f"{name}好")

    assert greeting("张三") == "张三好"
    assert greeting(name="李四") == "李四好"


def test_register_serves_as_a_decorator(greeting):
    @greeting.register
    def answer(name):
        return name * 2

    assert greeting("张") == "张张"
    assert answer("李") == "李李"


def test_second_registration_raises_and_names_the_first(greeting):
    greeting.register(lambda name: name)

    with pytest.raises(AlreadyRegistered, match=f"greeting is already answered by {__name__}"):
        greeting.register(lambda name: name)


def test_answered_by_lasts_for_the_block(greeting):
    greeting.register(lambda name: "甲")

    with greeting.answered_by(lambda name: "乙"):
        assert greeting("张三") == "乙"

    assert greeting("张三") == "甲"


def test_answered_by_ends_also_after_an_error(greeting):
    with pytest.raises(RuntimeError), greeting.answered_by(lambda name: "乙"):
        raise RuntimeError

    assert greeting("张三") == "没有人回答张三"


def test_hook_keeps_name_and_docstring(greeting):
    assert (greeting.__name__, greeting.__doc__) == ("greeting", "How to greet.")


def test_neutral_defaults_of_the_hooks():
    """What the left apps hear while nobody to the right has answered."""
    assert registry.nil_objections._default(object()) == []
    assert registry.digest_lines._default([object()], AT) == {}
    assert registry.still_wanted._default([SimpleNamespace(pk=7, subject_ids=[1, 2])]) == {7: [1, 2]}
    assert registry.counted._default([object()], AT.date()) == {}
    assert registry.would_fail._default(object(), object(), named=50, by=object()) == Forecast(0, {}, ())


def test_there_are_five_hooks_and_no_more():
    """A sixth needs a decision record; the fifth has 0021."""
    hooks = {name for name, value in vars(registry).items() if isinstance(value, Hook)}

    assert hooks == {"nil_objections", "digest_lines", "still_wanted", "counted", "would_fail"}


def test_event_tells_everybody_in_the_order_of_registration():
    heard = []
    event = Event(lambda name: None)
    event.register(lambda name: heard.append(f"甲{name}"))
    event.register(lambda name: heard.append(f"乙{name}"))

    event("张三")

    assert heard == ["甲张三", "乙张三"]


def test_event_without_listeners_does_nothing():
    assert Event(lambda name: None)("张三") is None


def test_event_is_not_told_twice_to_the_same():
    event, listener = Event(test_count_is_done_of_total), print
    event.register(listener)

    with pytest.raises(AlreadyRegistered, match="test_count_is_done_of_total is already told to builtins"):
        event.register(listener)


def test_there_are_three_events_and_no_more():
    """A fourth needs a decision record."""
    events = {name for name, value in vars(registry).items() if isinstance(value, Event)}

    assert events == {"moved", "roster_changed", "export_queued"}
    assert [each.__module__ for each in registry.export_queued._listeners] == ["reports.actions.jobs"]


def test_three_apps_bring_their_rows_along_when_a_firm_moves():
    assert [each.__module__ for each in registry.moved._listeners] == [
        "campaigns.actions.moving",
        "hazards.actions.moving",
        "checklists.actions.moving",
    ]


def test_count_is_done_of_total():
    assert Count(done=12, total=40) == (12, 40, None)
