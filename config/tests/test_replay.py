"""2022 and 2023 day by day, from the notices: what is owed is opened, and every morning at 08:30 it is chased.

Every date below is written out by hand from the notices and the State Council's calendars of the two years. Due days:
威工信发〔2022〕10号: 04-26, 04-28, 12-30, the 18th; 高工信字〔2022〕15号: 05-15, 09-30, 12-31, the 20th;
威安办发〔2022〕65号: monthly; 威应急发〔2023〕12号: 05-31, 12-20, mines the 25th, trade the 28th.
Days off besides weekends: 2022-04-30 to 05-04, 06-03, 09-12, 10-01 to 10-07, 2022-12-31 to 2023-01-02, 2023-06-22 to
06-23, 09-29 to 10-06, 2024-01-01; worked weekends: 2022-04-24, 05-07, 10-08, 10-09, 2023-06-25, 10-07, 10-08.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from campaigns.actions import editing, reminders, submissions
from campaigns.actions.opening import open_obligations
from campaigns.models import Campaign, Deliverable, Obligation, Reminder
from lib.actor import Actor
from notifications.models import Message
from organizations.models import Area, Enterprise, Unit
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()
RULES = ("before-3", "before-1", "day", "after-1", "after-3", "after-6", "after-9")


@dataclass(frozen=True)
class Duty:
    """What some respondents owe: `due` as "05 05-18, 06 06-18", the period and the day after the work-day policy."""

    campaign: str
    code: str
    respondents: tuple[str, ...]
    due: str
    policy: str = ""

    @property
    def days(self):
        return dict(one.split() for one in self.due.split(", "))

    @property
    def full_code(self):
        return f"{self.code}-{self.policy}" if self.policy else self.code


# ---- 2022: who, what, when

RONGCHENG, WENDENG, CITY = "荣成市工业和信息化局", "文登区工业和信息化局", "威海市工业和信息化局"
EQUIPMENT = "威海市工业和信息化局装备产业科"
GAOQING_A, GAOQING_B = "高青县工业和信息化局材料行业管理科", "高青县工业和信息化局装备行业管理科"
COMMITTEE, COMMITTEE_OFFICE = "文登区人民政府安委会", "威海市人民政府安全生产委员会办公室"
FOOD, MACHINES = "荣成海源食品有限公司", "高青宏达机械有限公司"
DISTRICTS, GAOQING = (RONGCHENG, WENDENG), (GAOQING_A, GAOQING_B)
MIIT, GQ, SAFETY = "weihai-miit-2022", "gaoqing-miit-2022", "weihai-safety-2022"
ISSUED_2022 = {MIIT: "2022-04-24", GQ: "2022-05-16", SAFETY: "2022-08-23"}
# 06-18 is a Saturday, 09-18 and 12-18 are Sundays
EIGHTEENTH = "05 05-18, 06 06-18, 07 07-18, 08 08-18, 09 09-18, 10 10-18, 11 11-18, 12 12-18"
EIGHTEENTH_EARLIER = "05 05-18, 06 06-17, 07 07-18, 08 08-18, 09 09-16, 10 10-18, 11 11-18, 12 12-16"
EIGHTEENTH_LATER = "05 05-18, 06 06-20, 07 07-18, 08 08-18, 09 09-19, 10 10-18, 11 11-18, 12 12-19"
# 08-20 is a Saturday, 11-20 a Sunday
TWENTIETH = "05 05-20, 06 06-20, 07 07-20, 08 08-20, 09 09-20, 10 10-20, 11 11-20, 12 12-20"
TWENTIETH_EARLIER = "05 05-20, 06 06-20, 07 07-20, 08 08-19, 09 09-20, 10 10-20, 11 11-18, 12 12-20"
TWENTIETH_LATER = "05 05-20, 06 06-20, 07 07-20, 08 08-22, 09 09-20, 10 10-20, 11 11-21, 12 12-20"

DUTIES_2022 = [
    Duty(MIIT, "work-plan", DISTRICTS, "once 04-26"),
    Duty(MIIT, "two-lists", DISTRICTS, "once 04-28"),
    Duty(MIIT, "look-back", DISTRICTS, "once 12-30"),
    Duty(MIIT, "progress", DISTRICTS, EIGHTEENTH),
    Duty(MIIT, "progress", DISTRICTS, EIGHTEENTH_EARLIER, policy="earlier"),
    Duty(MIIT, "progress", DISTRICTS, EIGHTEENTH_LATER, policy="later"),
    Duty(
        MIIT,
        "two-lists-summary",
        (EQUIPMENT,),
        "04 04-30, 05 05-31, 06 06-30, 07 07-31, 08 08-31, 09 09-30, 10 10-31, 11 11-30, 12 12-31",
    ),
    Duty(MIIT, "committee-meeting", (CITY, *DISTRICTS), "Q2 06-30, Q3 09-30, Q4 12-31"),
    Duty(MIIT, "enterprise-checklist", (FOOD,), "Q2 04-30, Q3 07-31, Q4 10-31"),
    Duty(GQ, "work-plan", GAOQING, "once 05-15"),
    Duty(GQ, "department-checklist", GAOQING, "once 09-30"),
    Duty(GQ, "final-report", GAOQING, "once 12-31"),
    Duty(GQ, "progress", GAOQING, TWENTIETH),
    Duty(GQ, "progress", GAOQING, TWENTIETH_EARLIER, policy="earlier"),
    Duty(GQ, "progress", GAOQING, TWENTIETH_LATER, policy="later"),
    Duty(GQ, "enterprise-report", (MACHINES,), "once 09-30"),
    Duty(GQ, "cause-analysis", (MACHINES,), "once 12-31"),
    Duty(SAFETY, "contacts", (COMMITTEE,), "once 08-30"),
    Duty(SAFETY, "monthly-scores", (COMMITTEE_OFFICE,), "09 09-30, 10 10-31, 11 11-30, 12 12-31"),
]

# due day: 3 and 1 work days before, the day itself, 1 and 3 work days after
TURNS_2022 = {
    # 04-22 was before the notice: said on the day of the notice, within the catch-up
    "04-26": "04-24 04-25 04-26 04-27 04-29",
    "04-28": "04-25 04-27 04-28 04-29 05-06",
    "04-30": "04-27 04-29 04-30 05-05 05-07",
    "05-18": "05-13 05-17 05-18 05-19 05-23",
    "05-20": "05-17 05-19 05-20 05-23 05-25",
    "05-31": "05-26 05-30 05-31 06-01 06-06",
    "06-17": "06-14 06-16 06-17 06-20 06-22",
    "06-18": "06-15 06-17 06-18 06-20 06-22",
    "06-20": "06-15 06-17 06-20 06-21 06-23",
    "06-30": "06-27 06-29 06-30 07-01 07-05",
    "07-18": "07-13 07-15 07-18 07-19 07-21",
    "07-20": "07-15 07-19 07-20 07-21 07-25",
    "07-31": "07-27 07-29 07-31 08-01 08-03",
    "08-18": "08-15 08-17 08-18 08-19 08-23",
    "08-19": "08-16 08-18 08-19 08-22 08-24",
    "08-20": "08-17 08-19 08-20 08-22 08-24",
    "08-22": "08-17 08-19 08-22 08-23 08-25",
    "08-30": "08-25 08-29 08-30 08-31 09-02",
    "08-31": "08-26 08-30 08-31 09-01 09-05",
    "09-16": "09-13 09-15 09-16 09-19 09-21",
    "09-18": "09-14 09-16 09-18 09-19 09-21",
    "09-19": "09-14 09-16 09-19 09-20 09-22",
    "09-20": "09-15 09-19 09-20 09-21 09-23",
    "09-30": "09-27 09-29 09-30 10-08 10-10",
    "10-18": "10-13 10-17 10-18 10-19 10-21",
    "10-20": "10-17 10-19 10-20 10-21 10-25",
    "10-31": "10-26 10-28 10-31 11-01 11-03",
    "11-18": "11-15 11-17 11-18 11-21 11-23",
    "11-20": "11-16 11-18 11-20 11-21 11-23",
    "11-21": "11-16 11-18 11-21 11-22 11-24",
    "11-30": "11-25 11-29 11-30 12-01 12-05",
    "12-16": "12-13 12-15 12-16 12-19 12-21",
    "12-18": "12-14 12-16 12-18 12-19 12-21",
    "12-19": "12-14 12-16 12-19 12-20 12-22",
    "12-20": "12-15 12-19 12-20 12-21 12-23",
    "12-30": "12-27 12-29 12-30 01-03 01-05",
    "12-31": "12-28 12-30 12-31 01-03 01-05",
}
# Whoever waits longer is told every third work day: 6 and 9 after, here after the National Day.
SLOWER_2022 = {(GAOQING_B, "department-checklist", "once"): "10-13 10-18"}
# Due the day before the notice was issued: listed, never chased.
NEVER_CHASED = [(GQ, "work-plan")]

# ---- 2023

RONGCHENG_E, WENDENG_E = "荣成市应急管理局", "文登区应急管理局"
FREEZER, SHOP, MINE = "荣成沐川冷冻食品有限公司", "文登恒昌机械有限公司", "文登金岭矿业有限公司"
EMERGENCY = (RONGCHENG_E, WENDENG_E)
TRADE, MINES = "trade-2023", "mines-2023"
ISSUED_2023 = {TRADE: "2023-05-19", MINES: "2023-05-19"}
# 05-28 is a Sunday, 10-28 a Saturday
TWENTY_EIGHTH = "05 05-28, 06 06-28, 07 07-28, 08 08-28, 09 09-28, 10 10-28, 11 11-28, 12 12-28"
# 06-25 is a Sunday but worked, after 端午; 11-25 is a Saturday
TWENTY_FIFTH = "05 05-25, 06 06-25, 07 07-25, 08 08-25, 09 09-25, 10 10-25, 11 11-25, 12 12-25"
TWENTY_FIFTH_EARLIER = "05 05-25, 06 06-25, 07 07-25, 08 08-25, 09 09-25, 10 10-25, 11 11-24, 12 12-25"
TWENTY_FIFTH_LATER = "05 05-25, 06 06-25, 07 07-25, 08 08-25, 09 09-25, 10 10-25, 11 11-27, 12 12-25"
TWENTY_EIGHTH_EARLIER = "05 05-26, 06 06-28, 07 07-28, 08 08-28, 09 09-28, 10 10-27, 11 11-28, 12 12-28"
TWENTY_EIGHTH_LATER = "05 05-29, 06 06-28, 07 07-28, 08 08-28, 09 09-28, 10 10-30, 11 11-28, 12 12-28"
MONTH_ENDS = "06 06-30, 07 07-31, 08 08-31, 09 09-30, 10 10-31, 11 11-30, 12 12-31"

DUTIES_2023 = [
    Duty(TRADE, "action-plan", EMERGENCY, "once 05-31"),
    Duty(TRADE, "dispatch-table", EMERGENCY, TWENTY_EIGHTH),
    Duty(TRADE, "dispatch-table", EMERGENCY, TWENTY_EIGHTH_EARLIER, policy="earlier"),
    Duty(TRADE, "dispatch-table", EMERGENCY, TWENTY_EIGHTH_LATER, policy="later"),
    Duty(TRADE, "practice", EMERGENCY, TWENTY_EIGHTH),
    Duty(TRADE, "ledger", EMERGENCY, TWENTY_EIGHTH),
    Duty(TRADE, "final-report", EMERGENCY, "once 12-20"),
    Duty(TRADE, "enterprise-checklist", (FREEZER, SHOP), "Q3 07-31, Q4 10-31"),
    Duty(TRADE, "lead-checks", (SHOP,), "Q2 06-30, Q3 09-30, Q4 12-31"),
    Duty(TRADE, "lead-checks-monthly", (FREEZER,), MONTH_ENDS),
    Duty(TRADE, "drill", (SHOP,), "once 12-31"),
    Duty(TRADE, "drill-half-yearly", (FREEZER,), "H1 06-30, H2 12-31"),
    Duty(MINES, "action-plan", EMERGENCY, "once 05-31"),
    Duty(MINES, "dispatch-table", EMERGENCY, TWENTY_FIFTH),
    Duty(MINES, "dispatch-table", EMERGENCY, TWENTY_FIFTH_EARLIER, policy="earlier"),
    Duty(MINES, "dispatch-table", EMERGENCY, TWENTY_FIFTH_LATER, policy="later"),
    Duty(MINES, "practice", EMERGENCY, "Q2 06-30, Q3 09-30, Q4 12-31"),
    Duty(MINES, "monthly-search", (MINE,), MONTH_ENDS),
    Duty(MINES, "drill", (MINE,), "H1 06-30, H2 12-31"),
]
TURNS_2023 = {
    "05-25": "05-22 05-24 05-25 05-26 05-30",
    "05-26": "05-23 05-25 05-26 05-29 05-31",
    "05-28": "05-24 05-26 05-28 05-29 05-31",
    "05-29": "05-24 05-26 05-29 05-30 06-01",
    "05-31": "05-26 05-30 05-31 06-01 06-05",
    "06-25": "06-19 06-21 06-25 06-26 06-28",
    "06-28": "06-25 06-27 06-28 06-29 07-03",
    "06-30": "06-27 06-29 06-30 07-03 07-05",
    "07-25": "07-20 07-24 07-25 07-26 07-28",
    "07-28": "07-25 07-27 07-28 07-31 08-02",
    "07-31": "07-26 07-28 07-31 08-01 08-03",
    "08-25": "08-22 08-24 08-25 08-28 08-30",
    "08-28": "08-23 08-25 08-28 08-29 08-31",
    "08-31": "08-28 08-30 08-31 09-01 09-05",
    "09-25": "09-20 09-22 09-25 09-26 09-28",
    "09-28": "09-25 09-27 09-28 10-07 10-09",
    "09-30": "09-26 09-28 09-30 10-07 10-09",
    "10-25": "10-20 10-24 10-25 10-26 10-30",
    "10-27": "10-24 10-26 10-27 10-30 11-01",
    "10-28": "10-25 10-27 10-28 10-30 11-01",
    "10-30": "10-25 10-27 10-30 10-31 11-02",
    "10-31": "10-26 10-30 10-31 11-01 11-03",
    "11-24": "11-21 11-23 11-24 11-27 11-29",
    "11-25": "11-22 11-24 11-25 11-27 11-29",
    "11-27": "11-22 11-24 11-27 11-28 11-30",
    "11-28": "11-23 11-27 11-28 11-29 12-01",
    "11-30": "11-27 11-29 11-30 12-01 12-05",
    "12-20": "12-15 12-19 12-20 12-21 12-25",
    "12-25": "12-20 12-22 12-25 12-26 12-28",
    "12-28": "12-25 12-27 12-28 12-29 01-03",
    "12-31": "12-27 12-29 12-31 01-02 01-04",
}
SLOWER_2023 = {(WENDENG_E, "ledger", "09"): "10-12 10-17"}

# ---- how they behave: these hand in at noon of the last work day before, all the others at noon of the third after
PUNCTUAL = {RONGCHENG, CITY, GAOQING_A, COMMITTEE_OFFICE, FOOD, RONGCHENG_E, FREEZER}


def expected(duties, turns, slower):
    """{(campaign, code, period, respondent): days}, as far as each respondent lets it come."""
    found = {}
    for duty in duties:
        for period, due in duty.days.items():
            for one in duty.respondents:
                days = turns[due].split() if (duty.campaign, duty.code) not in NEVER_CHASED else []
                days = days[:2] if one in PUNCTUAL else days + slower.get((one, duty.full_code, period), "").split()
                found[duty.campaign, duty.full_code, period, one] = days
    return found


# ---- the years


def at(day, clock):
    return datetime.combine(day, clock, SHANGHAI)


def key_of(row):
    """As `expected` names it; the period without its year."""
    period = row.period.partition("-")[2] or row.period
    return row.deliverable.campaign.code, row.deliverable.code, period, str(row.respondent)


def local(moment, form="%m-%d"):
    return timezone.localtime(moment).strftime(form)


def only(duties):
    """Only these duties stay, with their twins of another work-day policy; only these units are in use."""
    wanted = {(duty.campaign, duty.code) for duty in duties}
    for row in Deliverable.objects.select_related("campaign"):
        if (row.campaign.code, row.code) not in wanted:
            row.delete()
    names = {one for duty in duties for one in duty.respondents}
    Unit.objects.exclude(name__in=names).update(active=False)
    for duty in duties:
        if duty.policy:
            twin = Deliverable.objects.get(campaign__code=duty.campaign, code=duty.code)
            named = list(twin.named_respondents.all())
            twin.pk, twin.code, twin.policy, twin._state.adding = None, duty.full_code, duty.policy, True
            twin.save()
            twin.named_respondents.set(named)


class Replay:
    """The days of one year, each with its night, its morning and its noon."""

    def __init__(self, duties, turns, slower, issued, monkeypatch):
        call_command("load_official", verbosity=0)
        only(duties)
        Campaign.objects.update(state="draft")
        self.issued = issued
        self.monkeypatch = monkeypatch
        self.expected = expected(duties, turns, slower)
        self.clerks = {}

    def run(self, first, last):
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            self.clock(at(day, time(0, 10)))
            for campaign in Campaign.objects.filter(code__in=self.issued_on(day)):
                editing.start(campaign, by=SYSTEM)
            if self.is_open_night(day):
                open_obligations(day, by=SYSTEM)
            self.clock(at(day, time(8, 30)))
            reminders.remind(timezone.now(), by=SYSTEM)
            self.clock(at(day, time(12)))
            self.hand_in(day)
            day += timedelta(days=1)

    def clock(self, moment):
        self.monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    def is_open_night(self, day):
        """A notice's first three nights, then every other week, to be quick: opening reaches 45 days ahead."""
        since = [(day - date.fromisoformat(issued)).days for issued in self.issued.values()]
        return any(0 <= days < 3 for days in since) or max(since) % 14 == 0

    def issued_on(self, day):
        return [code for code, issued in self.issued.items() if issued == day.isoformat()]

    def hand_in(self, day):
        """Everybody after the last turn he lets come, by the hand-written list."""
        due = {key for key, days in self.expected.items() if days and days[-1] == f"{day:%m-%d}"}
        if due:
            for row in Obligation.objects.unanswered().filter(opened_on__lte=day):
                if key_of(row) in due:
                    submissions.hand_in(row, by=self.clerk(row.respondent), text="已完成")

    def clerk(self, holder):
        if holder not in self.clerks:
            self.clerks[holder] = make.actor(holder, Role.HEAD if isinstance(holder, Enterprise) else Role.CLERK)
        return self.clerks[holder]


def check_due(duties):
    """What stands is what the list says, once, with its day after the policy and the notice's own beside it."""
    rows = Obligation.objects.all()
    stands = sorted((*key_of(row), local(row.original_due_at, "%m-%d %H:%M:%S")) for row in rows)
    listed = [
        (duty.campaign, duty.full_code, period, one, f"{due} 23:59:59")
        for duty in duties
        for period, due in duty.days.items()
        for one in duty.respondents
    ]
    assert stands == sorted(listed)
    asked = {(duty.campaign, duty.code, period): due for duty in duties[::-1] for period, due in duty.days.items()}
    as_asked = {key_of(row)[:3]: f"{row.nominal_on:%m-%d}" for row in rows if row.deliverable.policy == "as_is"}
    assert as_asked == {key: due for key, due in asked.items() if key in as_asked}
    twins = [row for row in rows if row.deliverable.policy != "as_is"]
    for row in twins:
        campaign, code, period, _ = key_of(row)
        assert f"{row.nominal_on:%m-%d}" == as_asked[campaign, code.rpartition("-")[0], period]


def check_reminders(replay):
    """Each turn of the list was recorded on its day at 08:30, once, and nothing else; one digest a day to each."""
    told = {key: [] for key in replay.expected}
    for turn in Reminder.objects.select_related("obligation__deliverable__campaign").order_by("scheduled_at"):
        told[key_of(turn.obligation)].append((turn.rule, local(turn.decided_at, "%m-%d %H:%M")))
    assert told == {
        key: [(rule, f"{day} 08:30") for rule, day in zip(RULES, days, strict=False)]
        for key, days in replay.expected.items()
    }
    digests = [
        (str(one.unit or one.enterprise), local(one.created_at)) for one in Message.objects.filter(kind="reminder")
    ]
    assert sorted(digests) == sorted({(key[3], day) for key, days in replay.expected.items() for day in days})


def test_2022_from_the_notices(monkeypatch):
    replay = Replay(DUTIES_2022, TURNS_2022, SLOWER_2022, ISSUED_2022, monkeypatch)
    make.enterprise(FOOD, in_area=Area.objects.get(name="荣成市"), in_sector="轻工")
    make.enterprise(MACHINES, in_area=Area.objects.get(name="高青县"), in_sector="机械")
    replay.run("2022-04-23", "2023-01-10")
    check_due(DUTIES_2022)
    check_reminders(replay)
    early = [turn for turn in Reminder.objects.all() if turn.scheduled_at != turn.decided_at]
    assert {(turn.obligation.deliverable.code, local(turn.scheduled_at)) for turn in early} == {("work-plan", "04-22")}
    overdue = Obligation.objects.filter(late_to_open=True)
    assert {(row.deliverable.campaign.code, row.deliverable.code) for row in overdue} == set(NEVER_CHASED)


def test_2023_from_the_notices(monkeypatch):
    replay = Replay(DUTIES_2023, TURNS_2023, SLOWER_2023, ISSUED_2023, monkeypatch)
    make.enterprise(FREEZER, in_area=Area.objects.get(name="荣成市"), feature_names=["涉氨制冷"])
    make.enterprise(SHOP, in_area=Area.objects.get(name="文登区"), in_sector="机械")
    make.enterprise(MINE, in_area=Area.objects.get(name="文登区"), in_sector="非煤矿山")
    replay.run("2023-05-01", "2024-01-10")
    check_due(DUTIES_2023)
    check_reminders(replay)
    assert not Reminder.objects.exclude(scheduled_at=F("decided_at")).exists()
