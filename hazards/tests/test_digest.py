"""What the daily digest says of hazards: numbers and a link, by one query per kind, nothing of what was found."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions import reminders
from campaigns.tests import factories as campaigns
from hazards.digest import digest_lines, in_own_hands
from hazards.models import Hazard
from hazards.tests import factories as make
from lib import registry
from lib.actor import Actor
from notifications.emails import message_mail
from notifications.models import Delivery, Message
from organizations import jurisdiction
from organizations.models import Area
from organizations.tests import factories as house

pytestmark = pytest.mark.django_db
AT = datetime(2023, 6, 28, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2023, 6, 28)


def lines(one, at=AT):
    return [line.text for line in digest_lines([one], at).get(one, [])]


def waiting(firm=None, **fields):
    """A proposed major, registered yesterday."""
    made = make.proposed_major(firm, **fields)
    Hazard.objects.filter(pk=made.pk).update(recorded_at=AT - timedelta(days=1))
    return made


# Firms


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        (date(2023, 6, 27), ["1项隐患已超过整改期限，请尽快整改并报告进展"]),
        (date(2023, 6, 28), ["1项隐患的整改期限在7日内到期"]),
        (date(2023, 7, 5), ["1项隐患的整改期限在7日内到期"]),
        (date(2023, 7, 6), []),
    ],
)
def test_firm_hears_of_deadlines_past_and_near(deadline, said):
    """The day itself is still in time (as the ledger counts: overdue after the deadline)."""
    make.rectifying(deadline_on=deadline)
    assert lines(make.firm()) == said


def test_firm_is_told_both_numbers_with_where_to_look():
    firm = make.firm()
    for day in (10, 12, 29):
        make.rectifying(deadline_on=date(2023, 6, day))
    make.hazard(deadline_on=date(2023, 6, 30))

    found = digest_lines([firm], AT)[firm]

    assert [line.text[:4] for line in found] == ["2项隐患", "2项隐患"]
    assert [line.url for line in found] == ["/hazards/?overdue=on", "/hazards/"]


def test_closed_and_undated_hazards_and_other_firms_press_nobody():
    make.closed(deadline_on=date(2023, 6, 10))
    make.dismissed(deadline_on=date(2023, 6, 10))
    make.hazard()
    make.hazard(house.enterprise("邻家"), deadline_on=date(2023, 6, 10))
    assert lines(make.firm()) == []


def test_the_number_is_that_of_the_page_it_leads_to(client):
    for day in (10, 12):
        make.rectifying(deadline_on=date(2023, 6, day))
    firm = make.firm()
    (line,) = digest_lines([firm], AT)[firm]
    client.force_login(make.head(firm).user)
    assert "共2项" in client.get(line.url).content.decode()


# Units


def test_unit_hears_what_waits_for_it():
    waiting()
    make.requested()
    assert lines(house.unit()) == ["1项隐患等待复查", "1项重大隐患等待判定"]


@pytest.mark.parametrize(("days", "late"), [(2, ""), (3, ""), (4, "，其中1项已超过3日")])
def test_judging_beyond_its_days_is_said(days, late):
    made = waiting()
    Hazard.objects.filter(pk=made.pk).update(recorded_at=AT - timedelta(days=days))
    assert lines(house.unit()) == [f"1项重大隐患等待判定{late}"]


@pytest.mark.parametrize(("day", "late"), [(1, ""), (2, "，其中1项已超过10日")])
def test_recheck_beyond_its_days_is_said(day, late):
    """Asked for on 21 June: the tenth day after is 1 July."""
    make.requested()
    assert lines(house.unit(), AT.replace(month=7, day=day)) == [f"1项隐患等待复查{late}"]


def test_days_are_settings(settings):
    settings.HAZARD_JUDGE_DAYS, settings.HAZARD_RECHECK_DAYS = 0, 1
    waiting()
    make.requested()
    assert lines(house.unit()) == ["1项隐患等待复查，其中1项已超过1日", "1项重大隐患等待判定，其中1项已超过0日"]


def test_links_lead_to_those_waiting(client):
    waiting()
    make.requested()
    make.hazard()
    unit = house.unit()
    client.force_login(make.clerk(unit).user)
    for line in digest_lines([unit], AT)[unit]:
        assert "共1项" in client.get(line.url).content.decode()


def test_what_is_judged_general_or_under_treatment_waits_for_no_unit():
    make.hazard()
    make.rectifying()
    make.closed()
    assert lines(house.unit()) == []


def test_each_unit_hears_of_its_own_hands_as_its_home_shows():
    """The digest counts what the home's queues list, for districts, the city, offices, other lines and finders."""
    zone = house.area("高区", parent=house.city(), level=Area.Level.ZONE)
    bureau, city = house.unit(), house.city_bureau()
    units = [
        bureau,
        city,
        house.unit("文登区应急管理局", in_area=house.county("文登区")),
        house.unit("荣成市工业和信息化局", sectors=("民爆",)),
        house.unit("执法科", kind="office", part_of=bureau, sectors=()),
        house.unit("荣成市安委会", all_sectors=True, sectors=()),
    ]
    waiting()
    waiting(house.enterprise("民爆企业", in_sector="民爆"))
    waiting(house.enterprise("文登企业", in_area=house.county("文登区")))
    waiting(house.enterprise("市直企业", in_area=house.city()))
    waiting(house.enterprise("高区企业", in_area=zone), found_by="department", found_by_unit=bureau)
    waiting(house.enterprise("市局发现", in_area=zone), found_by="department", found_by_unit=city)

    said = digest_lines(units, AT)

    for unit in units:
        reach = jurisdiction.unit_reach(unit)
        actor = house.actor(unit)
        rows = Hazard.objects.visible_to(actor).filter(in_own_hands(unit, reach)).major().filter(state="registered")
        expected = [f"{rows.count()}项重大隐患等待判定"] if rows.exists() else []
        assert [line.text for line in said.get(unit, [])] == expected
    assert {unit.name: said[unit][0].text[0] for unit in units if unit in said} == {
        "荣成市应急管理局": "2",
        "威海市应急管理局": "2",
        "文登区应急管理局": "1",
        "荣成市工业和信息化局": "1",
        "执法科": "2",
        "荣成市安委会": "2",
    }


# The digest


def test_batch_takes_the_same_queries_for_one_and_many_respondents():
    units = [house.unit(f"{number}局") for number in range(3)]
    firms = [house.enterprise(f"{number}号") for number in range(3)]
    for firm in firms:
        waiting(firm, deadline_on=date(2023, 6, 10))

    def asked(respondents):
        with CaptureQueriesContext(connection) as queries:
            assert len(digest_lines(respondents, AT)) == len(respondents)
        return len(queries)

    assert asked([units[0], firms[0]]) == asked([*units, *firms])


def test_nobody_is_asked_about_where_there_is_no_respondent(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert digest_lines([], AT) == {}


def test_digest_carries_number_and_link_and_no_detail():
    firm = make.firm()
    make.rectifying(deadline_on=date(2023, 6, 10), description="快速冻结装置未设置在单独的作业间内。")
    campaigns.obligation(firm, of=campaigns.deliverable(respondent="enterprise"))

    assert reminders.remind(AT, by=Actor.system()) == 1

    message = Message.objects.get()
    text = "1项隐患已超过整改期限，请尽快整改并报告进展"
    assert message.lines[-1] == {"text": text, "url": "/hazards/?overdue=on"}
    mail = message_mail(Delivery(message=message, channel="email", address="a@example.cn"))
    assert f"· {text}" in mail.body
    assert "快速冻结装置" not in mail.body


def test_the_portal_answers_the_hook():
    make.rectifying(deadline_on=date(2023, 6, 10))
    firm = make.firm()
    assert list(registry.digest_lines([firm], AT)) == [firm]
