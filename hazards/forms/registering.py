"""Registering: the firm with a photo and a sentence, the officer with who found it and how."""

from typing import Any
from uuid import uuid4

from django import forms

from hazards.forms.fields import CrispyForm, DayField, PhotosField, Segments, TextField
from hazards.models import Hazard
from lib.actor import Actor
from organizations.models import Enterprise

# The firm's own findings are entered by a unit only for firms without an account.
WAYS = [(one.value, one.label) for one in Hazard.FoundBy if one != Hazard.FoundBy.SELF]
WAYS.append((Hazard.FoundBy.SELF.value, "企业自查（代登记）"))


class RegisterForm(CrispyForm):
    """`firm` is where it was found, `values()` are the other keywords of `actions.register`."""

    KEPT_BACK = ("photos", "enterprise", "fixed")

    photos = PhotosField(label="现场照片")
    description = TextField(label="隐患描述", max_length=1000, help_text="哪里、什么问题，一两句话即可。")
    level = forms.ChoiceField(
        label="隐患级别",
        choices=Hazard.Level,
        initial=Hazard.Level.GENERAL,
        widget=Segments,
        help_text="拿不准的先选重大，由监管部门判定。",
    )
    place = forms.CharField(label="部位", max_length=120, required=False)
    found_on = DayField(label="发现时间")
    entry_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)

    @property
    def firm(self) -> Enterprise:
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in self.KEPT_BACK}


class FirmRegisterForm(RegisterForm):
    fixed = forms.BooleanField(label="已当场整改，一般隐患直接销号（立查立改）", required=False)

    @property
    def firm(self) -> Enterprise:
        return self.actor.enterprise

    def values(self) -> dict[str, Any]:
        return super().values() | {"found_by": Hazard.FoundBy.SELF, "finder": str(self.actor.user)[:40]}


class FirmInput(forms.TextInput):
    """A firm by name or code; what matches is offered as one types."""

    template_name = "hazards/_firm_input.html"


class FirmField(forms.CharField):
    """Cleans to the enterprise of that whole name or code, among those the actor may see."""

    widget = FirmInput
    actor: Actor

    def clean(self, value: Any) -> Enterprise:
        text = super().clean(value)
        # As the list offers it: 荣成海源食品有限公司（91371082…）.
        code = text[-19:-1] if text.endswith("）") else text
        rows = Enterprise.objects.visible_to(self.actor).select_related("area", "sector")
        found = list(rows.filter(uscc=code)) or list(rows.filter(name=text)[:2])
        if not found:
            raise forms.ValidationError("没有找到这家企业，请从下拉清单选择，或填写统一社会信用代码")
        if len(found) > 1:
            raise forms.ValidationError("有同名企业，请填写统一社会信用代码")
        return found[0]


class UnitRegisterForm(RegisterForm):
    enterprise = FirmField(label="企业", help_text="输入名称或统一社会信用代码，从清单中选择。")
    found_by = forms.ChoiceField(label="发现方式", choices=WAYS, initial=Hazard.FoundBy.DEPARTMENT)
    finder = forms.CharField(label="发现人", max_length=40, required=False)
    on_site_measure = forms.CharField(label="现场处置措施", max_length=200, required=False)
    deadline_on = DayField(label="责令整改期限", future=True, required=False)

    field_order = ["enterprise", "found_by", "photos", "description", "level", "place", "found_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].actor = self.actor
        self.fields["finder"].initial = str(self.actor.user)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        found_on, deadline_on = data.get("found_on"), data.get("deadline_on")
        if found_on and deadline_on and deadline_on < found_on:
            self.add_error("deadline_on", "不能早于发现时间")
        return data

    @property
    def firm(self) -> Enterprise:
        return self.cleaned_data["enterprise"]
