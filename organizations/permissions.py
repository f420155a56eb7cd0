"""Acts by Permission: one enum, one literal table of roles, one question that answers with a reason.

Rows are another gate (`visible_to`): what is not yours is a 404, what you may not do is a 403 with a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied

from lib.actor import Actor
from organizations.jurisdiction import reach, sees_everything
from organizations.models.people import Membership, Role, User
from organizations.models.units import Unit


class Permission(StrEnum):
    """What a post may do; the value is the act in the office's words."""

    ACCOUNT_ISSUE = "开通和重置账号"
    AUDIT_READ = "查看审计日志"
    CAMPAIGN_EDIT = "维护专项行动"
    CHANNEL_CHOOSE = "设置接收渠道"
    CHASE = "催报"
    CHECKLIST_ANSWER = "填写对照检查"
    CHECKLIST_SUBMIT = "提交对照检查"
    ENTERPRISE_APPROVE = "核准企业信息"
    ENTERPRISE_CONFIRM = "核对本企业信息"
    EXPORT = "导出"
    HAND_IN = "报送"
    HAZARD_DISMISS = "认定不属实或降级"
    HAZARD_JUDGE = "判定隐患"
    HAZARD_LIST = "挂牌督办"
    HAZARD_PENALISE = "登记行政处置"
    HAZARD_RECHECK = "复查销号"
    HAZARD_RECTIFY = "整改隐患"
    HAZARD_REGISTER = "登记隐患"
    HAZARD_STAND_IN = "代企业录入"
    HAZARD_SIGN_DIRECTOR = "安全总监（分管负责人）签字"
    HAZARD_SIGN_HEAD = "主要负责人签字"
    HISTORY_IMPORT = "导入历史台账"
    HOUSE_STEPS = "设置本单位审签"
    IMPORT = "批量导入"
    LETTER_PREPARE = "拟定函件"
    LETTER_RELEASE = "签发函件"
    NOTICE_ISSUE = "下发通知"
    REVIEW = "审核报送"
    ROSTER_KEEP = "维护责任人名册"
    RETURN_FILL = "填报调度表"
    RETURN_REVIEW = "审核调度表"
    INSPECTION_RECORD = "登记检查记录"


P = Permission

UNIT_READERS = frozenset({P.EXPORT})
UNIT_CLERKS = UNIT_READERS | {
    P.ACCOUNT_ISSUE, P.CAMPAIGN_EDIT, P.CHANNEL_CHOOSE, P.CHASE, P.CHECKLIST_ANSWER, P.CHECKLIST_SUBMIT,
    P.ENTERPRISE_APPROVE, P.HAND_IN, P.HAZARD_JUDGE, P.HAZARD_LIST, P.HAZARD_PENALISE, P.HAZARD_REGISTER,
    P.HAZARD_STAND_IN, P.IMPORT, P.INSPECTION_RECORD, P.LETTER_PREPARE, P.LETTER_RELEASE, P.NOTICE_ISSUE, P.RETURN_FILL,
    P.RETURN_REVIEW, P.REVIEW, P.ROSTER_KEEP,
}  # fmt: skip

UNIT_KEEPERS = UNIT_READERS | {
    P.ACCOUNT_ISSUE, P.AUDIT_READ, P.CHANNEL_CHOOSE, P.ENTERPRISE_APPROVE, P.HISTORY_IMPORT, P.HOUSE_STEPS, P.IMPORT,
}  # fmt: skip
UNIT_LEADERS = UNIT_READERS | {
    P.AUDIT_READ, P.HAZARD_DISMISS, P.HAZARD_LIST, P.HOUSE_STEPS, P.LETTER_RELEASE, P.RETURN_REVIEW, P.REVIEW,
    P.ROSTER_KEEP,
}  # fmt: skip

ROLES: dict[str, frozenset[Permission]] = {
    # 管理员 keeps the accounts and the history of the unit; does no business.
    Role.ADMIN: UNIT_KEEPERS,
    # 经办人 runs the campaign and the month.
    Role.CLERK: UNIT_CLERKS,
    # 审核人 checks what is handed in and is the second officer for dismissals.
    Role.REVIEWER: UNIT_READERS | {P.REVIEW, P.RETURN_REVIEW, P.HAZARD_DISMISS, P.HAZARD_JUDGE},
    # 分管负责人 reads, releases and decides.
    Role.DEPUTY: UNIT_LEADERS,
    Role.CHIEF: UNIT_LEADERS,
    # 执法人员 inspects, finds, rechecks.
    Role.OFFICER: UNIT_READERS
    | {P.HAZARD_JUDGE, P.HAZARD_PENALISE, P.HAZARD_RECHECK, P.HAZARD_REGISTER, P.HAZARD_DISMISS, P.INSPECTION_RECORD},
    # 企业主要负责人 answers for the firm and signs.
    Role.HEAD: frozenset({
        P.CHANNEL_CHOOSE, P.CHECKLIST_ANSWER, P.CHECKLIST_SUBMIT, P.ENTERPRISE_CONFIRM, P.EXPORT, P.HAND_IN,
        P.HAZARD_RECTIFY, P.HAZARD_REGISTER, P.HAZARD_SIGN_HEAD,
    }),
    Role.DIRECTOR: frozenset({
        P.CHANNEL_CHOOSE, P.CHECKLIST_ANSWER, P.CHECKLIST_SUBMIT, P.ENTERPRISE_CONFIRM, P.EXPORT, P.HAND_IN,
        P.HAZARD_RECTIFY, P.HAZARD_REGISTER, P.HAZARD_SIGN_DIRECTOR,
    }),
    # 安全员 does the daily entries; handing in is for those who answer for the firm.
    Role.SAFETY: frozenset({P.CHECKLIST_ANSWER, P.EXPORT, P.HAZARD_RECTIFY, P.HAZARD_REGISTER}),
}  # fmt: skip


@dataclass(frozen=True)
class Denied:
    """A refusal that is falsy and says why, so that a page can show the reason beside the dead button."""

    reason: str

    def __bool__(self) -> bool:
        return False


def allowed(actor: Actor, permission: Permission) -> bool | Denied:
    """Whether the actor's current post holds the permission; the system may do anything."""
    if actor.is_system:
        return True
    if actor.membership is None:
        return Denied("您目前没有在岗的岗位，请联系本单位管理员。")
    if permission in ROLES[actor.membership.role]:
        return True
    return Denied(f"“{actor.membership.get_role_display()}”岗位不能{permission.value}。")


def roles_with(permission: Permission) -> list[str]:
    """The roles whose posts hold it."""
    return [role for role, granted in ROLES.items() if permission in granted]


def may_reset(actor: Actor, person: User) -> bool | Denied:
    """Only who looks after every post of an account may give it a new code: with the code come all its posts."""
    if not (verdict := allowed(actor, Permission.ACCOUNT_ISSUE)):
        return verdict
    if person == actor.user:
        return Denied("自己的密码请在“修改密码”中修改。")
    if (person.is_staff or person.is_superuser) and not sees_everything(actor):
        return Denied("后台管理员的密码只能由系统管理员重置。")
    posts = person.memberships.filter(active=True)
    if posts.exclude(pk__in=posts.managed_by(actor).values("pk")).exists():
        return Denied("此人在您管辖范围以外还有岗位，请由上级单位或其本单位管理员重置。")
    return True


def may_end(actor: Actor, post: Membership) -> bool | Denied:
    if post.user_id == getattr(actor.user, "pk", None):
        return Denied("不能停用自己的岗位，请由同单位的其他管理员或上级单位办理。")
    return allowed(actor, Permission.ACCOUNT_ISSUE)


def may_keep_roster(actor: Actor, unit: Unit) -> bool | Denied:
    """The names of one's own house: 经办人 and leaders, for the unit, its bureau or its offices."""
    if not (verdict := allowed(actor, Permission.ROSTER_KEEP)):
        return verdict
    if actor.is_system or actor.unit and unit.pk in reach(actor).units:
        return True
    return Denied(f"{unit}的责任人由该单位自己登记。")


def require(verdict: bool | Denied) -> None:
    """Turn a refusal into a 403 that carries its reason."""
    if not verdict:
        raise PermissionDenied(getattr(verdict, "reason", "您没有权限进行此操作。"))


def requires(*permissions: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """View decorator: the post must hold every named permission, else 403 with the reason (none named: any post)."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def gated(request: Any, *args: Any, **kwargs: Any) -> Any:
            if request.actor.membership is None:
                raise PermissionDenied("您目前没有在岗的岗位，请联系本单位管理员。")
            for permission in permissions:
                require(allowed(request.actor, permission))
            return view(request, *args, **kwargs)

        gated.gate = permissions  # type: ignore[attr-defined]  # read by the house test that walks the URLs
        return gated

    return decorate
