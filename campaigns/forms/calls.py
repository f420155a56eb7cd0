"""A call noted down, and the people to ring."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from campaigns.desk import TABS
from campaigns.forms.layout import check_years, day_input, helper
from campaigns.models import Call, Contact
from organizations.models import Area


class CallForm(forms.Form):
    """The outcome is the button that was pressed."""

    outcome = forms.ChoiceField(choices=Call.Outcome.choices, widget=forms.HiddenInput, required=True)
    spoke_with = forms.CharField(label="接听人", max_length=40, required=False)
    promised_on = forms.DateField(label="承诺日期", required=False, widget=day_input())
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{key}-%s", **kwargs)
        self.helper = helper([("", ["spoke_with", "promised_on", "note"])])
        check_years(self)

    def said(self) -> dict[str, Any]:
        """For `calls.log`; a promise holds until the end of its day, and only with that button."""
        data = self.cleaned_data
        day = data["promised_on"] if data["outcome"] == Call.Outcome.PROMISED else None
        until = datetime.combine(day, time.max, timezone.get_current_timezone()) if day else None
        return {name: data[name] for name in ("outcome", "spoke_with", "note")} | {"promised_at": until}


class ContactForm(forms.ModelForm):
    phone = forms.RegexField(
        r"^[\d\s+()（）-]{5,20}$", label="联络员电话", error_messages={"invalid": "请填写电话号码。"}
    )

    class Meta:
        model = Contact
        fields = ["leader", "leader_phone", "name", "phone", "deputy", "deputy_phone"]
        widgets = {name: forms.TextInput(attrs={"inputmode": "tel"}) for name in ("leader_phone", "deputy_phone")}
        help_texts = {"deputy": "联络员不在时由其接听和办理（B角）"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        self.helper = helper(
            [("联络员", ["name", "phone", "deputy", "deputy_phone"]), ("分管负责人", ["leader", "leader_phone"])]
        )


class DeskSearch(forms.Form):
    tab = forms.ChoiceField(choices=list(TABS.items()), required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=[("unit", "单位"), ("enterprise", "企业")], required=False, widget=forms.HiddenInput
    )
    area = forms.ModelChoiceField(Area.objects.none(), label="区域", required=False, empty_label="全部")

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas
