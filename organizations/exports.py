"""Lists as tables: enterprises under the headings the import knows, so that what is exported can be read back in."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from lib.excel import Heading, TableSheet
from lib.text import joined
from organizations.models import Enterprise, Responsible

CHUNK = 2000
TITLE = "企业名录"
STATUS = dict(Enterprise.Status.choices)

COLUMNS: tuple[tuple[Heading, str], ...] = (
    (Heading("企业全称", 30, align="left"), "name"),
    (Heading("统一社会信用代码", 21), "uscc"),
    (Heading("区市", 10), "area__name"),
    (Heading("镇街", 12), "town"),
    (Heading("行业", 10), "sector__name"),
    (Heading("领域", 18, align="left"), "feature_names"),
    (Heading("分级", 6), "grade"),
    (Heading("从业人员数", 10, kind="whole", align="right"), "employees"),
    (Heading("经营状态", 14), "status"),
    (Heading("主要负责人", 10), "head"),
    (Heading("主要负责人手机", 14), "head_mobile"),
    (Heading("安全总监", 10), "director"),
    (Heading("安全总监手机", 14), "director_mobile"),
    (Heading("地址", 30, align="left"), "address"),
    (Heading("液氨储量（吨）", 10, kind="money", align="right"), "ammonia_tonnes"),
    (Heading("涉粉作业人数", 10, kind="whole", align="right"), "dust_workers"),
    (Heading("国有企业", 8), "state_owned"),
    (Heading("重大危险源", 8), "major_hazard_source"),
    (Heading("劳务派遣", 8), "dispatched_labour"),
    (Heading("特种作业", 8), "special_operations"),
)
FIELDS = [field for _, field in COLUMNS]
FEATURES, STATE = FIELDS.index("feature_names"), FIELDS.index("status")


def enterprise_sheet(enterprises: QuerySet[Enterprise], *, right: str = "") -> TableSheet:
    """The caller has passed the QuerySet through `visible_to`."""
    headings = [heading for heading, _ in COLUMNS]
    return TableSheet(headings, enterprise_rows(enterprises), TITLE, TITLE, right=right, paper="A3")


def enterprise_rows(enterprises: QuerySet[Enterprise]) -> Iterator[list[Any]]:
    """One list for each enterprise in the QuerySet's order, read from the database in pieces, memory flat."""
    for values in enterprises.values_list(*FIELDS).iterator(chunk_size=CHUNK):
        row = list(values)
        row[FEATURES], row[STATE] = joined(row[FEATURES]), STATUS[row[STATE]]
        yield row


ROSTER_COLUMNS = [
    Heading("类别", 10),
    Heading("单位", 28, align="left"),
    Heading("姓名", 12),
    Heading("职务", 18, align="left"),
    Heading("手机", 14),
    Heading("企业", 30, align="left"),
    Heading("统一社会信用代码", 21),
    Heading("任职起", 12),
    Heading("任职止", 12),
]


def roster_rows(rows: QuerySet[Responsible]) -> Iterator[list[Any]]:
    """The caller has passed the QuerySet through `visible_to`; days as 2023-06-10."""
    for row in rows.iterator(chunk_size=CHUNK):
        firm = [row.enterprise.name, row.enterprise.uscc] if row.enterprise else ["", ""]
        days = [day.isoformat() if day else "" for day in (row.starts_on, row.ended_on)]
        yield [row.get_kind_display(), row.unit.name, row.name, row.post, row.mobile, *firm, *days]
