"""The two lists: problems, and the measures that answer them; the line above their sum."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from hazards.forms.fields import CrispyForm, DayField, TextField
from hazards.models import Measure, Problem
from hazards.summary import Summary, Turn
from lib.actor import Actor

MOST_CATEGORIES = 100
ALL = [("", "全部")]


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


class SummarySearch(forms.Form):
    """Which rows of the sum are shown and exported; `of` says with which duty and period it is compared."""

    OPEN, DONE, OVERDUE = "open", "done", "overdue"
    STATES = [(OPEN, "整改中"), (DONE, "已完成"), (OVERDUE, "逾期")]
    of = forms.ChoiceField(label="报送事项", required=False)
    unit = forms.TypedChoiceField(label="填报单位", required=False, coerce=int, empty_value=None)
    category = forms.ChoiceField(label="类别", required=False)
    state = forms.ChoiceField(label="状态", choices=[*ALL, *STATES], required=False)
    unlinked = forms.BooleanField(label="只看未对应的", required=False)
    tab = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, query: QueryDict, *, turns: list[Turn], turn: Turn | None) -> None:
        super().__init__({**query.dict(), "of": turn.key if turn else ""})
        self.fields["of"].choices = [(one.key, one.label) for one in turns]
        self.fields["of"].initial = turn.key if turn else None

    def offer(self, summary: Summary, problems: QuerySet[Problem]) -> None:
        """The units and categories there are to choose from."""
        kinds = problems.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
        self.fields["unit"].choices = [*ALL, *((line.unit.pk, str(line.unit)) for line in summary.lines)]
        self.fields["category"].choices = [*ALL, *((kind, kind) for kind in kinds[:MOST_CATEGORIES])]

    def found(self, rows: QuerySet, summary: Summary) -> QuerySet:
        """The rows of either list that match; a spoilt filter is as good as none."""
        chosen = self.cleaned_data if self.is_valid() else {**self.cleaned_data}
        if unit := chosen.get("unit"):
            members = (line.members for line in summary.lines if line.unit.pk == unit)
            rows = rows.filter(unit__in=next(members, []))
        if chosen.get("category") and rows.model is Problem:
            rows = rows.filter(category=chosen["category"])
        if chosen.get("unlinked"):
            rows = rows.unlinked()
        return self._by_state(rows, chosen.get("state", ""))

    def _by_state(self, rows: QuerySet, state: str) -> QuerySet:
        if state == self.OVERDUE:
            return rows.overdue_on(timezone.localdate())
        return {self.OPEN: rows.open, self.DONE: rows.done}.get(state, rows.all)()
