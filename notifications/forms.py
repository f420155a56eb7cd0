"""接收渠道: what is stored is shown masked; a field left empty keeps it."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms

from notifications import channels
from notifications.models import Channel, Route

FIELDSETS = (
    ("选择渠道", ("channel", "active", "hours")),
    ("群机器人（企业微信、钉钉）", ("webhook", "secret")),
    ("短信", ("phones",)),
)


class RouteForm(forms.Form):
    channel = forms.ChoiceField(label="渠道", widget=forms.RadioSelect)
    active = forms.BooleanField(label="启用（不启用时发电子邮件）", required=False)
    hours = forms.ChoiceField(
        label="发送日", choices=Route.Hours, help_text="非工作时间的消息等到下一个开放时段再发；短信只在工作日发"
    )
    webhook = forms.CharField(
        label="Webhook 地址",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label="加签密钥（仅钉钉）",
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    phones = forms.CharField(label="手机号码", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.route = route
        offered = channels.available()
        self.fields["channel"].choices = [(each.value, each.label) for each in offered]
        self.initial |= {"channel": route.channel, "hours": route.hours, "active": route.active}
        shown = [(title, names) for title, names in FIELDSETS if Channel.SMS in offered or "phones" not in names]
        if Channel.SMS not in offered:
            del self.fields["phones"]
        self._hint()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*(Fieldset(title, *names) for title, names in shown))

    def _hint(self) -> None:
        """What is there already, masked, beside the field that keeps it when left empty."""
        kept = f"现用：{self.route.label}，不改可留空。" if self.route.address else ""
        robot = kept if Channel(self.route.channel).is_robot else ""
        self.fields["webhook"].help_text = f"{robot}从群机器人的设置页整段复制；地址里有密钥，保存后不再显示。"
        secret = "已保存，不改可留空。" if self.route.secret else ""
        self.fields["secret"].help_text = f"{secret}机器人“安全设置”选“加签”，复制 SEC 开头的密钥。"
        if "phones" in self.fields:
            phones = kept if self.route.channel == Channel.SMS else ""
            self.fields["phones"].help_text = f"{phones}每行一个，最多1000个。"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        channel = data.get("channel")
        if channel in channels.ADDRESSES:
            data["address"] = self._address(channel, "phones" if channel == Channel.SMS else "webhook")
        if channel == Channel.DINGTALK and not (data.get("secret") or self._kept(channel, "secret")):
            self.add_error("secret", "钉钉机器人须填写加签密钥：在机器人的“安全设置”中选“加签”后复制。")
        return data

    def _address(self, channel: str, field: str) -> str:
        typed = self.cleaned_data.get(field, "").strip()
        if not typed and (kept := self._kept(channel, "address")):
            return kept
        try:
            return channels.ADDRESSES[channel](typed)
        except ValueError as problem:
            self.add_error(field, str(problem))
            return ""

    def _kept(self, channel: str, name: str) -> str:
        return getattr(self.route, name) if self.route.channel == channel else ""

    def choice(self) -> dict[str, Any]:
        """The arguments of `routes.save_route`."""
        data = self.cleaned_data
        secret = data["secret"] or self._kept(data["channel"], "secret") if data["channel"] == Channel.DINGTALK else ""
        chosen = {name: data[name] for name in ("channel", "hours", "active")}
        return chosen | {"address": data.get("address", ""), "secret": secret}
