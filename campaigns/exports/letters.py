"""A letter as a Word file in the layout of official letters (GB/T 9704-2012 10.1 信函格式).

A4; 发文机关 in red above a red line, 发文字号 at the right, title in 小标宋 2号, text in 仿宋 3号, 28 pt a line,
paragraphs begin two characters in, signature and date at the right. Fonts are named, not embedded.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from campaigns.letters import Paper

HEADING, TEXT = "方正小标宋简体", "仿宋_GB2312"
RED = RGBColor(0xFF, 0, 0)
SIZE, LINE = Pt(16), Pt(28)
TWO_CHARACTERS = Pt(32)
# 用纸页边: 天头37 mm, 订口28 mm, 版心156 × 225 mm.
MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
# What no XML can hold; text of earlier imports may carry it.
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def document(paper: Paper) -> BytesIO:
    file = Document()
    _page(file)
    _rule(_add(file, paper.sender, font=HEADING, size=Pt(32), align=Align.CENTER, colour=RED, spacing=None))
    _add(file, paper.number or "", align=Align.RIGHT)
    _add(file, "")
    _add(file, paper.title, font=HEADING, size=Pt(22), align=Align.CENTER, spacing=Pt(32))
    _add(file, "")
    _add(file, f"{paper.addressee}：")
    for paragraph in paper.paragraphs:
        _add(file, paragraph, indent=TWO_CHARACTERS)
    _add(file, "")
    _add(file, paper.sender, align=Align.RIGHT, right=TWO_CHARACTERS)
    _add(file, paper.dated or "    年  月  日", align=Align.RIGHT, right=TWO_CHARACTERS * 2)
    if paper.note:
        _add(file, paper.note, indent=TWO_CHARACTERS)
    target = BytesIO()
    file.save(target)
    target.seek(0)
    return target


def _page(file: Any) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, width in MARGINS.items():
        setattr(section, name, width)
    file.core_properties.author = file.core_properties.comments = ""


def _add(
    file: Any,
    text: str,
    *,
    font: str = TEXT,
    size: Any = SIZE,
    align: Any = None,
    indent: Any = None,
    right: Any = None,
    colour: RGBColor | None = None,
    spacing: Any = LINE,
) -> Any:
    paragraph = file.add_paragraph()
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.first_line_indent, layout.right_indent = indent, right
    if spacing:
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, spacing
    run = paragraph.add_run(UNFIT.sub("", text))
    run.font.size = size
    run.font.name = font
    # The name of the font for Chinese characters stands apart.
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    if colour:
        run.font.color.rgb = colour
    return paragraph


def _rule(paragraph: Any) -> None:
    """A red line below the paragraph: thick above, thin below."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in {"val": "thickThinSmallGap", "sz": "24", "space": "4", "color": "FF0000"}.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)
