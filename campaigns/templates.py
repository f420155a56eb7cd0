"""Texts that are filled in by section: the form, what was written as one text, and the printed heading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """`heading` as it is printed; `above` are the headings it stands under, printed once; `hint` from the notice."""

    code: str
    heading: str
    hint: str
    above: tuple[str, ...] = ()


DONE = "二、工作完成情况"
PLANNING, POLICY = (DONE, "（一）行业规划"), (DONE, "（二）产业政策")
# 高青县工信局《安全生产大检查工作方案》附件1：XX科室X月份安全生产工作开展情况（模板）
PROGRESS = (
    Section("plan", "一、工作开展计划", "根据XXXX文件要求，组织开展XX行动，计划对XX开展工作，预计取得XX效果"),
    Section(
        "planning_above", "1、上级部门发文情况，以及开展形式", "例如“十四五”民用爆炸物品行业安全发展规划等", PLANNING
    ),
    Section("planning_own", "2、我局制定相关文件，以及开展形式", "", PLANNING),
    Section("policy_above", "1、上级部门发文情况，以及开展形式", "例如“技改专项贷”“设备购置补助”等政策", POLICY),
    Section("policy_own", "2、我局制定产业政策文件情况，以及开展形式", "", POLICY),
    Section("standards", "（三）法规标准", "组织行业企业开展多种形式学习法规标准情况", (DONE,)),
    Section("other", "（四）其他工作开展情况", "安全检查、领导调研、安全宣传、安全培训等工作", (DONE,)),
    Section(
        "next",
        "三、下个月工作计划",
        "根据上级文件要求或工作安排，拟开展XX行动、参加XX调研、组织开展安全培训、安全宣传等工作",
    ),
)
TEMPLATES: dict[str, tuple[Section, ...]] = {"progress": PROGRESS}
NOTHING = "本月无。"


def sections_of(form: str) -> tuple[Section, ...]:
    """Of a deliverable's form: text:progress; () for plain text."""
    kind, _, name = form.partition(":")
    return TEMPLATES.get(name, ()) if kind == "text" else ()


def lines(sections: tuple[Section, ...], content: Mapping[str, str]) -> list[tuple[int, str]]:
    """(level, text) from top to bottom: headings by depth from 1, what was written at 0; empty ones say 本月无。"""
    found: list[tuple[int, str]] = []
    open_headings: tuple[str, ...] = ()
    for section in sections:
        for depth, heading in enumerate(section.above, 1):
            if open_headings[:depth] != section.above[:depth]:
                found.append((depth, heading))
        open_headings = section.above
        found.append((len(section.above) + 1, section.heading))
        written = content.get(section.code, "").strip() or NOTHING
        found += [(0, paragraph) for paragraph in written.splitlines() if paragraph.strip()]
    return found


def as_text(sections: tuple[Section, ...], content: Mapping[str, str]) -> str:
    """One text, as it is kept beside the sections: for reading, comparing and searching."""
    return "\n".join(line for _, line in lines(sections, content))
