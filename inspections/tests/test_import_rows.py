"""manage.py import_rows: the whole way of a file, and what becomes of files that should not be read."""

import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from campaigns.models import Campaign
from documents.models import ImportBatch
from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests.sheets import run, sheet
from lib.excel.mark import EXPLANATION
from lib.tests.workbooks import values, with_parts, workbook
from organizations.models import AuditEntry, Enterprise
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent / "data"
CODE = "91371002MA3ABCDE1L"


@pytest.fixture
def place():
    make.county("荣成市")
    make.sector("轻工")


def row(**cells):
    return {"企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "区市": "荣成市", "行业": "轻工"} | cells


def test_acceptance_month_is_read_in_whole():
    """The scenario of the acceptance: figures counted in its workbooks by hand (40, 160, 110, 106 rows)."""
    call_command("load_official", stdout=StringIO())

    codes = [run("enterprises", DATA / "enterprises.xlsx")[0]]
    codes += [run(kind, DATA / f"{kind}.xlsx", campaign="trade-2023")[0] for kind in ("hazards", "visits", "actions")]

    assert codes == [0, 0, 0, 0]
    assert Enterprise.objects.count() == 40
    assert (Hazard.objects.count(), Hazard.objects.filter(level="major").count()) == (160, 111)
    assert (Closing.objects.count(), Hazard.objects.filter(state="closed").count()) == (104, 104)
    assert (SupervisionListing.objects.count(), SupervisionListing.objects.filter(level="government").count()) == (
        31,
        15,
    )
    assert SupervisionListing.objects.filter(unit__name="威海市应急管理局").count() == 16
    assert (Visit.objects.count(), Trip.objects.count()) == (110, 48)
    assert (EnforcementAction.objects.count(), PenaltyCase.objects.count()) == (106, 29)
    assert PenaltyCase.objects.filter(both_on__isnull=False).count() == 16
    assert EnforcementAction.objects.filter(campaign__code="trade-2023", enterprise=None).count() == 11
    assert Hazard.objects.filter(standard=None).count() == 0


def test_new_rows_are_written_with_one_batch_and_one_audit_row(place, given):
    code, said = run("enterprises", given(sheet(row(), row(企业全称="别家", 统一社会信用代码="91371083MA30001330"))))

    assert (code, said) == (0, ["企业：共2行，新增2，更新0"])
    batch = ImportBatch.objects.get()
    assert (batch.kind, batch.state, batch.rows, batch.created, batch.updated) == ("enterprises", "applied", 2, 2, 0)
    assert (batch.name, batch.by) == ("检查.xlsx", "系统（import_rows）")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_id, entry.detail["written"]) == (
        "import.apply",
        str(batch.pk),
        {"rows": 2, "created": 2, "updated": 0},
    )


def test_one_wrong_row_leaves_everything_unwritten(place, given):
    code, said = run("enterprises", given(sheet(row(), row(企业全称="别家", 统一社会信用代码=CODE[:17]))))

    assert code == 1
    assert said == ["错误 第3行“统一社会信用代码”应为18位，现为17位", "有1处错误，未写入任何数据，请更正后重新导入"]
    assert not Enterprise.objects.exists()
    assert not ImportBatch.objects.exists()
    assert not AuditEntry.objects.exists()


def test_same_words_of_many_rows_are_said_once(place, given):
    _, said = run("enterprises", given(sheet(*[row(区市="青岛市") for _ in range(15)])))

    assert said[0].endswith("（第2行、第3行、第4行、第5行、第6行、第7行、第8行、第9行、第10行、第11行等15行）")


def test_dry_run_checks_everything_and_writes_nothing(place, given):
    path = given(sheet(row()))

    assert run("enterprises", path, dry_run=True) == (0, ["企业：共1行，检查通过；试运行，未写入任何数据"])
    assert not Enterprise.objects.exists()
    assert not ImportBatch.objects.exists()
    assert run("enterprises", given(sheet(row(行业="渔业"))), dry_run=True)[0] == 1


def test_errors_go_into_the_senders_own_workbook(place, given, tmp_path):
    out = tmp_path / "错误.xlsx"

    run("enterprises", given(sheet(row(), row(统一社会信用代码=CODE[:17]))), errors=out)

    marked = values(out.read_bytes())
    assert marked[0] == ["企业全称", "统一社会信用代码", "区市", "行业", EXPLANATION]
    assert marked[1] == ["荣成海源食品有限公司", CODE, "荣成市", "轻工", None]
    assert marked[2][4] == "“统一社会信用代码”应为18位，现为17位"


def test_check_digit_is_refused_until_accepted(place, given):
    path = given(sheet(row(统一社会信用代码="91371002MA3ABCDE12")))

    code, said = run("enterprises", path)
    assert (code, said[0]) == (1, "错误 第2行“统一社会信用代码”校验位应为“L”，现为“2”，请对照营业执照核对")
    assert "确认导入" in said[-1]

    assert run("enterprises", path, accept_check_digit=True) == (
        0,
        ["提示 第2行“统一社会信用代码”校验位应为“L”，现为“2”，请对照营业执照核对", "企业：共1行，新增1，更新0"],
    )


def test_wrong_shape_is_refused_even_so(place, given):
    path = given(sheet(row(统一社会信用代码="91371002MA3ABCDEIL")))

    assert run("enterprises", path, accept_check_digit=True)[0] == 1


def test_same_file_is_refused_unless_confirmed(place, given):
    path = given(sheet(row()))
    run("enterprises", path)

    code, said = run("enterprises", path)
    assert code == 1
    assert said[0].startswith("同一文件已于") and said[0].endswith("再次导入须确认")

    assert run("enterprises", path, again=True) == (0, ["企业：共1行，新增0，更新0"])
    assert ImportBatch.objects.count() == 2


def test_same_file_that_failed_is_not_remembered(given):
    path = given(sheet(row()))
    assert run("enterprises", path)[0] == 1

    make.county("荣成市")
    make.sector("轻工")

    assert run("enterprises", path)[0] == 0


def test_warnings_do_not_hold_a_file_up(place, given):
    make.enterprise(uscc=CODE)
    hazard = {
        "企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "隐患描述": "甲", "发现时间": "2023.06.06",
        "发现方式": "自查",
    }  # fmt: skip

    code, said = run("hazards", given(sheet(hazard)))

    assert code == 0
    assert [line.split()[0] for line in said] == ["提示", "隐患台账：共1行，新增1，更新0"]


def test_campaign_files_rows_and_tells_what_is_out_of_scope(place, given):
    make.enterprise(uscc=CODE)
    Campaign.objects.create(
        code="trade-2023", name="工贸行动", line=Line.EMERGENCY, lead_unit=make.city_bureau(), area=make.city(),
        starts_on="2023-05-01", ends_on="2023-12-31",
    )  # fmt: skip
    make.unit("荣成市应急管理局")
    visit = {"检查日期": "2023.04.06", "检查单位": "荣成市应急管理局", "检查组编号": "1组", "统一社会信用代码": CODE}

    code, said = run("visits", given(sheet(visit)), campaign="trade-2023")

    assert (code, said[0]) == (
        0,
        "提示 第2行日期不在“工贸行动”期间（2023.05.01至2023.12.31），照常导入，但不计入该行动",
    )
    assert ImportBatch.objects.get().campaign_code == "trade-2023"


def test_unknown_campaign_names_the_known_ones(place, given):
    assert run("enterprises", given(sheet(row())), campaign="x") == (
        1,
        ["没有代码为x的专项行动，现有：无，请先运行load_official"],
    )


def test_missing_file_is_said(tmp_path):
    code, said = run("enterprises", tmp_path / "没有.xlsx")

    assert (code, said[0].startswith("读不到文件")) == (1, True)


def test_header_without_rows_is_said(place, given):
    code, said = run("enterprises", given(workbook([list(row())])))

    assert (code, said[0]) == (1, "错误 第1行表头下没有数据行，请填写后再导入")


def test_table_of_another_kind_is_said(place, given):
    code, said = run("visits", given(workbook([["姓名", "电话"], ["张三", "1"]])))

    assert code == 1
    assert said[0].startswith("检查.xlsx：前10行中没有找到表头，请使用模板")


def bomb():
    """Ten megabytes of zeros in a few kilobytes, fifty times."""
    return with_parts(workbook([["a"]]), {f"xl/x{i}.bin": b"\0" * 10_000_000 for i in range(50)})


def entities():
    """A part with a document type that would read a file of the server."""
    xml = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row><c t="inlineStr"><is><t>&f;</t></is></c></row></sheetData></worksheet>'
    )
    return with_parts(workbook([["a"]]), {"xl/worksheets/sheet1.xml": xml})


def other_zip():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "文件是空的"),
        (b"a,b,c\n1,2,3", "不是Excel工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版工作簿"),
        (b"PK\x03\x04" + b"\0" * 100, "工作簿已损坏"),
        (bomb, "过大"),
        (entities, "不允许的外部引用"),
        (other_zip, "不是Excel工作簿"),
    ],
)
def test_hostile_file_is_refused_in_words(content, word, place, given):
    code, said = run("enterprises", given(content() if callable(content) else content))

    assert code == 1
    assert word in said[-1]


def test_formula_text_comes_back_as_text(place, given, tmp_path):
    """Text that a workbook would run as a formula is kept as it is and never written as one."""
    out = tmp_path / "错误.xlsx"
    content = workbook([list(row()), list(row().values())])
    hostile = with_parts(
        content,
        {
            "xl/worksheets/sheet1.xml": _inline(
                [list(row()), ['=HYPERLINK("http://x")', CODE[:17], "荣成市", "轻工"]],
            )
        },
    )

    run("enterprises", given(hostile), errors=out)

    with zipfile.ZipFile(out) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def _inline(rows):
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{_escaped(text)}</t></is></c>' for text in one) + "</row>"
        for one in rows
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
