"""The home of each role, with nothing to do and with everything; and the city's picture at its edges."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import Campaign, Obligation
from campaigns.tests import factories as owed
from hazards.tests import factories as found
from organizations.models import EnterpriseChange, Membership
from organizations.models.people import ENTERPRISE_ROLES, Role
from organizations.tests import factories as make
from reports import overview, todo

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
UNIT_ROLES = [role for role in Role.values if role not in ENTERPRISE_ROLES]


def obligation(holder, due, **fields):
    return owed.obligation(holder, due_at=due, original_due_at=due, nominal_on=due.date(), **fields)


def in_days(days):
    return timezone.now() + timedelta(days=days)


def titles(actor):
    return {section.title: len(section.tasks) for section in todo.sections(actor)}


def verbs(actor):
    return {section.title: {task.verb for task in section.tasks} for section in todo.sections(actor)}


# Nothing


@pytest.mark.parametrize("role", UNIT_ROLES)
def test_unit_role_with_nothing_is_told_so(client, role):
    client.force_login(make.actor(make.unit(), role).user)

    page = client.get("/").content.decode()
    assert "目前没有要办的事" in page
    assert "荣成市应急管理局" in page


@pytest.mark.parametrize("role", sorted(ENTERPRISE_ROLES))
def test_firm_role_with_nothing_is_told_so(client, role):
    client.force_login(make.actor(found.firm(), role).user)

    assert "目前没有要办的事" in client.get("/").content.decode()


def test_person_without_a_post_gets_no_home(client):
    person = make.actor(make.unit()).user
    Membership.objects.update(active=False)
    client.force_login(person)

    assert client.get("/").status_code == 403


# Everything


@pytest.fixture
def busy():
    """One of each kind of business about 荣成海源食品有限公司 and its bureau, and the bureau's own duty."""
    firm, bureau, city = found.firm(), make.unit(), make.city_bureau()
    clerk = make.actor(bureau, name="赵前")
    found.proposed_major(firm, description="待判定")
    found.confirmed(firm, description="待定方案")
    found.rectifying(firm, description="整改中")
    found.rectifying(firm, description="待签字", rectified_on=date(2023, 6, 20))
    found.requested(firm, description="待复查")
    found.closed(firm, description="待核查")
    found.hazard(firm, description="一般隐患")
    found.proposal(found.rectifying(firm, description="待复核", rectified_on=date(2023, 6, 20)), by=clerk)
    EnterpriseChange.objects.create(enterprise=firm, values={"head": "李四"}, proposed_by="李四")
    duty = owed.deliverable(respondent="enterprise", form="text", code="plan", name="自查方案")
    obligation(firm, in_days(2), of=duty)
    handed = obligation(firm, in_days(3), of=duty, period="2023-07", recipients=[bureau])
    submissions.hand_in(handed, by=make.actor(firm, Role.HEAD, name="赵总"), text="已落实")
    monthly = owed.deliverable(of=owed.campaign("other", lead=city))
    obligation(bureau, in_days(5), of=monthly)
    return firm, bureau, city


UNIT_WORK = {
    Role.ADMIN: {"我要报的": 1, "等我核准的": 1},
    Role.CLERK: {"我要报的": 1, "等我判定的": 1, "等我审核的": 1, "等我核准的": 1},
    Role.REVIEWER: {"我要报的": 1, "等我判定的": 1, "等我复核的": 1, "等我审核的": 1},
    Role.DEPUTY: {"我要报的": 1, "等我复核的": 1, "等我审核的": 1},
    Role.CHIEF: {"我要报的": 1, "等我复核的": 1, "等我审核的": 1},
    Role.OFFICER: {"我要报的": 1, "等我判定的": 1, "等我复核的": 1, "等我复查的": 1, "等我核查的": 1},
}


@pytest.mark.parametrize("role", UNIT_ROLES)
def test_unit_role_with_everything_sees_its_own_business(busy, role):
    _, bureau, _ = busy

    assert titles(make.actor(bureau, role)) == UNIT_WORK[role]


FIRM_WORK = {
    Role.HEAD: {"我要报的": 1, "等我签字的": 2, "要落实五到位的": 1, "要整改的": 2},
    Role.DIRECTOR: {"我要报的": 1, "等我签字的": 2, "要落实五到位的": 1, "要整改的": 2},
    Role.SAFETY: {"我要报的": 1, "要落实五到位的": 1, "要整改的": 2},
}


@pytest.mark.parametrize("role", sorted(ENTERPRISE_ROLES))
def test_firm_role_with_everything_sees_its_own_business(busy, role):
    firm, _, _ = busy

    assert titles(make.actor(firm, role)) == FIRM_WORK[role]


def test_one_who_has_signed_waits_for_the_other(busy):
    firm, _, _ = busy
    firm.hazards.filter(description="待签字").update(signed_head="赵总")

    assert titles(make.actor(firm, Role.HEAD))["等我签字的"] == 1
    assert titles(make.actor(firm, Role.DIRECTOR))["等我签字的"] == 2


def test_city_is_not_shown_what_the_districts_have_in_hand(busy):
    _, _, city = busy

    assert titles(make.actor(city)) == {}
    assert titles(make.actor(city, Role.OFFICER)) == {}


def test_city_is_shown_what_it_found_itself(busy):
    firm, _, city = busy
    found.requested(firm, description="市局发现", found_by_unit=city)

    assert titles(make.actor(city, Role.OFFICER)) == {"等我复查的": 1}


def test_neighbour_sees_none_of_it(busy):
    other = make.unit("文登区应急管理局", in_area=make.county("文登区"))

    assert {role: titles(make.actor(other, role)) for role in UNIT_ROLES} == {role: {} for role in UNIT_ROLES}


def test_each_line_has_one_button_with_its_verb(busy, client):
    firm, bureau, _ = busy

    assert verbs(make.actor(bureau, Role.OFFICER)) == {
        "我要报的": {"查看"},
        "等我判定的": {"去判定"},
        "等我复核的": {"去复核"},
        "等我复查的": {"去复查"},
        "等我核查的": {"去核查"},
    }
    client.force_login(make.actor(firm, Role.HEAD).user)
    page = client.get("/").content.decode()
    assert page.count('<div class="todo-words">') == 6
    assert page.count('class="btn btn-outline-primary"') == 6


def test_only_what_is_imported_or_checked_needs_no_check_afterwards():
    firm, officer = found.firm(), make.actor(make.unit(), Role.OFFICER)
    found.closed(firm, imported=True)
    found.closed(firm, checked_on=date(2023, 6, 25), checked_by="周执法")
    found.closed(firm, found_by="department", rechecked_on=date(2023, 6, 22), rechecked_by="周执法、孙执法")
    assert titles(officer) == {}

    found.closed(firm)
    assert titles(officer) == {"等我核查的": 1}


@pytest.mark.parametrize(("rows", "shown", "more"), [(8, 8, ""), (9, 8, "/hazards/")])
def test_long_list_is_cut_and_leads_on(rows, shown, more):
    for n in range(rows):
        found.hazard(description=f"一般{n}")

    [section] = todo.sections(make.actor(found.firm(), Role.SAFETY))
    assert (len(section.tasks), section.more) == (shown, more)


@pytest.mark.parametrize(("firms", "more"), [(8, ""), (9, "/enterprises/changes/")])
def test_long_list_of_corrections_leads_on(firms, more):
    for n in range(firms):
        firm = make.enterprise(f"企业{n}")
        EnterpriseChange.objects.create(enterprise=firm, values={"head": "李四"}, proposed_by="李四")

    [section] = todo.sections(make.actor(make.unit()))
    assert (len(section.tasks), section.more) == (8, more)
    assert section.tasks[0].title == "企业0 提出修改企业信息"


def test_firm_of_the_city_itself_is_approved_by_the_city():
    firm = make.enterprise("市直企业", in_area=make.city())
    EnterpriseChange.objects.create(enterprise=firm, values={"head": "李四"}, proposed_by="李四")

    assert titles(make.actor(make.city_bureau())) == {"等我核准的": 1}


@pytest.mark.parametrize(("rows", "more"), [(8, ""), (9, "/obligations/")])
def test_long_list_of_duties_leads_on(rows, more):
    clerk, monthly = make.actor(make.unit()), owed.deliverable()
    for n in range(rows):
        obligation(clerk.unit, in_days(n + 1), of=monthly, period=f"2023-{n + 1:02}")

    [section] = todo.sections(clerk)
    assert (len(section.tasks), section.more) == (8, more)


def test_hazards_come_by_their_deadline():
    firm = found.firm()
    for day, words in ((28, "晚"), (20, "早"), (24, "中")):
        found.rectifying(firm, description=words, deadline_on=date(2023, 6, day))

    [section] = todo.sections(make.actor(firm, Role.SAFETY))
    assert [task.title for task in section.tasks] == ["早", "中", "晚"]
    assert section.tasks[0].due == date(2023, 6, 20)


def test_duty_due_in_45_days_is_the_last_on_the_list():
    clerk, monthly = make.actor(make.unit()), owed.deliverable()
    obligation(clerk.unit, in_days(44), of=monthly)
    obligation(clerk.unit, in_days(46), of=monthly, period="2023-07")

    assert titles(clerk) == {"我要报的": 1}


# The city's picture


def at(month, day, hour=0):
    return datetime(2023, month, day, hour, tzinfo=SHANGHAI)


NOON = at(6, 29, 12)


def came_in(**fields):
    """The values of 荣成市 on 29 June at noon for a duty with these fields; None if it is not in the picture."""
    city = make.actor(make.city_bureau())
    obligation(make.unit(), fields.pop("due", at(6, 29)), of=owed.deliverable(**fields.pop("duty", {})), **fields)
    return {area["name"]: area["values"] for area in overview.came_in(city, NOON)["areas"]}.get("荣成市")


@pytest.mark.parametrize(
    ("due", "shown"),
    [(at(6, 1), None), (at(6, 1, 1), [0, 0, 1, 0]), (at(7, 1), [0, 0, 0, 1]), (at(7, 1, 1), None)],
)
def test_month_of_the_picture_ends_with_midnight_of_its_last_day(due, shown):
    """What falls due at the first instant of June was May's."""
    assert came_in(due=due) == shown


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"handed_in_at": at(6, 28, 23)}, [1, 0, 0, 0]),
        ({"handed_in_at": at(6, 29)}, [1, 0, 0, 0]),
        ({"handed_in_at": at(6, 29, 1)}, [0, 1, 0, 0]),
        ({}, [0, 0, 1, 0]),
        ({"due": at(6, 30)}, [0, 0, 0, 1]),
        ({"duty": {"optional": True}}, None),
    ],
)
def test_duty_stands_where_it_stands(fields, shown):
    assert came_in(**fields) == shown


def test_picture_leaves_out_closed_campaigns_firms_and_the_city_itself():
    city = make.actor(make.city_bureau())
    obligation(make.city_bureau(), at(6, 29), of=owed.deliverable("own"))
    obligation(found.firm(), at(6, 29), of=owed.deliverable("firms", respondent="enterprise"))
    obligation(make.unit(), at(6, 29), of=owed.deliverable("dispatch"))
    Campaign.objects.update(state=Campaign.State.CLOSED)
    assert overview.came_in(city, NOON)["areas"] == []

    Campaign.objects.update(state=Campaign.State.RUNNING)
    assert [area["name"] for area in overview.came_in(city, NOON)["areas"]] == ["荣成市"]
    assert Obligation.objects.count() == 3


def test_titles_state_the_finding():
    none = {"name": "荣成市", "values": [0, 0, 0, 0]}
    done = {"name": "荣成市", "values": [2, 1, 0, 0]}
    behind = {"name": "乳山市", "values": [0, 0, 2, 1]}

    assert overview.came_in_title([none]) == "本月没有到期的报送事项"
    assert overview.came_in_title([done]) == "本月应报3项，已报3项，没有缺报"
    assert overview.came_in_title([done, behind]) == "本月应报6项，已报3项，缺报2项，其中乳山市2项"
    assert overview.hazards_title([{"name": "荣成市", "values": [0, 0, 0, 5]}]) == "没有未销号的隐患"
    assert (
        overview.hazards_title([{"name": "荣成市", "values": [1, 1, 1, 0]}, {"name": "乳山市", "values": [0, 3, 2, 0]}])
        == "未销号隐患5项，逾期3项；乳山市最多，3项"
    )


def test_hazards_stand_by_level_deadline_and_month_of_closing():
    """On 29 June: due that day is not overdue; closed in May or found not true stands nowhere."""
    firm, city = found.firm(), make.actor(make.city_bureau())
    found.rectifying(firm, deadline_on=date(2023, 6, 28))
    found.rectifying(firm, deadline_on=date(2023, 6, 29))
    found.hazard(firm)
    found.dismissed(firm)
    early = {"found_on": date(2023, 5, 20), "judged_on": date(2023, 5, 20), "planned_on": date(2023, 5, 20)}
    early |= {"reported_on": date(2023, 5, 20), "rectified_on": date(2023, 5, 30)}
    found.closed(firm, closed_on=date(2023, 6, 1), **early)
    found.closed(firm, closed_on=date(2023, 5, 31), **early)

    [area] = overview.hazards_stand(city, date(2023, 6, 29))["areas"]
    assert area == {"name": "荣成市", "values": [2, 1, 1, 1]}
