"""Logging in and one's own account."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from lib.text import page_moment
from organizations.actions.session import code_is_spent
from organizations.models import User

ADVICE = "至少10位，字母、数字、符号混用；不要用姓名、手机号或生日。"


def bare() -> FormHelper:
    """Fields only: the page brings the form tag and its buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to; an empty POST is one that misses everything."""
    return request.POST if request.method == "POST" else None


class LoginForm(AuthenticationForm):
    """By name and password; a one-time code counts until its day."""

    error_messages = {
        "invalid_login": "用户名或密码不正确，请核对后重新输入；注意区分大小写。",
        "inactive": "此账号已停用，请联系本单位管理员或区市主管部门。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["username"].help_text = "一般为本人手机号，以账号通知单为准。"
        self.fields["password"].label = "密码"
        self.helper = bare()

    def clean_username(self) -> str:
        """Django only tells the browser how long a name may be; the lockout's table would choke on a longer one."""
        name = self.cleaned_data["username"]
        if len(name) > (self.fields["username"].max_length or 150):
            raise self.get_invalid_login_error()
        return name

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if code_is_spent(user):
            until = page_moment(user.first_code_expires_at)
            raise ValidationError(f"一次性密码已于{until}过期，请联系发给您账号的单位重新发码。", code="expired")


class StaffLoginForm(LoginForm):
    """The back office has a door of its own; the same rules hold there."""

    required_css_class = "required"

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise ValidationError("此账号不能进入后台，请从平台首页登录。", code="invalid_login")


class NewPassword:
    """What both ways of setting one's own password share: words, and that the new one is new."""

    user: User
    fields: dict[str, forms.Field]

    def worded(self) -> None:
        self.fields["new_password1"].label, self.fields["new_password2"].label = "新密码", "再输一次新密码"
        self.fields["new_password1"].help_text, self.fields["new_password2"].help_text = ADVICE, ""
        self.helper = bare()

    def clean_new_password1(self) -> str:
        password = self.cleaned_data["new_password1"]  # type: ignore[attr-defined]  # the form's
        if self.user.check_password(password):
            raise ValidationError("新密码不能与现在的密码相同，请另设一个。")
        return password


class FirstPasswordForm(NewPassword, SetPasswordForm):
    """Right after the one-time code was accepted: it is not asked for again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.worded()


class OwnPasswordForm(NewPassword, PasswordChangeForm):
    error_messages = {**PasswordChangeForm.error_messages, "password_incorrect": "现在的密码不正确，请重新输入。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "现在的密码"
        self.worded()


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="电子邮箱", max_length=254, required=False, help_text="催报和退回通知会同时发到这里。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare()
