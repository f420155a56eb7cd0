"""What is asked about a responsible person: for the list, to enter one, to mend one, to end one."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from lib.actor import Actor
from lib.text import person_name
from organizations import jurisdiction
from organizations.forms.enterprises import mobile
from organizations.forms.session import bare
from organizations.models import Enterprise, Membership, Responsible, Unit, User

FIRST = date(1990, 1, 1)
AHEAD = timedelta(days=366)
NAMED = 3


class RosterFilters(forms.Form):
    """Without a choice: who is in office, or will be."""

    kind = forms.ChoiceField(required=False, choices=Responsible.Kind.choices, widget=forms.HiddenInput)
    unit = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label="查找", required=False, max_length=60)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "在任"), ("ended", "已离任"), ("all", "全部")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = "姓名、手机、企业"

    def found(self, rows: QuerySet[Responsible]) -> QuerySet[Responsible]:
        """Of one kind; a spoilt filter is as good as none."""
        self.is_valid()
        chosen, today = self.cleaned_data, timezone.localdate()
        rows = rows.filter(kind=self.shown_kind)
        if chosen.get("state") == "ended":
            rows = rows.filter(ended_on__lte=today)
        elif chosen.get("state") != "all":
            rows = rows.not_over_on(today)
        return rows.matching(chosen.get("q", ""))

    @property
    def shown_kind(self) -> str:
        return self.cleaned_data.get("kind") or Responsible.Kind.LEADER


class DayField(forms.DateField):
    """A day of our time: neither of the last century nor years ahead."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not FIRST <= day <= timezone.localdate() + AHEAD:
            raise ValidationError("请核对年份：日期应在1990年以后，且不晚于一年以后。")
        return day


def mobile_field(label: str = "手机", **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}), **kwargs
    )


class AppointForm(forms.Form):
    """One person. The firm is typed, or given by the page one comes from."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="单位", empty_label=None)
    kind = forms.ChoiceField(label="类别", choices=Responsible.Kind.choices)
    enterprise = forms.CharField(
        label="企业", required=False, max_length=120, help_text="企业全称或统一社会信用代码；班子成员不填。"
    )
    name = forms.CharField(label="姓名", max_length=40)
    post = forms.CharField(label="职务", required=False, max_length=60)
    mobile = mobile_field()
    user = forms.ModelChoiceField(
        User.objects.none(),
        label="平台账号",
        required=False,
        empty_label="没有",
        help_text="本人在平台上有账号的，选上。",
    )
    starts_on = DayField(label="任职起", initial=timezone.localdate)

    def __init__(self, *args: Any, actor: Actor, firm: Enterprise | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.firm = actor, firm
        own = Unit.objects.active().filter(pk__in=jurisdiction.reach(actor).units).order_by("part_of", "position", "pk")
        self.fields["unit"].queryset = own
        self.fields["unit"].initial = actor.unit.bureau.pk
        people = Membership.objects.active().filter(unit__in=own).values("user")
        self.fields["user"].queryset = User.objects.filter(pk__in=people).order_by("name")
        if firm:
            del self.fields["enterprise"]
            self.fields["kind"].choices = [one for one in Responsible.Kind.choices if one[0] != "leader"]
        self.helper = bare()
        self.helper.layout = Layout(*self.fields)

    def clean_name(self) -> str:
        return named(self.cleaned_data["name"])

    def clean_mobile(self) -> str:
        return mobile(self.cleaned_data["mobile"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        typed = data.get("enterprise", "").strip()
        leads = data.get("kind") == Responsible.Kind.LEADER
        if leads and typed:
            self.add_error("enterprise", "班子成员不对应企业，请清空，或另选类别。")
        elif not leads and not self.firm and "kind" in data:
            data["enterprise"] = self._firm(typed)
        return data

    def _firm(self, typed: str) -> Enterprise | None:
        """The one firm within reach of that name or code."""
        if not typed:
            self.add_error("enterprise", "请写明对哪家企业负责。")
            return None
        firms = Enterprise.objects.visible_to(self.actor).operating()
        exact = firms.filter(name=typed) | firms.filter(uscc=typed.upper())
        found = list(exact[:2] or firms.matching(typed)[: NAMED + 1])
        if len(found) == 1:
            return found[0]
        several = f"有多家：{'、'.join(map(str, found[:NAMED]))}等，请填写全称或信用代码。" if found else ""
        self.add_error("enterprise", several or "管辖范围内没有这家企业，请核对全称或信用代码。")
        return None

    def values(self) -> dict[str, Any]:
        """For `roster.appoint`, the unit apart."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "unit"}
        return data | {"enterprise": self.firm or data.get("enterprise") or None}


class AmendForm(forms.Form):
    post = forms.CharField(label="职务", required=False, max_length=60)
    mobile = mobile_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare()

    def clean_mobile(self) -> str:
        return mobile(self.cleaned_data["mobile"])


class EndForm(forms.Form):
    """The day somebody leaves, and who takes over, if anybody does at once."""

    on = DayField(
        label="离任日期", initial=timezone.localdate, help_text="从这一天起不再任职；有接任的，接任人从这一天起任职。"
    )
    name = forms.CharField(label="接任人", required=False, max_length=40)
    post = forms.CharField(label="接任人职务", required=False, max_length=60, help_text="不填的，与原任相同。")
    mobile = mobile_field("接任人手机")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare()

    def clean_name(self) -> str:
        typed = self.cleaned_data["name"]
        return named(typed) if typed else ""

    def clean_mobile(self) -> str:
        return mobile(self.cleaned_data["mobile"])


def named(typed: str) -> str:
    name = person_name(typed)
    if len(name) < 2:
        raise ValidationError("请填写完整姓名。")
    return name
