"""Fields for uploads: what cannot be kept is refused at the field, before anything else is done."""

from typing import Any

from django import forms

from documents import actions, filetypes


class UploadInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadField(forms.FileField):
    """One file, checked by content. `allowed` are the types it takes, e.g. filetypes.IMAGES for photos."""

    default_error_messages = {"empty": "文件是空的，请重新选择。"}

    def __init__(self, *, allowed: tuple[filetypes.FileType, ...] = filetypes.ANY, **kwargs: Any) -> None:
        self.allowed = allowed
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # With types named, phones offer the camera and hand over HEIC photos as JPEG.
        accept = ",".join(f".{kind.extension},{kind.content_type}" for kind in self.allowed)
        return {**super().widget_attrs(widget), "accept": accept}

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload:
            filetypes.recognise(actions.received(upload), self.allowed)
        return upload


class UploadsField(UploadField):
    """Several files; cleans to a list. An error names the file it speaks of."""

    widget = UploadInput

    def __init__(self, *, most: int = 9, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, (list, tuple)) else [data] if data else []
        if len(uploads) > self.most:
            raise forms.ValidationError(f"一次最多上传{self.most}个文件，现为{len(uploads)}个。")
        if not uploads:
            super().clean(None, initial)
        return [self._one(upload, initial) for upload in uploads]

    def _one(self, upload: Any, initial: Any) -> Any:
        try:
            return super().clean(upload, initial)
        except forms.ValidationError as error:
            raise forms.ValidationError([f"“{upload.name}”：{message}" for message in error.messages]) from None
