"""The campaign with its phases and tasks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from campaigns.forms.layout import ScopeMixin, blanks_in_words, check_years, day_input, helper
from campaigns.models import Assignment, Campaign, Phase
from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import Area, Unit

FIELDSETS = (
    ("基本情况", ("name", "notice_title", "notice_number", "issued_on", "line", "lead_unit", "goal")),
    ("起止时间", ("starts_on", "ends_on")),
    ("范围", ("area", "areas", "sectors", "features")),
    ("联系人", ("contact", "phone", "email")),
    ("催报", ("letters_by_themselves",)),
)


class CampaignForm(ScopeMixin, forms.ModelForm):
    class Meta:
        model = Campaign
        fields = [name for _, names in FIELDSETS for name in names]
        widgets = {
            "issued_on": day_input(),
            "starts_on": day_input(),
            "ends_on": day_input(),
            "goal": forms.Textarea(attrs={"rows": 3}),
            "areas": forms.CheckboxSelectMultiple,
            "sectors": forms.CheckboxSelectMultiple,
            "features": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "notice_number": "如 威应急发〔2023〕12号；没有文号的留空",
            "areas": "不选即为范围区划内的全部区域",
            "sectors": "不选即为全部行业",
            "features": "不选即不限领域",
        }

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(FIELDSETS)
        check_years(self)
        # Whoever makes a campaign leads it: the bureau, or one of its offices.
        self.fields["lead_unit"].queryset = Unit.objects.active().filter(pk__in=jurisdiction.reach(by).units)
        inside = Area.objects.within(by.unit.area).exclude(level=Area.Level.TOWN)
        self.fields["area"].queryset = self.fields["areas"].queryset = inside
        blanks_in_words(self)


class CopyForm(forms.Form):
    name = forms.CharField(label="新行动名称", max_length=120)
    starts_on = forms.DateField(
        label="开始月份的第一天", widget=day_input(), help_text="所有日期按月平移，几号不变；当月没有那一天的取月末"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", ["name", "starts_on"])])
        check_years(self)


class PhaseForm(forms.ModelForm):
    class Meta:
        model = Phase
        fields = ["name", "starts_on", "ends_on", "wording", "position"]
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        check_years(self)


class AssignmentForm(ScopeMixin, forms.ModelForm):
    class Meta:
        model = Assignment
        fields = ["number", "heading", "text", "responsible", "lead_units", "cooperating_units"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class OnceEach(forms.BaseInlineFormSet):
    """Django names the doubled field by its name in the code, and hides what is wrong with a row's key."""

    def clean(self) -> None:
        super().clean()
        if any(form.instance.pk is None and not self._should_delete_form(form) for form in self.initial_forms):
            raise ValidationError("有一行已由他人删除，请重新打开本页再改。")

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        words = "、".join(str(self.model._meta.get_field(name).verbose_name) for name in unique_check[1:])
        return f"有两行的{words}相同，请改成不同的。"


def rows_of(
    model: type[Model], form: type[forms.ModelForm], *, extra: int, most: int, formset: type[OnceEach] = OnceEach
) -> type[OnceEach]:
    """Rows of a campaign on one page. More than `most` are not even drawn: a spoilt request may claim thousands."""
    limits: dict[str, Any] = {"max_num": most, "absolute_max": most, "validate_max": True}
    return forms.inlineformset_factory(Campaign, model, form=form, formset=formset, extra=extra, **limits)


class AssignmentRows(OnceEach):
    """What units have reported stays: a task that has a trail is not removed."""

    def clean(self) -> None:
        super().clean()
        going = [form.instance for form in self.deleted_forms if form.instance.pk]
        told = [f"任务{task.number}" for task in going if task.progress.exists()]
        if told:
            raise ValidationError(f"{'、'.join(told)}已有进展报告，不能删除；请取消“删除”，改写任务文字或责任单位。")


PhaseFormSet = rows_of(Phase, PhaseForm, extra=2, most=20)
AssignmentFormSet = rows_of(Assignment, AssignmentForm, extra=1, most=100, formset=AssignmentRows)
