"""Types are told by content; photos lose what they say about where they were taken; bombs are refused."""

import contextlib
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from documents import filetypes
from documents.tests import samples

NOT_KEPT = "只能上传PDF、Word（docx）、Excel（xlsx）、OFD、PNG图片、JPEG图片文件，请转换后重新上传。"
RESAVE = "这是旧版或加密的Office文件，请去掉密码并另存为docx或xlsx后上传。"
HEIC = "手机照片为HEIC格式，请改存为JPEG后上传（苹果手机：设置—相机—格式—兼容性最佳）。"


def refusal(call, *args):
    with pytest.raises(ValidationError) as caught:
        call(*args)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.PDF, filetypes.PDF),
        (samples.package("word/document.xml"), filetypes.DOCX),
        (samples.package("xl/workbook.xml"), filetypes.XLSX),
        (samples.package("OFD.xml"), filetypes.OFD),
        (samples.image("PNG"), filetypes.PNG),
        (samples.image("JPEG"), filetypes.JPEG),
    ],
)
def test_recognise_looks_at_content(content, kind):
    assert filetypes.recognise(content) is kind


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"MZ\x90\x00 a program", NOT_KEPT),
        (b"<html><script>alert(1)</script></html>", NOT_KEPT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NOT_KEPT),
        (samples.package("any/other.txt"), NOT_KEPT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", RESAVE),
        (b"\x00\x00\x00\x18ftypheic\x00", HEIC),
        (samples.package("word/document.xml", "word/vbaProject.bin"), "文件带有宏，请另存为不带宏的格式后上传。"),
        (b"PK\x03\x04 torn", "文件已损坏，请重新保存后上传。"),
    ],
)
def test_recognise_refuses_with_what_to_do(content, message):
    assert refusal(filetypes.recognise, content) == message


def test_recognise_keeps_to_the_allowed_types():
    message = refusal(filetypes.recognise, samples.PDF, filetypes.IMAGES)

    assert message == "只能上传PNG图片、JPEG图片文件，请转换后重新上传。"


def test_cleaned_leaves_documents_as_received():
    assert filetypes.cleaned(samples.PDF) == (filetypes.PDF, samples.PDF)


def test_cleaned_takes_position_and_device_out_of_a_photo():
    photo = samples.photo(make="Huawei", gps=True, comment=b"by somebody")

    _, content = filetypes.cleaned(photo)

    with Image.open(BytesIO(content)) as image:
        assert dict(image.getexif()) == {}
        assert "comment" not in image.info
    assert b"Huawei" not in content
    assert b"by somebody" not in content


def test_cleaned_drops_text_hidden_in_a_png():
    content = filetypes.cleaned(samples.image("PNG", text="secret words"))[1]

    assert b"secret words" not in content


def test_cleaned_drops_what_is_appended_to_a_picture():
    content = filetypes.cleaned(samples.image("JPEG") + b"<?php system($_GET['c']); ?>")[1]

    assert b"php" not in content


def test_cleaned_turns_a_photo_upright():
    _, content = filetypes.cleaned(samples.photo(size=(40, 20), orientation=6))

    with Image.open(BytesIO(content)) as image:
        assert image.size == (20, 40)


def test_cleaned_shrinks_to_the_longest_edge():
    _, content = filetypes.cleaned(samples.image("JPEG", size=(6000, 3000)))

    with Image.open(BytesIO(content)) as image:
        assert image.size == (4096, 2048)


def test_cleaned_keeps_transparency_of_a_png():
    _, content = filetypes.cleaned(samples.image("PNG", mode="RGBA"))

    with Image.open(BytesIO(content)) as image:
        assert (image.format, image.mode) == ("PNG", "RGBA")


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_cleaned_writes_photos_of_any_colour_space(mode):
    kind, content = filetypes.cleaned(samples.image("JPEG", mode=mode))

    with Image.open(BytesIO(content)) as image:
        assert (kind, image.mode) == (filetypes.JPEG, "RGB")


def png_claiming(width, height):
    """A header that promises this many pixels, and hardly any data behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\x00" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("side", [11_000, 12_000, 60_000])
def test_cleaned_refuses_a_picture_bomb(side):
    message = refusal(filetypes.cleaned, png_claiming(side, side))

    assert message == "图片像素过大（超过12000万像素），请缩小后上传。"


def test_cleaned_refuses_a_torn_picture():
    torn = samples.image("JPEG", size=(300, 300))[:400]

    assert refusal(filetypes.cleaned, torn) == "图片已损坏，无法打开，请重新拍照或另存后上传。"


def test_cleaned_refuses_one_format_dressed_as_another():
    gif = BytesIO()
    Image.new("RGB", (5, 5)).save(gif, "GIF")

    assert "图片已损坏" in refusal(filetypes.cleaned, b"\xff\xd8\xff" + gif.getvalue())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("治理方案.pdf", "治理方案.pdf"),
        ("治理方案.PDF", "治理方案.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\桌面\\治理方案.pdf", "治理方案.pdf"),
        ("治理方案.exe", "治理方案.exe.pdf"),
        ("方案\u202efdp.exe", "方案fdp.exe.pdf"),
        ('a"b\r\nc.pdf', "abc.pdf"),
        ("", "文件.pdf"),
        (".pdf", "文件.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_safe_name_shows_the_real_type_and_hides_nothing(given, kept):
    assert filetypes.safe_name(given, filetypes.PDF) == kept


def test_safe_name_knows_both_endings_of_a_photo():
    assert filetypes.safe_name("现场.JPEG", filetypes.JPEG) == "现场.jpg"


SEEDS = {
    "photo": samples.photo(make="Huawei", gps=True, comment=b"x"),
    "turned": samples.photo(orientation=6),
    "png": samples.image("PNG", text="hello"),
    "palette": samples.image("PNG", mode="P"),
    "workbook": samples.package("xl/workbook.xml"),
    "letter": samples.package("word/document.xml", "a/b"),
}


@pytest.mark.filterwarnings("ignore")  # the readers grumble about what is broken
@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
@given(
    places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=6), cut=st.floats(0, 1)
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_broken_is_told_and_never_fails_otherwise(seed, places, cut):
    content = bytearray(seed)
    for place, value in places:
        content[int(place * len(content))] = value
    content = bytes(content[: max(8, int(len(content) * (1 - cut / 4)))])

    with contextlib.suppress(ValidationError):
        filetypes.cleaned(content)


def test_package_of_a_version_to_come_is_broken():
    """The directory asks for version 25.5 of the format: no reader has that."""
    content = bytearray(samples.package("xl/workbook.xml"))
    content[content.index(b"PK\x01\x02") + 6] = 255

    assert refusal(filetypes.recognise, bytes(content)) == "文件已损坏，请重新保存后上传。"


def test_samples_are_packages_that_open():
    with zipfile.ZipFile(BytesIO(samples.package("OFD.xml"))) as package:
        assert package.namelist() == ["OFD.xml"]
