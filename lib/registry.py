"""The few questions a left app asks of apps further right, and the three things it tells them.

An app answers in `AppConfig.ready()` with `registry.still_wanted.register(f)`;
until then a neutral default holds. Adding a hook needs a decision record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Count(NamedTuple):
    """How much of a counted duty is done: 覆盖检查 12 of 40 enterprises; the day of the record that completed it."""

    done: int
    total: int
    completed_on: date | None = None


class DigestLine(NamedTuple):
    """A line of a digest: a number in words, and the page that shows what is behind it."""

    text: str
    url: str


class Forecast(NamedTuple):
    """What of a duty would not pass as its data stand: how many, why (by key of the obligation, the first of them),
    and what is wrong with no one of them alone. Sentences in Chinese.
    """

    failing: int = 0
    points: Mapping[int, Sequence[str]] = MappingProxyType({})
    general: Sequence[str] = ()


class AlreadyRegistered(RuntimeError):
    """Two apps answer the same question: a mistake of the programmer."""


class Hook(Generic[P, R]):
    """A question with one answerer; called like the function behind it."""

    def __init__(self, default: Callable[P, R]) -> None:
        self._default = default
        self._answer: Callable[P, R] | None = None
        self.__doc__ = default.__doc__
        self.__name__ = default.__name__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return (self._answer or self._default)(*args, **kwargs)

    def register(self, answer: Callable[P, R]) -> Callable[P, R]:
        if self._answer is not None:
            message = f"{self.__name__} is already answered by {self._answer.__module__}"
            raise AlreadyRegistered(message)
        self._answer = answer
        return answer

    @contextmanager
    def answered_by(self, answer: Callable[P, R]) -> Iterator[None]:
        """For tests: another answer within the block."""
        kept, self._answer = self._answer, answer
        try:
            yield
        finally:
            self._answer = kept


class Event(Generic[P]):
    """Something that has happened; everybody who registered is told, in that order, within the teller's transaction."""

    def __init__(self, meaning: Callable[P, None]) -> None:
        self._listeners: list[Callable[P, object]] = []
        self.__doc__ = meaning.__doc__
        self.__name__ = meaning.__name__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for listener in self._listeners:
            listener(*args, **kwargs)

    def register(self, listener: Callable[P, R]) -> Callable[P, R]:
        if listener in self._listeners:
            raise AlreadyRegistered(f"{self.__name__} is already told to {listener.__module__}")
        self._listeners.append(listener)
        return listener


@Hook
def nil_objections(obligation: Any) -> list[str]:
    """What speaks against reporting nothing (零报告) for this obligation, in Chinese; it has to be answered."""
    return []


@Hook
def digest_lines(respondents: Sequence[Any], at: datetime) -> Mapping[Any, list[DigestLine]]:
    """Further lines of the daily digests of these respondents at that moment; asked once per batch."""
    return {}


@Hook
def still_wanted(messages: Sequence[Any]) -> Mapping[int, list[int]]:
    """By message, those of its `subject_ids` that are not settled meanwhile; asked again at delivery."""
    return {message.pk: list(message.subject_ids) for message in messages}


@Hook
def counted(obligations: Sequence[Any], on: date) -> Mapping[int, Count]:
    """By key, how far obligations fulfilled by counted records are as of that day; asked once per batch."""
    return {}


@Hook
def would_fail(duty: Any, owed: Any, *, named: int, by: Any) -> Forecast:
    """Which of these obligations of one deliverable (a QuerySet) would not pass if handed in now; asked once per duty.

    A fixed number of statements, whatever their number: all are counted, the first `named` told with what stands
    against them. `by` is who will read it.
    """
    return Forecast()


@Event
def moved(enterprises: Sequence[int], *, by: Any, reason: str) -> None:
    """These enterprises (by key) stand in another area now: open rows about them follow; told again it does nothing."""


@Event
def roster_changed(units: Sequence[int], *, by: Any) -> None:
    """These units (by key) have other people in their rosters; told again it does nothing."""


@Event
def export_queued(job: Any) -> None:
    """An export waits to be made in the background."""
