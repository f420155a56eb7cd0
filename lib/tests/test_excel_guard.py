import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.excel import LIMITS, Limits, WorkbookError, checked, read_rows
from lib.excel.read import readable
from lib.tests.workbooks import with_parts, with_sheet_xml, workbook

ONE_CELL = [["企业全称"]]
SHEET = "xl/worksheets/sheet1.xml"


def problem(data, limits=LIMITS):
    with pytest.raises(WorkbookError) as caught:
        checked(data, limits)
    return str(caught.value)


def cell(place, row):
    return f'<row r="{row}"><c r="{place}{row}"><v>1</v></c></row>'


def test_ordinary_workbook_passes_unchanged():
    data = workbook(ONE_CELL)

    assert checked(data) == data


def test_workbook_may_come_as_path_or_file(tmp_path):
    data = workbook(ONE_CELL)
    path = tmp_path / "企业.xlsx"
    path.write_bytes(data)

    assert checked(path) == checked(str(path)) == checked(BytesIO(data)) == data


def test_too_large_a_file_is_refused_before_it_is_read_whole():
    class Endless(BytesIO):
        def read(self, size=-1):
            assert 0 < size <= LIMITS.size + 1
            return b"P" * size

    assert problem(Endless()) == "文件超过30MB，请按区市或月份拆分后分别上传"


def test_empty_file():
    assert problem(b"") == "文件是空的，请重新选择工作簿"


@pytest.mark.parametrize("data", [b"name,code\n1,2\n", b"<html><table></table></html>", b"\x89PNG\r\n", b"PK"])
def test_other_files_are_no_workbooks(data):
    assert problem(data) == "不是Excel工作簿（.xlsx），请用Excel或WPS打开后另存为 .xlsx 再上传"


def test_old_workbook_is_told_from_a_locked_one():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)

    assert problem(ole) == "是旧版工作簿（.xls），请用Excel或WPS打开后另存为 .xlsx 再上传"
    assert problem(ole + "EncryptedPackage".encode("utf-16-le")) == "工作簿设有打开密码，请去掉密码后再上传"


def test_zip_of_something_else_is_no_workbook():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")

    assert problem(stream.getvalue()).startswith("不是Excel工作簿（.xlsx）")


def test_word_file_named_xlsx_is_no_workbook():
    types = b'<Types><Override ContentType="application/vnd...wordprocessingml.document.main+xml"/></Types>'

    assert problem(with_parts(workbook([]), {"[Content_Types].xml": types})).startswith("不是Excel工作簿（.xlsx）")


def test_macros_are_refused():
    assert problem(with_parts(workbook([]), {"xl/vbaProject.bin": b"\x00"})) == (
        "工作簿带有宏，请另存为不带宏的 .xlsx 再上传"
    )


def test_truncated_workbook_is_broken():
    data = workbook([["甲" * 50] for _ in range(100)])

    assert problem(data[: len(data) // 2]) == "工作簿已损坏，无法读取，请用Excel或WPS打开后另存为 .xlsx 再上传"


def test_unpacked_size_is_limited():
    bomb = with_parts(workbook(ONE_CELL), {"xl/media/image1.png": bytes(30 << 20)})

    assert problem(bomb, Limits(unpacked=20 << 20)).startswith("工作簿解压后为30MB，过大")
    assert problem(bomb, Limits(ratio=50)).startswith("工作簿解压后为30MB，过大")


def test_number_of_parts_is_limited():
    parts = {f"xl/media/image{number}.png": b"" for number in range(20)}

    assert problem(with_parts(workbook(ONE_CELL), parts), Limits(entries=20)).startswith("工作簿内部结构异常")


def test_part_given_twice_is_refused():
    """One reader might take the first, another the last."""
    stream = BytesIO(workbook(ONE_CELL))
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, "<worksheet/>")

    assert problem(stream.getvalue()).startswith("工作簿内部结构异常")


def test_header_that_lies_about_the_size_is_found_out():
    """The directory claims 1000 bytes, the part unpacks to ten million."""
    data = with_parts(workbook(ONE_CELL), {"xl/media/image1.png": bytes(10_000_000)})
    lying = data.replace(struct.pack("<L", 10_000_000), struct.pack("<L", 1000))

    assert problem(lying).startswith("工作簿已损坏")


def test_other_compressions_than_excels_are_refused():
    data = with_parts(workbook(ONE_CELL), {}, zipfile.ZIP_BZIP2)

    assert problem(data).startswith("工作簿已损坏")


def test_stored_parts_are_read_as_well():
    data = with_parts(workbook(ONE_CELL), {}, zipfile.ZIP_STORED)

    assert list(read_rows(data)) == [(1, ["企业全称"])]


def test_encrypted_parts_are_refused():
    data = bytearray(workbook(ONE_CELL))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 8] |= 1

    assert problem(bytes(data)) == "工作簿内部已加密，请去掉密码后再上传"


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<?xml version="1.0"?>\n<!DOCTYPE w [<!ENTITY a "aaaa">]>',
        "<!-- harmless --><!DOCTYPE w>",
        "<!-- <w> --><!DOCTYPE w>",
        "<?hint <w ?><!DOCTYPE w>",
        f"<!--{'x' * 70000}--><!DOCTYPE w>",
    ],
)
def test_document_types_are_refused_wherever_the_part_lies(prolog):
    message = "工作簿含有不允许的外部引用（DTD），请用Excel或WPS打开后另存为 .xlsx 再上传"

    assert problem(with_sheet_xml(cell("A", 1), before=prolog)) == message
    assert problem(with_parts(workbook([]), {"xl/odd.bin": f"{prolog}<w/>".encode()})) == message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_could_hide_a_document_type_are_refused(encoding):
    hidden = '<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet/>'.encode(encoding)

    assert problem(with_parts(workbook([]), {SHEET: hidden})).startswith("工作簿的文字编码不受支持")


def test_declared_encoding_must_be_a_plain_one():
    assert problem(with_sheet_xml("", before='<?xml version="1.0" encoding="UTF-7"?>')).startswith("工作簿的文字编码")
    checked(with_sheet_xml("", before='<?xml version="1.0" encoding="UTF-8"?>'))


@pytest.mark.parametrize(
    ("content", "extent"),
    [
        (cell("A", 1) + cell("XFD", 1048576), "1048576行16384列"),
        (cell("A", 1) + cell("CZ", 1048576), "1048576行104列"),
        (cell("A", 1).replace('"', "'") + cell("ZZ", 20000).replace('"', "'"), "20000行702列"),
        (cell("A", 1) + cell("ZZ", 20000).replace(" r=", "\n\tr = "), "20000行702列"),
        (cell("A", 1) + cell("zz", 20000), "20000行702列"),
    ],
)
def test_cells_far_apart_would_fill_the_memory(content, extent):
    message = problem(with_sheet_xml(content))

    assert message == f"工作表范围过大（{extent}），请删除数据以外的行和列（选中后右键删除，不是清除内容），再上传"


def test_long_or_wide_sheets_pass():
    """Two hundred columns in a short sheet, a hundred thousand rows of a narrow one."""
    checked(with_sheet_xml(cell("A", 1) + cell("GR", 2000)))
    checked(with_sheet_xml(cell("A", 1) + cell("Z", 200000)))


def test_place_of_a_cell_across_two_pieces_is_seen():
    """Parts are looked at in pieces of 4 MB; a reference may be cut in two."""
    for shift in range(0, 24, 3):
        padding = f"<!--{'x' * (4 * (1 << 20) - 160 + shift)}-->"
        assert "1048576行" in problem(with_sheet_xml(padding + cell("XFD", 1048576)))


def test_directory_that_points_beside_a_part_is_found_out():
    data = bytearray(workbook(ONE_CELL))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 42] ^= 0x55

    assert problem(bytes(data)).startswith("工作簿已损坏")


@pytest.mark.parametrize("name", ["xl/theme/theme1.xml", "xl/_rels/workbook.xml.rels", "docProps/core.xml"])
def test_every_part_is_looked_at_not_only_the_sheets(name):
    hostile = b'<!DOCTYPE w [<!ENTITY x SYSTEM "http://example.com/x">]><w>&x;</w>'

    assert problem(with_parts(workbook(ONE_CELL), {name: hostile})).startswith("工作簿含有不允许的外部引用（DTD）")


def test_pictures_in_a_workbook_are_no_matter():
    photo = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40

    checked(with_parts(workbook(ONE_CELL), {"xl/media/image1.jpeg": photo}))


def test_panic_inside_the_reader_is_a_broken_workbook():
    """The Rust side raises outside the ordinary exceptions."""

    class PanicException(BaseException):
        pass

    with pytest.raises(WorkbookError, match="工作簿已损坏"), readable():
        raise PanicException("index out of bounds")


def test_interruption_is_no_broken_workbook():
    with pytest.raises(KeyboardInterrupt), readable():
        raise KeyboardInterrupt


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=40))
def test_damaged_workbook_never_fails_otherwise(place, noise):
    data = workbook([["企业全称", "统一社会信用代码"], ["甲", 1], ["乙", 2.5]])
    place = place * len(data) // 2000
    damaged = data[:place] + noise + data[place + len(noise) :]
    try:
        list(read_rows(damaged))
    except WorkbookError as error:
        assert str(error)
