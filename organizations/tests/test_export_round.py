"""What is exported can be read back in and changes nothing (design §5): the export speaks the import's language."""

from decimal import Decimal
from io import BytesIO

import pytest

from lib.actor import Actor
from lib.excel import read_table, write_tables
from organizations import exports
from organizations.actions import enterprises
from organizations.imports.enterprises import check, columns
from organizations.models import Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("import_rows")
# The vectors of domain-facts §6.
CODES = ("91371002MA3ABCDE1L", "91371083MA30001330")


def firm(name="荣成海源食品有限公司", **fields):
    """With what the search finds it by, as every way of making one keeps it."""
    return make.enterprise(name, grams=enterprises.grams_of(name), **fields)


def exported(rows=None):
    book = BytesIO()
    every = Enterprise.objects.order_by("name", "id") if rows is None else rows
    write_tables(book, [exports.enterprise_sheet(every, right="2023年6月28日")])
    return book.getvalue()


def read_back(content):
    """(created, updated) of importing the exported workbook as it is."""
    table = read_table(content, columns())
    values = check(table, by=SYSTEM)
    assert table.is_valid, [str(one) for one in table.errors]
    return enterprises.upsert(values, by=SYSTEM)


FULL = {
    "town": "石岛街道",
    "feature_names": ["涉氨制冷", "粉尘涉爆"],
    "grade": "C",
    "employees": 1200,
    "status": "stopped_manned",
    "head": "张三",
    "head_mobile": "13800000000",
    "director": "李四",
    "director_mobile": "0631-5201067",
    "address": "荣成市黄海路1号",
    "ammonia_tonnes": Decimal("12.50"),
    "dust_workers": 12,
    "state_owned": True,
    "major_hazard_source": False,
    "dispatched_labour": True,
    "special_operations": False,
}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        FULL,
        *({name: value} for name, value in FULL.items() if name != "feature_names"),
        {"employees": 0, "dust_workers": 0, "ammonia_tonnes": Decimal("0.00")},
        {"ammonia_tonnes": Decimal("0.01")},
        {"ammonia_tonnes": Decimal("99999999.99")},
        {"employees": 999_999_999},
        *({"status": status} for status in Enterprise.Status.values),
        {"address": "=1+1"},
        {"address": "+86路-3号@西"},
        {"address": "-甲区"},
        {"address": "@乙"},
        {"address": "'撇号开头"},
        {"head": "=cmd|' /C calc'!A0"},
        {"address": '引"号,逗号\t制表'},
        {"address": "两\n行"},
        {"town": "007"},
        {"address": "1e5"},
        {"address": "2023-06-06"},
        {"head": "是"},
    ],
    ids=str,
)
def test_exported_firm_comes_back_as_it_was(fields):
    for name in ("涉氨制冷", "粉尘涉爆"):
        make.feature(name)
    firm(uscc=CODES[0], **fields)
    versions = Enterprise.pgh_event_model.objects.count()
    assert read_back(exported()) == (0, 0)
    assert Enterprise.pgh_event_model.objects.count() == versions


def test_firm_of_the_export_is_made_anew_from_it_elsewhere():
    """From one portal to another: every column arrives."""
    for name in ("涉氨制冷", "粉尘涉爆"):
        make.feature(name)
    made = firm(uscc=CODES[0], **FULL)
    content = exported()
    fields = [field for field in exports.FIELDS if "__" not in field]
    before = Enterprise.objects.filter(pk=made.pk).values(*fields, "area", "sector").get()
    made.delete()
    assert read_back(content) == (1, 0)
    assert Enterprise.objects.values(*fields, "area", "sector").get() == before


def test_only_what_was_changed_in_the_workbook_changes():
    firm("甲", uscc=CODES[0], employees=10)
    firm("乙", uscc=CODES[1], employees=10)
    content = exported()
    Enterprise.objects.filter(uscc=CODES[0]).update(employees=11)
    assert read_back(content) == (0, 1)


def test_export_of_nobody_has_its_headings_and_no_row():
    table = read_table(exported(Enterprise.objects.none()), columns())
    assert table.rows == []
    assert [column.name for column in columns() if not table.has(column.name)] == []
