"""Visits and actions in; and all kinds of workbook that the portal reads, by name."""

from collections.abc import Mapping

from documents.actions.batches import Asked, Importer
from documents.models import ImportBatch
from hazards.actions import importing as hazards_in
from hazards.imports import checks as hazard_checks
from hazards.imports import columns as hazard_columns
from inspections.actions import importing as inspections_in
from inspections.imports import actions, visits
from organizations.actions import enterprises as enterprises_in
from organizations.imports import enterprises

Kind = ImportBatch.Kind

IMPORTERS: Mapping[str, Importer] = {
    Kind.ENTERPRISES: Importer(
        Kind.ENTERPRISES,
        enterprises.columns,
        lambda table, asked: enterprises.check(table, by=asked.by),
        lambda rows, asked, batch: enterprises_in.upsert(rows, by=asked.by),
    ),
    Kind.HAZARDS: Importer(
        Kind.HAZARDS,
        hazard_columns.columns,
        hazard_checks.check,
        lambda entries, asked, batch: hazards_in.write(entries, by=asked.by, batch=batch),
    ),
    Kind.VISITS: Importer(
        Kind.VISITS,
        visits.columns,
        visits.check,
        lambda trips, asked, batch: inspections_in.write_trips(trips, by=asked.by, batch=batch),
    ),
    Kind.ACTIONS: Importer(
        Kind.ACTIONS,
        actions.columns,
        actions.check,
        lambda rows, asked, batch: inspections_in.write_actions(rows, by=asked.by, batch=batch),
    ),
}

__all__ = ["IMPORTERS", "Asked"]
