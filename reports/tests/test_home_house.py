"""等我审签的: what waits within the house for the person whose turn it is, and for his stand-in (B角)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.actions import house, submissions
from campaigns.models import Obligation, Submission
from campaigns.tests import factories as campaigns
from organizations.actions.house import set_steps
from organizations.models.people import Role
from organizations.tests import factories as make
from reports import todo

pytestmark = pytest.mark.django_db
TITLE = "等我审签的"


@pytest.fixture
def bureau():
    return make.unit()


@pytest.fixture
def people(bureau):
    """填报人; 审核人 and 签发人 each with a B角; a clerk and a leader who have no step."""
    posts = {
        "填报": Role.CLERK,
        "审核": Role.REVIEWER,
        "替审": Role.CLERK,
        "签发": Role.CHIEF,
        "替签": Role.DEPUTY,
        "旁人": Role.CLERK,
        "局长": Role.CHIEF,
    }
    found = {name: make.actor(bureau, role, name=name) for name, role in posts.items()}
    users = {name: actor.user for name, actor in found.items()}
    steps = {"review": (users["审核"], users["替审"]), "sign": (users["签发"], users["替签"])}
    set_steps(bureau, people=steps, by=found["局长"])
    return found


def owe(unit, days=5, **fields):
    due = timezone.now() + timedelta(days=days)
    return campaigns.obligation(unit, due_at=due, original_due_at=due, nominal_on=due.date(), **fields)


def waiting(actor):
    """(title, verb) of the tasks of the section, in their order."""
    return [
        (task.title, task.verb) for section in todo.sections(actor) if section.title == TITLE for task in section.tasks
    ]


def whose_turn(people):
    return {name for name, actor in people.items() if waiting(actor)}


@pytest.fixture
def owed(bureau, people):
    row = owe(bureau)
    submissions.hand_in(row, by=people["填报"], text="六月情况")
    return row


# Each role, step by step


def test_draft_waits_for_nobody(bureau, people):
    submissions.save_draft(owe(bureau), by=people["填报"], text="还在写")
    assert whose_turn(people) == set()


def test_review_waits_for_the_reviewer_and_his_stand_in(owed, people):
    assert whose_turn(people) == {"审核", "替审"}
    assert waiting(people["替审"]) == [("2023年6月 调度表", "去审核")]


def test_signature_waits_for_the_signer_and_his_stand_in(owed, people):
    submissions.sign_off(owed, by=people["替审"])
    assert whose_turn(people) == {"签发", "替签"}
    assert waiting(people["替签"]) == [("2023年6月 调度表", "去签发")]


def test_signed_version_waits_for_the_recipient_only(owed, people):
    submissions.sign_off(owed, by=people["审核"])
    submissions.sign_off(owed, by=people["替签"])
    city = make.actor(make.city_bureau())
    assert whose_turn(people) == set()
    assert [section.title for section in todo.sections(city)] == ["等我审核的"]


def test_version_sent_back_is_the_writers_again(owed, people):
    house.send_back(Submission.objects.get(), reason="数字有误", by=people["审核"])
    assert whose_turn(people) == set()
    assert [section.title for section in todo.sections(people["填报"])] == ["我要报的"]


def test_line_says_who_wrote_it_and_when_it_is_due(owed, people):
    [section] = [one for one in todo.sections(people["审核"]) if one.title == TITLE]
    [task] = section.tasks
    assert task.detail.startswith("荣成市应急管理局 · 填报填报 · ")
    assert (task.due, task.url) == (owed.due_at, owed.get_absolute_url())


# Nobody signs what he wrote


def test_stand_in_who_wrote_it_leaves_it_to_the_other(bureau, people):
    submissions.hand_in(owe(bureau), by=people["替审"], text="六月情况")
    assert whose_turn(people) == {"审核"}


def test_step_given_up_meanwhile_is_the_writers_turn(owed, people, bureau):
    set_steps(bureau, people={"sign": (people["签发"].user, None)}, by=people["局长"])
    assert whose_turn(people) == {"填报"}
    submissions.sign_off(owed, by=people["填报"])
    assert whose_turn(people) == {"签发"}


def test_person_replaced_meanwhile_has_it_no_longer(owed, people, bureau):
    steps = {"review": (people["旁人"].user, None), "sign": (people["签发"].user, None)}
    set_steps(bureau, people=steps, by=people["局长"])
    assert whose_turn(people) == {"旁人"}


@pytest.mark.parametrize("state", ["waived", "superseded", "ended"])
def test_what_is_owed_no_longer_need_not_be_signed(owed, people, state):
    Obligation.objects.update(state=state)
    assert whose_turn(people) == set()


def test_what_went_missing_meanwhile_may_still_be_signed(owed, people):
    Obligation.objects.update(state="missing")
    assert whose_turn(people) == {"审核", "替审"}


# Whose house


def test_step_in_one_unit_opens_nothing_in_another_post(owed, people):
    """The same person, acting for another unit, meets that unit's business."""
    away = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    assert waiting(make.actor(away, Role.REVIEWER, who=people["审核"].user)) == []


def test_neighbours_people_see_nothing(owed, people):
    away = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    there = make.actor(away, Role.REVIEWER, name="邻审")
    set_steps(away, people={"review": (there.user, None)}, by=there)
    assert waiting(there) == []
    assert not Submission.objects.visible_to(there).exists()


def test_firm_has_no_such_step(people):
    assert waiting(make.actor(make.enterprise(), Role.HEAD)) == []


@pytest.fixture
def office(bureau, people):
    """An office that follows its bureau's steps, and its clerk."""
    unit = make.unit("荣成市应急管理局监管科", kind="office", part_of=bureau)
    return make.actor(unit, name="科员")


def test_office_without_steps_is_signed_by_the_people_of_its_bureau(client, office, people):
    """Others of the bureau may read it before it leaves the house, but it waits for none of them."""
    row = owe(office.unit, recipients=[make.city_bureau()])
    submissions.hand_in(row, by=office, text="科室情况")
    assert whose_turn(people) == {"审核", "替审"}

    for name in ("替审", "签发"):
        client.force_login(people[name].user)
        assert "科室情况" in client.get(row.get_absolute_url()).content.decode()
        client.post(f"{row.get_absolute_url()}sign-off/", {"verdict": "pass"})

    row.refresh_from_db()
    assert row.handed_in_at is not None
    assert Submission.objects.get().state == "submitted"


def test_office_with_steps_of_its_own_is_not_the_bureaus_business(office, people):
    chief = make.actor(office.unit, Role.CHIEF, name="科长")
    set_steps(office.unit, people={"sign": (chief.user, None)}, by=chief)
    submissions.hand_in(owe(office.unit), by=office, text="科室情况")
    assert whose_turn(people) == set()
    assert waiting(chief) == [("2023年6月 调度表", "去签发")]


def test_others_of_the_bureau_cannot_sign_for_its_office(client, office, people):
    """They are told whose turn it is; the version stays where it is."""
    row = owe(office.unit, recipients=[make.city_bureau()])
    submissions.hand_in(row, by=office, text="科室情况")
    client.force_login(people["旁人"].user)
    assert client.post(f"{row.get_absolute_url()}sign-off/", {"verdict": "pass"}).status_code == 422
    assert Submission.objects.get().state == "reviewing"


def test_draft_of_the_office_waits_for_nobody_in_its_bureau(office, people):
    submissions.save_draft(owe(office.unit), by=office, text="还在写")
    assert whose_turn(people) == set()


# The list


def test_tab_appears_with_its_number_while_something_waits(client, owed, people):
    client.force_login(people["替审"].user)
    page = client.get("/obligations/", {"view": "house"})
    assert ("house", "待审签", "1") in page.context["views"]
    assert [row.pk for row in page.context["page"]] == [owed.pk]

    client.force_login(people["旁人"].user)
    assert "待审签" not in client.get("/obligations/").content.decode()
    empty = client.get("/obligations/", {"view": "house"}).content.decode()
    assert "目前没有等您审签的" in empty


def test_firm_asking_for_the_tab_gets_an_empty_list(client, owed):
    client.force_login(make.actor(make.enterprise(), Role.HEAD).user)
    assert list(client.get("/obligations/", {"view": "house"}).context["page"]) == []


def test_more_than_eight_lead_to_the_list(bureau, people):
    of = campaigns.deliverable()
    for number in range(9):
        row = owe(bureau, days=20 - number, of=of, period=f"2023-{number + 1:02}")
        submissions.hand_in(row, by=people["填报"], text="情况")
    [section] = [one for one in todo.sections(people["审核"]) if one.title == TITLE]
    assert (len(section.tasks), section.more) == (8, "/obligations/?view=house")
    assert section.tasks[0].title == "2023年9月 调度表"


def test_home_asks_the_same_for_one_and_three(client, bureau, people):
    client.force_login(people["审核"].user)

    def asked(path):
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    def write(period, of):
        submissions.hand_in(owe(bureau, of=of, period=period), by=people["填报"], text="情况")

    of = campaigns.deliverable()
    write("2023-05", of)
    asked("/")
    one = (asked("/"), asked("/obligations/?view=house"))
    write("2023-06", of)
    write("2023-07", of)
    assert (asked("/"), asked("/obligations/?view=house")) == one
