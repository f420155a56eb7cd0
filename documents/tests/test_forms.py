"""Upload fields refuse at the field, with the reason, and let the rest of the form stand."""

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from documents import filetypes
from documents.forms import UploadField, UploadsField
from documents.tests import samples


class OneForm(forms.Form):
    sheet = UploadField(label="签字页", allowed=filetypes.IMAGES)


class ManyForm(forms.Form):
    photos = UploadsField(label="照片", allowed=filetypes.IMAGES, most=2, required=False)


def photo(name="现场.jpg"):
    return samples.upload(name, samples.photo())


def many(*uploads):
    return ManyForm({}, MultiValueDict({"photos": list(uploads)}))


def test_upload_field_takes_an_allowed_type():
    form = OneForm({}, {"sheet": photo()})

    assert form.is_valid()
    assert form.cleaned_data["sheet"].read() == samples.photo()


def test_upload_field_refuses_another_type():
    form = OneForm({}, {"sheet": samples.upload("签字页.jpg")})

    assert form.errors["sheet"] == ["只能上传PNG图片、JPEG图片文件，请转换后重新上传。"]


def test_upload_field_tells_the_browser_what_it_takes():
    html = str(OneForm()["sheet"])

    assert 'accept=".png,image/png,.jpg,image/jpeg"' in html


def test_uploads_field_takes_several():
    form = many(photo("一.jpg"), photo("二.jpg"))

    assert form.is_valid()
    assert [upload.name for upload in form.cleaned_data["photos"]] == ["一.jpg", "二.jpg"]


def test_uploads_field_names_the_file_that_is_wrong():
    form = many(photo("一.jpg"), samples.upload("二.pdf"))

    assert form.errors["photos"] == ["“二.pdf”：只能上传PNG图片、JPEG图片文件，请转换后重新上传。"]


def test_uploads_field_counts():
    form = many(photo(), photo(), photo())

    assert form.errors["photos"] == ["一次最多上传2个文件，现为3个。"]


def test_uploads_field_may_be_empty_if_not_required():
    form = many()

    assert form.is_valid()
    assert form.cleaned_data["photos"] == []


def test_uploads_field_may_be_required():
    field = UploadsField()

    with pytest.raises(forms.ValidationError, match="这个字段是必填项|必填"):
        field.clean([])
