"""What officers fill in."""

from typing import Any

from django import forms
from django.db.models import Q

from hazards.actions import photos
from hazards.forms.fields import ActForm, DayField, PhotosField, Segments, TextField, not_in_past
from hazards.forms.firm import PlanForm
from hazards.models import Reconsideration, Signature, Standard, SupervisionListing
from hazards.permissions import may_order_stop
from organizations.models import Area

PASSED = [("yes", "通过"), ("no", "未通过")]


class StandardField(forms.ModelChoiceField):
    """Every version of the standards of a sector, so that a wrong choice can be told from a missing one."""

    def label_from_instance(self, standard: Standard) -> str:
        until = f"，{standard.valid_to:%Y.%m.%d}失效" if standard.valid_to else ""
        return f"{standard}（{standard.valid_from:%Y.%m.%d}施行{until}）"


class ClauseInput(forms.TextInput):
    """Free text with the known clauses offered; they are printed as a <datalist> after the field."""

    template_name = "hazards/_clause_input.html"

    def __init__(self) -> None:
        super().__init__(attrs={"list": "clauses", "placeholder": "如：第十二条第（二）项", "autocomplete": "off"})
        self.clauses: list[Any] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"clauses": self.clauses}


class BasisForm(ActForm):
    """更正判定依据: standard and clause; refused at the field where the standard was not in force or has no such."""

    standard = StandardField(label="判定标准", queryset=Standard.objects.none())
    clause = forms.CharField(
        label="条款", max_length=60, widget=ClauseInput, help_text="按标准原文填写，可从下拉清单选择。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(
            Standard.objects.for_sector(self.hazard.sector)
            .prefetch_related("clauses", "sectors")
            .order_by("-valid_from")
        )
        field, in_force = self.fields["standard"], [one for one in found if one.is_in_force(self.hazard.found_on)]
        field.queryset = Standard.objects.for_sector(self.hazard.sector)
        field.choices = [("", "请选择"), *((one.pk, field.label_from_instance(one)) for one in found)]
        self.fields["clause"].widget.clauses = [clause for one in in_force for clause in one.clauses.all()]
        current = self.hazard.standard_id or (in_force[0].pk if len(in_force) == 1 else None)
        self.initial |= {"standard": current, "clause": self.hazard.clause}

    def clean_clause(self) -> str:
        return self.cleaned_data["clause"].replace("(", "（").replace(")", "）").replace(" ", "")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        standard, clause = data.get("standard"), data.get("clause")
        if standard and (problem := standard.misfit(sector=self.hazard.sector, day=self.hazard.found_on)):
            self.add_error("standard", problem)
        elif standard and clause and (problem := standard.clause_problem(clause)):
            self.add_error("clause", problem)
        return data


class JudgeForm(BasisForm):
    AFTER = {"judged_on": "found_on"}

    judged_on = DayField(label="判定日期")


class ProposeForm(ActForm):
    kind = forms.ChoiceField(label="拟改为", choices=Reconsideration.Kind, widget=Segments)
    reason = TextField(label="理由", max_length=200)


class DecisionForm(ActForm):
    opinion = TextField(label="复核意见", max_length=200, required=False)


class RefusalForm(ActForm):
    opinion = TextField(label="不予更改的理由", max_length=200)


class ReasonForm(ActForm):
    reason = TextField(label="理由", max_length=200)


class MeasuresForm(ActForm):
    on_site_measure = forms.CharField(label="现场处置措施", max_length=200, required=False)
    administrative_measure = forms.CharField(label="行政处置措施", max_length=200, required=False)
    stopped = forms.BooleanField(
        label="责令停产停业（或停止使用）", required=False, help_text="责令后须经部门复查方可销号。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {name: getattr(self.hazard, name) for name in self.fields}
        verdict = may_order_stop(self.actor, self.hazard)
        if self.hazard.stopped or not verdict:
            self.fields["stopped"].disabled = True
            self.fields["stopped"].help_text = getattr(verdict, "reason", "") or "已责令停产停业。"


class ExtendForm(ActForm):
    deadline_on = DayField(label="新的整改期限", future=True, validators=[not_in_past])
    reason = TextField(label="理由", max_length=200)


class TwoOfficersForm(ActForm):
    """复查 and 核查: two different officers (鲁条例 §42), a result, and a new deadline where it failed."""

    PHOTOS = photos.PAPER

    first = forms.CharField(label="检查人员一", max_length=20)
    second = forms.CharField(label="检查人员二", max_length=20)
    passed = forms.ChoiceField(label="结论", choices=PASSED, widget=Segments)
    opinion = TextField(label="意见", max_length=500, required=False, help_text="未通过的须写明问题。")
    deadline_on = DayField(
        label="新的整改期限", future=True, required=False, validators=[not_in_past], help_text="未通过的须填写。"
    )
    photos = PhotosField(label="现场照片或意见书")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"first": str(self.actor.user)}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("first") and data.get("first") == data.get("second"):
            self.add_error("second", "须为两名不同的检查人员")
        if data.get("passed") == "no":
            for name in ("opinion", "deadline_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "未通过的须填写此项")
        return data

    def values(self) -> dict[str, Any]:
        values = super().values()
        inspectors = (values.pop("first"), values.pop("second"))
        return values | {"inspectors": inspectors, "passed": values["passed"] == "yes"}


class RecheckForm(TwoOfficersForm):
    AFTER = {"rechecked_on": "recheck_requested_on"}

    rechecked_on = DayField(label="复查时间")
    field_order = ["rechecked_on"]


class CheckForm(TwoOfficersForm):
    AFTER = {"checked_on": "closed_on"}

    checked_on = DayField(label="核查时间")
    field_order = ["checked_on"]


class ReopenForm(ActForm):
    AFTER = {"reopened_on": "closed_on"}

    reopened_on = DayField(label="重新整改日期")
    reason = TextField(label="原因", max_length=200, help_text="回头看发现未整改到位，或隐患复发的情况。")
    deadline_on = DayField(label="新的整改期限", future=True, validators=[not_in_past])


class ListForm(ActForm):
    AFTER = {"listed_on": "found_on"}

    level = forms.ChoiceField(label="挂牌级别", choices=SupervisionListing.Level, widget=Segments)
    unit_name = forms.CharField(label="挂牌督办单位", max_length=120)
    order_number = forms.CharField(label="督办通知书文号", max_length=60, required=False)
    listed_on = DayField(label="挂牌时间")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.actor.unit
        self.initial |= {"level": "department", "unit_name": str(unit.bureau) if unit else ""}


class DelistForm(ActForm):
    delisted_on = DayField(label="摘牌时间")
    reason = TextField(label="理由", max_length=200)


class PlanForFirmForm(PlanForm):
    """代录: by the firm's paper, of which a photo may be kept."""

    PHOTOS = photos.PAPER

    photos = PhotosField(label="企业书面方案照片")


class CloseForFirmForm(ActForm):
    """代录 of what the sheet says that both have signed; its photo is what the entry rests on."""

    AFTER = {"rectified_on": "found_on"}
    PHOTOS = photos.SHEET
    SIGNERS = {"head": Signature.Role.HEAD, "director": Signature.Role.DIRECTOR}

    rectified_on = DayField(label="整改完成时间")
    text = TextField(label="完成情况", max_length=1000, required=False)
    head = forms.CharField(label="签字的主要负责人", max_length=40)
    director = forms.CharField(label="签字的安全总监（分管负责人）", max_length=40)
    photos = PhotosField(label="签字页照片", required=True, help_text="拍清楚隐患内容、两人签字和日期。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, role in self.SIGNERS.items():
            if not self.hazard.is_major or getattr(self.hazard, f"signed_{role}"):
                del self.fields[name]
                continue
            known = "、".join(self.hazard.registered_signers(role))
            self.fields[name].help_text = f"本企业登记的：{known}。" if known else "企业信息中没有登记，请先登记。"
        if not self.hazard.is_major:
            self.PHOTOS = photos.AFTER
            self.fields["photos"].label, self.fields["photos"].help_text = "整改后照片", "可直接拍照，最多9张。"
        if self.hazard.rectified_on:
            self.initial["rectified_on"] = self.hazard.rectified_on
            self.fields["rectified_on"].disabled = True


class HandOverForm(ActForm):
    area = forms.ModelChoiceField(label="移交至", queryset=Area.objects.none(), empty_label="请选择")
    reason = TextField(label="理由", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Area.objects.filter(self._near(), level__in=(Area.Level.COUNTY, Area.Level.ZONE))
        self.fields["area"].queryset = places.exclude(pk=self.hazard.handled_in_id)
        moved = self.hazard.enterprise.area_id != self.hazard.handled_in_id
        self.initial |= {"area": self.hazard.enterprise.area_id if moved else None}

    def _near(self) -> Q:
        """Within the same city, or where the firm stands now."""
        here = self.hazard.handled_in.path
        cities = Area.objects.filter(level=Area.Level.CITY).values_list("path", flat=True)
        city = next(filter(here.startswith, cities), "")
        return Q(path__startswith=city) | Q(pk=self.hazard.enterprise.area_id)
