"""Accounts opened for many at once, joined, given a new code, ended: the verbs."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from organizations.actions import accounts
from organizations.actions.accounts import Outcome, Wanted
from organizations.models import AuditEntry, Membership, User
from organizations.models.people import Role
from organizations.permissions import may_end, may_reset
from organizations.tests import factories

MOBILE, OTHER = "13806310001", "13806310002"


@pytest.fixture
def clerk(db):
    return factories.actor(factories.unit())


@pytest.fixture
def firm(clerk):
    return factories.enterprise()


def issue(clerk, *wishes):
    return accounts.issue([Wanted(*wish) for wish in wishes], by=clerk)


def test_issue_opens_an_account_with_a_code_that_is_kept_as_a_hash(clerk, firm):
    before = timezone.now()

    (slip,) = issue(clerk, (firm, Role.DIRECTOR, " 李安全 ", "138 0631 0001"))

    user = User.objects.get(username=MOBILE)
    assert (slip.outcome, slip.user, slip.role) == (Outcome.OPENED, user, "安全总监（分管负责人）")
    assert (user.name, user.mobile, user.must_change_password) == ("李安全", MOBILE, True)
    assert user.check_password(slip.code)
    assert slip.code not in user.password
    assert timedelta(days=13) < user.first_code_expires_at - before <= timedelta(days=15)
    assert user.memberships.get().holder == firm


def test_issue_writes_who_opened_what_but_neither_code_nor_number(clerk, firm):
    (slip,) = issue(clerk, (firm, Role.HEAD, "张总", MOBILE))

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.target_id) == (
        "account.opened",
        clerk.user.pk,
        str(slip.user.memberships.get().pk),
    )
    assert slip.code not in str(entry.__dict__)
    assert MOBILE not in str(entry.__dict__)


def test_codes_are_different_and_easy_to_read(clerk, firm):
    made = issue(clerk, *[(firm, Role.SAFETY, f"安全员{number}", f"1380631{number:04}") for number in range(20)])

    codes = {slip.code for slip in made}
    assert len(codes) == 20
    assert not set("".join(codes)) & set("01ilo")


def test_issuing_twice_changes_nothing_and_gives_no_code(clerk, firm):
    wish = (firm, Role.DIRECTOR, "李安全", MOBILE)
    (first,) = issue(clerk, wish)

    (second,) = issue(clerk, wish)

    assert (second.outcome, second.code) == (Outcome.STANDING, "")
    assert User.objects.get(username=MOBILE).check_password(first.code)
    assert (Membership.objects.filter(enterprise=firm).count(), AuditEntry.objects.count()) == (1, 1)


def test_same_person_twice_in_one_list_is_one_account(clerk, firm):
    wish = (firm, Role.DIRECTOR, "李安全", MOBILE)

    assert [slip.outcome for slip in issue(clerk, wish, wish)] == [Outcome.OPENED, Outcome.STANDING]


def test_one_director_of_four_firms_has_one_account(clerk):
    firms = [factories.enterprise(f"荣成第{number}食品有限公司") for number in range(4)]

    made = issue(clerk, *[(firm, Role.DIRECTOR, "李安全", MOBILE) for firm in firms])

    user = User.objects.get(username=MOBILE)
    assert [slip.outcome for slip in made] == [Outcome.OPENED, *[Outcome.ADDED] * 3]
    assert [post.holder for post in user.memberships.order_by("id")] == firms
    assert user.check_password(made[0].code)


def test_further_post_leaves_the_password_alone(clerk, firm):
    known = factories.user("李安全", mobile=MOBILE)

    (slip,) = issue(clerk, (firm, Role.DIRECTOR, "李安全", MOBILE))

    known.refresh_from_db()
    assert (slip.outcome, slip.user, slip.code) == (Outcome.ADDED, known, "")
    assert known.check_password("correct horse battery")
    assert not known.must_change_password


def test_number_of_somebody_else_is_refused(clerk, firm):
    factories.user("王五", mobile=MOBILE)

    (slip,) = issue(clerk, (firm, Role.DIRECTOR, "李安全", MOBILE))

    assert slip.outcome == Outcome.REFUSED
    assert "另一姓名" in slip.reason
    assert "王五" not in slip.reason
    assert not firm.memberships.exists()


def test_closed_account_gets_no_post(clerk, firm):
    factories.user("李安全", mobile=MOBILE, is_active=False)

    (slip,) = issue(clerk, (firm, Role.DIRECTOR, "李安全", MOBILE))

    assert "已停用" in slip.reason


def test_nobody_on_record_is_refused_and_the_others_go_on(clerk, firm):
    made = issue(clerk, (firm, Role.HEAD, "  ", ""), (firm, Role.DIRECTOR, "李安全", MOBILE))

    assert [slip.outcome for slip in made] == [Outcome.REFUSED, Outcome.OPENED]
    assert "没有登记姓名" in made[0].reason


def test_person_without_a_mobile_gets_a_short_name_once(clerk, firm):
    (first,) = issue(clerk, (firm, Role.HEAD, "张总", "0631-7550001"))
    (again,) = issue(clerk, (firm, Role.HEAD, "张总", ""))
    (second,) = issue(clerk, (firm, Role.SAFETY, "赵员", ""))

    assert [first.user.username, second.user.username] == [f"qy{firm.pk}-1", f"qy{firm.pk}-2"]
    assert first.user.mobile == ""
    assert again.outcome == Outcome.STANDING


def test_ended_post_is_taken_up_again(clerk, firm):
    (slip,) = issue(clerk, (firm, Role.DIRECTOR, "李安全", MOBILE))
    post = slip.user.memberships.get()
    accounts.end_post(post, by=clerk)

    (again,) = issue(clerk, (firm, Role.DIRECTOR, "李安全", MOBILE))

    post.refresh_from_db()
    assert (again.outcome, post.active, post.until) == (Outcome.ADDED, True, None)


@pytest.mark.parametrize(
    ("text", "mobile"),
    [
        ("13806310001", MOBILE),
        ("+86 138-0631-0001", MOBILE),
        ("１３８０６３１０００１", MOBILE),
        ("0631-7550001", ""),
        ("12806310001", ""),
        ("138063100012", ""),
        ("", ""),
        ("'; DROP TABLE users", ""),
    ],
)
def test_mobile_is_read_as_people_write_it(text, mobile):
    assert accounts.mobile_of(text) == mobile


def test_code_is_hashed_faster_than_a_password(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    hashed = accounts._hashed("k7mp-4hxq-9t")

    assert hashed.split("$")[:2] == ["pbkdf2_sha256", "20000"]
    assert PBKDF2PasswordHasher().verify("k7mp-4hxq-9t", hashed)
    assert PBKDF2PasswordHasher().must_update(hashed), "hashed in full at the first login"


# A new code


def test_reset_gives_a_new_code_and_ends_the_old_password(clerk, firm):
    post = factories.member(firm, Role.DIRECTOR, name="李安全")

    slip = accounts.reset(post, by=clerk)

    post.user.refresh_from_db()
    assert slip.outcome == Outcome.RENEWED
    assert post.user.check_password(slip.code)
    assert not post.user.check_password("correct horse battery")
    assert post.user.must_change_password
    assert AuditEntry.objects.get().verb == "account.reset"


def test_reset_is_for_firms_in_ones_area(clerk, firm):
    director = factories.member(firm, Role.DIRECTOR).user

    assert may_reset(clerk, director)


def test_reset_needs_every_post_of_the_account(clerk, firm):
    """With a new code come all the posts: the district may not become a firm of another district, nor the city."""
    director = factories.member(firm, Role.DIRECTOR).user
    away = factories.enterprise("文登某某机械有限公司", in_area=factories.county("文登区"))
    post = factories.member(away, Role.DIRECTOR, who=director)

    assert "管辖范围以外" in may_reset(clerk, director).reason
    assert may_reset(factories.actor(factories.city_bureau()), director)

    post.active = False
    post.save(update_fields=["active"])
    assert may_reset(clerk, director)


def test_reset_of_an_officer_who_was_given_a_post_in_a_firm_is_refused(clerk, firm):
    officer = factories.member(factories.city_bureau(), Role.CHIEF).user
    factories.member(firm, Role.SAFETY, who=officer)

    assert not may_reset(clerk, officer)


def test_reset_of_oneself_and_of_the_back_office_is_refused(clerk, firm):
    staff = factories.member(firm, Role.SAFETY, who=factories.user(is_staff=True)).user

    assert "修改密码" in may_reset(clerk, clerk.user).reason
    assert "系统管理员" in may_reset(clerk, staff).reason


def test_clerk_does_not_look_after_his_own_office(clerk):
    """He could be his own second officer."""
    colleague = factories.member(clerk.unit, Role.REVIEWER).user
    administrator = factories.actor(clerk.unit, Role.ADMIN)

    assert not may_reset(clerk, colleague)
    assert may_reset(administrator, colleague)


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.DEPUTY, Role.CHIEF, Role.OFFICER, Role.HEAD, Role.DIRECTOR, Role.SAFETY]
)
def test_reset_is_for_clerks_and_administrators(firm, role):
    holder = firm if role in (Role.HEAD, Role.DIRECTOR, Role.SAFETY) else factories.unit()
    person = factories.member(firm, Role.SAFETY).user

    assert "不能开通和重置账号" in may_reset(factories.actor(holder, role), person).reason


def test_ending_ones_own_post_is_refused(clerk, firm):
    assert "自己的岗位" in may_end(clerk, clerk.membership).reason
    assert may_end(clerk, factories.member(firm, Role.HEAD))


def test_post_is_ended_and_resumed(clerk, firm):
    post = factories.member(firm, Role.HEAD)

    accounts.end_post(post, by=clerk)
    assert (post.active, post.until) == (False, timezone.localdate())
    accounts.resume_post(post, by=clerk)

    post.refresh_from_db()
    assert (post.active, post.until) == (True, None)
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "account.post_ended",
        "account.post_resumed",
    ]


# Whose accounts


def test_posts_of_units_below_in_the_line_are_looked_after(clerk):
    city = factories.actor(factories.city_bureau())
    miit = factories.member(factories.unit("荣成市工业和信息化局", lines=["miit"]))

    managed = Membership.objects.managed_by(city)

    assert clerk.membership in managed
    assert miit not in managed
    assert city.membership not in managed
    assert not Membership.objects.managed_by(clerk).filter(unit__isnull=False).exists()


def test_posts_seen_are_those_of_ones_unit_units_below_and_firms(clerk, firm):
    city = factories.actor(factories.city_bureau())
    director = factories.member(firm, Role.DIRECTOR)
    away = factories.member(factories.unit("文登区应急管理局", in_area=factories.county("文登区")))

    seen = Membership.objects.visible_to(clerk)

    assert {clerk.membership, director} == set(seen)
    assert {clerk.membership, director, away, city.membership} == set(Membership.objects.visible_to(city))
    assert set(Membership.objects.visible_to(factories.actor(firm, Role.HEAD))) >= {director}


def test_firms_of_other_sectors_are_not_looked_after(clerk):
    mine = factories.enterprise("荣成某某石材矿", in_sector="非煤矿山")
    factories.member(mine, Role.HEAD)

    assert not Membership.objects.managed_by(clerk).exists()
