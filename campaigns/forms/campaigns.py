"""The campaign with its phases and tasks."""

from typing import Any

from django import forms

from campaigns.forms.layout import ScopeMixin, check_years, day_input, helper
from campaigns.models import Assignment, Campaign, Phase
from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import Area, Unit

FIELDSETS = (
    ("基本情况", ("name", "notice_title", "notice_number", "issued_on", "line", "lead_unit", "goal")),
    ("起止时间", ("starts_on", "ends_on")),
    ("范围", ("area", "areas", "sectors", "features")),
    ("联系人", ("contact", "phone", "email")),
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


PhaseFormSet = forms.inlineformset_factory(Campaign, Phase, form=PhaseForm, extra=2)
AssignmentFormSet = forms.inlineformset_factory(Campaign, Assignment, form=AssignmentForm, extra=1)
