"""Reporting on a task of a notice, judging it, and the filters above the board."""

from typing import Any

from django import forms

from campaigns.assignments import STALE_WORDS, UNREPORTED, Line
from campaigns.forms.layout import helper
from campaigns.models import AssignmentProgress

LIGHTS = AssignmentProgress.Light.choices
DONE = AssignmentProgress.Light.DONE


class ProgressForm(forms.ModelForm):
    light = forms.ChoiceField(label="状态", choices=LIGHTS, widget=forms.RadioSelect)
    percent = forms.IntegerField(
        label="进度（%）", min_value=0, max_value=100, required=False, help_text="0至100，说不准的留空"
    )

    class Meta:
        model = AssignmentProgress
        fields = ["light", "percent", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", self.Meta.fields)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("light") == DONE and data.get("percent") not in (None, 100):
            self.add_error("percent", "状态为“已完成”的，进度应为100或留空；还没有完成的，请另选状态。")
        return data


class JudgeForm(forms.Form):
    """The campaign's lead unit sets the light, or leaves it to the units again."""

    BY_UNITS = "units"
    light = forms.ChoiceField(
        label="认定", choices=[*LIGHTS, (BY_UNITS, "取消认定，以单位报告为准")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 2}), help_text="各责任单位可以看到")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "judge_%s")  # the page has another form with a field of this name
        super().__init__(*args, **kwargs)
        self.helper = helper([("", ["light", "reason"])])

    def clean_light(self) -> str:
        chosen = self.cleaned_data["light"]
        return "" if chosen == self.BY_UNITS else chosen


class AssignmentSearch(forms.Form):
    """Offers the units that have a part in the tasks shown."""

    NONE, STALE = "none", "stale"
    light = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *LIGHTS, (NONE, UNREPORTED), (STALE, STALE_WORDS)]
    )
    unit = forms.TypedChoiceField(label="责任单位", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, lines: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: dict[int, str] = {}
        for line in lines:
            task = line.assignment
            units |= {unit.pk: unit.label for unit in [*task.lead_units.all(), *task.cooperating_units.all()]}
        self.fields["unit"].choices = [("", "全部"), *units.items()]

    def found(self, lines: list[Line]) -> list[Line]:
        data = self.cleaned_data if self.is_valid() else {}
        light, unit = data.get("light"), data.get("unit")
        return [line for line in lines if self._lets(line, light) and (not unit or line.has_unit(unit))]

    def _lets(self, line: Line, light: str | None) -> bool:
        if light == self.STALE:
            return line.is_stale
        return not light or line.light == ("" if light == self.NONE else light)
