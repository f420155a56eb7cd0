"""A morning of the past at 08:30, and what people read on their pages: for walking days of the notices in Chromium."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from campaigns.actions.opening import open_obligations
from campaigns.actions.reminders import remind
from campaigns.models import Obligation
from config.tests.browser import loaded, obstacles, sideways, small_targets
from lib.actor import Actor
from organizations.models import Unit
from organizations.models.people import Role
from organizations.tests import factories as make

SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()
# Opening reaches 45 days ahead.
STEP = 40
PDF = {"name": "工作方案.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
# The words of a part of an element, if it has one, with a blank before a deadline.
SHOWN = """((e, part) => [...e.querySelectorAll(part)]
    .map(one => (part === '.deadline' ? ' ' : '') + one.innerText).join(''))"""


def dawn(monkeypatch, day, *, since, late=None, firm=None):
    """It is 08:30 of that day, for every thread; what was due before is in, but for `late`. Returns the firm, if any.

    Opened since the day of the notice; the morning's reminders are out.
    """
    call_command("load_official", verbosity=0)
    made = firm() if firm else None
    first, last = date.fromisoformat(since), date.fromisoformat(day)
    now = datetime.combine(last, time(8, 30), SHANGHAI)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    for nights in range(0, (last - first).days, STEP):
        open_obligations(first + timedelta(days=nights), by=SYSTEM)
    open_obligations(last, by=SYSTEM)
    came = Obligation.objects.filter(due_at__lt=now).exclude(**late or {"pk": None})
    came.update(state="fulfilled", handed_in_at=F("due_at"), accepted_at=F("due_at"))
    remind(timezone.now(), by=SYSTEM)
    return made


def clerk(name):
    return make.member(Unit.objects.get(name=name), name="王海").user


def director(firm, role=Role.DIRECTOR):
    return make.member(firm, role, name="于明辉").user


# What is on a page


def at(page, path):
    page.goto(path)
    return page


def seen(page, *, phone=False):
    """The page, once it has been looked at: nothing scrolls sideways, nothing stands in anybody's way."""
    assert sideways(page) == []
    assert obstacles(page) == []
    assert not phone or small_targets(page) == []
    return page


def tasks(page, section="我要报的"):
    """What a section of the home page lists: title and deadline."""
    heading = page.get_by_role("heading", name=section, exact=True)
    lines = loaded(page).locator("section.todo").filter(has=heading).locator("li")
    return _read(lines, "shown(e, '.todo-title') + shown(e, '.deadline')")


def board(page):
    """{duty: what stands in the last column}, of all areas together."""
    rows = loaded(page).locator("table.board tbody tr")
    return dict(_read(rows, "[e.querySelector('th').innerText, e.lastElementChild.innerText.trim()]"))


def cards(page):
    """{whom to ring: what about}."""
    lines = "[...e.querySelector('ul').children].map(e => shown(e, 'a') + shown(e, '.deadline'))"
    return dict(_read(loaded(page).locator(".call-card"), f"[e.querySelector('h2').innerText, {lines}]"))


def _read(locator, script):
    return locator.evaluate_all(f"all => all.map(e => {script})".replace("shown", SHOWN))


def told(page):
    """This morning's digest, as the inbox shows it."""
    return sorted(loaded(at(page, "/inbox/")).locator(".message li a").all_inner_texts())


# What is done there


def send(page, button, said):
    """Press the button; the page that answers says so."""
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_text(said).first.wait_for()
    loaded(page)


def decide(page, choice, reason=""):
    page.get_by_label(choice).check()
    if reason:
        page.get_by_label("理由", exact=True).first.fill(reason)
    send(page, "提交审核结果", "审核结果已通知填报单位。")
