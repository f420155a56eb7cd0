"""Whose accounts to show, and for whom to open some."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet

from lib.actor import Actor
from organizations.actions.accounts import Wanted, mobile_of
from organizations.forms.session import bare
from organizations.models import Enterprise, Membership, Unit
from organizations.models.people import ENTERPRISE_ROLES, Role

AT_ONCE = 100
FIRM_ROLES = [(role.value, role.label) for role in ENTERPRISE_ROLES]
UNIT_ROLES = [(role.value, role.label) for role in Role if role not in ENTERPRISE_ROLES]


class PostFilters(forms.Form):
    q = forms.CharField(label="查找", required=False, max_length=60)
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), ("enterprise", "企业"), ("unit", "单位")]
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "在岗"), ("waiting", "待首次登录"), ("ended", "已停用"), ("all", "全部")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = "姓名、手机、单位或企业"

    def found(self, posts: QuerySet[Membership]) -> QuerySet[Membership]:
        self.is_valid()
        chosen = self.cleaned_data
        if kind := chosen.get("kind"):
            posts = posts.filter(**{f"{kind}__isnull": False})
        return self._by_state(posts, chosen.get("state", "")).matching(chosen.get("q", ""))

    def _by_state(self, posts: QuerySet[Membership], state: str) -> QuerySet[Membership]:
        if state == "all":
            return posts
        if state == "ended":
            return posts.filter(active=False)
        posts = posts.filter(active=True)
        return posts.filter(user__must_change_password=True) if state == "waiting" else posts


class HolderFilters(forms.Form):
    """Which units or enterprises to choose from; those still without an account, unless said otherwise."""

    q = forms.CharField(label="名称", required=False, max_length=60)
    have = forms.ChoiceField(label="账号", required=False, choices=[("", "尚无账号"), ("all", "全部")])

    def found(self, holders: QuerySet[Any]) -> QuerySet[Any]:
        self.is_valid()
        if words := self.cleaned_data.get("q"):
            is_firm = holders.model is Enterprise
            holders = holders.matching(words) if is_firm else holders.filter(name__icontains=words)
        if self.cleaned_data.get("have") != "all":
            key = "enterprise" if holders.model is Enterprise else "unit"
            posts = Membership.objects.filter(**{key: OuterRef("pk")}, active=True)
            holders = holders.filter(~Exists(posts))
        return holders


class IssueForm(forms.Form):
    """Units or enterprises, and the posts to open in each; `wishes` are filled from what is on record there."""

    NOTHING = "请至少勾选一家。"
    FOREIGN = "所选有的不在您的管辖范围内，请刷新页面后重新勾选。"

    def __init__(self, *args: Any, holders: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_firm = holders.model is Enterprise
        roles = FIRM_ROLES[:2] if self.is_firm else UNIT_ROLES
        usual = [Role.HEAD.value, Role.DIRECTOR.value] if self.is_firm else [Role.CLERK.value]
        self.fields["holders"] = forms.ModelMultipleChoiceField(
            label="开通对象",
            queryset=holders,
            error_messages={"required": self.NOTHING, "invalid_choice": self.FOREIGN, "invalid_pk_value": self.FOREIGN},
        )
        self.fields["roles"] = forms.MultipleChoiceField(
            label="开通岗位", choices=roles, widget=forms.CheckboxSelectMultiple, initial=usual
        )
        self.helper = bare()
        self.helper.layout = Layout("roles")

    def clean_holders(self) -> list[Any]:
        chosen = list(self.cleaned_data["holders"])
        if len(chosen) > AT_ONCE:
            raise ValidationError(f"一次最多开通{AT_ONCE}家，现勾选了{len(chosen)}家，请分批开通。")
        return chosen

    def wishes(self) -> list[Wanted]:
        holders, roles = self.cleaned_data["holders"], self.cleaned_data["roles"]
        return [Wanted(holder, role, *person(holder, role)) for holder in holders for role in roles]


def person(holder: Unit | Enterprise, role: str) -> tuple[str, str]:
    """Name and mobile on record for the post."""
    if isinstance(holder, Unit):
        return holder.contact, holder.phone
    return (holder.head, holder.head_mobile) if role == Role.HEAD else (holder.director, holder.director_mobile)


class PostForm(forms.Form):
    """One person in one post; an enterprise is named by its code, a unit chosen."""

    name = forms.CharField(label="姓名", max_length=40)
    mobile = forms.CharField(
        label="手机", max_length=20, help_text="同一手机号只有一个账号；此人已有账号的，只加入这个岗位。"
    )
    unit = forms.ModelChoiceField(label="单位", queryset=Unit.objects.none(), required=False, empty_label="——")
    uscc = forms.CharField(
        label="企业统一社会信用代码", max_length=18, required=False, help_text="为企业人员开通时填写，与单位二选一。"
    )
    role = forms.ChoiceField(label="岗位", choices=[("单位", UNIT_ROLES), ("企业", FIRM_ROLES)])

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active().managed_by(actor)
        self.firms = Enterprise.objects.visible_to(actor)
        self.helper = bare()

    def clean_mobile(self) -> str:
        mobile = mobile_of(self.cleaned_data["mobile"])
        if not mobile:
            raise ValidationError("应为11位手机号，请核对。")
        return mobile

    def clean_uscc(self) -> Enterprise | None:
        code = self.cleaned_data["uscc"].strip().upper()
        firm = self.firms.filter(uscc=code).first() if code else None
        if code and firm is None:
            raise ValidationError("管辖范围内没有此代码的企业，请核对，或先导入企业名录。")
        return firm

    def clean(self) -> None:
        if self.errors:
            return
        unit, firm = self.cleaned_data["unit"], self.cleaned_data["uscc"]
        if bool(unit) == bool(firm):
            raise ValidationError("请选择单位，或填写企业统一社会信用代码，二者填一项。")
        if (self.cleaned_data["role"] in ENTERPRISE_ROLES) != bool(firm):
            self.add_error("role", "岗位与单位类别不符：企业选企业岗位，单位选单位岗位。")

    def wish(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(given["unit"] or given["uscc"], given["role"], given["name"], given["mobile"])
