"""Duties by name on the pages: the hint while there is no roster, whose turn it is, a unit's leaders."""

from datetime import date

import pytest
from django.urls import reverse

from campaigns.actions import submissions
from campaigns.models import Obligation, StandingNil
from campaigns.tests import factories as campaigns
from config.tests.browser import sideways, small_targets
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
HINT = "还没有登记名册"
EACH = "每位班子成员"


@pytest.fixture
def unit(db):
    make.city_bureau()
    return make.unit()


@pytest.fixture
def duty(unit):
    said = {"name": "班子成员带队检查", "form": "text", "person": EACH, "each_of": "leader", "nil_allowed": True}
    return campaigns.deliverable("leader-checks", **said, recipient_rule="file")


@pytest.fixture
def clerk(client, unit):
    post = make.member(unit)
    client.force_login(post.user)
    return post


def owed_by(unit, duty, subject=EACH, **fields):
    return campaigns.obligation(unit, of=duty, subject=subject, recipients=[], **fields)


def page(client, owed):
    response = client.get(owed.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_page_of_the_whole_unit_says_to_enter_the_roster_first(client, unit, duty, clerk):
    shown = page(client, owed_by(unit, duty))
    assert f"这一事项由每位班子成员分别报送。荣成市应急管理局{HINT}" in shown
    assert f'href="/roster/?kind=leader&amp;unit={unit.pk}"' in shown
    assert "登记后每人一项" in shown


def test_page_of_one_person_names_him_and_needs_no_hint(client, unit, duty, clerk):
    shown = page(client, owed_by(unit, duty, "张三"))
    assert "<h1>2023年6月 张三 班子成员带队检查</h1>" in shown
    assert HINT not in shown


def test_past_row_of_the_whole_unit_that_has_a_roster_by_now_has_no_hint(client, unit, duty, clerk):
    make.responsible(unit, starts_on=date(2022, 1, 1))
    assert HINT not in page(client, owed_by(unit, duty))


def test_roster_that_began_after_the_day_is_none_for_it(client, unit, duty, clerk):
    make.responsible(unit, starts_on=date(2023, 7, 1))
    assert HINT in page(client, owed_by(unit, duty))


def test_ended_and_answered_rows_have_no_hint(client, unit, duty, clerk):
    assert HINT not in page(client, owed_by(unit, duty, state="ended"))
    answered = owed_by(unit, duty, period="2023-07")
    submissions.hand_in(answered, by=make.actor(unit), text="局长带队检查")
    assert HINT not in page(client, answered)


def test_duty_of_the_unit_as_such_never_has_the_hint(client, unit, clerk):
    assert HINT not in page(client, campaigns.obligation(unit))


def test_whom_an_office_stations_is_in_the_bureaus_roster(client, unit, clerk):
    said = {"name": "驻点人员每周工作报告", "form": "text", "person": "驻点人员", "each_of": "station"}
    owed = owed_by(unit, campaigns.deliverable("stationed", **said), "驻点人员")
    assert HINT in page(client, owed)
    office = make.unit("荣成市应急管理局基础科", kind="office", part_of=unit)
    make.responsible(office, "孙驻点", kind="station", enterprise=make.enterprise())
    assert HINT not in page(client, owed)


def test_list_tells_the_people_apart(client, unit, duty, clerk):
    for name in ("张三", "李四"):
        owed_by(unit, duty, name)
    shown = client.get(reverse("campaigns:obligations")).content.decode()
    assert "2023年6月 张三 班子成员带队检查" in shown
    assert "2023年6月 李四 班子成员带队检查" in shown


def test_nil_report_until_further_notice_is_one_persons(client, unit, duty, clerk):
    mine, other = (owed_by(unit, duty, name) for name in ("张三", "李四"))
    client.post(
        reverse("campaigns:hand_in", args=[mine.pk]), {"nil": "on", "nil_by": "张三", "standing": "on"}, follow=True
    )
    assert StandingNil.objects.get().person == "张三"
    assert "长期零报告" not in page(client, other).split("报送</h2>")[0]


def test_row_in_words_names_the_unit_and_the_person(unit, duty):
    assert str(owed_by(unit, duty, "张三")) == "班子成员带队检查（荣成市应急管理局 张三）"
    assert str(owed_by(unit, duty)) == "班子成员带队检查（荣成市应急管理局）"
    director = campaigns.deliverable("report", respondent="enterprise", person="安全总监")
    row = campaigns.obligation(make.enterprise("某厂"), of=director, subject="安全总监", recipients=[])
    assert (row.person, row.who) == ("", "某厂")


def test_units_page_lists_its_leaders_with_numbers(client, unit, clerk):
    make.responsible(unit, "张局长", post="局长", mobile="13806310001")
    make.responsible(unit, "离任的", ended_on=date(2023, 6, 10))
    shown = client.get(reverse("campaigns:unit", args=[unit.pk])).content.decode()
    assert 'href="tel:13806310001"' in shown
    assert "张局长 局长" in shown
    assert "离任的" not in shown
    assert f'href="/roster/?unit={unit.pk}"' in shown


def test_city_clerk_sees_the_districts_leaders_there(client, unit):
    make.responsible(unit, "张局长")
    client.force_login(make.member(make.city_bureau()).user)
    assert "张局长" in client.get(reverse("campaigns:unit", args=[unit.pk])).content.decode()


def test_rehearsal_names_the_person_who_is_missing(client, unit, duty):
    """The list says 荣成市应急管理局 张三, not three times the unit."""
    from django.utils import timezone

    soon = timezone.now() + timezone.timedelta(hours=1)
    for name in ("张三", "李四"):
        owed_by(unit, duty, name, due_at=soon, original_due_at=soon)
    client.force_login(make.member(make.city_bureau()).user)
    shown = client.get(reverse("campaigns:rehearsal", args=[duty.campaign.code])).content.decode()
    assert "荣成市应急管理局 张三" in shown
    assert "荣成市应急管理局 李四" in shown


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_from_the_hint_to_the_roster_and_back_with_a_name(transactional_db, browse, unit, duty, phone):
    owed = owed_by(unit, duty)
    page = browse(make.member(unit, name="王经办").user, owed.get_absolute_url(), phone=phone)
    assert sideways(page) == []
    page.get_by_role("link", name="登记名册").click()
    page.get_by_role("link", name="现在登记").click()
    page.get_by_label("姓名").fill("张 三")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_text("张三", exact=True).wait_for()
    assert sideways(page) == []
    assert not phone or small_targets(page) == []
    assert Obligation.objects.get(pk=owed.pk).state == "open"
