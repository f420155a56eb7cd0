"""The door: wrong passwords counted, codes to their last second, sessions that end, posts switched and lost."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password
from django.urls import reverse
from django.utils import timezone

from organizations.actions import accounts, session
from organizations.actions.accounts import CODE_SIGNS, Outcome, Wanted
from organizations.middleware import SESSION_KEY
from organizations.models import AuditEntry, Membership, User
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
NAME = "13800000000"
LOGIN = reverse("organizations:login")
ME = reverse("organizations:my_account")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clerk():
    return make.member(make.unit(), who=make.user(username=NAME)).user


@pytest.fixture
def clock(monkeypatch):
    """Moves the clock on; the real one stands still from now on."""
    now = timezone.now()

    def after(passed=timedelta()):
        monkeypatch.setattr(timezone, "now", lambda: now + passed)

    after()
    return after


def log_in(client, name=NAME, password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": name, "password": password}, **extra).status_code


def is_in(client):
    return client.get(ME).status_code == 200


# Lockout


@pytest.mark.parametrize(("wrong", "answer"), [(4, 302), (5, 429), (6, 429)])
def test_fifth_wrong_password_locks(client, clerk, wrong, answer):
    for _ in range(wrong):
        log_in(client, password="guess")
    assert log_in(client) == answer
    assert is_in(client) is (answer == 302)


def test_right_password_begins_the_count_anew(client, clerk):
    for _ in range(4):
        log_in(client, password="guess")
    log_in(client)
    client.logout()
    for _ in range(4):
        log_in(client, password="guess")
    assert log_in(client) == 302


@pytest.mark.parametrize(("passed", "answer"), [(14 * MINUTE, 429), (16 * MINUTE, 302)])
def test_lockout_ends_after_a_quarter_of_an_hour(client, clerk, passed, answer):
    for _ in range(5):
        log_in(client, password="guess")
    AccessAttempt.objects.update(attempt_time=timezone.now() - passed)
    assert log_in(client) == answer


@pytest.mark.parametrize("name", [" 13800000000 ", "１３８００００００００"])
def test_name_written_otherwise_counts_towards_the_same_lock(client, clerk, name):
    for _ in range(5):
        log_in(client, name=name, password="guess")
    assert log_in(client) == 429


def test_lock_is_of_the_account_at_that_address(client, clerk):
    for _ in range(5):
        log_in(client, password="guess", REMOTE_ADDR="10.0.0.1")
    assert log_in(client, REMOTE_ADDR="10.0.0.1") == 429
    assert log_in(client, REMOTE_ADDR="10.0.0.2") == 302


def test_header_that_anybody_can_write_is_no_address(client, clerk):
    """Otherwise each guess would come from an address of its own."""
    for number in range(5):
        log_in(client, password="guess", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert log_in(client, HTTP_X_FORWARDED_FOR="10.9.9.9") == 429


def test_new_code_lifts_the_lock(client, clerk):
    for _ in range(5):
        log_in(client, password="guess")
    slip = accounts.reset(clerk.memberships.get(), by=make.actor(make.city_bureau()))
    assert log_in(client, password=slip.code) == 302


# One-time codes


@pytest.fixture
def slip(clock):
    firm = make.enterprise()
    (made,) = accounts.issue([Wanted(firm, Role.HEAD, "张三", NAME)], by=make.actor(make.unit()))
    return made


@pytest.mark.parametrize(
    ("passed", "gets_in"),
    [
        (timedelta(), True),
        (timedelta(days=14) - timedelta(seconds=1), True),
        (timedelta(days=14), False),
        (timedelta(days=15), False),
    ],
)
def test_code_counts_for_fourteen_days(client, clock, slip, passed, gets_in):
    clock(passed)
    assert (log_in(client, password=slip.code) == 302) is gets_in
    assert session.code_is_spent(User.objects.get(username=NAME)) is not gets_in


def test_code_once_replaced_is_worth_nothing(client, slip):
    log_in(client, password=slip.code)
    new = "海源-2023-安全生产"
    client.post(reverse("organizations:password_change"), {"new_password1": new, "new_password2": new})
    client.logout()
    assert log_in(client, password=slip.code) == 200
    assert log_in(client, password=new) == 302


def test_own_password_does_not_expire_with_the_code(client, clock, slip):
    log_in(client, password=slip.code)
    new = "海源-2023-安全生产"
    client.post(reverse("organizations:password_change"), {"new_password1": new, "new_password2": new})
    clock(timedelta(days=400))
    client.logout()
    assert log_in(client, password=new) == 302


def test_code_is_long_enough_and_of_signs_nobody_mistakes(slip):
    """Ten signs of 31 in groups of four, four and two: about 2 to the 49th."""
    groups = slip.code.split("-")
    assert [len(group) for group in groups] == [4, 4, 2]
    assert set("".join(groups)) <= set(CODE_SIGNS)
    assert not set(CODE_SIGNS) & set("01oOilIL")
    assert len(CODE_SIGNS) == len(set(CODE_SIGNS)) == 31


def test_code_is_kept_as_a_hash_alone_and_named_nowhere(slip):
    user = User.objects.get(username=NAME)
    assert check_password(slip.code, user.password)
    assert slip.code not in user.password
    assert not [entry for entry in AuditEntry.objects.all() if slip.code in str(entry.detail) + entry.target]


def test_second_reset_makes_the_first_code_worthless(client, slip):
    post, by = Membership.objects.get(user__username=NAME), make.actor(make.city_bureau())
    first, second = accounts.reset(post, by=by), accounts.reset(post, by=by)
    assert first.outcome == second.outcome == Outcome.RENEWED
    assert log_in(client, password=first.code) == 200
    assert log_in(client, password=second.code) == 302


@pytest.mark.parametrize("path", ["/", "/enterprises/", "/obligations/", "/inbox/", "/campaigns/"])
def test_with_a_code_nothing_opens_but_the_new_password(client, slip, path):
    log_in(client, password=slip.code)
    assert client.get(path).url == reverse("organizations:password_change")
    assert client.post(path).url == reverse("organizations:password_change")


# Sessions


def test_reset_and_a_changed_password_end_other_sessions(client, clerk, django_user_model):
    from django.test import Client

    other = Client()
    log_in(client)
    log_in(other)
    new = "海源-2023-安全生产"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(reverse("organizations:password_change"), sent).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)
    accounts.reset(clerk.memberships.get(), by=make.actor(make.city_bureau()))
    assert is_in(client) is False


def test_closed_account_is_out_at_once(client, clerk):
    log_in(client)
    User.objects.update(is_active=False)
    assert is_in(client) is False


def test_session_gets_a_new_key_at_login(client, clerk):
    """A key planted before the login opens nothing after it."""
    client.get(LOGIN)
    client.session["planted"] = True
    client.session.save()
    before = client.session.session_key
    log_in(client)
    assert client.session.session_key != before


# Posts


@pytest.fixture
def two_posts(client, clerk):
    """A clerk of 荣成市 who also stands in 文登区."""
    second = make.member(make.unit("文登区应急管理局", in_area=make.county("文登区")), who=clerk)
    make.enterprise("荣成厂")
    make.enterprise("文登厂", in_area=make.county("文登区"))
    client.force_login(clerk)
    return clerk.memberships.order_by("id").first(), second


def firms(client):
    return [str(firm) for firm in client.get("/enterprises/").context["page"]]


def switch(client, post):
    return client.post(reverse("organizations:switch"), {"membership": post.pk}).status_code


def test_what_one_sees_goes_with_the_post(client, two_posts):
    first, second = two_posts
    assert firms(client) == ["荣成厂"]
    assert switch(client, second) == 302
    assert firms(client) == ["文登厂"]
    assert switch(client, first) == 302
    assert firms(client) == ["荣成厂"]


def test_switch_is_of_this_session_alone(client, two_posts):
    from django.test import Client

    other = Client()
    other.force_login(two_posts[0].user)
    switch(client, two_posts[1])
    assert (firms(client), firms(other)) == (["文登厂"], ["荣成厂"])


def test_switch_is_written_down_from_the_old_post(client, two_posts):
    switch(client, two_posts[1])
    entry = AuditEntry.objects.get(verb="session.post_switched")
    assert (entry.holder, entry.target) == ("荣成市应急管理局", str(two_posts[1]))


def test_post_ended_meanwhile_falls_back_to_the_other(client, two_posts):
    first, second = two_posts
    switch(client, second)
    accounts.end_post(second, by=make.actor(make.city_bureau()))
    assert firms(client) == ["荣成厂"]
    assert switch(client, second) == 404
    accounts.end_post(first, by=make.actor(make.city_bureau()))
    assert client.get("/enterprises/").status_code == 403


def test_post_of_somebody_else_in_the_session_opens_nothing(client, two_posts):
    """A session that names a foreign post is as good as one that names none."""
    stranger = make.member(make.city_bureau(), name="别人")
    kept = client.session
    kept[SESSION_KEY] = stranger.pk
    kept.save()
    assert firms(client) == ["荣成厂"]


@pytest.mark.parametrize("spoilt", ["x", None, [1], {"a": 1}, -1])
def test_spoilt_session_opens_the_first_post(client, two_posts, spoilt):
    kept = client.session
    kept[SESSION_KEY] = spoilt if not isinstance(spoilt, (list, dict)) else str(spoilt)
    kept.save()
    assert firms(client) == ["荣成厂"]


def test_resumed_post_begins_again_and_keeps_its_number(two_posts):
    post = two_posts[1]
    by = make.actor(make.city_bureau())
    accounts.end_post(post, by=by)
    post.refresh_from_db()
    assert (post.active, post.until) == (False, timezone.localdate())
    accounts.resume_post(post, by=by)
    post.refresh_from_db()
    assert (post.active, post.until) == (True, None)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "account.post_ended",
        "account.post_resumed",
    ]


# Who is to have an account


@pytest.mark.parametrize(
    ("name", "mobile", "outcome", "username"),
    [
        ("张三", NAME, Outcome.OPENED, NAME),
        ("张三", "138 0000 0000", Outcome.OPENED, NAME),
        ("张三", "+86-13800000000", Outcome.OPENED, NAME),
        ("  张三 ", NAME, Outcome.OPENED, NAME),
        ("张三", "0631-5201067", Outcome.OPENED, "qy{firm}-1"),
        ("张三", "", Outcome.OPENED, "qy{firm}-1"),
        ("", NAME, Outcome.REFUSED, None),
        ("\u3000", NAME, Outcome.REFUSED, None),
    ],
)
def test_account_is_named_by_the_mobile_or_by_the_firm(name, mobile, outcome, username):
    firm = make.enterprise()
    (slip,) = accounts.issue([Wanted(firm, Role.HEAD, name, mobile)], by=make.actor(make.unit()))
    assert slip.outcome == outcome
    if username:
        assert slip.user.username == username.format(firm=firm.pk)
        assert slip.user.name == "张三"


def test_two_people_without_a_mobile_are_numbered():
    firm = make.enterprise()
    wishes = [Wanted(firm, Role.HEAD, "张三"), Wanted(firm, Role.DIRECTOR, "李四")]
    slips = accounts.issue(wishes, by=make.actor(make.unit()))
    assert [slip.user.username for slip in slips] == [f"qy{firm.pk}-1", f"qy{firm.pk}-2"]


def test_namesake_with_another_number_is_another_person():
    """王伟 and 王伟: only the number tells them apart."""
    firm, by = make.enterprise(), make.actor(make.unit())
    (first,) = accounts.issue([Wanted(firm, Role.HEAD, "王伟", NAME)], by=by)
    (second,) = accounts.issue([Wanted(firm, Role.HEAD, "王伟", "13911111111")], by=by)
    assert first.user != second.user
    assert second.outcome == Outcome.OPENED


def test_one_without_a_number_is_known_again_when_he_has_one():
    firm, by = make.enterprise(), make.actor(make.unit())
    (first,) = accounts.issue([Wanted(firm, Role.HEAD, "王伟")], by=by)
    (again,) = accounts.issue([Wanted(firm, Role.HEAD, "王伟", "13911111111")], by=by)
    assert (again.user, again.outcome) == (first.user, Outcome.STANDING)
