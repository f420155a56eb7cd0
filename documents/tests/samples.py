"""Small files of each kind, made where they are needed."""

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
MAKE, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825


def package(*parts):
    """A zip with these parts: what Office and OFD files are."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return out.getvalue()


def image(form="PNG", *, size=(8, 8), mode="RGB", text=""):
    out = BytesIO()
    extra = {}
    if text:
        extra["pnginfo"] = PngImagePlugin.PngInfo()
        extra["pnginfo"].add_text("Comment", text)
    Image.new(mode, size, 128 if mode == "L" else None).save(out, form, **extra)
    return out.getvalue()


def photo(*, size=(40, 20), make="", orientation=1, gps=False, comment=b""):
    """A JPEG as a phone writes it."""
    out, exif = BytesIO(), Image.Exif()
    exif[ORIENTATION] = orientation
    if make:
        exif[MAKE] = make
    if gps:
        exif.get_ifd(GPS).update({1: "N", 2: (37.0, 10.0, 0.0), 3: "E", 4: (122.0, 25.0, 0.0)})
    Image.new("RGB", size, (200, 30, 30)).save(out, "JPEG", exif=exif, comment=comment)
    return out.getvalue()


def upload(name="治理方案.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def content(stored):
    """What was kept."""
    with stored.file.open("rb") as file:
        return file.read()
