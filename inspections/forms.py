"""Forms of the imports."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from campaigns.models import Campaign
from documents import filetypes
from documents.forms import UploadField
from documents.models import ImportBatch
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
