"""Enterprises by workbook: what each cell may say, what is asked beyond, what is written."""

from decimal import Decimal

import pytest

from lib import registry
from lib.actor import Actor
from lib.excel import ERROR, WARNING, read_table
from lib.tests.workbooks import workbook
from organizations.actions import enterprises
from organizations.imports.enterprises import check, columns
from organizations.imports.names import DOUBT
from organizations.models import Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("import_rows")
HEADER = ["企业全称", "统一社会信用代码", "区市", "行业"]
# 91371002MA3ABCDE1L and 91371083MA30001330 are the vectors of domain-facts §6, computed by GB 32100-2015.
CODE, OTHER_CODE = "91371002MA3ABCDE1L", "91371083MA30001330"


@pytest.fixture(autouse=True)
def places():
    make.county("荣成市")
    make.county("乳山市")
    make.sector("轻工")
    make.sector("冶金")
    make.feature("涉氨制冷")
    make.feature("粉尘涉爆")


@pytest.fixture
def told():
    """What is said of moves: who, by whom, why, and where they stand by then."""
    heard = []

    def listen(enterprises, *, by, reason):
        places = Enterprise.objects.filter(pk__in=enterprises).values_list("area__name", flat=True)
        heard.append((set(enterprises), by, reason, list(places)))

    registry.moved.register(listen)
    yield heard
    registry.moved._listeners.remove(listen)


def row(**cells):
    """A sound row; named cells replace or add to it."""
    return {"企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "区市": "荣成市", "行业": "轻工"} | cells


def read(*rows, by=SYSTEM):
    header = list(dict.fromkeys(name for one in rows for name in one))
    content = workbook([header, *([one.get(name) for name in header] for one in rows)])
    table = read_table(content, columns())
    return table, check(table, by=by)


def problems(*rows, by=SYSTEM):
    table, _ = read(*rows, by=by)
    return [(one.severity, str(one)) for one in table.worst_first()]


def imported(*rows):
    table, values = read(*rows)
    assert table.is_valid, [str(one) for one in table.errors]
    return enterprises.upsert(values, by=SYSTEM)


def test_columns_say_everything_of_an_enterprise():
    imported(
        row(
            镇街="石岛街道", 领域="涉氨制冷、粉尘涉爆", 分级="C级", 从业人员数="1,200", 经营状态="停产停建有人作业",
            主要负责人="张三", 主要负责人手机="138 0000 0000", 安全总监="李四", 安全总监手机=13900000000,
            地址="荣成市黄海路1号", 国有企业="是", 重大危险源="否", 劳务派遣="√", 特种作业=None, 涉粉作业人数=12,
        )
        | {"液氨储量（吨）": "12.5吨"}
    )  # fmt: skip

    one = Enterprise.objects.get()
    assert (one.name, one.uscc, one.area.name, one.sector.name) == ("荣成海源食品有限公司", CODE, "荣成市", "轻工")
    assert (one.town, one.feature_names, one.grade, one.employees) == ("石岛街道", ["涉氨制冷", "粉尘涉爆"], "C", 1200)
    assert (one.status, one.head, one.head_mobile) == ("stopped_manned", "张三", "13800000000")
    assert (one.director, one.director_mobile, one.address) == ("李四", "13900000000", "荣成市黄海路1号")
    assert (one.ammonia_tonnes, one.dust_workers) == (Decimal("12.50"), 12)
    assert (one.state_owned, one.major_hazard_source) == (True, False)
    assert (one.dispatched_labour, one.special_operations) == (True, None)


def test_new_enterprise_has_defaults_where_the_row_is_silent():
    imported(row())

    one = Enterprise.objects.get()
    assert (one.town, one.feature_names, one.grade, one.status) == ("", [], "", "producing")
    assert (one.employees, one.ammonia_tonnes, one.state_owned) == (None, None, None)
    assert one.created_at is not None


def test_headers_and_cells_are_understood_as_clerks_write_them():
    counts = imported(
        {
            "所属行业 *": "轻工行业",
            "企业名称": "荣成海源食品有限公司",
            "信用代码": "９１３７１００２ｍａ3ＡＢＣＤＥ１Ｌ",
            "县（市、区）": "荣成",
        }
    )

    assert counts == (1, 0)
    assert Enterprise.objects.get().uscc == CODE


def test_sample_and_total_rows_are_left_out():
    table, values = read({"序号": "示例", **row()}, {"序号": 1, **row()}, {"序号": "合计"})

    assert len(values) == 1
    assert [reason for _, reason in table.skipped] == ["示例", "合计"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"统一社会信用代码": CODE[:17]}, "第2行“统一社会信用代码”应为18位，现为17位"),
        ({"统一社会信用代码": None}, "第2行“统一社会信用代码”必填，现为空"),
        ({"企业全称": " "}, "第2行“企业全称”必填，现为空"),
        ({"区市": "青岛市"}, "第2行“区市”应为“乳山市”或“荣成市”，现为“青岛市”"),
        ({"行业": "渔业"}, "第2行“行业”应为“冶金”或“轻工”，现为“渔业”"),
        ({"分级": "E"}, "第2行“分级”应为“A”、“B”、“C”或“D”，现为“E”"),
        ({"从业人员数": "约30人"}, "第2行“从业人员数”应为不小于0的整数，现为“约30人”"),
        ({"主要负责人手机": "1380000"}, "第2行“主要负责人手机”应为11位手机号，现为7位"),
        ({"国有企业": "也许"}, "第2行“国有企业”应填“是”或“否”，空着表示否，现为“也许”"),
        ({"领域": "粉尘涉暴"}, "第2行“领域”没有“粉尘涉暴”这一领域，是否为“粉尘涉爆”"),
    ],
)  # fmt: skip
def test_wrong_cell_is_an_error_with_its_place(cells, message):
    found = problems(row(**cells))

    assert len(found) == 1
    assert found[0][0] == ERROR
    # Choices come in the order of the database's rows; compare what is said, not the order of the choices.
    assert sorted(found[0][1]) == sorted(message)


def test_check_digit_is_a_doubt_to_be_confirmed():
    assert problems(row(统一社会信用代码="91371002MA3ABCDE12")) == [
        (DOUBT, "第2行“统一社会信用代码”校验位应为“L”，现为“2”，请对照营业执照核对")
    ]


def test_same_code_twice_is_an_error():
    assert problems(row(), row(企业全称="别家")) == [(ERROR, "第3行“统一社会信用代码”与第2行重复，同一企业只能有一行")]


def test_unknown_feature_far_from_any_is_kept_and_told():
    table, values = read(row(领域="海上作业"))

    assert [str(one) for one in table.errors] == ["第2行“领域”没有“海上作业”这一领域，将按原文保存，不产生相应要求"]
    assert values[0]["feature_names"] == ["海上作业"]


def test_feature_alias_becomes_its_name():
    feature = make.feature("深井铸造")
    feature.aliases = "铝镁深井铸造、深井浇铸"
    feature.save()

    _, values = read(row(领域="深井浇铸、深井铸造"))

    assert values[0]["feature_names"] == ["深井铸造"]


def test_missing_required_column_is_an_error():
    table = read_table(workbook([["企业全称", "区市", "行业"], ["甲", "荣成市", "轻工"]]), columns())

    assert [str(one) for one in table.errors] == ["第1行“统一社会信用代码”这一列没有找到，请在表头行补上，或使用模板"]


def test_new_code_under_a_known_name_is_told():
    make.enterprise("荣成海源食品有限公司", uscc=OTHER_CODE)

    assert problems(row()) == [(WARNING, f"第2行“企业全称”平台中已有同名企业，代码为{OTHER_CODE}，请核对是否同一家")]


def test_same_new_name_twice_in_the_file_is_told():
    assert problems(row(), row(统一社会信用代码=OTHER_CODE)) == [
        (WARNING, f"第3行“企业全称”平台中已有同名企业，代码为{CODE}，请核对是否同一家")
    ]


def test_update_by_code_keeps_what_the_row_leaves_blank():
    make.enterprise("旧名", uscc=CODE, head="张三", grade="B", employees=30, feature_names=["涉氨制冷"])

    counts = imported(row(分级=None, 从业人员数=45, 主要负责人="王五"))

    one = Enterprise.objects.get()
    assert counts == (0, 1)
    assert (one.name, one.grade, one.employees, one.head) == ("荣成海源食品有限公司", "B", 45, "王五")
    assert one.feature_names == ["涉氨制冷"]


def test_rename_is_told():
    make.enterprise("旧名", uscc=CODE)

    assert problems(row()) == [(WARNING, "第2行“企业全称”将由“旧名”更名为“荣成海源食品有限公司”")]


def test_row_that_changes_nothing_writes_no_version():
    imported(row(分级="B"))
    versions = Enterprise.pgh_event_model.objects.count()

    assert imported(row(分级="B")) == (0, 0)
    assert Enterprise.pgh_event_model.objects.count() == versions


def test_every_change_leaves_one_version():
    imported(row(), row(企业全称="乳山新生冶金有限公司", 统一社会信用代码=OTHER_CODE, 区市="乳山市", 行业="冶金"))
    imported(row(分级="C"))

    versions = Enterprise.pgh_event_model.objects.values_list("pgh_label", "uscc", "grade")
    assert sorted(versions) == [("insert", CODE, ""), ("insert", OTHER_CODE, ""), ("update", CODE, "C")]


def test_search_grams_follow_the_name():
    imported(row())
    imported(row(企业全称="荣成新源食品有限公司"))

    assert "新源" in Enterprise.objects.get().grams
    assert "海源" not in Enterprise.objects.get().grams


@pytest.mark.parametrize(
    "name", ['引"号,逗号\\反斜杠', "{花括号}", "NULL", "行1\n行2", "单'引号; DROP TABLE x; --", "\\N", "\\."]
)
def test_any_text_arrives_as_it_is(name):
    imported(row(企业全称=name, 地址=name, 领域="涉氨制冷"))

    one = Enterprise.objects.get()
    assert (one.name, one.address) == (name, name)


def test_upsert_takes_few_statements_whatever_the_number(django_assert_num_queries):
    make.enterprise(uscc=CODE)
    rows = [
        {"uscc": f"91371082MA{i:08}", "name": f"第{i}家", "area_id": make.county().pk, "sector_id": make.sector().pk}
        for i in range(300)
    ]

    with django_assert_num_queries(10):  # savepoint, lock, create, copy, analyse, moving, update, insert, drop, release
        assert enterprises.upsert(rows, by=SYSTEM) == (300, 0)


def test_row_that_moves_a_firm_says_so_before_it_is_read_in():
    make.enterprise(uscc=CODE)

    assert problems(row(区市="乳山市")) == [
        (WARNING, "第2行“区市”将由“荣成市”迁至“乳山市”，未办结的隐患和应报任务随之移交")
    ]
    assert problems(row()) == []


def test_upsert_tells_once_of_all_that_moved_and_of_nobody_else(told):
    """A new firm and one that stays have not moved; one whose row is otherwise unchanged has."""
    moving = [make.enterprise(f"第{i}家", uscc=code) for i, code in enumerate((CODE, OTHER_CODE))]
    staying = make.enterprise("第三家")
    there = make.county("乳山市")
    rows = [{"uscc": one.uscc, "name": one.name, "area_id": there.pk, "sector_id": one.sector_id} for one in moving]
    rows.append({"uscc": staying.uscc, "name": "改名", "area_id": staying.area_id, "sector_id": staying.sector_id})
    rows.append({"uscc": make.uscc(), "name": "新来", "area_id": there.pk, "sector_id": staying.sector_id})

    assert enterprises.upsert(rows, by=SYSTEM) == (1, 3)

    assert told == [({one.pk for one in moving}, SYSTEM, "企业名录更新了所在区市", [there.name] * 2)]


def test_upsert_without_a_move_tells_nobody(told):
    imported(row())
    imported(row(企业全称="荣成新海源食品有限公司"))

    assert told == []


def test_clerk_imports_within_his_area_and_sectors():
    clerk = make.actor(make.unit())

    assert problems(row(), by=clerk) == []
    assert problems(row(区市="乳山市"), by=clerk) == [
        (ERROR, "第2行“区市”该区市和行业不在本单位管辖范围，请核对或交由管辖单位导入")
    ]
    assert problems(row(行业="冶金"), by=clerk) == [
        (ERROR, "第2行“区市”该区市和行业不在本单位管辖范围，请核对或交由管辖单位导入")
    ]


def test_clerk_cannot_draw_an_enterprise_of_another_area_to_himself():
    make.enterprise("乳山新生食品有限公司", uscc=CODE, in_area=make.county("乳山市"))

    found = problems(row(), by=make.actor(make.unit()))

    assert (
        ERROR,
        "第2行“统一社会信用代码”该企业已由其他地区或行业登记，不在本单位管辖范围，请联系上级单位调整",
    ) in found
