"""What a page of the tables is about: campaign, table, month and the rows the reader may see; else it is not there."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from campaigns.models import Campaign
from lib.actor import Actor
from reports.dispatch.tables import DispatchTable, TableError, table_named
from reports.indicators import Row, Scope, scope_of
from reports.permissions import rows_visible_to


class Request(HttpRequest):
    """A request as the middleware leaves it."""

    actor: Actor


@dataclass(frozen=True)
class Subject:
    campaign: Campaign
    table: DispatchTable
    period: str
    scope: Scope
    rows: tuple[Row, ...]

    @property
    def sees_all(self) -> bool:
        return self.rows == self.scope.every_row

    def row_named(self, name: str) -> Row:
        """A row the reader may see, by its name."""
        row = next((row for row in self.rows if row.name == name), None)
        if row is None:
            raise Http404("没有这一行。")
        return row

    def areas(self) -> list[str]:
        """What can be printed: the whole, where all rows may be seen, and each row."""
        whole = [self.campaign.area.name] if self.sees_all else []
        return [*whole, *(row.name for row in self.rows)]


def subject(actor: Actor, campaign: str, table: str, period: str) -> Subject:
    """404 for what does not exist, lies outside the campaign, or is not the reader's."""
    found = get_object_or_404(Campaign.objects.visible_to(actor).select_related("area", "lead_unit"), code=campaign)
    try:
        known = table_named(table)
        known.days(found, period)
    except TableError as error:
        raise Http404(str(error)) from error
    scope = scope_of(found)
    rows = rows_visible_to(actor, scope)
    if not rows:
        raise Http404("这张表不在您的管辖范围。")
    return Subject(found, known, period, scope, rows)
