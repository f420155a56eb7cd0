"""What the clerk may change of a letter."""

import re
from typing import Any

from django import forms

from campaigns.forms.layout import helper
from campaigns.models import Letter

# Word files cannot hold them; they come along when text is pasted.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class LetterForm(forms.ModelForm):
    class Meta:
        model = Letter
        fields = ["number", "title", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "number": "如 威应急函〔2023〕12号；没有文号的留空",
            "body": "每行一段；逾期事项自动列在第一段之后，落款和日期自动生成",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper([("", self.Meta.fields)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {name: CONTROL.sub("", value) for name, value in data.items()}

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
