"""The paper of the office in Word: A4 with the margins, types and line spacing of GB/T 9704-2012; fonts are named."""

from __future__ import annotations

import re
from typing import Any

from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

HEADING, TEXT = "方正小标宋简体", "仿宋_GB2312"
SIZE, LINE = Pt(16), Pt(28)
TWO_CHARACTERS = Pt(32)
# 用纸页边: 天头37 mm, 订口28 mm, 版心156 × 225 mm.
MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
# What no XML can hold; text of earlier imports may carry it.
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def lay_out(file: Any) -> None:
    """A4 and its margins; nothing of who made the file."""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, width in MARGINS.items():
        setattr(section, name, width)
    file.core_properties.author = file.core_properties.comments = ""


def add(
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
    """One paragraph at the end of the file."""
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
