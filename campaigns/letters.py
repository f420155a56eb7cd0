"""The words of a letter and the paper it is written on: page and Word read the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from campaigns.models import Campaign, Letter, Obligation
from lib.text import full_date

TITLE = "关于抓紧办理逾期事项的催办函"
BODY = """按照{campaign}的要求，你单位下列事项已超过规定的期限，至今未办理：
请你单位主要负责人（分管负责人）高度重视，督促有关人员尽快办理；确有困难的，请说明原因并写明办理时间。"""

BLANK = "（请填写）"
TITLES = {Letter.Kind.SUPERVISION: "关于限期办理逾期事项的督办函", Letter.Kind.TALK: "关于约谈的通知"}
BODIES = {
    Letter.Kind.SUPERVISION: """按照{campaign}的要求，你单位下列事项未在规定的期限内办理：
请你单位主要负责人亲自督促，立即补报尚未办理的事项，并书面说明原因和改进措施。""",
    Letter.Kind.TALK: """按照{campaign}的要求，你单位下列事项未在规定的期限内办理，决定对你单位进行约谈：
约谈对象："""
    + BLANK
    + """
约谈时间："""
    + BLANK
    + """
约谈地点："""
    + BLANK
    + """
请准备书面材料，说明原因、改进措施和完成时间。""",
}

VERBS = {"receipt": "签收"}


@dataclass(frozen=True)
class Paper:
    """A letter as it is read: 主送, paragraphs with the items numbered, signature, date, 附注."""

    sender: str
    number: str
    title: str
    addressee: str
    paragraphs: list[str]
    dated: str
    note: str


def body(campaign: Campaign, kind: str = Letter.Kind.URGING) -> str:
    """The notice by its title and number where it has them, else the campaign's name."""
    named = f"《{campaign.notice_title}》" if campaign.notice_title else f"“{campaign.name}”"
    number = f"（{campaign.notice_number}）" if campaign.notice_title and campaign.notice_number else ""
    return BODIES.get(Letter.Kind(kind), BODY).format(campaign=named + number)


def line(obligation: Obligation) -> str:
    """2023年6月 调度表，应于2023年6月28日报送; after an extension also the day it was due first.

    A notice is signed for, what records count is done.
    """
    due = timezone.localdate(obligation.due_at)
    moved = obligation.moved_from
    original = f"（原定{full_date(timezone.localdate(moved))}）" if moved else ""
    return f"{obligation.title}，应于{full_date(due)}{_verb(obligation)}{original}"


def slow_line(obligation: Obligation) -> str:
    """The same and how it stands: 至今未报送, or 6月30日才报送."""
    came, verb = obligation.handed_in_at, _verb(obligation)
    return f"{line(obligation)}，{f'{full_date(timezone.localdate(came))}才{verb}' if came else f'至今未{verb}'}"


def _verb(obligation: Obligation) -> str:
    return "完成" if obligation.is_counted else VERBS.get(obligation.deliverable.form_kind, "报送")


def lines(obligations: Iterable[Obligation]) -> list[str]:
    return [line(one) for one in obligations]


def items_of(letter: Letter, moment: datetime) -> list[str]:
    """Of a draft what is overdue now; a letter that speaks of no obligation keeps the lines it was given."""
    if not letter.is_draft:
        return letter.lines
    told = line if letter.kind == Letter.Kind.URGING else slow_line
    return [told(one) for one in letter.owed_at(moment)] or letter.lines


def paper(letter: Letter) -> Paper:
    """Of a draft as it would go out now."""
    moment = letter.released_at or timezone.now()
    items = items_of(letter, moment)
    first, *rest = letter.body.strip().splitlines() or [""]
    campaign = letter.campaign
    person = f"联系人：{campaign.contact}" if campaign.contact else ""
    phone = f"联系电话：{campaign.phone}" if campaign.phone else ""
    return Paper(
        sender=letter.from_unit.name,
        number=letter.number,
        title=letter.title,
        addressee=str(letter.respondent),
        paragraphs=[first, *_numbered(items), *filter(str.strip, rest)],
        dated=full_date(timezone.localdate(letter.released_at)) if letter.released_at else "",
        note=f"（{'，'.join(filter(None, [person, phone]))}）" if person or phone else "",
    )


def _numbered(items: Sequence[str]) -> list[str]:
    """1. …；2. …。"""
    end = len(items)
    return [f"{number}. {item}{'。' if number == end else '；'}" for number, item in enumerate(items, 1)]
