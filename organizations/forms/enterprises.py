"""The line above the list of enterprises, and what a firm and its district fill in about its data."""

from typing import Any, NamedTuple

from crispy_forms.layout import HTML, Column, Div, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from lib import cells
from lib.actor import Actor
from lib.text import joined
from organizations import jurisdiction
from organizations.actions import corrections
from organizations.forms.session import bare
from organizations.models import Area, Enterprise, EnterpriseChange, RiskFeature, Sector

ALL = [("", "全部")]
PLACES = (Area.Level.COUNTY, Area.Level.ZONE)


class EnterpriseFilters(forms.Form):
    """What is shown, and also what the Excel of it holds. Without a choice: what is not deregistered."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    area = forms.ModelChoiceField(label="区市", required=False, queryset=Area.objects.none(), empty_label="全部")
    sector = forms.ModelChoiceField(label="行业", required=False, queryset=Sector.objects.none(), empty_label="全部")
    feature = forms.ModelChoiceField(
        label="领域", required=False, queryset=RiskFeature.objects.all(), to_field_name="name", empty_label="全部"
    )
    grade = forms.ChoiceField(label="分级", required=False, choices=ALL + Enterprise.Grade.choices)
    status = forms.ChoiceField(
        label="经营状态", required=False, choices=[("", "未注销"), ("all", "全部"), *Enterprise.Status.choices]
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = "企业名称、信用代码"
        areas, sectors = Area.objects.filter(level__in=PLACES), Sector.objects.all()
        if actor.unit and not jurisdiction.sees_everything(actor):
            mine = jurisdiction.reach(actor)
            areas = areas.filter(pk__in=mine.areas)
            sectors = sectors if mine.sectors is None else sectors.filter(pk__in=mine.sectors)
        self.fields["area"].queryset, self.fields["sector"].queryset = areas, sectors

    def found(self, rows: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
        """The rows that match; a spoilt filter is as good as none."""
        self.is_valid()
        chosen = self.cleaned_data
        rows = self._by_status(rows, chosen.get("status", ""))
        if area := chosen.get("area"):
            rows = rows.filter(area__in=list(Area.objects.within(area).values_list("pk", flat=True)))
        if sector := chosen.get("sector"):
            rows = rows.filter(sector=sector)
        if feature := chosen.get("feature"):
            rows = rows.with_feature(feature.name)
        if grade := chosen.get("grade"):
            rows = rows.filter(grade=grade)
        return rows.matching(chosen.get("q", ""))

    def _by_status(self, rows: QuerySet[Enterprise], status: str) -> QuerySet[Enterprise]:
        if status == "all":
            return rows
        return rows.filter(status=status) if status else rows.operating()


YES_NO = [("", "未填写"), ("True", "是"), ("False", "否")]


def yes_no(label: str) -> forms.Field:
    return forms.TypedChoiceField(
        label=label, choices=YES_NO, required=False, empty_value=None, coerce=lambda word: word == "True"
    )


class OwnDataForm(forms.ModelForm):
    """Everything a firm may correct, as it stands; never saved, the action takes what it says."""

    TRUTHS = ("state_owned", "major_hazard_source", "dispatched_labour", "special_operations")

    feature_names = forms.MultipleChoiceField(label="领域", required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Enterprise
        fields = corrections.FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [*RiskFeature.objects.values_list("name", flat=True), *self.instance.feature_names]
        self.fields["feature_names"].choices = [(name, name) for name in dict.fromkeys(names)]
        for name in self.TRUTHS:
            self.fields[name] = yes_no(corrections.label(name))
        for name in ("head", "head_mobile", "director", "director_mobile"):
            self.fields[name].required = True
        self.helper = bare()
        self.helper.layout = LAYOUT

    def clean_head_mobile(self) -> str:
        return mobile(self.cleaned_data["head_mobile"])

    def clean_director_mobile(self) -> str:
        return mobile(self.cleaned_data["director_mobile"])

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in corrections.FIELDS}


def pair(*names: str) -> Row:
    return Row(*[Column(name, css_class="col-md-6") for name in names])


LAYOUT = Layout(
    HTML("<h2>企业</h2>"), "name", pair("town", "address"), pair("status", "employees"),
    HTML("<h2>人员</h2>"), pair("head", "head_mobile"), pair("director", "director_mobile"),
    HTML("<h2>风险</h2>"), Div("feature_names", css_class="choices"), pair("ammonia_tonnes", "dust_workers"),
    pair("major_hazard_source", "special_operations"), pair("dispatched_labour", "state_owned"),
)  # fmt: skip


def mobile(text: str) -> str:
    try:
        return cells.mobile(text) if text else ""
    except cells.BadCell as error:
        raise ValidationError(str(error)) from None


class Difference(NamedTuple):
    """One field of a proposal in words; `now` is what stands there today if that is neither of the two."""

    name: str
    label: str
    old: str
    new: str
    now: str


def differences(change: EnterpriseChange) -> list[Difference]:
    return [_difference(change, name, *pair) for name, pair in change.values.items()]


def _difference(change: EnterpriseChange, name: str, old: Any, new: Any) -> Difference:
    now = corrections.as_json(getattr(change.enterprise, name))
    moved = now if now not in (old, new) and change.state == EnterpriseChange.State.PENDING else None
    return Difference(name, corrections.label(name), *(in_words(name, value) for value in (old, new, moved)))


def in_words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return joined(value)
    choices = dict(Enterprise._meta.get_field(name).flatchoices)
    return "" if value is None else str(choices.get(value, value))


class PlaceField(forms.ModelChoiceField):
    """A county or zone other than the one where the enterprise stands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Area.objects.filter(level__in=PLACES), **kwargs)

    def leave_out(self, area_id: int) -> None:
        self.queryset = self.queryset.exclude(pk=area_id)


class MoveForm(forms.Form):
    """迁址: where to, and why; town and address of the old place are not kept."""

    area = PlaceField(label="迁入区市", empty_label="请选择")
    town = forms.CharField(label="镇街", max_length=60, required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    reason = forms.CharField(label="依据", max_length=120, help_text="如：营业执照住所变更、整体搬迁。")

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].leave_out(enterprise.area_id)
        self.helper = bare()


class DecisionForm(forms.Form):
    """Which fields are adopted, and why the rest is not; where a firm corrects its address, whether it has moved."""

    verdict = forms.ChoiceField(choices=[("adopt", "采纳"), ("refuse", "不采纳")], widget=forms.HiddenInput)
    fields_adopted = forms.MultipleChoiceField(label="采纳的内容", required=False)
    reason = forms.CharField(
        label="理由",
        max_length=120,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不采纳或只采纳一部分的，请写明理由，企业会看到。",
    )
    area = PlaceField(
        label="企业已迁出本区市的，迁入",
        required=False,
        empty_label="没有迁出",
        help_text="采纳时一并迁出，未办结的隐患和应报任务移交迁入地。",
    )

    def __init__(self, *args: Any, change: EnterpriseChange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].leave_out(change.enterprise.area_id)
        if not {"town", "address"} & set(change.values):
            del self.fields["area"]
        self.fields["fields_adopted"].choices = [(name, corrections.label(name)) for name in change.values]
        self.helper = bare()
        self.helper.layout = Layout("reason", *(["area"] if "area" in self.fields else []))

    def clean(self) -> None:
        chosen = self.cleaned_data.get("fields_adopted", [])
        all_of_it = len(chosen) == len(self.fields["fields_adopted"].choices)
        adopting = self.cleaned_data.get("verdict") == "adopt"
        if adopting and not chosen:
            self.add_error("fields_adopted", "请勾选要采纳的内容；都不采纳的，请写明理由后点“不采纳”。")
        if not (adopting and all_of_it) and not self.cleaned_data.get("reason"):
            self.add_error("reason", "不采纳或只采纳一部分的，请写明理由。")
