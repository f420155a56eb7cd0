"""Forms of the imports."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from campaigns.forms.searches import FirmSearch
from campaigns.models import Campaign
from documents import filetypes
from documents.forms import UploadField, UploadsField
from documents.models import ImportBatch
from hazards.forms.fields import ActForm, DayField, Segments, TextField
from hazards.models import Hazard
from inspections.models import EnforcementAction
from lib.actor import Actor
from lib.text import full_date


def _helper(*fields: str) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*fields)
    return helper


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label="导入内容", choices=ImportBatch.Kind.choices)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label="专项行动（选填）",
        required=False,
        empty_label="不指定",
        help_text="约谈通报地区部门等没有企业的记录归入该行动；其他记录按行业、区域和日期自动计入，超出范围的会提示。",
    )
    file = UploadField(
        label="工作簿",
        allowed=(filetypes.XLSX,),
        help_text="Excel 工作簿（.xlsx）。列的次序不限，示例行和合计行不会读入。",
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.visible_to(by)
        self.helper = _helper("kind", "file", "campaign")


class ConfirmForm(forms.Form):
    """Asks only what this workbook leaves to be confirmed."""

    accept_doubts = forms.BooleanField()
    again = forms.BooleanField()

    def __init__(self, *args: Any, doubts: int, earlier: ImportBatch | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accept_doubts"].label = f"{doubts}个统一社会信用代码校验位不符，已对照营业执照核对无误"
        if earlier:
            when = f"{full_date(earlier.at)}由{earlier.by}"
            self.fields["again"].label = f"同一文件已于{when}导入过，确需再次导入"
        for name, asked in {"accept_doubts": doubts, "again": earlier}.items():
            if not asked:
                del self.fields[name]
        self.helper = _helper(*self.fields)


class PenaltyForm(ActForm):
    """A decision on a hazard. What the law spares is asked about once more, and why it is penalised all the same."""

    AFTER = {"decided_on": "found_on"}

    decided_on = DayField(label="处罚决定日期")
    target = forms.ChoiceField(label="处罚对象", choices=EnforcementAction.Target, widget=Segments)
    number = forms.CharField(label="案号", max_length=60, help_text="同一案号对企业和主要负责人都处罚的，计一案双罚。")
    fine = forms.DecimalField(
        label="罚款（万元）", min_value=0, max_digits=12, decimal_places=2, help_text="没有罚款的填0。"
    )
    note = TextField(label="说明", max_length=1000, required=False)
    confirmed = forms.BooleanField(label="已知依法不予行政处罚，确需处罚", required=False)
    reason = TextField(label="仍予处罚的理由", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not self.is_bound and self.spared

    @property
    def helper(self) -> FormHelper:
        asked = [name for name in self.fields if self.spared or name not in ("confirmed", "reason")]
        helper = super().helper
        helper.layout = Layout(*asked)
        return helper

    @property
    def spared(self) -> bool:
        """On the day typed, today before anything is."""
        typed = self.cleaned_data.get("decided_on") if self.is_bound else None
        return bool(self.hazard.is_spared_penalty_on(typed or timezone.localdate()))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("decided_on") and self.hazard.is_spared_penalty_on(data["decided_on"]):
            self.fields["reason"].required = True  # said on the page; the error is this form's own
            if not data.get("confirmed"):
                self.add_error("confirmed", "该隐患依法不予行政处罚，确需处罚的请勾选确认")
            if not data.get("reason"):
                self.add_error("reason", "请写明仍予处罚的理由，理由记入处置记录")
        return data

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "confirmed"}


class DutyLogForm(forms.Form):
    """What was done, short enough for a phone on the spot."""

    entry_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    held_on = DayField(label="日期")
    led_by = forms.CharField(label="带队/主持人", max_length=60)
    took_part = forms.CharField(label="参加人员", max_length=300, required=False)
    place = forms.CharField(label="地点/对象", max_length=200, required=False)
    content = TextField(label="开展情况", help_text="检查了哪里、演练了什么、培训了多少人")
    found = TextField(label="发现的问题", required=False, help_text="没有的留空；登记后可逐条转为隐患")
    photos = UploadsField(label="现场照片", required=False, allowed=filetypes.IMAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(*self.fields)

    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class FindingForm(forms.Form):
    description = TextField(label="隐患情况")
    level = forms.ChoiceField(label="级别", choices=Hazard.Level.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper("description", "level")


class UnreachedSearch(FirmSearch):
    """Which of the firms that a counted duty is wanting."""

    slow = None
