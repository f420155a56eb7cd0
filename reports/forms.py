"""What is typed into a return, and the few small forms beside it."""

from __future__ import annotations

import unicodedata
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from lib import registry
from lib.actor import Actor
from lib.periods import CutOff, WindowKind
from reports.dispatch.asked import Asked, AskRefused, areas_for
from reports.dispatch.cells import Cell, Entry, Filling
from reports.dispatch.overview import deliverables_for
from reports.dispatch.tables import TABLES, Group
from reports.indicators import scope_of

YES_NO = [("", "请选择"), ("是", "是"), ("否", "否")]


class Figure(forms.DecimalField):
    """A whole number, or 万元 with two places; full-width digits and thousands separators are understood."""

    def __init__(self, *, money: bool, **rest: Any) -> None:
        places = 2 if money else 0
        super().__init__(min_value=0, max_digits=14, decimal_places=places, required=False, **rest)
        whole = "请填写整数，没有的填0。"
        self.error_messages |= {
            "invalid": "请填写数字，最多两位小数，没有的填0。" if money else whole,
            "min_value": "不能小于0。",
            "max_decimal_places": "最多两位小数。" if money else whole,
            "max_digits": "数字过大，请核对。",
            "max_whole_digits": "数字过大，请核对。",
        }
        for validator in self.validators:
            if hasattr(validator, "messages"):
                validator.messages = {"invalid": self.error_messages["invalid"]} | dict.fromkeys(
                    ("max_digits", "max_decimal_places", "max_whole_digits"), self.error_messages["max_decimal_places"]
                )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").strip()
        return super().to_python(value)


class ReturnForm(forms.Form):
    """A value and a reason for each figure of the table; empty is not zero, so nothing is required to be saved."""

    def __init__(self, filled: Filling, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filled = filled
        for cell in filled.cells:
            self.fields[value_name(cell)] = value_field(cell)
            self.fields[reason_name(cell)] = reason_field(cell)

    def entries(self) -> dict[str, Entry]:
        """What was typed, by figure."""
        return {cell.code: self._entry(cell) for cell in self.filled.cells}

    def _entry(self, cell: Cell) -> Entry:
        value = self.cleaned_data[value_name(cell)]
        reason = self.cleaned_data[reason_name(cell)]
        return Entry(text=value, reason=reason) if cell.indicator.is_yes_no else Entry(value, reason=reason)

    def refuse(self, problems: list[tuple[str, str]]) -> None:
        """Show why it cannot be handed in, at the figures concerned."""
        cells = {cell.code: cell for cell in self.filled.cells}
        for code, text in problems:
            field = None
            if code:
                field = reason_name(cells[code]) if "原因" in text else value_name(cells[code])
            self.add_error(field, text)

    def groups(self) -> list[tuple[Group, list[dict[str, Any]]]]:
        """The table's parts, each figure with its two fields."""
        cells = {cell.code: cell for cell in self.filled.cells}
        return [(group, [self._line(cells[code]) for code in group.codes]) for group in self.filled.table.groups]

    def _line(self, cell: Cell) -> dict[str, Any]:
        return {"cell": cell, "value": self[value_name(cell)], "reason": self[reason_name(cell)]}


def value_name(cell: Cell) -> str:
    return f"v_{cell.indicator.alias}"


def reason_name(cell: Cell) -> str:
    return f"r_{cell.indicator.alias}"


def value_field(cell: Cell) -> forms.Field:
    indicator = cell.indicator
    label = indicator.wording()
    if indicator.is_yes_no:
        return forms.ChoiceField(label=label, choices=YES_NO, required=False, initial=cell.entry.text)
    mode = "decimal" if indicator.is_money else "numeric"
    widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", "class": "figure-input"})
    return Figure(money=indicator.is_money, label=label, widget=widget, initial=typed(cell))


def typed(cell: Cell) -> str:
    """12, 12.50, or nothing."""
    value = cell.entry.reported
    if value is None:
        return ""
    return f"{value:.2f}" if cell.indicator.is_money else f"{value:.0f}"


def reason_field(cell: Cell) -> forms.Field:
    widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "与系统数不一致时填写"})
    label = f"{cell.indicator.wording()}的说明"
    return forms.CharField(label=label, max_length=200, required=False, widget=widget, initial=cell.entry.reason)


class NilForm(forms.Form):
    """零报告: who says so; and why all the same, where records or figures speak against it."""

    nil_by = forms.CharField(
        label="零报告确认人",
        max_length=40,
        help_text="对“没有情况”负责的人，写姓名",
        error_messages={"required": "零报告须写明确认人姓名。"},
    )
    nil_answer = forms.CharField(
        label="仍作零报告的原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "台账与零报告不一致，请说明仍作零报告的原因；有情况的，请改填各栏。"},
    )

    def __init__(self, *args: Any, filled: Filling, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filled = filled
        if against := self.against():
            self.fields["nil_answer"].help_text = f"平台记录：{'；'.join(against)}。作零报告须说明原因，随报送件留存"
        else:
            del self.fields["nil_answer"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def against(self) -> list[str]:
        """What the records say: of majors and checklists, and the figures the system counts."""
        counted = [cell for cell in self.filled.cells if cell.system]
        figures = [f"“{cell.indicator.wording()}”系统数为{cell.system:f}" for cell in counted]
        return [*registry.nil_objections(self.filled.returned.obligation), *figures]


class ReasonForm(forms.Form):
    """Why something is given back, or why the system stands in."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明理由。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class PrintForm(forms.Form):
    """Which workbook to make."""

    area = forms.ChoiceField(label="填报行")
    window = forms.ChoiceField(label="口径", choices=WindowKind.choices)
    cut_off = forms.ChoiceField(label="截止", choices=CutOff.choices)

    def __init__(self, areas: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        area.choices = [(name, name) for name in areas]


class ExportForm(forms.Form):
    """Which workbook to make in the background; what is offered is what the post may see."""

    what = forms.ChoiceField(
        label="报表",
        error_messages={"required": "请选择报表。", "invalid_choice": "没有这张报表，请从列表中选择。"},
    )
    period = forms.CharField(
        label="月份",
        max_length=7,
        widget=forms.TextInput(attrs={"type": "month"}),
        help_text="如 2023-06",
        error_messages={"required": "请选择月份。", "max_length": "月份应写作四位年份和两位月份，如 2023-06。"},
    )
    area = forms.ChoiceField(label="填报行", error_messages={"invalid_choice": "没有这一行，请从列表中选择。"})
    window = forms.ChoiceField(label="口径", choices=[("", "按该表惯例"), *WindowKind.choices], required=False)
    cut_off = forms.ChoiceField(label="截止", choices=CutOff.choices, initial=CutOff.DUE_DAY)
    extended = forms.BooleanField(label="台账附平台扩展列", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = offers(actor)
        self.fields["what"].choices = [(code, label) for code, label, _ in offered]  # type: ignore[attr-defined]
        areas = dict.fromkeys(name for _, _, names in offered for name in names)
        self.fields["area"].choices = [(name, name) for name in areas]  # type: ignore[attr-defined]
        self.fields["period"].initial = f"{timezone.localdate():%Y-%m}"
        self.is_empty = not offered
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def asked(self) -> Asked:
        chosen = self.cleaned_data
        campaign, table = chosen["what"].split(":")
        extended = chosen["extended"] and table == "trade-ledger"
        told = {name: chosen[name] for name in ("period", "area", "window", "cut_off")}
        return Asked(table, campaign, extended=extended, **told)

    def refuse(self, refused: AskRefused) -> None:
        """Show at the field what the action found wrong."""
        field = {"table": "what"}.get(refused.field, refused.field)
        self.add_error(field or None, str(refused))


def offers(actor: Actor) -> list[tuple[str, str, list[str]]]:
    """(campaign:table, words, rows) of each table of which the post may see a row."""
    owed = deliverables_for(actor)
    areas = {campaign: areas_for(actor, scope_of(campaign)) for campaign in {each.campaign for each in owed}}
    told = [(f"{each.campaign.code}:{each.form_argument}", each, areas[each.campaign]) for each in owed]
    return [(code, f"{TABLES[each.form_argument].name}（{each.campaign}）", rows) for code, each, rows in told if rows]
