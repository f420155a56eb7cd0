"""Whatever stands in the cells: every row is accounted for, and what passes the checks the database takes."""

from datetime import date, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.actions.batches import Asked
from documents.models import ImportBatch
from hazards.models import Hazard
from inspections.imports import IMPORTERS
from inspections.models import EnforcementAction, Flag, Visit
from inspections.tests.sheets import CODE, OTHER_CODE, SYSTEM, sheet
from lib.excel import ERROR, read_table
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

WORDS = st.text(
    alphabet="企业检查组号1２0年月日.-/：:（）()〔〕【】 \u3000\n\t是否√×万元人%=+@'\"<>&\u200b😀", max_size=70
)
NUMBERS = st.one_of(st.integers(-10, 10**12), st.floats(allow_nan=False, allow_infinity=False, width=32))
DAYS = st.one_of(st.dates(date(1980, 1, 1), date(2110, 1, 1)), st.datetimes(datetime(1980, 1, 1), datetime(2110, 1, 1)))  # noqa: DTZ001
ODD = st.one_of(st.none(), st.booleans(), WORDS, NUMBERS, DAYS)


def mostly(*sound):
    """A sound value nine times of ten."""
    return st.integers(0, 9).flatmap(lambda turn: ODD if turn == 0 else st.sampled_from(sound))


VISITS = {
    "检查日期": mostly("2023.06.06", date(2023, 6, 7), 45083, "2023-6-1 12:30"),
    "检查单位": mostly("荣成市应急管理局", " 荣成市 应急管理局"),
    "检查组编号": mostly("1组", "２组", "第3组", 4),
    "执法人员（人）": mostly(4, "4", None),
    "专家（人）": mostly(0, 1, None),
    "检查方式": mostly("执法检查", "驻点", None),
    "统一社会信用代码": mostly(CODE, OTHER_CODE, CODE.lower()),
    "企业全称": mostly(None, "荣成海源食品有限公司"),
    Flag.NO_DRILL.label: mostly("是", "√", None, 0),
    Flag.MEASURES_NOT_APPLIED.label: mostly(True, "否", None),
}
ACTIONS = {
    "日期": mostly("2023.06.06", date(2023, 7, 7), 45083),
    "实施单位": mostly("荣成市应急管理局"),
    "统一社会信用代码": mostly(CODE, OTHER_CODE),
    "企业全称": mostly(None, "荣成别家食品有限公司"),
    "类型": mostly(*EnforcementAction.Kind.labels, "行政处罚", "行政处罚"),
    "对象": mostly("企业", "主要负责人", None),
    "案号": mostly("威应急罚〔2023〕1号", "威应急罚(2023)1号", "2号", None, 3),
    "罚款（万元）": mostly(1.5, "12,345.67", 0, None),
    "人数": mostly(1, 0, None),
    "是否危险作业罪案例": mostly("是", None),
    "对象地区/部门": mostly("文登区", None),
}

ENTERPRISES = {
    "企业全称": mostly("荣成海源食品有限公司", "新厂"),
    "统一社会信用代码": mostly(CODE, "91371082MA3MWA2002", "91371083MA30001331"),
    "区市": mostly("荣成市", "荣成"),
    "镇街": mostly(None, "港西镇"),
    "行业": mostly("轻工", "轻工行业"),
    "领域": mostly(None, "涉氨制冷", "涉氨制冷、有限空间"),
    "分级": mostly("A", "B级", None),
    "从业人员数": mostly(120, "1 200", None),
    "经营状态": mostly("正常", "停产停建无人作业", None),
    "主要负责人": mostly("王五", None),
    "主要负责人手机": mostly(13800000000, "0631-5200000", None),
    "液氨储量（吨）": mostly(10, "9.5吨", None),
    "涉粉作业人数": mostly(30, None),
    "国有企业": mostly("是", None),
}
HAZARDS = {
    "企业全称": mostly("荣成海源食品有限公司"),
    "统一社会信用代码": mostly(CODE, OTHER_CODE),
    "领域": mostly("涉氨制冷", None),
    "重大事故隐患描述": mostly("快速冻结装置未设置在单独的作业间内。"),
    "判定依据": mostly("《工贸企业重大事故隐患判定标准》第十二条第（二）项", None),
    "发现时间": mostly("2023.06.06", 45083),
    "发现方式": mostly("自查", "部门检查", "企业自查"),
    "现场处置措施": mostly("立即停产", None),
    "挂牌督办单位": mostly("荣成市应急管理局", "威海市人民政府", None),
    "整改责任人": mostly("王五", None),
    "整改期限": mostly("立即", "7月底前", "2023.07.31", "次月10日前", None),
    "整改措施": mostly("设单独作业间", None),
    "隐患级别": mostly("重大", "一般", None),
    "挂牌时间": mostly("2023.06.10", None),
    "整改资金（万元）": mostly(2.5, None),
    "整改完成时间": mostly("2023.06.20", None),
    "复查时间": mostly("2023.06.22", None),
    "销号时间": mostly("2023.06.26", None),
}
KINDS = {
    "visits": (VISITS, Visit),
    "actions": (ACTIONS, EnforcementAction),
    "enterprises": (ENTERPRISES, None),
    "hazards": (HAZARDS, Hazard),
}


@pytest.fixture(autouse=True)
def place():
    make.enterprise(uscc=CODE)
    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    make.unit("荣成市应急管理局")


def brought_in(kind, rows, model):
    """(rows read, errors by row, rows written); nothing stays."""
    importer = IMPORTERS[kind]
    with transaction.atomic():
        table = read_table(sheet(*rows), importer.columns())
        asked = Asked(SYSTEM, None, history=True)
        found = importer.check(table, asked) if table.rows else []
        written = 0
        if table.is_valid and table.rows:
            batch = ImportBatch.objects.create(kind=kind, state="applied", name="表.xlsx", sha256="0" * 64, by="x")
            importer.write(found, asked, batch)
            written = model.objects.count() if model else len(table.rows)
        transaction.set_rollback(True)
    return len(table.rows), [one for one in table.errors if one.severity == ERROR], written


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_passes_the_checks_the_database_takes(kind, data):
    columns, model = KINDS[kind]
    rows = data.draw(st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=5))

    read, errors, written = brought_in(kind, rows, model)

    assert read <= len(rows)
    assert written == (0 if errors else read)
    for error in errors:
        assert 1 <= error.row <= len(rows) + 1
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error.message)
