"""Tables out: rows streamed into a ready workbook, fast and in flat memory."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

from lib.excel.columns import letters
from lib.excel.forms import FORMULA_LIKE, ILLEGAL, LINE_HEIGHT, LONGEST, lines, plain
from lib.excel.guard import WorkbookError
from lib.excel.shell import Frame, Heading, TableSheet, make_shell

MOST_ROWS = 1_048_576
MOST_BYTES = (1 << 31) - (1 << 20)  # of one sheet unpacked; more needs zip64, which Excel reports as damaged
AT_ONCE = 500
HIGHEST = 409  # points of a row
MOST_PLANS = 2000  # each takes some kilobytes
LEVEL = 3
_EPOCH = date(1899, 12, 30).toordinal()

# Rows are joined by this and looked at once: hardly any text needs more.
_JOINT = "\x1f"
_UNSAFE = re.compile("[&<>\x00-\x08\x0b-\x1e\ud800-\udfff\ufffe\uffff]").search
_UNUSUAL = re.compile(f"{_JOINT}[=+\\-@ \t\n\r]|[ \t\n\r]{_JOINT}|_x").search
_ESCAPED_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

Target = str | os.PathLike[str] | IO[bytes]


class _Number(str):
    """A number as XML has it."""


class _Spaced(str):
    """Escaped already; blanks at its ends are kept."""


class _Quoted(str):
    """Escaped already; looks like a formula, and Excel is told that it is none (quotePrefix)."""


def write_table(
    target: Target,
    columns: Sequence[Heading],
    rows: Iterable[Sequence[Any]],
    *,
    name: str = "Sheet1",
    title: str = "",
    annex: str = "",
    left: str = "",
    right: str = "",
    notes: Sequence[str] = (),
    paper: str = "A4",
    landscape: bool = True,
) -> int:
    """Write one sheet and give the number of its rows; see write_tables."""
    sheet = TableSheet(columns, rows, name, title, annex, left, right, notes, paper, landscape)
    return write_tables(target, [sheet])[0]


def write_tables(target: Target, sheets: Sequence[TableSheet], *, after: Workbook | None = None) -> list[int]:
    """Write a workbook of streamed sheets to a path or binary file; the number of rows of each.

    They follow the sheets of `after`, a fixed form that is already filled in.

    Values: text, int, float, Decimal, date, datetime, bool (是/否), None; others
    by str(). Numbers stay numbers; a date is 2023.06.06 as text, or a date cell
    in a column of kind `day`. Text is never a formula and loses what XML
    forbids. Rows are taken one by one. A path gets the file whole or not at
    all. WorkbookError beyond what one sheet of Excel holds.
    """
    with _opened(target) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as out:
        shell, frames, parts = make_shell(sheets, after)
        for entry in shell.infolist():
            if entry.filename not in parts:
                out.writestr(entry, shell.read(entry), zipfile.ZIP_DEFLATED)
        return [_write_sheet(out, part, frame) for part, frame in zip(parts, frames, strict=True)]


@contextmanager
def _opened(target: Target) -> Iterator[IO[bytes]]:
    if not isinstance(target, (str, os.PathLike)):
        yield target
        return
    part = f"{os.fspath(target)}.part"
    try:
        with open(part, "wb") as stream:
            yield stream
        os.replace(part, target)
    finally:
        if os.path.exists(part):
            os.unlink(part)


def _write_sheet(out: zipfile.ZipFile, part: str, frame: Frame) -> int:
    renderer = _Renderer(frame)
    written = 0
    with out.open(part, "w") as stream:
        for piece in renderer.pieces():
            data = piece.encode()
            written += len(data)
            if written > MOST_BYTES:
                raise WorkbookError("内容超过一个工作簿可容纳的大小，请按区市或月份分开导出")
            stream.write(data)
    return renderer.count


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows whose cells have these types become XML: `#` is the row's number, each `%s` a value."""

    template: str
    filled: Callable[[Sequence[Any]], tuple[Any, ...]]
    texts: Callable[[Sequence[Any]], tuple[str, ...]]
    joints: int
    odd: list[int]


class _Renderer:
    """The XML of one sheet, piece by piece. Plans are made once for each pattern of types."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.widths = [column.width for column in frame.sheet.columns]
        self.days = [column.kind == "day" for column in frame.sheet.columns]
        self.plans: dict[tuple[type, ...], _Plan] = {}
        self.count = 0

    def pieces(self) -> Iterator[str]:
        yield self.frame.before
        number = self.frame.first_row
        last = MOST_ROWS - len(self.frame.sheet.notes)
        made: list[str] = []
        for row in self.frame.sheet.rows:
            if number > last:
                raise WorkbookError(f"超过Excel一张表的{MOST_ROWS}行，请按区市或月份分开导出")
            made.append(self._line(number, row))
            number += 1
            if len(made) == AT_ONCE:
                yield "".join(made)
                made.clear()
        self.count = number - self.frame.first_row
        after, notes = self.frame.closed(number)
        yield "".join([*made, *(self._note(*note) for note in notes), after])

    def _line(self, number: int, row: Sequence[Any]) -> str:
        if "" in row:
            row = [None if cell == "" else cell for cell in row]
        plan = self._plan(row)
        if plan.odd:
            row = list(row)
            for place in plan.odd:
                row[place] = _simple(row[place], self.days[place])
            plan = self._plan(row)
        text = _JOINT.join(plan.texts(row))
        height = self._height(row, "\n" in text)
        is_usual = text.count(_JOINT) == plan.joints and len(text) <= LONGEST
        if not is_usual or _UNSAFE(text) or _UNUSUAL(f"{_JOINT}{text}{_JOINT}"):
            row = [_careful(cell) if type(cell) is str else cell for cell in row]
            plan = self._plan(row)
        cells = plan.template.replace("#", str(number)) % plan.filled(row)
        return f'<row r="{number}"{height}>{cells}</row>'

    def _height(self, row: Sequence[Any], has_breaks: bool) -> str:
        """The row's height if it takes more than one line; texts that cannot be the longest are not measured."""
        most = 1
        for cell, width in zip(row, self.widths, strict=True):
            if cell.__class__ is str and (2 * len(cell) > most * (width - 1) or has_breaks):
                most = max(most, lines(cell, width))
        return f' ht="{min(most * LINE_HEIGHT, HIGHEST)}"' if most > 1 else ""

    def _plan(self, row: Sequence[Any]) -> _Plan:
        pattern = tuple(map(type, row))
        plan = self.plans.get(pattern)
        if plan is None:
            if len(self.plans) == MOST_PLANS:
                self.plans.clear()
            plan = self.plans[pattern] = self._new_plan(pattern)
        return plan

    def _new_plan(self, pattern: tuple[type, ...]) -> _Plan:
        if len(pattern) != len(self.days):
            raise ValueError(f"a row of {len(pattern)} cells for {len(self.days)} columns")
        cells = "".join(map(self._cell, range(len(pattern)), pattern))
        filled = [place for place, kind in enumerate(pattern) if kind is not type(None)]
        texts = [place for place, kind in enumerate(pattern) if kind is str]
        odd = [place for place, kind in enumerate(pattern) if kind not in _SIMPLE]
        return _Plan(cells, _picker(filled), _picker(texts), max(0, len(texts) - 1), odd)

    def _cell(self, place: int, kind: type) -> str:
        styles = self.frame.quoted if kind is _Quoted else self.frame.styles
        return _cell(f"{letters(place + 1)}#", styles[place], kind)

    def _note(self, number: int, text: str, height: int) -> str:
        cell = _cell(f"A{number}", self.frame.note_style, _Spaced) % _escaped(text)
        return f'<row r="{number}" ht="{height}" customHeight="1">{cell}</row>'


_SIMPLE = {str, type(None), _Number, _Spaced, _Quoted}


def _cell(place: str, style: int, kind: type) -> str:
    if kind is type(None):
        return f'<c r="{place}" s="{style}"/>'
    if kind is _Number:
        return f'<c r="{place}" s="{style}"><v>%s</v></c>'
    space = "" if kind is str else ' xml:space="preserve"'
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t{space}>%s</t></is></c>'


def _picker(places: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Cells at these places as a tuple; itemgetter gives none for no place, and no tuple for one."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple(row[place] for place in places)


def _simple(value: Any, is_day: bool) -> str | None:
    """A value as text, _Number or None."""
    if is_day and isinstance(value, date) and value.toordinal() > _EPOCH:
        return _Number(value.toordinal() - _EPOCH)
    kept = plain(value)
    if isinstance(kept, (int, float, Decimal)):
        return _Number(kept)
    return kept


def _careful(text: str) -> str:
    if text.startswith(FORMULA_LIKE):
        return _Quoted(_escaped(text))
    return _Spaced(_escaped(text))


def _escaped(text: str) -> str:
    """Without what XML forbids, cut to a cell's length; _x0041_ would be read as A, so its _ is written as a code."""
    return escape(_ESCAPED_CODE.sub("_x005F_", ILLEGAL.sub("", text.replace("\r\n", "\n"))[:LONGEST]))
