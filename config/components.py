"""Tags and filters that every template has without loading them (settings.TEMPLATES, "builtins")."""

import functools
import re
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from lib import text

register = template.Library()

MOST_COUNTED = 99

# The tone of a badge says how things stand; word and icon go with it, never the colour alone.
TONES = {
    "done": "check-circle-fill",
    "soon": "clock-fill",
    "late": "exclamation-triangle-fill",
    "open": "circle-half",
    "info": "info-circle-fill",
    "closed": "dash-circle",
}


# Icons


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon of Bootstrap's, in the page itself: it takes the colour and size of the text around it."""
    return drawing(name)


@functools.cache
def drawing(name: str) -> SafeString:
    source = (settings.ICONS_DIR / f"{name}.svg").read_text(encoding="utf-8")
    source = re.sub(r'\s(width|height|class)="[^"]*"', "", source, count=3).strip()
    return mark_safe(source.replace("<svg", '<svg class="icon" aria-hidden="true" focusable="false"', 1))  # noqa: S308


@register.filter
def tone_icon(tone: str) -> str:
    return TONES[tone]


# Dates, in the words of lib.text


@register.filter
def page_date(day: date | None) -> str:
    """2023年6月28日（周三）"""
    return text.page_date(local_day(day)) if day else ""


@register.filter
def table_date(day: date | None) -> str:
    """06-28; with the year where it is not this one's: 2023-06-28"""
    if not day:
        return ""
    day = local_day(day)
    return text.table_date(day) if day.year == today().year else day.isoformat()


@register.filter
def page_moment(moment: datetime | None) -> str:
    """2023年6月28日 08:30"""
    return text.page_moment(moment) if moment else ""


@register.filter
def deadline(due: date | None, original: date | None = None) -> str:
    """6月28日 · 还剩2天; late: 6月28日 · 逾期3天（原定6月25日）"""
    if not due:
        return ""
    return text.deadline(local_day(due), today(), local_day(original) if original else None)


@register.filter
def deadline_tone(due: date | None) -> str:
    """late when it is past, soon on the day and the three before, else open."""
    if not due:
        return "info"
    days = (local_day(due) - today()).days
    return "late" if days < 0 else "soon" if days <= 3 else "open"


def local_day(moment: date) -> date:
    """The day of a date, or of a moment in the portal's time zone."""
    if not isinstance(moment, datetime):
        return moment
    return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()


def today() -> date:
    return timezone.localdate()


@register.filter
def amount(number: int | None) -> str:
    """12,345; an empty cell stays empty."""
    return "" if number is None else text.amount(number)


@register.filter
def capped(number: int) -> str:
    """99+ for what is not counted any further (config.context)."""
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


# The line of filters above a list


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: template.Context, form: forms.Form, found: str = "", export: str = "") -> dict[str, Any]:
    """A GET form as one line that folds on the phone, with what is chosen shown and removable.

    `found` is the count in words ("共128家"), `export` the address that gives what is shown as Excel.
    """
    return {"form": form, "found": found, "export": export, "chosen": chosen(form, context["request"])}


def chosen(form: forms.Form, request: HttpRequest) -> list[dict[str, str]]:
    """Each filter in use: its label, its value in words, and the query without it."""
    cleaned = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return [
        {"label": str(form[name].label), "value": words(form, name, value), "query": query_without(request, name)}
        for name, value in cleaned.items()
        if value not in (None, "", [], False) and value != form.fields[name].initial and is_told(form, name)
    ]


def is_told(form: forms.Form, name: str) -> bool:
    """A hidden field that has a label came from a link and can be taken back like any other."""
    return bool(form.fields[name].label) or not form[name].is_hidden


def words(form: forms.Form, name: str, value: Any) -> str:
    if value is True:
        return "是"
    values = list(value) if isinstance(value, (list, tuple, set)) or hasattr(value, "all") else [value]
    if all(hasattr(each, "pk") for each in values):
        return text.joined(map(str, values))  # a choice among rows: they are not all read to name one
    choices = dict(getattr(form.fields[name], "choices", None) or {})
    return text.joined(str(choices.get(each, each)) for each in values)


def query_without(request: HttpRequest, name: str) -> str:
    """A list starts from its first page again when a filter changes."""
    query = request.GET.copy()
    for gone in (name, "after"):
        query.pop(gone, None)
    return f"?{query.urlencode()}"
