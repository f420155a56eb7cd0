"""A letter as a Word file in the layout of official letters (GB/T 9704-2012 10.1 信函格式).

A4; 发文机关 in red above a red line, 发文字号 at the right, title in 小标宋 2号, text in 仿宋 3号, 28 pt a line,
paragraphs begin two characters in, signature and date at the right. Fonts are named, not embedded.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from campaigns.exports.paper import HEADING, TWO_CHARACTERS, add, lay_out
from campaigns.letters import Paper

RED = RGBColor(0xFF, 0, 0)


def document(paper: Paper) -> BytesIO:
    file = Document()
    lay_out(file)
    _rule(add(file, paper.sender, font=HEADING, size=Pt(32), align=Align.CENTER, colour=RED, spacing=None))
    add(file, paper.number or "", align=Align.RIGHT)
    add(file, "")
    add(file, paper.title, font=HEADING, size=Pt(22), align=Align.CENTER, spacing=Pt(32))
    add(file, "")
    add(file, f"{paper.addressee}：")
    for paragraph in paper.paragraphs:
        add(file, paragraph, indent=TWO_CHARACTERS)
    add(file, "")
    add(file, paper.sender, align=Align.RIGHT, right=TWO_CHARACTERS)
    add(file, paper.dated or "    年  月  日", align=Align.RIGHT, right=TWO_CHARACTERS * 2)
    if paper.note:
        add(file, paper.note, indent=TWO_CHARACTERS)
    target = BytesIO()
    file.save(target)
    target.seek(0)
    return target


def _rule(paragraph: Any) -> None:
    """A red line below the paragraph: thick above, thin below."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in {"val": "thickThinSmallGap", "sz": "24", "space": "4", "color": "FF0000"}.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)
