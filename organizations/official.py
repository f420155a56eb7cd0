"""Official data: fixtures brought into the database row by row, never over what a bureau has changed.

Fixtures are ordinary ones with natural keys, so `loaddata` reads them too; but it overwrites. Here every row's last
loaded wording is remembered (OfficialRow), and a later load touches only the fields that changed in the fixture and
still hold the old official value: the bureau's own edits, removals and renamings stay (decision 0005).
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from lib.actor import Actor
from organizations import audit
from organizations.models import OfficialRow

Key = tuple[Any, ...]
ABSENT = object()


class MissingReference(LookupError):
    """A fixture row points at a row that does not exist; the message names it."""


@dataclass
class Loaded:
    """What a load did, by verbose name; `kept` and `skipped` are sentences for the operator."""

    added: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.added or self.updated)


@transaction.atomic
def load(paths: Iterable[Path], *, by: Actor, published: Iterable[str] = ()) -> Loaded:
    """Bring the fixtures in, in the order given; one audit row if anything changed.

    Rows of the models named in `published` ("app.model") are added, never rewritten.
    """
    loader = Loader(published)
    for path in paths:
        for entry in json.loads(path.read_text(encoding="utf-8")):
            loader.take(entry)
    loader.finish()
    report = loader.report
    if report.changed:
        audit.record(by, "reference.load", added=report.added.total(), updated=report.updated.total())
    return report


class Loader:
    """One load. Rows wait in `pending` and are written together; a reference to a waiting row writes them first."""

    def __init__(self, published: Iterable[str]) -> None:
        self.report = Loaded()
        self.published = frozenset(published)
        self.remembered = {(row.kind, row.key): row for row in OfficialRow.objects.all()}
        self.keys: dict[type[models.Model], dict[Key, int]] = {}
        self.pending: list[tuple[models.Model, Key, dict, dict]] = []
        self.notes: list[OfficialRow] = []

    def take(self, entry: dict) -> None:
        model = apps.get_model(entry["model"])
        key = entry_key(model, entry["fields"])
        name, known = model._meta.verbose_name, self.remembered.get((model._meta.label_lower, as_text(key)))
        if known and known.fields == entry["fields"]:
            self.report.unchanged[name] += 1
            return
        try:
            if known:
                self.merge(model, key, known, entry["fields"])
            elif key in self.keys_of(model):
                # Somebody else made it (loaddata, or by hand): from now on it is followed, as it stands.
                self.note(model, key, self.keys_of(model)[key], entry["fields"])
                self.report.unchanged[name] += 1
            else:
                self.create(model, key, entry["fields"])
        except MissingReference as missing:
            self.report.skipped.append(f"{name} {as_text(key)}：所引用的{missing}已被删除，未载入")

    def create(self, model: type[models.Model], key: Key, values: dict) -> None:
        columns, lists = self.resolved(model, values)
        self.pending.append((model(**columns), key, lists, values))
        self.report.added[model._meta.verbose_name] += 1

    def merge(self, model: type[models.Model], key: Key, known: OfficialRow, values: dict) -> None:
        """Field by field: what the fixture changed is written unless the bureau changed it too."""
        label = f"{model._meta.verbose_name} {as_text(key)}"
        row = model._default_manager.filter(pk=known.object_id).first()
        if row is None or model._meta.label_lower in self.published:
            reason = "已由本局删除" if row is None else "已发布，内容不改；修订请另立新版本"
            self.report.kept.append(f"{label}：{reason}")
            return
        now = as_values(row)
        changed = {name: new for name, new in values.items() if known.fields.get(name, ABSENT) != new}
        ours = {name for name in changed if same(now[name], known.fields.get(name, default(model, name)))}
        self.rewrite(row, {name: changed[name] for name in ours})
        for name in sorted(n for n in changed if n not in ours and not same(now[n], changed[n])):
            self.report.kept.append(f"{label}：{model._meta.get_field(name).verbose_name}保留本局修改")
        self.note(model, key, row.pk, values, known)

    def rewrite(self, row: models.Model, values: dict) -> None:
        if not values:
            return
        columns, lists = self.resolved(type(row), values)
        for name, value in columns.items():
            setattr(row, name, value)
        if columns:
            row.save(update_fields=list(columns))
        for name, others in lists.items():
            getattr(row, name).set(others)
        self.report.updated[row._meta.verbose_name] += 1

    def note(
        self, model: type[models.Model], key: Key, pk: int, values: dict, known: OfficialRow | None = None
    ) -> None:
        fresh = OfficialRow(kind=model._meta.label_lower, key=as_text(key), object_id=pk, fields=values)
        fresh.pk = known.pk if known else None
        self.notes.append(fresh)

    def resolved(self, model: type[models.Model], values: dict) -> tuple[dict, dict]:
        """The fixture's values as columns (foreign keys by id) and as lists of ids (many-to-many)."""
        columns, lists = {}, {}
        for name, value in values.items():
            column = model._meta.get_field(name)
            if column.many_to_many:
                lists[name] = [self.id_of(column.related_model, other) for other in value]
            elif column.many_to_one:
                columns[column.attname] = None if value is None else self.id_of(column.related_model, value)
            else:
                columns[name] = column.to_python(value)
        return columns, lists

    def id_of(self, model: type[models.Model], key: list) -> int:
        if tuple(key) not in self.keys_of(model):
            self.flush()
        try:
            return self.keys_of(model)[tuple(key)]
        except KeyError:
            raise MissingReference(f"{model._meta.verbose_name}“{as_text(key)}”") from None

    def keys_of(self, model: type[models.Model]) -> dict[Key, int]:
        """Natural key → id; a row the bureau renamed is still found under its official key."""
        if model not in self.keys:
            rows = model._default_manager.order_by().values_list("pk", *key_paths(model))
            self.keys[model] = {tuple(map(plain, rest)): pk for pk, *rest in rows}
            here, kind = set(self.keys[model].values()), model._meta.label_lower
            for row in self.remembered.values():
                if row.kind == kind and row.object_id in here:
                    self.keys[model].setdefault(tuple(json.loads(row.key)), row.object_id)
        return self.keys[model]

    def flush(self) -> None:
        waiting, self.pending = self.pending, []
        for model, group in groupby(waiting, key=lambda one: type(one[0])):
            members = list(group)
            model._default_manager.bulk_create([row for row, *_ in members])
            for row, key, lists, values in members:
                self.keys_of(model)[key] = row.pk
                for name, others in lists.items():
                    getattr(row, name).add(*others)
                self.note(model, key, row.pk, values)

    def finish(self) -> None:
        self.flush()
        OfficialRow.objects.bulk_create([row for row in self.notes if row.pk is None], batch_size=500)
        OfficialRow.objects.bulk_update([row for row in self.notes if row.pk], ["object_id", "fields"], batch_size=500)


def key_fields(model: type[models.Model]) -> tuple[str, ...]:
    """What a natural key consists of: the first unique column, else the first unique constraint."""
    for column in model._meta.concrete_fields:
        if column.unique and not column.primary_key:
            return (column.name,)
    unique = (c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) and not c.condition)
    return next(unique).fields


def key_paths(model: type[models.Model]) -> list[str]:
    """The same as look-ups down to plain columns: checklist__code, checklist__version, number."""
    paths: list[str] = []
    for name in key_fields(model):
        column = model._meta.get_field(name)
        below = key_paths(column.related_model) if column.many_to_one else []
        paths += [f"{name}__{path}" for path in below] or [name]
    return paths


def entry_key(model: type[models.Model], values: dict) -> Key:
    """The natural key of a fixture row, flat, as `natural_key()` of the stored row gives it."""
    parts: list[Any] = []
    for name in key_fields(model):
        parts += values[name] if isinstance(values[name], list) else [values[name]]
    return tuple(parts)


def as_text(key: Iterable[Any]) -> str:
    return json.dumps(list(key), ensure_ascii=False)


def plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value)


def as_values(row: models.Model) -> dict:
    """The stored row as a fixture would write it."""
    columns = (*row._meta.concrete_fields, *row._meta.many_to_many)
    return json.loads(json.dumps({column.name: as_value(row, column) for column in columns}, cls=DjangoJSONEncoder))


def as_value(row: models.Model, column: Any) -> Any:
    if column.many_to_many:
        return [other.natural_key() for other in getattr(row, column.name).all()]
    if column.many_to_one:
        other = getattr(row, column.name)
        return other and other.natural_key()
    return column.value_from_object(row)


def default(model: type[models.Model], name: str) -> Any:
    """What a row holds in a field no fixture has spoken of yet."""
    column = model._meta.get_field(name)
    return [] if column.many_to_many else json.loads(json.dumps(column.get_default(), cls=DjangoJSONEncoder))


def same(one: Any, other: Any) -> bool:
    """Equal values; lists of references are equal in any order."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return one == other
