"""Pages on accounts: who may do what to whom, codes shown once, hostile input."""

import pytest
from django.urls import reverse

from organizations.models import Membership, User
from organizations.models.people import ENTERPRISE_ROLES, Role
from organizations.tests import factories

MOBILE = "13806310001"
KEEPERS = {Role.ADMIN, Role.CLERK}


@pytest.fixture
def clerk(db):
    return factories.member(factories.unit(), Role.CLERK)


@pytest.fixture
def firm(clerk):
    return factories.enterprise(head="张总", head_mobile="13806310009", director="李安全", director_mobile=MOBILE)


@pytest.fixture
def away(db):
    return factories.enterprise("文登某某机械有限公司", in_area=factories.county("文登区"))


@pytest.fixture
def signed(client, clerk):
    client.force_login(clerk.user)
    return client


def url(name, *args):
    return reverse(f"organizations:{name}", args=args)


def issue(client, *holders, roles=(Role.DIRECTOR,), kind="enterprises"):
    return client.post(url("issue", kind), {"holders": [each.pk for each in holders], "roles": list(roles)})


# Role by act


@pytest.mark.parametrize("role", list(Role))
def test_accounts_are_kept_by_clerks_and_administrators(client, firm, role):
    director = factories.member(firm, Role.DIRECTOR)
    holder = firm if role in ENTERPRISE_ROLES else factories.unit()
    client.force_login(factories.member(holder, role, name="某人").user)
    gets = [url("accounts"), url("account", director.pk), url("issue", "enterprises"), url("post_new")]
    posts = [url("account_end", director.pk), url("account_resume", director.pk), url("account_reset", director.pk)]

    answers = {*(client.get(each).status_code for each in gets), *(client.post(each).status_code for each in posts)}

    assert answers == ({200, 302} if role in KEEPERS else {403})


def test_posts_of_others_are_not_found(signed, away):
    foreign = factories.member(away, Role.DIRECTOR)
    answers = [signed.get(url("account", foreign.pk))]
    answers += [signed.post(url(name, foreign.pk)) for name in ("account_end", "account_resume", "account_reset")]

    assert [each.status_code for each in answers] == [404] * 4
    foreign.refresh_from_db()
    assert foreign.active
    assert foreign.user.check_password("correct horse battery")


@pytest.mark.parametrize("name", ["account_end", "account_resume", "account_reset"])
def test_acts_are_posts(signed, firm, name):
    assert signed.get(url(name, factories.member(firm, Role.HEAD).pk)).status_code == 405


# Issuing


def test_code_on_the_slip_logs_in_and_leads_to_ones_own_password(signed, client, firm):
    response = issue(signed, firm)
    (slip,) = response.context["slips"]
    assert slip.code in response.text
    assert "no-store" in response["Cache-Control"]

    client.logout()
    login = client.post(url("login"), {"username": MOBILE, "password": slip.code})

    assert login.status_code == 302
    assert client.get("/enterprises/").url == url("password_change")


def test_code_is_shown_once(signed, firm):
    code = issue(signed, firm).context["slips"][0].code

    again = issue(signed, firm)

    assert code not in again.text
    assert "此前已开通，未重新发码" in again.text
    assert code not in signed.get(url("accounts")).text


def test_issue_takes_both_posts_of_several_firms(signed, firm):
    other = factories.enterprise("荣成第二食品有限公司", director="李安全", director_mobile=MOBILE)

    response = issue(signed, firm, other, roles=(Role.HEAD, Role.DIRECTOR))

    assert len(response.context["slips"]) == 2
    assert [slip.outcome.value for slip in response.context["others"]] == ["未开通", "已有账号，已加入此岗位"]
    assert User.objects.get(username=MOBILE).memberships.count() == 2


def test_issue_for_a_foreign_firm_writes_nothing(signed, firm, away):
    response = issue(signed, firm, away)

    assert "不在您的管辖范围内" in response.text
    assert not Membership.objects.filter(enterprise__isnull=False).exists()


def test_issue_for_a_unit_by_the_unit_above(client, clerk):
    city = factories.member(factories.city_bureau(), name="赵市局")
    below = factories.unit("文登区应急管理局", in_area=factories.county("文登区"), contact="孙联络", phone=MOBILE)
    client.force_login(city.user)

    response = issue(client, below, roles=[Role.CLERK], kind="units")

    assert [slip.user.name for slip in response.context["slips"]] == ["孙联络"]
    assert issue(client, city.unit, roles=[Role.CHIEF], kind="units").context["form"].errors["holders"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"holders": ["x"], "roles": ["director"]},
        {"holders": ["999999999999999999999999"], "roles": ["director"]},
        {"holders": ["1' OR '1'='1"], "roles": ["director"]},
    ],
)
def test_issue_refuses_what_no_page_sends(signed, firm, data):
    assert signed.post(url("issue", "enterprises"), data).context["form"].errors["holders"]


@pytest.mark.parametrize("role", ["admin", "clerk", "safety", "root", ""])
def test_issue_opens_no_other_post_than_offered(signed, firm, role):
    assert issue(signed, firm, roles=[role]).context["form"].errors["roles"]


def test_issue_knows_enterprises_and_units_only(signed):
    assert signed.get(url("issue", "users")).status_code == 404


def test_issue_lists_firms_still_without_an_account(signed, firm):
    other = factories.enterprise("荣成第二食品有限公司")
    factories.member(other, Role.HEAD)

    def rows(query=""):
        return [row.name for row in signed.get(url("issue", "enterprises") + query).context["rows"]]

    assert rows() == [firm.name]
    assert set(rows("?have=all")) == {firm.name, other.name}
    assert rows("?have=all&q=没有这家") == []


def test_issue_keeps_what_was_ticked_when_refused(signed, firm):
    other = factories.enterprise("荣成第二食品有限公司")

    page = signed.post(url("issue", "enterprises"), {"holders": [firm.pk]}).text

    assert f'value="{firm.pk}" id="holder-{firm.pk}" checked' in page
    assert f'id="holder-{other.pk}" checked' not in page


# One person


def new_post(client, **given):
    return client.post(url("post_new"), {"name": "李安全", "mobile": MOBILE, "role": Role.SAFETY, **given})


def test_new_post_in_a_firm_by_its_code(signed, firm):
    response = new_post(signed, uscc=firm.uscc.lower())

    assert [slip.user.username for slip in response.context["slips"]] == [MOBILE]
    assert firm.memberships.get().role == Role.SAFETY


def test_new_post_on_the_account_of_somebody_else_is_refused(signed, firm):
    factories.user("王五", mobile=MOBILE)

    assert "另一姓名" in new_post(signed, uscc=firm.uscc).text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"mobile": "0631-7550001"}, "mobile"),
        ({"uscc": ""}, "__all__"),
        ({"uscc": "<script>"}, "uscc"),
        ({"role": "clerk"}, "role"),
        ({"role": "root"}, "role"),
        ({"name": ""}, "name"),
        ({"unit": "1"}, "unit"),
    ],
)
def test_new_post_says_what_is_wrong(signed, firm, given, field):
    response = new_post(signed, **{"uscc": firm.uscc} | given)

    assert field in response.context["form"].errors
    assert not firm.memberships.exists()


def test_new_post_in_a_foreign_firm_is_refused(signed, away):
    assert "没有此代码的企业" in new_post(signed, uscc=away.uscc).text


def test_names_are_printed_as_text(signed, firm):
    response = new_post(signed, uscc=firm.uscc, name="<script>alert(1)</script>")

    assert "<script>alert" not in response.text
    assert "&lt;script&gt;" in response.text


# Reset and ending


def test_reset_shows_a_new_code(signed, firm):
    post = factories.member(firm, Role.DIRECTOR)

    response = signed.post(url("account_reset", post.pk))

    post.user.refresh_from_db()
    assert post.user.check_password(response.context["slips"][0].code)


def test_reset_of_an_account_with_a_post_elsewhere_is_refused_with_the_reason(signed, firm, away):
    post = factories.member(firm, Role.DIRECTOR)
    factories.member(away, Role.DIRECTOR, who=post.user)

    page, response = signed.get(url("account", post.pk)), signed.post(url("account_reset", post.pk))

    assert response.status_code == 403
    assert "管辖范围以外还有岗位" in response.text
    assert "管辖范围以外还有岗位" in page.text
    assert away.name not in page.text


def test_reset_ends_the_session_and_lifts_the_lockout(signed, client, firm, settings):
    settings.AXES_FAILURE_LIMIT = 1
    post = factories.member(firm, Role.DIRECTOR)
    visitor = type(client)()
    assert visitor.post(url("login"), {"username": post.user.username, "password": "guess"}).status_code == 429

    code = signed.post(url("account_reset", post.pk)).context["slips"][0].code

    assert visitor.post(url("login"), {"username": post.user.username, "password": code}).status_code == 302


def test_ended_post_no_longer_opens_anything(signed, client, firm):
    post = factories.member(firm, Role.HEAD)
    visitor = type(client)()
    visitor.force_login(post.user)

    assert signed.post(url("account_end", post.pk)).url == url("account", post.pk)

    assert visitor.get("/gallery/").status_code == 403
    assert "恢复此岗位" in signed.get(url("account", post.pk)).text
    signed.post(url("account_resume", post.pk))
    post.refresh_from_db()
    assert post.active


# The list


def test_list_costs_the_same_for_one_and_three(signed, firm, django_assert_num_queries):
    factories.member(firm, Role.HEAD)
    signed.get(url("accounts"))
    with django_assert_num_queries(8):
        signed.get(url("accounts"))
    factories.member(firm, Role.DIRECTOR)
    factories.member(factories.enterprise("荣成第二食品有限公司"), Role.HEAD)

    with django_assert_num_queries(8):
        assert len(signed.get(url("accounts")).context["page"].rows) == 3


def test_list_finds_by_person_holder_and_state(signed, firm):
    factories.member(firm, Role.HEAD, name="张总")
    waiting = factories.member(firm, Role.DIRECTOR, who=factories.user("李安全", must_change_password=True))
    ended = factories.member(firm, Role.SAFETY, name="赵员")
    ended.active = False
    ended.save(update_fields=["active"])

    def found(query):
        return [each.user.name for each in signed.get(url("accounts") + query).context["page"]]

    assert found("?q=海源") == ["李安全", "张总"]
    assert found("?q=张总") == ["张总"]
    assert found("?state=waiting") == [waiting.user.name]
    assert found("?state=ended") == ["赵员"]
    assert found("?state=all&kind=unit") == []
    assert len(found("?state=nonsense&q=%00&after=x")) >= 1
