"""What the ledger's forms are made of."""

from datetime import date
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.forms.layout import sane_year
from documents import filetypes
from documents.forms import UploadsField
from hazards.models import Hazard
from lib.actor import Actor
from lib.text import full_date


def not_in_future(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError("不能晚于今天")


def not_in_past(day: date) -> None:
    if day < timezone.localdate():
        raise ValidationError("不能早于今天")


class DayField(forms.DateField):
    """A day as the browser's own date field; today unless said otherwise, and not later.

    0203 for 2023 is a slip of the hand that a date field takes: the ledger would number it 荣成市-203-0001.
    """

    default_validators: ClassVar = [sane_year]

    def __init__(self, *, future: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        if not future:
            kwargs.setdefault("initial", timezone.localdate)
            kwargs.setdefault("validators", [not_in_future])
        super().__init__(**kwargs)


class Segments(forms.widgets.ChoiceWidget):
    """A choice of few as large buttons side by side. Not a RadioSelect: crispy would draw that its own way."""

    input_type = "radio"
    template_name = "hazards/_segments.html"
    use_fieldset = True

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        # The field's label names the group, not its first button.
        return super().id_for_label(id_, index) if index else ""


class TextField(forms.CharField):
    """Several lines; as short as what is usually written."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class PhotosField(UploadsField):
    """Photos; a phone offers its camera."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"label": "照片", "required": False, "allowed": filetypes.IMAGES, "help_text": "可直接拍照，最多9张。"}
        super().__init__(**given | kwargs)


class CrispyForm(forms.Form):
    """Rendered by `{% crispy form %}` inside the page's own <form>."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class ActForm(CrispyForm):
    """One act on one hazard. `values()` are the action's keywords; `photos` are kept with the hazard, under `role`."""

    # field → the hazard's date it may not precede
    AFTER: ClassVar[dict[str, str]] = {}
    PHOTOS = ""
    KEPT_BACK = ("photos", "password")

    def __init__(self, *args: Any, hazard: Hazard, actor: Actor, **kwargs: Any) -> None:
        self.hazard, self.actor = hazard, actor
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, attribute in self.AFTER.items():
            first, label = getattr(self.hazard, attribute), Hazard._meta.get_field(attribute).verbose_name
            if first and data.get(name) and data[name] < first:
                self.add_error(name, f"不能早于{label}（{full_date(first)}）")
        return data

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in self.KEPT_BACK}

    def photos(self) -> list[Any]:
        return self.cleaned_data.get("photos") or []
