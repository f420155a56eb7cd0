import pytest
from django.http import HttpResponse

from config.middleware import LoginRequired, real_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "10.0.0.9", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.9", "10.0.0.9"),
        (2, "6.6.6.6, 10.0.0.9, 10.0.0.1", "10.0.0.9"),
        (2, "10.0.0.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "6.6.6.6,", "127.0.0.1"),
        (1, " , ", "127.0.0.1"),
        (1, "6.6.6.6,10.0.0.9", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (2, "10.0.0.9, ", "10.0.0.9"),
        (3, "10.0.0.9, 10.0.0.1", "127.0.0.1"),
        (-1, "10.0.0.9", "127.0.0.1"),
        (1, "unknown", "127.0.0.1"),
        (1, "10.0.0.9:51234", "127.0.0.1"),
        (1, "10.0.0.999", "127.0.0.1"),
        (2, "'; DROP TABLE x --, 10.0.0.1", "127.0.0.1"),
    ],
)
def test_real_address_believes_only_our_proxies(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded})

    real_address(lambda request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == address


def test_without_the_header_the_address_is_the_connections(rf, settings):
    settings.TRUSTED_PROXIES = 1
    request = rf.get("/", REMOTE_ADDR="10.1.1.1")

    assert real_address(lambda request: HttpResponse("seen"))(request).content == b"seen"
    assert request.META["REMOTE_ADDR"] == "10.1.1.1"


def answering(**marks):
    def view(request):
        return HttpResponse()

    vars(view).update(marks)
    return view


@pytest.mark.parametrize(
    ("headers", "marks", "status"),
    [
        ({}, {}, 302),
        ({"HX-Request": "true"}, {}, 401),
        ({"HX-Request": "false"}, {}, 302),
        ({"Accept": "application/json"}, {}, 401),
        ({"Accept": "text/html, application/json;q=0.9"}, {}, 401),
        ({"Accept": "text/html"}, {}, 302),
        ({}, {"answers_json": True}, 401),
        ({}, {"answers_json": False}, 302),
    ],
)
def test_without_a_login_a_page_leads_to_it_and_a_part_is_a_401(rf, headers, marks, status):
    """A redirect would put the login form into the part of a page, or into a script as if it were an answer."""
    request = rf.get("/hazards/?q=a", headers=headers)

    response = LoginRequired(lambda request: None).handle_no_permission(request, answering(**marks))

    assert response.status_code == status
    if status == 302:
        assert response.url == "/login/?next=/hazards/%3Fq%3Da"
    else:
        assert "重新登录" in response.content.decode()


@pytest.mark.parametrize(
    ("referer", "back_to"),
    [
        ("http://testserver/obligations/7/?from=home", "/obligations/7/%3Ffrom%3Dhome"),
        ("http://elsewhere.example/obligations/7/", "/"),
        ("//elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_form_sent_after_the_idle_logout_leads_back_to_its_page(rf, referer, back_to):
    """The address it was sent to may take nothing but a form: after the login it would answer with an error."""
    request = rf.post("/obligations/7/hand-in/", headers={"Referer": referer} if referer else {})

    response = LoginRequired(lambda request: None).handle_no_permission(request, answering())

    assert response.url == f"/login/?next={back_to}"


def test_address_that_is_none_fails_no_login(client, db, settings):
    """With one proxy fewer than the settings say, the visitor writes the address himself."""
    settings.TRUSTED_PROXIES = 2
    wrong = {"username": "nobody", "password": "guess"}

    response = client.post("/login/", wrong, headers={"X-Forwarded-For": "<script>, 10.0.0.1"})

    assert response.status_code == 200
