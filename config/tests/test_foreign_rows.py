"""Every URL × every role × somebody else's rows: nothing of another area, sector or firm is seen or moved.

A URL that takes a row's key must stand in `ROWS`, or in `OPEN` with the reason why everybody may read it.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import (
    Assignment,
    AssignmentProgress,
    Call,
    Contact,
    Extension,
    Letter,
    NoticeIssue,
    Objection,
    Obligation,
    Submission,
)
from campaigns.tests import factories as owed
from checklists.models import Answer, SelfInspection
from checklists.tests import factories as lists
from documents.models import ExportJob, ImportBatch, StoredFile
from hazards.models import Hazard, Measure, Problem
from hazards.tests import factories as found
from inspections.models import DutyLog
from notifications.models import Delivery, Message
from organizations.models import Enterprise, EnterpriseChange, Membership, Responsible, User
from organizations.models.areas import Line
from organizations.models.people import ENTERPRISE_ROLES, Role
from organizations.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SECRET = "绝密标记甲乙丙"
REFUSED = {403, 404, 405}
# Read by everybody who is logged in; what they show of rows is filtered, which the test of the lists looks at.
OPEN = {
    "campaigns:campaign": "a notice that runs is read by all",
    "campaigns:board": "counts within one's own reach",
    "campaigns:board_workbook": "the same",
    "campaigns:grid": "the same",
    "reports:closing": "the same",
    "campaigns:tailoring": "a campaign's rule is read by all; what was published is filtered",
    "campaigns:set_days": "tasks that one's own house receives only",
    "campaigns:grid_workbook": "the same",
    "campaigns:firm_grid": "firms of one's own reach only",
    "campaigns:firm_grid_workbook": "the same",
    "campaigns:ranking": "the same",
    "campaigns:ranking_workbook": "the same",
    "campaigns:assignments": "tasks of one's own house only",
    "campaigns:assignments_workbook": "the same",
    "hazards:lists_summary": "lists of units of one's own reach only",
    "hazards:lists_summary_workbook": "the same",
    "checklists:blank_workbook": "an empty form",
    "organizations:issue": "a form for a kind of holder, not a row",
    "documents:import_blank": "an empty form",
    "inspections:import_blank": "an empty form",
    "reports:table": "rows of one's own reach only",
    "reports:download": "the same",
    "reports:figure": "the same",
    "reports:own_figures": "refused to all but the lead unit",
    "reports:stand_in": "the same",
}
UNIT_ROLES = [role for role in Role.values if role not in ENTERPRISE_ROLES]


def patterns(found: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(namespace:name, pattern) of every URL of ours."""
    for each in found or get_resolver().url_patterns:
        if isinstance(each, URLResolver):
            if each.namespace != "admin":
                yield from patterns(each.url_patterns, each.namespace or space)
        elif each.name:
            yield f"{space}:{each.name}" if space else each.name, each


def keyed(pattern: URLPattern) -> bool:
    return bool(pattern.pattern.converters)


@pytest.fixture(autouse=True)
def _quiet():
    """Hundreds of refusals are what is wanted here."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world():
    """One firm and one unit of 荣成市 with a row of every kind, each carrying the marker."""
    unit, city = make.unit(), make.city_bureau()
    firm = make.enterprise(SECRET)
    head = make.actor(firm, Role.HEAD)
    clerk = make.actor(unit)
    hazard = found.hazard(firm, level="major", description=SECRET)
    photo = StoredFile.objects.create(name=SECRET, content_type="image/png", size=1, sha256="0" * 64, owner=hazard)
    text = owed.obligation(unit, of=owed.deliverable("text", form="text"), recipients=[city])
    waiting = submissions.hand_in(text, by=clerk, text=SECRET)
    table = owed.obligation(unit, of=owed.deliverable("table", form="return:trade"), recipients=[city])
    two_lists = owed.obligation(unit, of=owed.deliverable("lists", form="two-lists"), recipients=[city])
    inspection = lists.inspection(firm, by=head)
    message = Message.objects.create(
        key="secret", kind="notice", enterprise=firm, title=SECRET, delivered_at=timezone.now()
    )
    return {
        "hazard": hazard,
        "file": photo,
        "unit": unit,
        "owed": text,
        "waiting": waiting,
        "table": table,
        "two_lists": two_lists,
        "counted": owed.obligation(unit, of=owed.deliverable("counted", form="record", counts="visits")),
        "inspection": inspection,
        "checklist_owed": inspection.obligation,
        "firm": firm,
        "account": head.membership,
        "message": message,
        "delivery": Delivery.objects.create(
            message=message, channel="email", address="secret@example.cn", state="failed"
        ),
        "problem": Problem.objects.create(unit=unit, text=SECRET, found_on=hazard.found_on),
        "measure": Measure.objects.create(unit=unit, title=SECRET),
        "batch": ImportBatch.objects.create(
            kind="hazards", state="previewed", name=SECRET, sha256="1" * 64, unit=unit, by="甲"
        ),
        "change": EnterpriseChange.objects.create(enterprise=firm, values={"head": SECRET}, proposed_by="甲"),
        "responsible": Responsible.objects.create(
            kind="station", unit=unit, enterprise=firm, name=SECRET, starts_on=date(2023, 1, 1)
        ),
        "job": ExportJob.objects.create(
            kind="dispatch", title=SECRET, unit=unit, requested_by=clerk.user, state="failed"
        ),
        "campaign": text.deliverable.campaign,
        "duty": text.deliverable,
        **chasing(text),
    }


def chasing(text: Any) -> dict[str, Any]:
    """What hangs on an obligation of the unit and its campaign."""
    campaign = text.deliverable.campaign
    now = timezone.now()
    return {
        "notice": NoticeIssue.objects.create(
            campaign=campaign, title=SECRET, issuer=make.city_bureau(), sign_by=date(2023, 6, 28)
        ),
        "contact": Contact.objects.create(
            campaign=campaign, unit=text.unit, name=SECRET, phone="0631-5200001", confirmed_at=now, heard_at=now
        ),
        "log": DutyLog.objects.create(
            obligation=text, held_on=date(2023, 6, 1), led_by=SECRET, content=SECRET, recorded_by="甲"
        ),
        "letter": owed.letter(text, title=SECRET, body=SECRET),
        "progress": told_of_a_task(campaign, text.unit),
    }


def told_of_a_task(campaign: Any, unit: Any) -> AssignmentProgress:
    """Everybody reads the task in the notice; what its unit reports is for few."""
    task = Assignment.objects.create(campaign=campaign, number=1, text="任务")
    task.lead_units.set([unit])
    return AssignmentProgress.objects.create(assignment=task, unit=unit, text=SECRET, light="green", reported_by="甲")


def rows(world: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The arguments of every URL that takes a row's key."""

    def pk(name: str) -> dict[str, Any]:
        return {"pk": world[name].pk}

    table, inspection, code = pk("table"), pk("inspection"), {"code": world["campaign"].code}
    found = {f"reports:{name}": table for name in ("start", "dispatch_return", "check_return", "nil_return", "judge")}
    found |= campaign_rows(pk, code)
    found |= {"inspections:record_of": pk("owed"), "reports:close": code}
    found |= {f"inspections:{name}": pk("log") for name in ("duty_log", "duty_log_finding")}
    found |= {
        f"organizations:{name}": pk("account") for name in ("account", "account_reset", "account_end", "account_resume")
    }
    found |= {"hazards:hazard": pk("hazard"), "hazards:act": pk("hazard") | {"name": "judge"}}
    found |= {
        "hazards:hand_in_lists": pk("two_lists"),
        "hazards:lists_for": pk("two_lists"),
        "hazards:problem": pk("problem"),
    }
    found |= {"inspections:penalty": pk("hazard")}
    found |= {"hazards:move_problem": pk("problem"), "hazards:measure": pk("measure")}
    parts = (
        "self_inspection",
        "fill",
        "check",
        "ask_to_submit",
        "submit",
        "accept",
        "return_self_inspection",
        "result_workbook",
    )
    found |= {f"checklists:{name}": inspection for name in parts}
    found |= {
        f"checklists:{name}": inspection | {"number": 1} for name in ("save_answer", "register_finding", "add_photo")
    }
    found |= {"checklists:start": pk("checklist_owed"), "documents:file": pk("file")}
    found |= {"notifications:read": pk("message"), "notifications:retry": pk("delivery")}
    found |= {"reports:enterprise": pk("firm"), "reports:enterprise_records": pk("firm") | {"kind": "visits"}}
    found |= {"organizations:enterprise": pk("firm"), "organizations:enterprise_confirm": pk("firm")}
    found |= {"organizations:enterprise_move": pk("firm")}
    found |= {f"organizations:{name}": pk("responsible") for name in ("roster_entry", "roster_amend", "roster_end")}
    found |= {"organizations:change": pk("change"), "organizations:change_decide": pk("change")}
    found |= {"reports:export_progress": pk("job"), "reports:export_retry": pk("job")}
    for space in ("documents", "inspections"):
        found |= {f"{space}:{name}": pk("batch") for name in ("import_batch", "import_confirm", "import_check_again")}
    return found


def campaign_rows(pk: Callable[[str], dict[str, Any]], code: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Those of the campaigns: by obligation, notice, letter, contact, and by the campaign's code."""
    found = {
        f"campaigns:{name}": pk("owed") for name in ("obligation", "hand_in", "register", "decide", "set_due", "waive")
    }
    asking = ("ask_extension", "answer_extension", "file_objection", "answer_objection", "contacts_of")
    asking += ("sign_off", "autosave", "confirm_nil", "end_standing_nil", "together", "accept_together")
    found |= {f"campaigns:{name}": pk("owed") for name in ("notice_of", *asking)}
    found |= {"campaigns:word": pk("waiting"), "campaigns:unit": pk("unit")}
    found |= {"campaigns:contact": pk("contact"), "campaigns:log_call": {"kind": "unit"} | pk("unit")}
    found |= {"campaigns:name_contacts": {"kind": "unit"} | pk("unit")}
    signing = ("notice", "notice_edit", "notice_issue", "notice_sign", "notice_withdraw", "notice_signatures")
    found |= {f"campaigns:{name}": pk("notice") for name in signing}
    found |= {
        f"campaigns:{name}": pk("letter")
        for name in ("letter", "letter_edit", "letter_release", "letter_withdraw", "letter_document")
    }
    edits = (
        "campaign_copy",
        "rehearsal",
        "campaign_edit",
        "assignments_edit",
        "deliverable_create",
        "campaign_start",
    )
    found |= {f"campaigns:{name}": code for name in edits}
    tasks = ("assignment", "assignment_report", "assignment_judge")
    found |= {f"campaigns:{name}": code | {"number": 1} for name in tasks}
    found |= {"campaigns:deliverable_edit": code | pk("duty"), "campaigns:press": code | pk("unit")}
    found |= {"campaigns:press_firm": code | pk("firm")}
    found |= {f"inspections:{name}": pk("counted") for name in ("unreached", "unreached_workbook")}
    return found


def strangers() -> Iterator[Any]:
    """Every role in another area, in another line of the same area, and in another firm next door."""
    away = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    other_line = make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=("民爆",))
    for holder, roles in (
        (away, UNIT_ROLES),
        (other_line, UNIT_ROLES),
        (make.enterprise("邻居公司"), ENTERPRISE_ROLES),
    ):
        for role in roles:
            yield make.member(holder, role)


def everything() -> list[Any]:
    models = (Obligation, Submission, Hazard, SelfInspection, Answer, Problem, Measure, Enterprise, EnterpriseChange)
    models += (Membership, User, ImportBatch, StoredFile, Delivery, ExportJob, NoticeIssue)
    models += (Call, Contact, Extension, Objection, Letter, AssignmentProgress, Responsible)
    return [list(model.objects.order_by("pk").values()) for model in models]


def said(response: Any) -> bytes:
    """The body; of a workbook, all its parts."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as book:
            return b"".join(book.read(name) for name in book.namelist())
    return body


def test_every_url_that_takes_a_key_is_tried_or_open_for_a_reason(world):
    names = {name for name, pattern in patterns() if keyed(pattern)}
    assert names - set(rows(world)) - set(OPEN) == set()


def test_nobody_sees_or_moves_a_foreign_row(client, world):
    here = {name for name, _ in patterns()}
    urls = {name: reverse(name, kwargs=kwargs) for name, kwargs in rows(world).items() if name in here}
    posts = list(strangers())
    before = everything()
    wrong = []
    for post in posts:
        client.force_login(post.user)
        for name, url in urls.items():
            for method in (client.get, client.post):
                response = method(url)
                if response.status_code not in REFUSED or SECRET.encode() in said(response):
                    wrong.append((str(post), method.__name__, name, response.status_code))
    assert wrong == []
    before[10] = [{**row, "last_login": None} for row in before[10]]
    after = everything()
    after[10] = [{**row, "last_login": None} for row in after[10]]
    assert after == before


def test_no_list_export_or_open_page_shows_a_foreign_row(client, world):
    code = world["campaign"].code
    tables = {"campaign": code, "table": "trade", "period": "2023-06"}
    Responsible.objects.create(kind="leader", unit=world["unit"], name=SECRET, starts_on=date(2023, 1, 1))
    urls = [reverse(name) for name, pattern in patterns() if not keyed(pattern)]
    lists = [reverse(f"organizations:{name}") for name in ("roster", "roster_export")]
    urls += [f"{url}?unit={world['unit'].pk}&kind={kind}" for url in lists for kind in ("leader", "station")]
    open_pages = ("campaign", "board", "board_workbook", "grid", "ranking", "assignments", "assignments_workbook")
    open_pages += ("firm_grid", "firm_grid_workbook")
    urls += [reverse(f"campaigns:{name}", args=[code]) for name in open_pages]
    urls += [reverse(f"hazards:{name}", args=[code]) for name in ("lists_summary", "lists_summary_workbook")]
    urls += [reverse(f"reports:{name}", kwargs=tables) for name in ("table", "download")]
    urls += [reverse("reports:figure", kwargs=tables | {"code": each}) for each in ("1.4", "2.1", "2.5")]
    wrong = []
    for post in strangers():
        client.force_login(post.user)
        for url in urls:
            for query in ("", "?view=all"):
                asked = url + (query.replace("?", "&") if "?" in url else query)
                if SECRET.encode() in said(client.get(asked)):
                    wrong.append((str(post), url + query))
    assert wrong == []
