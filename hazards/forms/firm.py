"""What the firm fills in, most of it on a phone."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate

from hazards.actions import photos
from hazards.forms.fields import ActForm, DayField, PhotosField, Segments, TextField
from hazards.models import Reconsideration, Signature


class ConfirmForm(ActForm):
    """Nothing to fill in: the button says it all."""


class CorrectForm(ActForm):
    description = TextField(label="隐患描述", max_length=1000)
    place = forms.CharField(label="部位", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"description": self.hazard.description, "place": self.hazard.place}


class ObjectForm(ActForm):
    kind = forms.ChoiceField(label="企业认为应", choices=Reconsideration.Kind, widget=Segments)
    objection = TextField(label="异议理由", max_length=1000)


class PlanForm(ActForm):
    """五到位."""

    AFTER = {"deadline_on": "found_on"}
    FIVE = ("responsible", "measures", "funds", "deadline_on", "emergency_plan")

    responsible = forms.CharField(label="责任人", max_length=40)
    measures = TextField(label="整改措施", max_length=2000)
    funds = forms.DecimalField(
        label="资金（万元）", min_value=0, max_digits=12, decimal_places=2, help_text="不需资金的填0。"
    )
    deadline_on = DayField(label="整改期限", future=True)
    emergency_plan = forms.CharField(label="应急预案", max_length=200, help_text="预案名称或主要应急措施。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {name: getattr(self.hazard, name) for name in self.FIVE}


class FixForm(ActForm):
    AFTER = {"rectified_on": "found_on"}
    PHOTOS = photos.AFTER

    measures = TextField(label="整改措施", max_length=2000, help_text="当场采取了什么措施、达到什么效果。")
    rectified_on = DayField(label="整改完成时间")
    photos = PhotosField(label="整改后照片")


class ProgressForm(ActForm):
    PHOTOS = photos.PROGRESS

    text = TextField(label="整改进展", max_length=1000)
    photos = PhotosField()


class RectifiedForm(ActForm):
    AFTER = {"rectified_on": "found_on"}
    PHOTOS = photos.AFTER

    rectified_on = DayField(label="整改完成时间")
    text = TextField(label="完成情况", max_length=1000, required=False)
    photos = PhotosField(label="整改后照片")


class SignForm(ActForm):
    """With one's own password; wrong ones count towards the lockout as at the login."""

    password = forms.CharField(
        label="登录密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="输入本人的登录密码，即为签字。",
        strip=False,
    )

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        given, user = self.cleaned_data["password"], self.actor.user
        if authenticate(self.request, username=user.get_username(), password=given) != user:
            raise forms.ValidationError("密码不正确，或因多次输错被暂时锁定，请核对后重试")
        return given


class SheetForm(ActForm):
    """A photographed sheet, for a signer registered with the firm who does not use the portal himself."""

    PHOTOS = photos.SHEET

    role = forms.ChoiceField(label="签字人", widget=Segments, choices=Signature.Role)
    signer = forms.CharField(label="姓名", max_length=40)
    photos = PhotosField(label="签字页照片", required=True, most=2, help_text="拍清楚隐患内容、签字和日期。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        done = {Signature.Role.HEAD: self.hazard.signed_head, Signature.Role.DIRECTOR: self.hazard.signed_director}
        self.fields["role"].choices = [pair for pair in Signature.Role.choices if not done[pair[0]]]
        names = [name for role, _ in self.fields["role"].choices for name in self.hazard.registered_signers(role)]
        self.fields["signer"].help_text = f"本企业登记的签字人：{'、'.join(names)}。" if names else ""


class FirmMeasuresForm(ActForm):
    on_site_measure = forms.CharField(
        label="现场处置措施", max_length=200, help_text="如撤出人员、断电、停用设备、设置警戒。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"on_site_measure": self.hazard.on_site_measure}

    def values(self) -> dict[str, Any]:
        return super().values() | {"administrative_measure": self.hazard.administrative_measure}
