"""Refusals and errors: in Chinese, with the reason, as a page or as a line of text for a part of one."""

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from config import views
from lib.actor import Actor
from organizations.tests import factories

PASSWORD = "correct horse battery"
PART = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def clerk(db):
    return factories.member(factories.unit()).user


def test_unknown_page_says_so_and_keeps_the_navigation(client, clerk):
    client.force_login(clerk)

    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert views.NOT_FOUND in response.text
    assert 'href="/obligations/"' in response.text


def test_gallery_is_for_staff(client, clerk):
    client.force_login(clerk)

    assert client.get(reverse("gallery")).status_code == 404


@pytest.mark.parametrize("headers", [PART, JSON])
def test_part_of_a_page_gets_the_reason_as_text(client, clerk, headers):
    client.force_login(clerk)

    response = client.get("/nowhere/", headers=headers)

    assert (response.status_code, response.text) == (404, views.NOT_FOUND)
    assert response["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("headers", [PART, JSON])
def test_part_of_a_page_after_the_session_ended_is_401_not_a_login_form(client, db, headers):
    response = client.get(reverse("gallery"), headers=headers)

    assert response.status_code == 401
    assert "重新登录" in response.text


def test_page_after_the_session_ended_leads_to_the_login_and_back(client, db):
    response = client.get(reverse("gallery"))

    assert response.status_code == 302
    assert response.url == "/login/?next=/gallery/"


def test_refusal_shows_its_reason(rf, clerk):
    request = rf.get("/")
    request.user, request.actor, request.memberships = clerk, Actor(user=clerk, membership=clerk.memberships.get()), []

    page = views.permission_denied(request, PermissionDenied("“安全员”岗位不能报送。"))
    nameless = views.permission_denied(request, PermissionDenied())

    assert page.status_code == 403
    assert "“安全员”岗位不能报送。" in page.text
    assert views.NO_PERMISSION in nameless.text


def test_stale_token_is_explained(clerk):
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)

    page = client.post(reverse("organizations:logout"))
    part = client.post(reverse("organizations:logout"), headers=PART)

    assert page.status_code == 403
    assert "填写的内容一般还在" in page.text
    assert part.text == views.STALE_FORM


def test_too_much_sent_at_once_is_told_to_a_page_and_to_a_part_of_one(client, clerk, settings):
    """More than the limit never reaches a view: the token is looked for in the body first."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    enforcing = Client(enforce_csrf_checks=True)
    enforcing.force_login(clerk)
    enforcing.cookies["csrftoken"] = "a" * 32
    body = {"note": "x" * 2000}

    page = enforcing.post(reverse("organizations:logout"), body)
    part = enforcing.post(reverse("organizations:logout"), body, headers=JSON)

    assert (page.status_code, part.status_code) == (400, 400)
    assert "请求无法识别" in page.text
    assert part.text == views.MALFORMED


@pytest.mark.parametrize(
    "path", ["/%00/", "/hazards/%00/", "/%ff%fe/", "/self-inspections/%2e%2e/", "/imports/1%0d%0a/"]
)
@pytest.mark.parametrize("headers", [{}, PART, JSON])
def test_address_that_nobody_types_is_not_found(client, clerk, path, headers):
    client.force_login(clerk)

    assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_pages_need_nothing(name):
    """They are shown when even the database may be gone."""
    assert "返回首页" in render_to_string(name)


def test_account_is_locked_after_too_many_wrong_passwords(client, clerk, settings):
    settings.AXES_FAILURE_LIMIT = 2
    wrong = {"username": clerk.username, "password": "guess"}

    first, second = (client.post(reverse("organizations:login"), wrong) for _ in range(2))
    right = client.post(reverse("organizations:login"), {**wrong, "password": PASSWORD})

    assert first.status_code == 200
    assert second.status_code == right.status_code == 429
    assert "15分钟后再试" in second.text


def test_lockout_spares_other_people_at_the_same_address(client, clerk, settings):
    settings.AXES_FAILURE_LIMIT = 1
    colleague = factories.user("李同事")
    client.post(reverse("organizations:login"), {"username": clerk.username, "password": "guess"})

    response = client.post(reverse("organizations:login"), {"username": colleague.username, "password": PASSWORD})

    assert response.status_code == 302


def test_session_ends_after_idle_minutes(client, clerk, settings):
    client.force_login(clerk)

    client.get("/nowhere/")

    assert client.session.get_expiry_age() == settings.IDLE_MINUTES * 60
    assert settings.SESSION_SAVE_EVERY_REQUEST
