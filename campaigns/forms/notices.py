"""A notice to be sent out, and to whom."""

from typing import Any

from django import forms
from django.utils import timezone

from campaigns.actions.opening import AHEAD
from campaigns.forms.layout import ScopeMixin, blanks_in_words, day_input, helper
from campaigns.models import Campaign, NoticeIssue
from documents.forms import UploadsField
from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import Area, Sector, Unit

FIELDSETS = (
    ("通知", ("campaign", "title", "number", "body", "files", "sign_by")),
    ("下发给谁", ("audience", "units")),
    ("哪些企业（下发给企业时）", ("areas", "sectors", "features")),
)


class NoticeForm(ScopeMixin, forms.ModelForm):
    """Units and firms are offered only as far as the issuing house's own reach goes."""

    files = UploadsField(label="附件", required=False)

    class Meta:
        model = NoticeIssue
        fields = [name for _, names in FIELDSETS for name in names if name != "files"]
        widgets = {
            "body": forms.Textarea(attrs={"rows": 6}),
            "sign_by": day_input(),
            "audience": forms.RadioSelect,
            "units": forms.CheckboxSelectMultiple,
            "areas": forms.CheckboxSelectMultiple,
            "sectors": forms.CheckboxSelectMultiple,
            "features": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "number": "如 威应急发〔2023〕12号；没有文号的留空",
            "sign_by": f"{AHEAD.days}天以内；临近和逾期时自动提醒未签收的",
            "areas": "不选即为本单位管辖的全部区域",
            "sectors": "不选即为本单位负责的全部行业",
            "features": "不选即不限领域",
        }

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(FIELDSETS)
        self.house = by.unit
        mine = jurisdiction.reach(by)
        self.fields["campaign"].queryset = Campaign.objects.visible_to(by).running()
        self.fields["units"].queryset = _units_below(by)
        self.fields["areas"].queryset = Area.objects.within(self.house.area).exclude(level=Area.Level.TOWN)
        if mine.sectors is not None:
            self.fields["sectors"].queryset = Sector.objects.filter(pk__in=mine.sectors)
        blanks_in_words(self)

    def clean_sign_by(self) -> Any:
        day, today = self.cleaned_data["sign_by"], timezone.localdate()
        if not today <= day <= today + AHEAD:
            raise forms.ValidationError(f"签收期限须在今天至{AHEAD.days}天以内。")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("audience") == NoticeIssue.Audience.UNITS:
            if not data.get("units"):
                self.add_error("units", "请选择至少一个单位。")
            return data | {"areas": [], "sectors": [], "features": []}
        areas = data.get("areas") or [self.house.area]
        limited = "sectors" in data and self.fields["sectors"].queryset.count() < Sector.objects.count()
        sectors = data.get("sectors") or (self.fields["sectors"].queryset if limited else [])
        return data | {"areas": areas, "sectors": sectors, "units": []}


def _units_below(by: Actor) -> Any:
    """Units of the same line within its area, without its own house."""
    units = Unit.objects.active().filter(jurisdiction.of_units(by, "")).exclude(pk=by.unit.pk)
    return units.order_by("position", "name")
