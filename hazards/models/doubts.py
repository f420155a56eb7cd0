"""What does not add up in the ledger: questions asked of stored rows, imported history above all.

`doubts(rows, day)` is what `check_house` prints: title, what to do about it, and the rows to mend.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from hazards.models.standards import StandardClause


class DoubtfulQuerySet(models.QuerySet):
    """The adjectives of hazards that somebody should look at."""

    def judged(self):
        """Majors that count: dismissed ones are out of every table."""
        return self.filter(level="major").exclude(state="dismissed")

    def judged_out_of_force(self):
        """Major, by a standard not in force on the day it was found."""
        return self.judged().filter(
            Q(found_on__lt=F("standard__valid_from")) | Q(found_on__gt=F("standard__valid_to")),
        )

    def without_clause(self):
        """Major and past 已登记, and no clause to show for it."""
        return self.judged().filter(clause="").exclude(state="registered")

    def with_unknown_clause(self):
        """The clause stands in none of those the standard is stored with."""
        clauses = StandardClause.objects.filter(standard=OuterRef("standard"))
        return (
            self.judged().exclude(clause="").filter(Exists(clauses), ~Exists(clauses.filter(number=OuterRef("clause"))))
        )

    def closed_before_found(self):
        return self.filter(closed_on__lt=F("found_on"))

    def closed_before_rectified(self):
        return self.filter(closed_on__lt=F("rectified_on"))

    def left_behind(self):
        """Open, and not handled where the firm stands today: handing over follows a move at once."""
        return self.exclude(state__in=("closed", "dismissed")).exclude(handled_in=F("enterprise__area"))

    def in_no_row(self):
        """Of an area that counts in no row of its line's tables."""
        return self.filter(reporting_area__isnull=True).exclude(state="dismissed")


@dataclass(frozen=True)
class Doubt:
    title: str
    advice: str
    rows: Callable


DOUBTS = (
    Doubt(
        "判定标准在发现时间不在有效期内",
        "核对发现时间，或改选当时有效的判定标准",
        lambda rows, day: rows.judged_out_of_force(),
    ),
    Doubt("缺少判定依据条款", "补填判定标准和条款", lambda rows, day: rows.without_clause()),
    Doubt("判定依据条款不在标准之内", "按标准原文更正条款", lambda rows, day: rows.with_unknown_clause()),
    Doubt("销号时间早于发现时间", "核对发现时间和销号时间", lambda rows, day: rows.closed_before_found()),
    Doubt("销号时间早于整改完成时间", "核对整改完成时间和销号时间", lambda rows, day: rows.closed_before_rectified()),
    Doubt("整改期限已过仍未销号", "督促企业整改，或依法调整期限", lambda rows, day: rows.overdue_on(day)),
    Doubt(
        "未办结隐患的办理区域不是企业所在区市",
        "企业已迁址的在企业信息中办理迁址，未迁址的移交回企业所在区市",
        lambda rows, day: rows.left_behind(),
    ),
    Doubt("所在区划不计入任何统计行", "在统计口径中为该区划设置计入区域", lambda rows, day: rows.in_no_row()),
)


def doubts(rows, day):
    """(doubt, its rows as a QuerySet) for every doubt; whether a QuerySet is empty the caller asks."""
    return [(doubt, doubt.rows(rows, day)) for doubt in DOUBTS]
