"""Logging in and out, the first password, one's own posts."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from lib.text import is_chinese
from organizations.forms.passwords import MinimumLength
from organizations.models import AuditEntry, User
from organizations.models.people import Role
from organizations.tests import factories

PASSWORD = "correct horse battery"
NEW = "海源-2023-安全生产"
LOGIN, LOGOUT = reverse("organizations:login"), reverse("organizations:logout")
PASSWORD_CHANGE, ME = reverse("organizations:password_change"), reverse("organizations:my_account")


@pytest.fixture
def clerk(db):
    return factories.member(factories.unit()).user


@pytest.fixture
def newcomer(clerk):
    """Holds a one-time code that is good for a day."""
    clerk.must_change_password, clerk.first_code_expires_at = True, timezone.now() + timedelta(days=1)
    clerk.save(update_fields=["must_change_password", "first_code_expires_at"])
    return clerk


def log_in(client, user, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": user.username, "password": password, **more})


def verbs():
    return list(AuditEntry.objects.order_by("id").values_list("verb", "ok"))


# Coming and going


def test_login_leads_where_one_wanted_to_go(client, clerk):
    response = log_in(client, clerk, next="/accounts/me/")

    assert response.url == "/accounts/me/"
    assert verbs() == [("session.signed_in", True)]
    assert AuditEntry.objects.get().holder == "荣成市应急管理局"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_login_never_leads_to_another_site(client, clerk, elsewhere):
    assert log_in(client, clerk, next=elsewhere).url == "/"


@pytest.mark.parametrize("name", ["nobody", "' OR 1=1 --", "王" * 500, "\u202e<script>"])
def test_refused_login_says_what_to_do_and_keeps_no_password(client, clerk, name):
    response = client.post(LOGIN, {"username": name, "password": "geheim-geheim"})

    assert response.status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.ok, entry.target) == ("session.sign_in_refused", False, "")
    assert "geheim" not in str(entry.__dict__)


def test_refused_login_names_the_account_in_the_log(client, clerk):
    response = log_in(client, clerk, "guess-guess")

    assert "用户名或密码不正确" in response.text
    assert AuditEntry.objects.get().target_id == str(clerk.pk)


def test_closed_account_does_not_get_in(client, clerk):
    clerk.is_active = False
    clerk.save(update_fields=["is_active"])

    log_in(client, clerk)

    assert "_auth_user_id" not in client.session


def test_logout_is_a_post(client, clerk):
    client.force_login(clerk)

    assert client.get(LOGOUT).status_code == 405
    assert client.post(LOGOUT).url == LOGIN
    assert "_auth_user_id" not in client.session
    assert verbs() == [("session.signed_out", True)]


def test_who_is_logged_in_is_not_asked_again(client, clerk):
    client.force_login(clerk)

    assert client.get(LOGIN).url == "/"


# The first password


@pytest.mark.parametrize("path", ["/", "/accounts/me/", "/nowhere/", "/admin/", "/gallery/"])
def test_first_password_comes_before_everything(client, newcomer, path):
    client.force_login(newcomer)

    assert client.get(path).url == PASSWORD_CHANGE
    assert client.post(path).url == PASSWORD_CHANGE


def test_first_password_is_explained_to_a_part_of_a_page(client, newcomer):
    client.force_login(newcomer)

    response = client.post("/accounts/switch/", headers={"HX-Request": "true"})

    assert (response.status_code, response.text) == (403, "请先设置自己的密码，再办理业务。")


def test_first_password_may_be_put_off_by_leaving(client, newcomer):
    client.force_login(newcomer)

    assert client.post(LOGOUT).url == LOGIN


def test_first_password_opens_the_portal_and_ends_the_code(client, newcomer):
    log_in(client, newcomer)
    assert "请先设置自己的密码" in client.get(PASSWORD_CHANGE).text

    response = client.post(PASSWORD_CHANGE, {"new_password1": NEW, "new_password2": NEW})

    newcomer.refresh_from_db()
    assert response.url == "/"
    assert client.get(ME).status_code == 200
    assert newcomer.check_password(NEW)
    assert (newcomer.must_change_password, newcomer.first_code_expires_at) == (False, None)
    assert verbs()[-1] == ("account.password_changed", True)


@pytest.mark.parametrize(
    ("password", "complaint"),
    [(PASSWORD, "不能与现在的密码相同"), ("short", "至少要有10个字符"), ("20230628111", "数字"), ("", "必填")],
)
def test_first_password_must_be_a_good_new_one(client, newcomer, password, complaint):
    client.force_login(newcomer)

    response = client.post(PASSWORD_CHANGE, {"new_password1": password, "new_password2": password})

    assert complaint in response.text
    newcomer.refresh_from_db()
    assert newcomer.must_change_password


def test_spent_code_does_not_let_in(client, newcomer):
    newcomer.first_code_expires_at = timezone.now() - timedelta(minutes=1)
    newcomer.save(update_fields=["first_code_expires_at"])

    response = log_in(client, newcomer)

    assert "一次性密码已于" in response.text
    assert "重新发码" in response.text
    assert "_auth_user_id" not in client.session


def test_spent_code_does_not_let_in_by_the_back_door(client, newcomer):
    newcomer.is_staff, newcomer.first_code_expires_at = True, timezone.now() - timedelta(minutes=1)
    newcomer.save(update_fields=["is_staff", "first_code_expires_at"])

    client.post(reverse("admin:login"), {"username": newcomer.username, "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_back_door_is_for_staff(client, clerk):
    response = client.post(reverse("admin:login"), {"username": clerk.username, "password": PASSWORD})

    assert "不能进入后台" in response.text


def test_code_without_a_day_still_counts(client, newcomer):
    newcomer.first_code_expires_at = None
    newcomer.save(update_fields=["first_code_expires_at"])

    assert log_in(client, newcomer).status_code == 302


# One's own password, post and address


def test_own_password_asks_for_the_present_one(client, clerk):
    client.force_login(clerk)

    wrong = client.post(PASSWORD_CHANGE, {"old_password": "guess", "new_password1": NEW, "new_password2": NEW})
    right = client.post(PASSWORD_CHANGE, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})

    assert "现在的密码不正确" in wrong.text
    assert right.url == ME
    assert client.get(ME).status_code == 200, "the session goes on"


def test_post_is_switched_among_ones_own(client, clerk):
    firm = factories.enterprise()
    other = factories.member(firm, Role.DIRECTOR, who=clerk)
    client.force_login(clerk)

    response = client.post(reverse("organizations:switch"), {"membership": other.pk})

    assert response.url == "/"
    assert client.get(ME).context["request"].actor.enterprise == firm
    assert verbs() == [("session.post_switched", True)]


@pytest.mark.parametrize("wanted", ["", "0", "x", "1 OR 1=1", "999999999999999999999"])
def test_post_that_is_not_mine_is_not_found(client, clerk, wanted):
    client.force_login(clerk)

    assert client.post(reverse("organizations:switch"), {"membership": wanted}).status_code == 404


def test_post_of_somebody_else_is_not_found(client, clerk):
    foreign = factories.member(factories.unit("文登区应急管理局", in_area=factories.county("文登区")))
    client.force_login(clerk)

    assert client.post(reverse("organizations:switch"), {"membership": foreign.pk}).status_code == 404
    assert client.get(reverse("organizations:switch")).status_code == 405


def test_post_that_has_ended_is_left(client, clerk):
    other = factories.member(factories.enterprise(), Role.HEAD, who=clerk)
    client.force_login(clerk)
    client.post(reverse("organizations:switch"), {"membership": other.pk})
    other.active = False
    other.save(update_fields=["active"])

    assert client.get(ME).context["request"].actor.unit.name == "荣成市应急管理局"


def test_my_account_shows_posts_and_keeps_the_address(client, clerk):
    factories.member(factories.enterprise("荣成海源食品有限公司"), Role.DIRECTOR, who=clerk)
    client.force_login(clerk)

    page = client.get(ME)
    response = client.post(ME, {"email": "wang@example.cn"})
    bad = client.post(ME, {"email": "wang"})

    assert "荣成海源食品有限公司 安全总监（分管负责人）" in page.text
    assert response.url == ME
    clerk.refresh_from_db()
    assert clerk.email == "wang@example.cn"
    assert bad.context["form"].errors["email"]


def test_my_account_without_a_post_says_whom_to_ask(client, db):
    client.force_login(factories.user())

    assert "没有在岗的岗位" in client.get(ME).text


@pytest.mark.parametrize("password", ["short", "password1234", "20230628111", "wang_jingban1"])
def test_rules_for_passwords_speak_chinese(password):
    """Each breaks one rule: length, common, figures only, like the name."""
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(username="wang_jingban", name="王经办"))

    assert len(refused.value.messages) == 1
    assert all(is_chinese(each) for each in refused.value.messages)


def test_help_of_the_shortest_length_speaks_chinese():
    assert MinimumLength(10).get_help_text() == "至少10个字符。"
