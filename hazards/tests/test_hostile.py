"""What a browser may send that no page of ours would."""

import pytest
from django.test import Client

from documents.models import StoredFile
from hazards.models import Hazard
from hazards.tests import factories as ledger
from hazards.tests.test_hazard_page import picture
from hazards.views.acts import ACTS
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
READING = ["/hazards/", "/hazards/export/", "/hazards/firms/", "/hazards/two-lists/", "/hazards/two-lists/export/"]


def test_posts_without_token_are_refused():
    hazard, head = ledger.hazard(), ledger.head()
    client = Client(enforce_csrf_checks=True)
    client.force_login(head.user)
    assert client.post(f"/hazards/{hazard.pk}/start/").status_code == 403
    assert client.post("/hazards/new/", {"description": "上锁"}).status_code == 403
    hazard.refresh_from_db()
    assert hazard.state == "registered"


@pytest.mark.parametrize("address", READING)
def test_pages_for_reading_take_no_posts(as_, address):
    assert as_(ledger.clerk()).post(address).status_code == 405


def test_moving_a_problem_takes_no_gets(as_):
    assert as_(ledger.clerk()).get("/hazards/two-lists/problems/1/move/").status_code == 405
    assert as_(ledger.clerk()).get("/hazards/two-lists/hand-in/1/").status_code == 405


@pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999999"])
def test_numbers_of_nothing_are_not_there(as_, pk):
    client = as_(ledger.clerk())
    for address in ("", "judge/", "nothing/"):
        assert client.get(f"/hazards/{pk}/{address}").status_code == 404
    for address in (f"problems/{pk}/", f"measures/{pk}/"):
        assert client.get(f"/hazards/two-lists/{address}").status_code == 404


@pytest.mark.parametrize("address", ["/hazards/-1/", "/hazards/1.5/", "/hazards/1/../2/", "/hazards/1/a b/"])
def test_crooked_addresses_are_not_there(as_, address):
    assert as_(ledger.clerk()).get(address).status_code == 404


def test_strangers_are_asked_to_sign_in():
    hazard = ledger.hazard()
    addresses = [*READING, "/hazards/new/", f"/hazards/{hazard.pk}/"]
    addresses += [f"/hazards/{hazard.pk}/{name}/" for name in ACTS]
    for address in addresses:
        response = Client().get(address)
        assert (response.status_code, response.url.split("?")[0]) == (302, "/login/")


def test_user_without_a_post_is_refused(client):
    client.force_login(make.user())
    assert client.get("/hazards/").status_code == 403
    assert client.get(f"/hazards/{ledger.hazard().pk}/").status_code == 403


def test_person_of_two_firms_sees_the_one_of_the_chosen_post(as_):
    mine, other = make.enterprise("甲"), make.enterprise("乙")
    person = make.user("一人两岗")
    first = make.actor(mine, Role.DIRECTOR, who=person)
    second = make.actor(other, Role.DIRECTOR, who=person)
    hazard = ledger.rectifying(mine, rectified_on="2023-06-20")
    assert as_(first).get(f"/hazards/{hazard.pk}/sign/").status_code == 200
    assert as_(second).get(f"/hazards/{hazard.pk}/sign/").status_code == 404


def test_officer_who_is_also_at_the_firm_acts_for_one_at_a_time(as_):
    hazard = ledger.rectifying(rectified_on="2023-06-20")
    person = make.user("兼职")
    officer = make.actor(make.unit(), Role.OFFICER, who=person)
    make.member(hazard.enterprise, Role.HEAD, who=person)
    assert as_(officer).post(f"/hazards/{hazard.pk}/sign/", {"password": "correct horse battery"}).status_code == 403
    assert not hazard.signatures.exists()


def test_scripts_are_words_on_every_page(as_):
    hazard = ledger.rectifying(
        description=SCRIPT, place=SCRIPT, finder=SCRIPT, basis=SCRIPT, on_site_measure=SCRIPT, measures=SCRIPT,
        administrative_measure=SCRIPT, responsible=SCRIPT, emergency_plan=SCRIPT, judged_by=SCRIPT,
    )  # fmt: skip
    hazard.entries.create(kind="progress", by=SCRIPT, comment=SCRIPT)
    ledger.proposal(hazard, by=ledger.officer(), reason=SCRIPT)
    for actor in (ledger.reviewer(), ledger.head()):
        for address in ("", "progress/", "log_progress/", "confirm/", "plan/"):
            assert SCRIPT not in as_(actor).get(f"/hazards/{hazard.pk}/{address}").content.decode()


def test_too_many_photos_are_refused_together(as_):
    hazard = ledger.rectifying()
    data = {"text": "进展", "photos": [picture(f"{n}.png") for n in range(10)]}
    response = as_(ledger.safety()).post(f"/hazards/{hazard.pk}/log_progress/", data)
    assert "一次最多上传9个文件，现为10个" in response.context["form"].errors["photos"][0]
    assert not StoredFile.objects.exists()
    assert not hazard.entries.exists()


def test_fields_that_no_form_has_are_ignored(as_):
    hazard = ledger.confirmed()
    forged = {"state": "closed", "closed_on": "2023-06-22", "signed_head": "赵总", "stopped": "", "level": "general"}
    data = {key: str(value) for key, value in ledger.PLAN.items()} | forged
    as_(ledger.safety()).post(f"/hazards/{hazard.pk}/plan/", data)
    hazard.refresh_from_db()
    assert (hazard.state, hazard.level, hazard.signed_head, hazard.closed_on) == ("rectifying", "major", "", None)


def test_someone_elses_registration_key_opens_nothing(as_):
    """Knowing the key of another firm's form neither shows nor blocks anything."""
    theirs = ledger.hazard(make.enterprise("邻家"), entry_key="8f14e45f-ceea-467a-9b36-1f1d8a1b0c11")
    form = {
        "description": theirs.description, "level": "general", "found_on": "2023-06-06",
        "entry_key": str(theirs.entry_key),
    }  # fmt: skip
    response = as_(ledger.safety()).post("/hazards/new/", form)
    made = Hazard.objects.exclude(pk=theirs.pk).get()
    assert response.url == f"/hazards/{made.pk}/"
    assert (made.enterprise, made.entry_key) == (ledger.firm(), None)
