"""Handing in: text or sections of a template, files, a stamped scan, nothing to report, or reported elsewhere."""

from typing import Any

from django import forms

from campaigns.forms.layout import helper
from campaigns.models import Obligation
from campaigns.templates import as_text, sections_of
from documents.forms import UploadField, UploadsField
from lib import registry


class HandInForm(forms.Form):
    """Fields by what the deliverable allows: sections instead of one text, 零报告, 省平台."""

    text = forms.CharField(
        label="正文",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="可以只填正文，也可以只传附件",
    )
    files = UploadsField(label="附件", required=False)
    stamped = UploadField(label="盖章扫描件", required=False, help_text="需要盖章报送的，拍照或扫描上传")
    provincial = forms.BooleanField(label="本期已在省平台上报", required=False)
    external_number = forms.CharField(
        label="省平台编号", max_length=60, required=False, help_text="没有编号的，把省平台的截图作为附件上传"
    )
    nil = forms.BooleanField(label="零报告：本期没有需要报送的情况", required=False)
    nil_by = forms.CharField(
        label="零报告确认人", max_length=40, required=False, help_text="对“没有情况”负责的人，写姓名"
    )
    nil_answer = forms.CharField(
        label="仍作零报告的原因", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    standing = forms.BooleanField(
        label="以后各期也是零报告", required=False, help_text="以后每期仍要确认一次，点一下即可；有情况时照常填报"
    )

    def __init__(self, *args: Any, obligation: Obligation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        duty = obligation.deliverable
        self.sections = sections_of(duty.form)
        self._shape(
            duty.nil_allowed, duty.provincial_allowed, registry.nil_objections(obligation) if duty.nil_allowed else []
        )
        self.helper = helper([("", list(self.fields))])

    def _shape(self, nil: bool, provincial: bool, objections: list[str]) -> None:
        self.fields["nil_answer"].help_text = f"平台记录：{'；'.join(objections)}。作零报告须说明原因，随报送件留存"
        kept = {"nil": nil, "nil_by": nil, "standing": nil, "nil_answer": bool(objections)}
        kept |= {"provincial": provincial, "external_number": provincial, "text": not self.sections}
        for name in [name for name, keep in kept.items() if not keep]:
            del self.fields[name]
        written = {section.code: self._section(section) for section in self.sections}
        self.fields = written | self.fields

    def _section(self, section: Any) -> forms.CharField:
        label = "　".join([*section.above[1:], section.heading])
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(label=label, help_text=section.hint, required=False, widget=area)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("nil") and not data.get("nil_by"):
            self.add_error("nil_by", "零报告须写明确认人姓名。")
        if data.get("nil") and "nil_answer" in self.fields and not data.get("nil_answer"):
            self.add_error("nil_answer", "台账与零报告不一致，请说明仍作零报告的原因；有情况的，请改填正文。")
        if data.get("provincial") and not (data.get("external_number") or data.get("files")):
            self.add_error("external_number", "请填省平台编号，或把省平台的截图作为附件上传。")
        return data

    def written(self) -> dict[str, Any]:
        """`text`, and `content` by section where there is a template; nothing written is empty text."""
        if not self.sections:
            return {"text": self.cleaned_data.get("text", ""), "content": {}}
        content = {section.code: self.cleaned_data.get(section.code, "").strip() for section in self.sections}
        return {"text": as_text(self.sections, content) if any(content.values()) else "", "content": content}
