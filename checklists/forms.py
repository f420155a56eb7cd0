"""Forms of the self-inspection: one answer, the whole sheet as cards, sending it back with reasons, a photo."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from checklists.actions import Saving
from checklists.models import Answer, Clause, Item, Line, Result, SelfInspection
from documents import filetypes
from documents.forms import UploadField

# What a printed row still holds: Excel's rows end at 409 points.
LONGEST_NOTE = 500
TYPED = ("result", "note", "fixed_at_once")


class NoteField(forms.CharField):
    """Lines end as the page counts and keeps them; browsers send each end as two characters."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class AnswerForm(forms.Form):
    """One answer as a device sends it; see `Saving`."""

    client_id = forms.UUIDField(error_messages={"required": "缺少本次填写的编号，请刷新页面。"})
    version = forms.IntegerField(min_value=0)
    result = forms.ChoiceField(
        choices=Result.choices,
        error_messages={"required": "请选择对照结果。", "invalid_choice": "没有这个选项，请刷新页面后重选。"},
    )
    note = NoteField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": f"情况说明最多{LONGEST_NOTE}字，请精简。"},
    )
    fixed_at_once = forms.BooleanField(required=False)
    clause = forms.IntegerField(required=False, min_value=1)

    def saving(self) -> Saving:
        data = self.cleaned_data
        return Saving(data["client_id"], data["version"], data["result"], data["note"], data["fixed_at_once"])


class Card:
    """An item as the fill page shows it: the question, its buttons, what stands.

    Numbers are safe texts here: a template takes long over localizing and escaping each of three thousand.
    """

    def __init__(self, line: Line, photos: Iterable[Any] = ()) -> None:
        self.item, self.answer, self.photos = line.item, line.answer, photos
        self.key, self.options = SafeString(str(line.item.number)), line.item.options
        self.result, self.version = _standing(line.answer)
        self.compliant_word = self.options[0].label
        self.client_id = str(uuid4())
        self.clauses = [Part(self.key, clause, answer) for clause, answer in line.clauses]

    @property
    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.answer, name) for name in TYPED} if self.answer else {}


class Part:
    """A clause of a card."""

    def __init__(self, item: str, clause: Clause, answer: Answer | None) -> None:
        self.clause, self.number = clause, str(clause.number)
        self.key, self.options = f"{item}.{clause.number}", clause.options
        self.result, self.version = _standing(answer)


def _standing(answer: Answer | None) -> tuple[str, str]:
    return (answer.result, str(answer.version)) if answer else ("", "0")


class Category:
    """A heading of the list with its cards; a layout object of crispy."""

    template = "checklists/_category.html"

    def __init__(self, position: int, heading: str, cards: list[Card]) -> None:
        self.position, self.heading, self.cards = position, heading, cards

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        return render_to_string(self.template, {"category": self, "inspection": form.inspection, "own_firm": form.firm})


class SheetForm(forms.Form):
    """The whole list. Scripts save each answer as it is given; without them one button saves whatever was changed."""

    def __init__(
        self, data: Any = None, *, inspection: SelfInspection, lines: list[Line], photos: Mapping[Any, list]
    ) -> None:
        super().__init__(data)
        self.inspection, self.firm = inspection, inspection.enterprise_id is not None
        self.cards = [Card(line, photos.get(getattr(line.answer, "pk", None), ())) for line in lines]
        self.helper = FormHelper()
        self.helper.form_id = "sheet"
        self.helper.attrs = {"autocomplete": "off", "novalidate": True}
        self.helper.layout = Layout(*self.categories())

    def categories(self) -> list[Category]:
        """By the text of the heading, not its number: the 56-item list has two headings 八."""
        grouped = groupby(self.cards, key=lambda card: card.item.heading)
        return [Category(position, heading, list(cards)) for position, (heading, cards) in enumerate(grouped, 1)]

    def changed(self) -> list[tuple[int, AnswerForm]]:
        """The answers that differ from what the page showed, by item number; not yet validated."""
        given = [(c, AnswerForm(self.data, prefix=c.key, initial=c.initial)) for c in self.cards]
        return [(card.item.number, form) for card, form in given if form["result"].data and _differs(form)]


def _differs(form: AnswerForm) -> bool:
    return bool(set(TYPED) & set(form.changed_data))


class ReturnForm(forms.Form):
    """退回: a reason for the whole, and one beside each item that needs work."""

    reason = forms.CharField(
        label="总体意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="可以只写总体意见，也可以只在条目下写意见；至少写一处。",
    )

    def __init__(self, data: Any = None, *, lines: Iterable[Line]) -> None:
        super().__init__(data)
        lines = list(lines)
        for line in lines:
            self.fields[_reason_field(line.item)] = forms.CharField(
                label=f"第{line.item.number}项退回意见", required=False, max_length=200
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("reason", *map(ReturnLine, lines))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(value.strip() for value in data.values()):
            raise forms.ValidationError("请写明退回理由：在“总体意见”或有问题的条目下填写，填报单位将据此修改。")
        return data

    def reasons(self) -> dict[int, str]:
        found = {name.removeprefix("item_"): text for name, text in self.cleaned_data.items() if name != "reason"}
        return {int(number): text for number, text in found.items() if text.strip()}


def _reason_field(item: Item) -> str:
    return f"item_{item.number}"


class ReturnLine:
    """An item with its answer above the field for the reason; a layout object of crispy."""

    template = "checklists/_return_line.html"

    def __init__(self, line: Line) -> None:
        self.line = line

    def render(self, form: Any, context: Any, **kwargs: Any) -> str:
        field = Field(_reason_field(self.line.item)).render(form, context, **kwargs)
        return render_to_string(self.template, {"line": self.line, "field": field})


class PhotoForm(forms.Form):
    photo = UploadField(label="照片", allowed=filetypes.IMAGES)


def current(answer: Answer | None) -> dict[str, Any] | None:
    """An answer as the fill page's script reads it."""
    if answer is None:
        return None
    return {
        "result": answer.result,
        "label": answer.label,
        "note": answer.note,
        "fixed_at_once": answer.fixed_at_once,
        "version": answer.version,
        "client_id": str(answer.client_id),
        "by": str(answer.answered_by or ""),
    }
