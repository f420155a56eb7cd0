"""Who checks and who signs within the unit."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

from organizations.models import HouseStep, Membership, Unit, User


class HouseForm(forms.Form):
    """A person and a stand-in for each step; an empty person leaves the step out."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(unit))
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=Membership.objects.active().filter(unit=unit).values("user")).order_by(
            "name"
        )
        for step, label in HouseStep.Step.choices:
            self.fields[step] = _one(people, f"{label}人（A角）", "不需要这一环节的留空")
            self.fields[f"{step}_b"] = _one(people, f"{label}代办人（B角）", "A角不在时由其办理，可以不设")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*(Fieldset(label, step, f"{step}_b") for step, label in HouseStep.Step.choices))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for step in HouseStep.Step.values:
            person, stand_in = data.get(step), data.get(f"{step}_b")
            if stand_in and not person:
                self.add_error(step, "设了代办人（B角）的，也须设办理人（A角）。")
            elif stand_in and stand_in == person:
                self.add_error(f"{step}_b", "代办人（B角）须是另一个人。")
        return data

    def people(self) -> dict[str, Any]:
        """For `house.set_steps`."""
        data = self.cleaned_data
        return {step: (data[step], data[f"{step}_b"]) if data[step] else None for step in HouseStep.Step.values}


def _one(people: Any, label: str, help_text: str) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(people, label=label, required=False, empty_label="不设", help_text=help_text)


def _initial(unit: Unit) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in unit.house_steps.all():
        found |= {row.step: row.person_id, f"{row.step}_b": row.stand_in_id}
    return found
