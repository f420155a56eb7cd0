"""Every act on a hazard: one table, one page, one view."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from hazards import actions, permissions
from hazards.forms import department, firm
from hazards.forms.fields import ActForm
from hazards.models import Hazard
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations.permissions import Denied, require, requires


@dataclass(frozen=True)
class Act:
    """`label` is on the button, `done` is said afterwards, `lead` explains above the form, `question` asks first.

    A `step` leads on towards the write-off; the other acts go beside.
    """

    label: str
    may: permissions.Question
    run: Callable[..., Any]
    done: str
    form: type[ActForm] = firm.ConfirmForm
    lead: str = ""
    question: str = ""
    for_firm: bool = False
    step: bool = False

    def filled(self, request: HttpRequest, hazard: Hazard) -> ActForm:
        more = {"request": request} if issubclass(self.form, firm.SignForm) else {}
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        return self.form(*given, hazard=hazard, actor=request.actor, **more)


@dataclass(frozen=True)
class Offer:
    """An act as the detail page shows it: open, or dead with its reason."""

    name: str
    act: Act
    verdict: bool | Denied


def plan_and_start(hazard: Hazard, *, by: Actor, **five: Any) -> None:
    """A judged hazard starts with its plan; one not yet judged is only planned."""
    actions.plan(hazard, by=by, **five)
    if hazard.state == Hazard.State.CONFIRMED:
        actions.start(hazard, by=by)


def finish(hazard: Hazard, *, by: Actor, **values: Any) -> None:
    """A general hazard is closed by the firm's word that it is done; a major one waits for its signatures."""
    actions.report_rectified(hazard, by=by, **values)
    close_if_general(hazard, by=by)


def fix(hazard: Hazard, *, by: Actor, **values: Any) -> None:
    actions.fix_at_once(hazard, by=by, **values)
    close_if_general(hazard, by=by)


def close_if_general(hazard: Hazard, *, by: Actor) -> None:
    if not hazard.is_major:
        actions.close(hazard, by=by)


P, F, D = permissions, firm, department

# In the order of urgency: the first open step is the page's one primary button.
ACTS: dict[str, Act] = {
    "sign": Act(
        "签字", P.may_sign, actions.sign, "已签字", F.SignForm, for_firm=True, step=True,
        lead="主要负责人、安全总监（分管负责人）两人签字后，自查发现的重大事故隐患即销号。",
    ),
    "request_recheck": Act(
        "申请复查", P.may_request_recheck, actions.request_recheck, "已申请复查，等待监管部门派员复查",
        for_firm=True, step=True, lead="部门发现、挂牌督办或责令停产的重大事故隐患，须经部门复查后销号。",
    ),
    "close": Act(
        "销号", P.may_close, actions.close, "已销号", for_firm=True, step=True, lead="确认隐患已整改完成。",
    ),
    "report_rectified": Act(
        "整改完成", P.may_report_rectified, finish, "已填报整改完成", F.RectifiedForm, for_firm=True, step=True,
        lead="一般隐患填报后即销号；重大事故隐患还须两人签字。",
    ),
    "start": Act("开始整改", P.may_start, actions.start, "已开始整改", for_firm=True, step=True),
    "plan": Act(
        "落实整改“五到位”", P.may_plan, plan_and_start, "已保存整改“五到位”", F.PlanForm, for_firm=True, step=True,
        lead="责任人、措施、资金、期限、应急预案须全部落实。",
    ),
    "fix_at_once": Act(
        "已立查立改", P.may_fix_at_once, fix, "已登记立查立改", F.FixForm, for_firm=True, step=True,
        lead="当场改完的隐患无需“五到位”；重大事故隐患仍须两人签字。",
    ),
    "sign_on_paper": Act(
        "上传签字页", P.may_sign_on_paper, actions.sign_on_paper, "已登记签字", F.SheetForm, for_firm=True,
        lead="签字人不便登录的，由本人在纸上签字，拍照上传。",
    ),
    "log_progress": Act(
        "记录整改进展", P.may_log_progress, actions.log_progress, "已记录", F.ProgressForm, for_firm=True,
    ),
    "measure": Act(
        "填写现场处置措施", P.may_take_measures, actions.record_measures, "已保存", F.FirmMeasuresForm, for_firm=True,
    ),
    "object": Act(
        "提出异议", P.may_object, actions.object_to, "异议已提交，等待监管部门核实", F.ObjectForm, for_firm=True,
        lead="认为不属实，或不构成重大事故隐患的，可以提出异议；异议期间仍须采取安全措施。",
    ),
    "correct": Act("更正描述", P.may_correct, actions.correct, "已更正", F.CorrectForm, for_firm=True),
    "confirm": Act(
        "复核同意", P.may_confirm, actions.confirm, "已更改认定", D.DecisionForm, step=True,
        question="同意后立即生效，确定吗？",
    ),
    "refuse": Act("不予更改", P.may_refuse, actions.refuse, "已处理，原认定不变", D.RefusalForm),
    "judge": Act(
        "判定为重大事故隐患", P.may_judge, actions.judge, "已判定，企业将收到通知", D.JudgeForm, step=True,
        lead="按发现时有效的判定标准判定，写明条款。",
    ),
    "recheck": Act(
        "复查", P.may_recheck, actions.recheck, "已登记复查结果", D.RecheckForm, step=True,
        lead="由两名以上执法人员复查；通过即销号，未通过的退回整改，企业须重新签字。",
    ),
    "check": Act(
        "部门核查", P.may_check, actions.check, "已登记核查结果", D.CheckForm, step=True,
        lead="对已销号的隐患进行核查；未整改到位的重新整改。",
    ),
    "extend": Act("调整整改期限", P.may_extend, actions.extend, "已调整期限", D.ExtendForm),
    "measures": Act("登记处置措施", P.may_record_measures, actions.record_measures, "已保存", D.MeasuresForm),
    "list": Act(
        "挂牌督办", P.may_list, actions.put_on_list, "已挂牌督办", D.ListForm,
        lead="谁发现谁挂牌；挂牌后须经部门复查销号。",
    ),
    "delist": Act("摘牌", P.may_delist, actions.delist, "已摘牌", D.DelistForm, lead="摘牌不等于销号。"),
    "propose": Act(
        "提请更改认定", P.may_propose, actions.propose, "已提请，等待另一名人员复核", D.ProposeForm,
        lead="认定不属实或降为一般隐患，须由两名人员先后确认。",
    ),
    "correct_basis": Act("更正判定依据", P.may_correct_basis, actions.correct_basis, "已更正", D.BasisForm),
    "plan_for_firm": Act(
        "代录整改“五到位”", P.may_plan_for_firm, actions.plan_for_firm, "已代录整改“五到位”", D.PlanForFirmForm,
        lead="企业没有账号或不便登录的，按企业的书面方案代录，页面注明代录人和时间。",
    ),
    "close_for_firm": Act(
        "代录整改完成和签字", P.may_close_for_firm, actions.close_for_firm, "已代录整改完成情况", D.CloseForFirmForm,
        lead="按企业提供的签字页代录；重大事故隐患须两人已在纸上签字，无需部门复查的随即销号，须复查的转为申请复查。",
    ),
    "hand_over": Act(
        "移交办理", P.may_hand_over, actions.hand_over, "已移交", D.HandOverForm,
        lead="企业迁址的，移交迁入地办理；统计仍计入原区市。",
    ),
    "reopen": Act(
        "重新整改", P.may_reopen, actions.reopen, "已退回整改", D.ReopenForm,
        lead="回头看发现未整改到位，或隐患复发的，退回整改；原销号记录保留。",
    ),
    "restore": Act(
        "恢复登记", P.may_restore, actions.restore, "已恢复登记", D.ReasonForm, question="恢复后重新计入统计，确定吗？",
    ),
    "amend": Act("更正描述", P.may_correct, actions.correct, "已更正", F.CorrectForm),
}  # fmt: skip


def offers(actor: Actor, hazard: Hazard) -> tuple[list[Offer], list[Offer]]:
    """(acts open to the actor, acts of his side that are not, each with its reason), in the order of the table."""
    mine = [(name, one) for name, one in ACTS.items() if one.for_firm == bool(actor.enterprise)]
    asked = [Offer(name, one, one.may(actor, hazard)) for name, one in mine]
    return [one for one in asked if one.verdict], [one for one in asked if not one.verdict]


@requires()
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The form of one act, and doing it; who comes too late is sent back to the hazard with the reason."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    hazard = get_object_or_404(Hazard.objects.visible_to(request.actor).for_list(), pk=pk)
    verdict = chosen.may(request.actor, hazard)
    if isinstance(verdict, permissions.NotNow):
        messages.warning(request, verdict.reason)
        return redirect("hazards:hazard", pk=pk)
    require(verdict)
    form = chosen.filled(request, hazard)
    if request.method == "POST" and form.is_valid() and done(chosen, hazard, form):
        messages.success(request, f"{chosen.done}。")
        return redirect("hazards:hazard", pk=pk)
    page = {"hazard": hazard, "act": chosen, "form": form}
    return render(request, "hazards/act.html", page, status=422 if form.errors else 200)


def done(chosen: Act, hazard: Hazard, form: ActForm) -> bool:
    """Do it, photos and all, or nothing; what the domain refuses is said above the form."""
    try:
        with transaction.atomic():
            chosen.run(hazard, by=form.actor, **form.values())
            actions.attach(hazard, form.photos(), by=form.actor, role=form.PHOTOS)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as error:
        form.add_error("photos", error)
    return not form.errors
