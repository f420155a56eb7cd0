"""The two lists: problems, and the measures that answer them."""

from typing import Any

from django import forms

from hazards.forms.fields import CrispyForm, DayField, TextField
from hazards.models import Measure, Problem
from lib.actor import Actor


class ListForm(CrispyForm):
    """`row` is what is edited, None for a new one."""

    def __init__(self, *args: Any, actor: Actor, row: Problem | Measure | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.row = actor, row
        if row is not None:
            self.initial |= {name: getattr(row, name) for name in self.fields if hasattr(type(row), name)}

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ProblemForm(ListForm):
    text = TextField(label="问题", max_length=1000)
    category = forms.CharField(label="类别", max_length=80, required=False)
    found_on = DayField(label="发现时间")
    responsible = forms.CharField(label="责任人", max_length=40, required=False)
    requirement = TextField(label="整改要求", max_length=1000, required=False)
    due_on = DayField(label="时限", future=True, required=False)
    progress = TextField(label="进展", max_length=1000, required=False)


class MeasureForm(ListForm):
    title = forms.CharField(label="制度措施", max_length=200)
    content = TextField(label="主要内容", max_length=2000, required=False)
    due_on = DayField(label="完成时限", future=True, required=False)
    done_on = DayField(label="完成时间", required=False, initial=None)
    problems = forms.ModelMultipleChoiceField(
        label="对应问题", queryset=Problem.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problems"].queryset = Problem.objects.filter(unit=self.row.unit if self.row else self.actor.unit)
        if self.row is not None:
            self.initial["problems"] = list(self.row.problems.all())
