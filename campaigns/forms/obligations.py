"""Handing in, deciding, registering; what the office decides about a day."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from campaigns.forms.layout import check_years, day_input, helper, moment_input, sane_year
from campaigns.models import Submission
from documents.forms import UploadsField


class DecisionForm(forms.Form):
    """`forward` is how it may go on from here: accepted, or checked by the office first."""

    AUDIT, ACCEPT, RETURN, VOID = "audit", "accept", "return", "void"
    FORWARD = {ACCEPT: "接收", AUDIT: "审核通过，转牵头单位接收"}
    decision = forms.ChoiceField(label="审核结果", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="退回或视为未报时须写明"
    )

    def __init__(self, *args: Any, forward: Sequence[str] = (ACCEPT,), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [
            *((key, self.FORWARD[key]) for key in forward),
            (self.RETURN, "退回修改（首次报送时间仍有效）"),
            (self.VOID, "视为未报（不符合基本要求，须重新报送）"),
        ]
        self.helper = helper([("", ["decision", "reason"])])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") in (self.RETURN, self.VOID) and not data.get("reason", "").strip():
            self.add_error("reason", "请写明理由，填报单位将据此修改。")
        return data


class RegisterForm(forms.Form):
    channel = forms.ChoiceField(
        label="收到方式", choices=[choice for choice in Submission.Channel.choices if choice[0] in ("mail", "paper")]
    )
    received_at = forms.DateTimeField(label="收到时间", widget=moment_input(), help_text="以此时间判断是否按时")
    text = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    files = UploadsField(label="附件", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", list(self.fields))])

    def clean_received_at(self) -> datetime:
        moment = self.cleaned_data["received_at"]
        if moment > timezone.now():
            raise forms.ValidationError("收到时间不能晚于现在，请核对日期和时刻。")
        sane_year(moment)
        return moment


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", list(self.fields))])
        check_years(self)


class DueForm(ReasonForm):
    due_on = forms.DateField(label="新的截止日期", widget=day_input())
    field_order = ["due_on", "reason"]

    def due_at(self) -> datetime:
        """The end of that day."""
        return datetime.combine(self.cleaned_data["due_on"], time.max, timezone.get_current_timezone())


class DaysForm(DueForm):
    """One day for all tasks of a period that wait for it; `waiting` are (period, label, how many)."""

    period = forms.ChoiceField(label="期次", widget=forms.RadioSelect)
    field_order = ["period", "due_on", "reason"]

    def __init__(self, *args: Any, waiting: Sequence[tuple[str, str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        self.fields["period"].choices = [(period, f"{label}（{count}个）") for period, label, count in waiting]
        if len(waiting) == 1:
            self.initial["period"] = waiting[0][0]

    def clean_due_on(self) -> date:
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("统一设定的时限须不早于今天。")
        return day


class WaiveForm(ReasonForm):
    """免报; of what is past its day also 记为缺报."""

    WAIVE, MISSING = "waive", "missing"
    how = forms.ChoiceField(
        label="决定",
        choices=[(WAIVE, "免报（不计入应报数）"), (MISSING, "记为缺报（不再催报，仍计入应报数）")],
        widget=forms.RadioSelect,
        required=False,
        initial=WAIVE,
    )
    field_order = ["how", "reason"]

    def __init__(self, *args: Any, late: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_late = late
        if not late:
            del self.fields["how"]
            self.helper = helper([("", ["reason"])])


class HouseForm(forms.Form):
    """Within the house: on to the next step, or back to who wrote it."""

    PASS, BACK = "pass", "back"
    verdict = forms.ChoiceField(
        label="审签", choices=[(PASS, "同意"), (BACK, "退回填报人修改")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="退回理由", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="退回时须写明"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", ["verdict", "reason"])])


class TailoringForm(forms.Form):
    """不调整, or what the district adds."""

    NO, YES = "no", "yes"
    adjusted = forms.ChoiceField(
        label="本地细化",
        choices=[(NO, "不调整，按通知的对照检查表"), (YES, "公布本地细化内容")],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="细化内容", required=False, widget=forms.Textarea(attrs={"rows": 6}), help_text="不调整的不用填"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", ["adjusted", "text"])])


class AnswerForm(forms.Form):
    """To a request or an objection: yes or no, and why."""

    YES, NO = "yes", "no"
    verdict = forms.ChoiceField(label="答复", choices=[(YES, "同意"), (NO, "不同意")], widget=forms.RadioSelect)
    answer = forms.CharField(
        label="说明", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="不同意时须写明理由"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", ["verdict", "answer"])])
