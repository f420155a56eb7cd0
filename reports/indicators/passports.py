"""指标说明: what a figure means, in words that are read off its declaration and so cannot disagree with it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, Q
from django.db.models.constants import LOOKUP_SEP

from reports.indicators.indicator import Indicator, Kind, RollUp

ROLL_UPS = {
    RollUp.SUM: "各行相加；各月可累加",
    RollUp.LATEST: "各行相加；各月不累加，以最近一月为准",
    RollUp.CITY: "全市以市本级填报的为准",
}


def passport(indicator: Indicator, period: str = "") -> list[tuple[str, str]]:
    """Pairs of heading and text, for the page beside a figure."""
    opening = [("指标", indicator.wording(period)), ("单位", indicator.unit)]
    if indicator.source is None:
        return [*opening, ("来源", "填报单位填写"), ("汇总", ROLL_UPS[indicator.roll_up])]
    source = indicator.source
    return [
        *opening,
        ("来源", source.label),
        ("一条记录", source.grain),
        ("条件", in_words(indicator.condition, source.model) or "全部"),
        ("归入期间", f"按{label(source.model, source.placed_by)}"),
        ("取值", value_in_words(indicator)),
        ("归入填报行", indicator.belongs.label),
        ("汇总", rolled_up(indicator)),
    ]


def value_in_words(indicator: Indicator) -> str:
    value = indicator.value
    if value.kind is Kind.COUNT:
        return "记录条数"
    assert indicator.source is not None
    name = label(indicator.source.model, value.field)
    return f"不同{name}的数量" if value.kind is Kind.DISTINCT else f"{name}合计"


def rolled_up(indicator: Indicator) -> str:
    if indicator.value.kind is Kind.DISTINCT:
        return "各行相加；同一企业在多月出现的，累计数只计一次"
    return ROLL_UPS[indicator.roll_up]


def in_words(condition: Q, model: type[Model]) -> str:
    """A condition in the words of the model's own labels: 隐患级别为重大，且发现方式不为企业自查."""
    joint = "，且" if (condition.connector == Q.AND) != condition.negated else "，或"
    return joint.join(_part(child, model, condition.negated) for child in condition.children)


def _part(child: Any, model: type[Model], negated: bool) -> str:
    if isinstance(child, Q):
        return in_words(~child if negated else child, model)
    path, wanted = child
    field, lookup = resolve(model, path)
    return f"{field.verbose_name}{_verb(lookup, negated)}{_shown(field, wanted)}"


def _verb(lookup: str, negated: bool) -> str:
    verbs = {"exact": ("为", "不为"), "in": ("为", "不为"), "contains": ("含", "不含")}
    return verbs[lookup][negated]


def _shown(field: Any, wanted: Any) -> str:
    values = wanted if isinstance(wanted, list | tuple) else [wanted]
    choices = dict(getattr(field, "base_field", field).flatchoices)
    named = [choices.get(value, {True: "是", False: "否"}.get(value, value)) for value in values]
    return "、".join(f"“{name}”" for name in named)


def resolve(model: type[Model], path: str) -> tuple[Any, str]:
    """The field a lookup path ends at, and the lookup (exact if none is named)."""
    field: Any = None
    parts = path.split(LOOKUP_SEP)
    for n, part in enumerate(parts):
        if field is not None and not field.is_relation:
            return field, LOOKUP_SEP.join(parts[n:])
        field = (field.related_model if field is not None else model)._meta.get_field(part)
    return field, "exact"


def label(model: type[Model], name: str) -> str:
    return str(resolve(model, name)[0].verbose_name)
