"""Which firms a counted duty is still wanting: on its page the first of them, here all, and as Excel."""

import tempfile
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.models import Obligation
from inspections import coverage
from inspections.forms import UnreachedSearch
from lib.excel import Heading, write_table
from lib.pages import by_key, count_in_words
from lib.text import joined, page_moment
from organizations.models import Enterprise
from organizations.permissions import Permission, requires

BY_NAME = ("name", "id")
BRIEF, CHUNK = 8, 2000
HEADINGS = [
    Heading("序号", 6, kind="whole"),
    Heading("企业", 30, "left"),
    Heading("统一社会信用代码", 20),
    Heading("区市", 12),
    Heading("镇街", 12),
    Heading("行业", 12),
    Heading("领域", 16),
    Heading("经营状态", 14),
    Heading("上次检查", 12),
]


@dataclass
class Wanting:
    """What a duty is wanting, as far as the reader may see the firms; `elsewhere` is how many he may not."""

    owed: Obligation
    search: UnreachedSearch
    firms: QuerySet[Enterprise]
    elsewhere: int

    @property
    def words(self) -> str:
        """未检查, 未落实盯守"""
        return "未" + self.owed.deliverable.count_words.done.removeprefix("已")


@require_GET
@requires()
def unreached(request: HttpRequest, pk: int) -> HttpResponse:
    """By name, with the day of the last visit before; to the duty's page the first few."""
    wanting = _wanting(request, pk)
    rows = wanting.firms.select_related("area", "sector").defer("grams")
    context: dict[str, Any] = {"wanting": wanting, "owed": wanting.owed, "found": count_in_words(wanting.firms, "家")}
    if request.headers.get("HX-Request"):
        return render(request, "inspections/_unreached.html", context | {"firms": rows.order_by(*BY_NAME)[:BRIEF]})
    context |= {"page": by_key(rows, request.GET, order=BY_NAME), "filtered": bool(request.GET)}
    return render(request, "inspections/unreached.html", context)


@require_GET
@requires(Permission.EXPORT)
def unreached_workbook(request: HttpRequest, pk: int) -> FileResponse:
    wanting = _wanting(request, pk)
    rows = wanting.firms.select_related("area", "sector").defer("grams").order_by(*BY_NAME).iterator(chunk_size=CHUNK)
    table = ([number, *_row(firm)] for number, firm in enumerate(rows, start=1))
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    title = f"{wanting.owed.title}{wanting.words}企业"
    right = f"截至{page_moment(timezone.now())}"
    write_table(target, HEADINGS, table, name="企业", title=title, left=str(wanting.owed.unit), right=right)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{wanting.words}企业-{wanting.owed.period}.xlsx")


def _wanting(request: HttpRequest, pk: int) -> Wanting:
    rows = Obligation.objects.visible_to(request.actor).for_list().exclude(deliverable__counts="")
    owed = get_object_or_404(rows, pk=pk, unit__isnull=False)
    every = coverage.unreached(owed, timezone.localdate())
    seen = every.visible_to(request.actor)  # type: ignore[attr-defined]
    search = UnreachedSearch(request.GET, actor=request.actor)
    firms = coverage.with_last_visit(search.found(seen), owed.unit)
    return Wanting(owed, search, firms, every.count() - seen.count())


def _row(firm: Any) -> list[Any]:
    where = [firm.area.name, firm.town, firm.sector.name, joined(firm.feature_names)]
    return [firm.name, firm.uscc, *where, firm.get_status_display(), firm.visited_on]
