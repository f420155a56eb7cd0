"""The line above the ledger."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from hazards.models import Hazard
from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import Area, Enterprise, Sector

ALL = [("", "全部")]
PLACES = (Area.Level.COUNTY, Area.Level.ZONE, Area.Level.TOWN)


class HazardFilters(forms.Form):
    """What is shown, and also what the Excel of it holds. Without a choice: what is not yet settled."""

    q = forms.CharField(label="查找", required=False, max_length=60)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "未办结"), ("all", "全部"), *Hazard.State.choices]
    )
    level = forms.ChoiceField(label="级别", required=False, choices=ALL + Hazard.Level.choices)
    area = forms.ModelChoiceField(label="区市", required=False, queryset=Area.objects.none(), empty_label="全部")
    sector = forms.ModelChoiceField(label="行业", required=False, queryset=Sector.objects.none(), empty_label="全部")
    found_by = forms.ChoiceField(label="发现方式", required=False, choices=ALL + Hazard.FoundBy.choices)
    overdue = forms.BooleanField(label="只看逾期", required=False)
    listed = forms.BooleanField(label="只看挂牌", required=False)
    enterprise = forms.ModelChoiceField(
        label="企业", required=False, queryset=Enterprise.objects.none(), widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].queryset = Enterprise.objects.visible_to(actor)
        self.fields["q"].widget.attrs["placeholder"] = "编号、描述" if actor.enterprise else "企业、编号、描述"
        if actor.enterprise:
            del self.fields["area"], self.fields["sector"]
            return
        areas, sectors = Area.objects.filter(level__in=PLACES), Sector.objects.all()
        if actor.unit and not jurisdiction.sees_everything(actor):
            mine = jurisdiction.reach(actor)
            areas = areas.filter(pk__in=mine.areas)
            sectors = sectors if mine.sectors is None else sectors.filter(pk__in=mine.sectors)
        self.fields["area"].queryset, self.fields["sector"].queryset = areas, sectors

    def found(self, rows: QuerySet[Hazard]) -> QuerySet[Hazard]:
        """The rows that match; a spoilt filter is as good as none."""
        chosen = self.cleaned_data if self.is_valid() else {**self.cleaned_data}
        rows = self._by_state(rows, chosen.get("state", ""))
        for name in ("level", "sector", "found_by", "enterprise"):
            rows = rows.filter(**{name: chosen[name]}) if chosen.get(name) else rows
        if area := chosen.get("area"):
            rows = rows.filter(area__in=list(Area.objects.within(area).values_list("pk", flat=True)))
        if chosen.get("overdue"):
            rows = rows.overdue_on(timezone.localdate())
        if chosen.get("listed"):
            rows = rows.filter(listed=True)
        return rows.matching(chosen.get("q", ""))

    def in_words(self) -> str:
        """未办结，级别重大，区市荣成市；只看逾期: what `found` goes by, for the title of an export."""
        chosen = [self._word(name) for name in self.fields if name != "state"]
        return "，".join(filter(None, [self._word("state") or "未办结", *chosen]))

    def _word(self, name: str) -> str:
        value, field = self.cleaned_data.get(name), self.fields[name]
        if not value:
            return ""
        if isinstance(field, forms.BooleanField):
            return str(field.label)
        shown = dict(field.choices).get(value, value) if type(field) is forms.ChoiceField else value
        return f"{field.label}{shown}"

    def _by_state(self, rows: QuerySet[Hazard], state: str) -> QuerySet[Hazard]:
        if state == "all":
            return rows
        return rows.filter(state=state) if state else rows.open()
