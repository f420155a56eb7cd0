"""Checklists short and long, and what is owed on them; plain functions, nothing happens by itself."""

from datetime import date
from itertools import count
from uuid import uuid4

from campaigns.tests import factories as campaigns
from checklists import actions
from checklists.models import FALLS_SHORT, Checklist, Clause, Item, Polarity, SelfInspection
from organizations.models.people import Role
from organizations.tests import factories as make

_serial = count(1)

FIRM_LIST = "firm-list"
UNIT_LIST = "unit-list"


def checklist(code=FIRM_LIST, *, items=3, version=1, audience=Checklist.Audience.ENTERPRISE, **fields):
    """A published list of plain positive items under two headings, numbered from 1."""
    fields.setdefault("published_on", date(2023, 5, 1))
    made = Checklist.objects.create(code=code, version=version, name="对照检查表", audience=audience, **fields)
    for number in range(1, items + 1):
        item(made, number)
    return made


def item(of, number, *, polarity=Polarity.POSITIVE, text="", **fields):
    no, category = ("一", "制度建设") if number < 3 else ("二", "隐患排查")
    return Item.objects.create(
        checklist=of,
        number=number,
        category_no=no,
        category=category,
        text=text or f"是否落实第{number}项要求。",
        polarity=polarity,
        **fields,
    )


def clause(of, number, *, polarity=Polarity.POSITIVE, **fields):
    return Clause.objects.create(item=of, number=number, text=f"是否落实分项{number}，", polarity=polarity, **fields)


def obligation(holder=None, *, code=FIRM_LIST, recipients=None, period="once", **fields):
    """What the holder (a firm by default) owes: the checklist of this code, to its county's bureau."""
    holder = holder or make.enterprise()
    owed = campaigns.deliverable(f"check-{next(_serial)}", name="企业对照检查", form=f"checklist:{code}", **fields)
    receivers = [make.unit()] if recipients is None else recipients
    sector = holder.sector if hasattr(holder, "uscc") else None
    return campaigns.obligation(holder, of=owed, recipients=receivers, period=period, sector=sector)


def inspection(holder=None, *, by=None, of=None, **fields):
    """An opened self-inspection; `of` is its checklist, three plain items by default."""
    listed = of or Checklist.objects.filter(code=FIRM_LIST).first() or checklist()
    owed = obligation(holder, code=listed.code, **fields)
    opened = actions.open_inspection(owed, by=by or make.actor(owed.respondent, role_of(owed.respondent)))
    return SelfInspection.objects.with_held().get(pk=opened.pk)


def role_of(holder):
    return Role.HEAD if hasattr(holder, "uscc") else Role.CLERK


def saving(result="compliant", *, version=0, note="", fixed_at_once=False, client_id=None):
    return actions.Saving(client_id or uuid4(), version, result, note, fixed_at_once)


def answered(on, *, by, results=None, notes=None):
    """Every item answered: 符合, or by number as `results` says, with a note where one is needed."""
    results, notes = results or {}, notes or {}
    for one in on.checklist.items.all():
        result = results.get(one.number, "compliant")
        note = notes.get(one.number, "缺少记录" if result in FALLS_SHORT else "")
        actions.answer(on, item=one.number, saving=saving(result, note=note), by=by)
    return on
