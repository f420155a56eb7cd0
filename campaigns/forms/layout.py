"""One way to lay out a form: its fieldsets as data."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError

YEARS = range(2000, 2100)
Fieldsets = Sequence[tuple[str, Sequence[str]]]


def helper(fieldsets: Fieldsets) -> FormHelper:
    """A helper without the form tag: the page holds the form and its buttons."""
    found = FormHelper()
    found.form_tag = False
    found.layout = Layout(*(Fieldset(title, *fields) for title, fields in fieldsets))
    return found


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def sane_year(day: date) -> None:
    """A date field takes 0023 and 20233 without a word; the rules would then count through all those years."""
    if day.year not in YEARS:
        raise ValidationError(f"年份为{day.year}，应在{YEARS[0]}至{YEARS[-1]}之间，请核对。")


def check_years(form: forms.BaseForm) -> None:
    """Every date of the form lies in years that can be meant."""
    for field in form.fields.values():
        if isinstance(field, (forms.DateField, forms.DateTimeField)):
            field.validators = [*field.validators, sane_year]


def blanks_in_words(form: forms.BaseForm) -> None:
    """请选择 where one has to be chosen, 不选 where none will do, instead of Django's dashes."""
    for field in form.fields.values():
        word = "请选择" if field.required else "不选"
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = field.empty_label and word
        elif isinstance(field, forms.TypedChoiceField):
            field.choices = [(value, label if value not in ("", None) else word) for value, label in field.choices]


class ScopeMixin:
    """A model form whose many-to-many values the action stores: `scope()` gives them by field name."""

    cleaned_data: dict[str, Any]
    instance: Any

    def scope(self) -> dict[str, Any]:
        names = {field.name for field in self.instance._meta.many_to_many}
        return {name: value for name, value in self.cleaned_data.items() if name in names}
