"""The lines of filters above lists; every field is optional."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from campaigns.models import Campaign, Deliverable, Standing
from lib.actor import Actor
from organizations import jurisdiction
from organizations.forms.enterprises import EnterpriseFilters
from organizations.models import Area, Enterprise

ANY = [("", "全部")]


class CampaignSearch(forms.Form):
    state = forms.ChoiceField(label="状态", choices=[*ANY, *Campaign.State.choices], required=False)


class ObligationSearch(forms.Form):
    """Which obligations: whose turn, of which campaign and duty, where, in which month, how they stand."""

    MINE, HOUSE, REVIEW, OWED, ALL = "mine", "house", "review", "owed", "all"
    view = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label="专项行动", required=False, empty_label="全部")
    deliverable = forms.ModelChoiceField(
        Deliverable.objects.none(), required=False, widget=forms.HiddenInput, label="报送事项"
    )
    enterprise = forms.ModelChoiceField(
        Enterprise.objects.none(), required=False, widget=forms.HiddenInput, label="企业"
    )
    area = forms.ModelChoiceField(Area.objects.none(), label="区域", required=False, empty_label="全部")
    month = forms.RegexField(r"^20\d\d-(0[1-9]|1[0-2])\Z", required=False, widget=forms.HiddenInput, label="月份")
    standing = forms.ChoiceField(label="情况", choices=[*ANY, *Standing.choices], required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.visible_to(by)
        self.fields["campaign"].queryset = campaigns
        self.fields["deliverable"].queryset = Deliverable.objects.filter(campaign__in=campaigns)
        self.fields["enterprise"].queryset = Enterprise.objects.visible_to(by)
        self.fields["area"].queryset = Area.objects.exclude(level=Area.Level.TOWN).filter(pk__in=_areas(by))
        self.fields["view"].choices = self.views_of(by)

    @classmethod
    def views_of(cls, by: Actor) -> list[tuple[str, str]]:
        if by.enterprise:
            return [(cls.MINE, "待报送"), (cls.OWED, "全部")]
        waiting = [(cls.MINE, "待报送"), (cls.HOUSE, "待审签"), (cls.REVIEW, "待审核")]
        return [*waiting, (cls.OWED, "本单位全部"), (cls.ALL, "管辖范围")]

    def found(self, rows: QuerySet) -> QuerySet:
        """`rows`, which carry `standing`, as far as the filters let them through."""
        data = self.cleaned_data if self.is_valid() else {}
        if campaign := data.get("campaign"):
            rows = rows.filter(deliverable__campaign=campaign)
        if deliverable := data.get("deliverable"):
            rows = rows.filter(deliverable=deliverable)
        if enterprise := data.get("enterprise"):
            rows = rows.filter(enterprise=enterprise)
        if area := data.get("area"):
            rows = rows.in_row_of(area)
        if month := data.get("month"):
            rows = rows.due_in_month(month)
        if standing := data.get("standing"):
            rows = rows.filter(standing=standing)
        return rows


class FirmSearch(EnterpriseFilters):
    """Which firms of a board: also those deregistered since, whose history stands."""

    grade = None
    status = None
    slow = forms.BooleanField(label="只看有缺报、迟报的", required=False)

    @property
    def wants_slow(self) -> bool:
        return self.is_valid() and bool(self.cleaned_data.get("slow"))

    def _by_status(self, rows: QuerySet[Enterprise], status: str) -> QuerySet[Enterprise]:
        return rows


class BoardSearch(forms.Form):
    month = forms.ChoiceField(label="截止月份", required=False)

    def __init__(self, *, months: list[tuple[str, str]], month: str) -> None:
        super().__init__(initial={"month": month})
        self.fields["month"].choices = [*months, ("all", "全部月份")]


def _areas(by: Actor) -> list[int]:
    if by.unit:
        return list(jurisdiction.reach(by).areas)
    return [by.enterprise.area_id] if by.enterprise else []
