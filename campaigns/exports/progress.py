"""Form 4: a month's progress by template, as Word in the layout of an office's report."""

from __future__ import annotations

from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.shared import Pt

from campaigns.exports.paper import HEADING, TEXT, TWO_CHARACTERS, add, lay_out
from campaigns.models import Submission
from campaigns.templates import lines, sections_of
from lib import periods

# By the depth of the heading: 一、 in 黑体, （一） in 楷体, the rest as the text.
FONTS = {1: "黑体", 2: "楷体_GB2312"}


def progress_title(submission: Submission) -> str:
    """XX科室X月份安全生产工作开展情况"""
    owed = submission.obligation
    month = "" if owed.period == periods.ONCE_KEY else f"{periods.parse(owed.period).first.month}月份"
    return f"{owed.respondent.label}{month}安全生产工作开展情况"


def progress_word(submission: Submission) -> bytes:
    """The version as .docx: title, then every heading of the template with what was written under it."""
    file = Document()
    lay_out(file)
    add(file, progress_title(submission), font=HEADING, size=Pt(22), align=Align.CENTER, spacing=Pt(32))
    add(file, "")
    for level, text in lines(sections_of(submission.obligation.deliverable.form), submission.content):
        add(file, text, font=FONTS.get(level, TEXT), indent=TWO_CHARACTERS)
    target = BytesIO()
    file.save(target)
    return target.getvalue()
