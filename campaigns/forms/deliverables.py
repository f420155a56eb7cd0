"""A duty: who owes what, by which rule, to whom."""

from typing import Any

from django import forms

from campaigns import wording
from campaigns.actions.terms import nominal_days
from campaigns.forms.layout import ScopeMixin, blanks_in_words, check_years, day_input, helper
from campaigns.models import Campaign, Deliverable
from lib import periods
from organizations.models import Area, Enterprise, Unit

FIELDSETS = (
    ("报送事项", ("name", "form", "counts", "source", "group", "optional", "nil_allowed", "provincial_allowed")),
    (
        "谁报送",
        ("respondent", "line", "unit_kinds", "area_levels", "named_respondents", "each_of", "person"),
    ),
    (
        "哪些企业（由企业填报的，或按检查记录计数的）",
        ("areas", "tailored", "sectors", "features", "except_features", "grades", "statuses", "key_only", "replaces"),
    ),
    (
        "何时报送",
        ("recurrence", "due_on", "due_month", "due_day", "cut_off", "policy", "starts_on", "ends_on", "origin"),
    ),
    ("报送给", ("recipient_rule", "recipients", "audit_days")),
)
PLAIN_FORMS = ("text", "text:progress", "files", "record", "two-lists", "contacts")
RULE = ("recurrence", "due_on", "due_month", "due_day", "starts_on", "ends_on")


def forms_in_use() -> list[tuple[str, str]]:
    """The plain kinds, and the checklists and tables that any duty asks for already, named by the first that did."""
    bound = Deliverable.objects.filter(form__contains=":").exclude(form__in=PLAIN_FORMS)
    first = bound.order_by("form", "pk").distinct("form").values_list("form", "name", "campaign__name")
    named = [(form, wording.form_words(form, f"{name}，{campaign}")) for form, name, campaign in first]
    return [*((form, wording.form_words(form)) for form in PLAIN_FORMS), *named]


def several(choices: Any, label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(choices=choices, label=label, required=False, widget=forms.CheckboxSelectMultiple)


class DeliverableForm(ScopeMixin, forms.ModelForm):
    form = forms.ChoiceField(label="形式", choices=forms_in_use)
    unit_kinds = several(Unit.Kind.choices, "单位类型")
    area_levels = several(Area.Level.choices, "区划层级")
    grades = several(Enterprise.Grade.choices, "分级")
    statuses = several(Enterprise.Status.choices, "经营状态")

    class Meta:
        model = Deliverable
        fields = [name for _, names in FIELDSETS for name in names]
        widgets = {
            "source": forms.Textarea(attrs={"rows": 2}),
            "due_on": day_input(),
            "starts_on": day_input(),
            "ends_on": day_input(),
            "cut_off": forms.TimeInput(attrs={"type": "time"}),
            "areas": forms.CheckboxSelectMultiple,
            "sectors": forms.CheckboxSelectMultiple,
            "features": forms.CheckboxSelectMultiple,
            "except_features": forms.CheckboxSelectMultiple,
            "named_respondents": forms.CheckboxSelectMultiple,
            "recipients": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "each_of": "名册中的每个人各有一项任务；单位还没有登记名册的，先由单位报一项",
            "named_respondents": "选了单位，就只由这些单位报送，其他条件不再适用",
            "recipients": "“报送给”选“指定单位”时填写",
            "starts_on": "留空为专项行动开始之日",
            "ends_on": "留空为专项行动结束之日",
        }

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(FIELDSETS)
        check_years(self)
        self.instance.campaign = campaign
        units = Unit.objects.active().filter(area__path__startswith=campaign.area.path)
        self.fields["named_respondents"].queryset = self.fields["recipients"].queryset = units
        inside = Area.objects.within(campaign.area).exclude(level=Area.Level.TOWN)
        self.fields["areas"].queryset = inside
        others = campaign.deliverables.exclude(pk=self.instance.pk)
        self.fields["replaces"].queryset = others.filter(respondent=Deliverable.Respondent.ENTERPRISE)
        blanks_in_words(self)

    def clean_due_month(self) -> int | None:
        """The n-th month of a quarter, half-year or year; a fourth month of a quarter there is not."""
        month, recurrence = self.cleaned_data["due_month"], self.cleaned_data.get("recurrence", "")
        most = periods.MONTHS.get(recurrence, 0)
        if month is not None and most and not 1 <= month <= most:
            raise forms.ValidationError(f"“{periods.Recurrence(recurrence).label}”的截止月应为1至{most}，空为末月。")
        return month

    def clean_due_day(self) -> int | None:
        day = self.cleaned_data["due_day"]
        if self.cleaned_data.get("recurrence") == periods.Recurrence.WEEKLY and day is not None and day > 7:
            raise forms.ValidationError("每周的截止日应为1（周一）至7（周日）。")
        return day

    def clean_replaces(self) -> Deliverable | None:
        """A rule that replaces another is not replaced by it in turn, straight or by way of a third."""
        replaced = found = self.cleaned_data["replaces"]
        while found is not None and found != self.instance:
            found = found.replaces
        if found is not None:
            raise forms.ValidationError("该规定本身已替代本事项，不能互相替代，请另选。")
        return replaced

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("counts") and (data.get("respondent") != Deliverable.Respondent.UNIT or data.get("person")):
            self.add_error(
                "counts", "以台账计的事项只能由单位承担，请把填报主体改为“单位”，不填具体人员，或改为不计数。"
            )
        if data.get("each_of"):
            self._by_name(data)
        if data.get("recipient_rule") == Deliverable.RecipientRule.NAMED and not data.get("recipients"):
            self.add_error("recipients", "请选择接收单位，或改选其他报送规则。")
        kind = data.get("form", "").partition(":")[0]
        if data.get("audit_days") is not None and kind in wording.REVIEWED_THERE:
            self.add_error("audit_days", f"{wording.FORMS[kind]}在其页面审核接收，不经科室审核把关，请留空。")
        if not self.errors and self._never_falls_due(data):
            self.add_error("recurrence", "按此规则在起止日期内没有一个应报日，请核对频次、截止日和起止日期。")
        return data

    def _by_name(self, data: dict[str, Any]) -> None:
        """Of units alone; who owes it until the roster names somebody is said by the choice itself."""
        data["person"] = data.get("person") or Deliverable.EachOf(data["each_of"]).label
        if data.get("respondent") != Deliverable.Respondent.UNIT or data.get("counts"):
            self.add_error(
                "each_of", "逐人报送的事项只能由单位承担，不以台账计；请把填报主体改为“单位”，或不选逐人报送。"
            )

    def _never_falls_due(self, data: dict[str, Any]) -> bool:
        """A repeated duty with a day, none of which lies within its window."""
        once, event = Deliverable.Recurrence.ONCE, Deliverable.Recurrence.EVENT
        if data["origin"] == Deliverable.Origin.UNDATED or data["recurrence"] in (once, event):
            return False
        if data["due_day"] not in (None, *range(1, 32)):
            return False  # the model's constraint says what is wrong with it
        rule = {name: data[name] for name in RULE}
        return not nominal_days(Deliverable(campaign=self.instance.campaign, **rule))
