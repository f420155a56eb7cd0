"""What a file really is: told by its content, never by its name or by what the browser says of it.

Raises ValidationError with a Chinese message, so that forms and actions refuse alike.
"""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

LONGEST_EDGE = 4096  # pixels kept of a photo: enough to read a photographed signature page
MOST_PIXELS = 120_000_000
JPEG_QUALITY = 85

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEIC = re.compile(rb"....ftyp(heic|heix|heim|heis|hevc|mif1|msf1)", re.DOTALL)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\"*:<>?|]")


@dataclass(frozen=True)
class FileType:
    """A type the portal keeps; `label` is how a message names it."""

    extension: str
    content_type: str
    label: str


PDF = FileType("pdf", "application/pdf", "PDF")
DOCX = FileType("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word（docx）")
XLSX = FileType("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel（xlsx）")
OFD = FileType("ofd", "application/ofd", "OFD")
PNG = FileType("png", "image/png", "PNG图片")
JPEG = FileType("jpg", "image/jpeg", "JPEG图片")
ANY = (PDF, DOCX, XLSX, OFD, PNG, JPEG)
IMAGES = (PNG, JPEG)

# The part that a package of each kind cannot do without.
_PACKAGES = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "OFD.xml": OFD}


def recognise(content: bytes, allowed: tuple[FileType, ...] = ANY) -> FileType:
    """The type of the content; refused if it is none of `allowed`."""
    found = _by_first_bytes(content)
    if found in allowed:
        return found
    raise ValidationError(f"只能上传{'、'.join(kind.label for kind in allowed)}文件，请转换后重新上传。")


def _by_first_bytes(content: bytes) -> FileType | None:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    if content.startswith(_OLE):
        raise ValidationError("这是旧版或加密的Office文件，请去掉密码并另存为docx或xlsx后上传。")
    if _HEIC.match(content):
        raise ValidationError("手机照片为HEIC格式，请改存为JPEG后上传（苹果手机：设置—相机—格式—兼容性最佳）。")
    return None


def _package(content: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise ValidationError("文件已损坏，请重新保存后上传。") from None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ValidationError("文件带有宏，请另存为不带宏的格式后上传。")
    return next((kind for part, kind in _PACKAGES.items() if part in names), None)


def cleaned(content: bytes, allowed: tuple[FileType, ...] = ANY) -> tuple[FileType, bytes]:
    """The type, and the content as it may be kept: images drawn anew, without position, device and hidden data."""
    kind = recognise(content, allowed)
    return kind, redrawn(content, kind) if kind in IMAGES else content


def redrawn(content: bytes, kind: FileType) -> bytes:
    """The picture alone: upright, at most LONGEST_EDGE wide or high; its EXIF (where, when, which phone) is gone."""
    try:
        with Image.open(BytesIO(content), formats=["PNG" if kind is PNG else "JPEG"]) as image:
            return _written(_upright(image), kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise ValidationError("图片已损坏，无法打开，请重新拍照或另存后上传。") from None


def _upright(image: Image.Image) -> Image.Image:
    if image.width * image.height > MOST_PIXELS:
        raise _too_large()
    # Lets the JPEG decoder skip detail that would be thrown away: a 108-megapixel photo needs an eighth of the memory.
    image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    return upright


def _too_large() -> ValidationError:
    return ValidationError(f"图片像素过大（超过{MOST_PIXELS // 10_000}万像素），请缩小后上传。")


def _written(image: Image.Image, kind: FileType) -> bytes:
    out = BytesIO()
    see_through = "A" in image.getbands() or "transparency" in image.info
    plain = image.convert("RGBA" if kind is PNG and see_through else "RGB")
    plain.info = {}
    plain.save(out, "PNG" if kind is PNG else "JPEG", quality=JPEG_QUALITY, optimize=kind is JPEG)
    return out.getvalue()


def safe_name(name: str, kind: FileType) -> str:
    """The name to show and to download by: no path, nothing invisible, the extension of the real type."""
    base = _UNSAFE.sub("", name.replace("\\", "/").rsplit("/", 1)[-1])
    stem, _, extension = base.rpartition(".")
    # A wrong extension stays part of the name: 方案.exe that is a PDF is handed out as 方案.exe.pdf.
    same = extension.lower().replace("jpeg", "jpg") == kind.extension
    kept = (stem if same else base).strip(" .") or "文件"
    return f"{kept[: 199 - len(kind.extension)]}.{kind.extension}"
