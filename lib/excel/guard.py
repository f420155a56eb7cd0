"""What is looked at before a workbook from outside is parsed."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO

MB = 1 << 20
Source = bytes | str | os.PathLike[str] | IO[bytes]


class WorkbookError(ValueError):
    """Why a workbook cannot be read or written, and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`cells` bounds the rectangle that holds a sheet's cells: it is kept in memory whole."""

    size: int = 30 * MB
    unpacked: int = 400 * MB
    ratio: int = 200
    entries: int = 1000
    cells: int = 6_000_000


LIMITS = Limits()

_RESAVE = "请用Excel或WPS打开后另存为 .xlsx 再上传"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAIN_TYPE = b"spreadsheetml.sheet.main+xml"
_MACRO_TYPE = b"macroEnabled"
_CHUNK = 4 * MB
_OVERLAP = 64
_PROLOG = 1 << 16
_REMARKS = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"<[A-Za-z_]")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
# Where cells stand (r="AB123"): every reference, or, ten times faster, only those beyond column Z or row 99999.
_COLUMNS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)")
_ROWS = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]*([0-9]+)")
_FAR_COLUMNS = re.compile(rb' r="([A-Za-z]{2,})')
_FAR_ROWS = re.compile(rb' r="[A-Za-z]*([0-9]{6,})')
_NEAR = (b"Z", b"99999")
_BLANKS = bytes.maketrans(b"\t\r\n", b"   ")
_UNUSUAL = (b" r ", b" r= ", b" r='")


def checked(file: Source, limits: Limits = LIMITS) -> bytes:
    """The bytes of an upload that is a workbook in earnest and safe to parse.

    Refused: too large, a zip bomb, old or locked or macro workbooks, anything
    else than .xlsx by content, parts with a DTD (entities), and cells so far
    apart that the sheet's rectangle would fill the memory.
    """
    data = _bytes(file, limits)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_entries(archive.infolist(), len(data), limits)
            _check_kind(archive)
            for entry in archive.infolist():
                _check_part(data, entry, limits)
    except WorkbookError:
        raise
    except (
        zipfile.BadZipFile,
        ValueError,
        struct.error,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OverflowError,
    ):
        raise WorkbookError(f"工作簿已损坏，无法读取，{_RESAVE}") from None
    return data


def _bytes(file: Source, limits: Limits) -> bytes:
    if isinstance(file, (str, os.PathLike)):
        with open(file, "rb") as stream:
            return _bytes(stream, limits)
    data = file if isinstance(file, bytes) else _whole(file, limits)
    if len(data) > limits.size:
        raise WorkbookError(f"文件超过{limits.size // MB}MB，请按区市或月份拆分后分别上传")
    if not data:
        raise WorkbookError("文件是空的，请重新选择工作簿")
    if data.startswith(_OLE):
        raise WorkbookError(_old_or_locked(data))
    if not data.startswith(b"PK\x03\x04"):
        raise WorkbookError(f"不是Excel工作簿（.xlsx），{_RESAVE}")
    return data


def _whole(stream: IO[bytes], limits: Limits) -> bytes:
    """From the start: an upload is read for checking, for parsing and for marking."""
    if stream.seekable():
        stream.seek(0)
    return stream.read(limits.size + 1)


def _old_or_locked(data: bytes) -> str:
    if _ENCRYPTED in data:
        return "工作簿设有打开密码，请去掉密码后再上传"
    return f"是旧版工作簿（.xls），{_RESAVE}"


def _check_entries(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    if len(entries) > limits.entries or len({entry.filename for entry in entries}) < len(entries):
        raise WorkbookError(f"工作簿内部结构异常，{_RESAVE}")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise WorkbookError("工作簿内部已加密，请去掉密码后再上传")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked or unpacked > max(size * limits.ratio, 16 * MB):
        raise WorkbookError(f"工作簿解压后为{unpacked // MB}MB，过大，请删除空行、图片和无关工作表后再上传")


def _check_kind(archive: zipfile.ZipFile) -> None:
    try:
        types = archive.read("[Content_Types].xml")
    except KeyError:
        raise WorkbookError(f"不是Excel工作簿（.xlsx），{_RESAVE}") from None
    if _MACRO_TYPE in types or any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        raise WorkbookError("工作簿带有宏，请另存为不带宏的 .xlsx 再上传")
    if _MAIN_TYPE not in types:
        raise WorkbookError(f"不是Excel工作簿（.xlsx），{_RESAVE}")


def _check_part(data: bytes, entry: zipfile.ZipInfo, limits: Limits) -> None:
    head = b""
    width = height = 1
    for chunk in _chunks(data, entry):
        head = head or chunk
        far = _reach(chunk)
        width, height = max(width, far[0]), max(height, far[1])
    if _is_xml(head):
        _check_prolog(head)
        if width * height > limits.cells:
            _check_extent(data, entry, limits)


def _chunks(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part piece by piece, each beginning with the end of the one before.

    Unpacked here and not by zipfile, which stops at the size the header
    claims: other readers do not, and a bomb is made of that.
    """
    packed = _packed(data, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        pieces = iter([packed])
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflated(packed)
    else:
        raise zipfile.BadZipFile
    left, tail = entry.file_size, b""
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise zipfile.BadZipFile
        yield tail + piece
        tail = piece[-_OVERLAP:]


def _packed(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The part's bytes as they lie in the archive, behind its local header."""
    header = data[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile
    start = entry.header_offset + 30 + sum(struct.unpack("<HH", header[26:]))
    return data[start : start + entry.compress_size]


def _inflated(packed: bytes) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and not stream.eof:
        yield stream.decompress(packed, _CHUNK)
        packed = stream.unconsumed_tail


def _is_xml(head: bytes) -> bool:
    """Also in UTF-16, which is then refused."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")


def _check_prolog(head: bytes) -> None:
    """What stands before the root element, and within the first 64 KB: no DTD, and nothing that could hide one."""
    head = head[:_PROLOG]
    encoding = _ENCODING.search(head)
    if (encoding and encoding[1].lower() not in _PLAIN) or b"\x00" in head:
        raise WorkbookError(f"工作簿的文字编码不受支持，{_RESAVE}")
    bare = _REMARKS.sub(b"", head)
    root = _ROOT.search(bare)
    if b"<!" in (bare[: root.start()] if root else bare):
        raise WorkbookError(f"工作簿含有不允许的外部引用（DTD），{_RESAVE}")


def _reach(chunk: bytes) -> tuple[int, int]:
    """(columns, rows) that hold every cell of the chunk; no less than Z and 99999."""
    plain = chunk.translate(_BLANKS)
    if any(form in plain for form in _UNUSUAL):
        return _extent(plain)
    columns = {_NEAR[0], *_FAR_COLUMNS.findall(plain)}
    rows = {_NEAR[1], *_FAR_ROWS.findall(plain)}
    return max(map(_column_number, columns)), max(int(row[:9]) for row in rows)


def _extent(chunk: bytes) -> tuple[int, int]:
    """(columns, rows) of the rectangle that holds the cells of the chunk."""
    columns = {b"A", *_COLUMNS.findall(chunk)}
    rows = {b"1", *_ROWS.findall(chunk)}
    return max(map(_column_number, columns)), max(int(row[:9]) for row in rows)


def _check_extent(data: bytes, entry: zipfile.ZipInfo, limits: Limits) -> None:
    extents = [_extent(chunk) for chunk in _chunks(data, entry)]
    width, height = max(width for width, _ in extents), max(height for _, height in extents)
    if width * height > limits.cells:
        raise WorkbookError(
            f"工作表范围过大（{height}行{width}列），请删除数据以外的行和列（选中后右键删除，不是清除内容），再上传"
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:9].upper():
        number = number * 26 + letter - 64
    return number
