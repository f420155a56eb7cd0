"""Lists, searches and forms of who and where, with what nobody should send: a sentence or a 404, no fault."""

import pytest
from django.urls import reverse

from organizations.models import AuditEntry, Enterprise, EnterpriseChange, Membership, User
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
HUGE = "9" * 30


@pytest.fixture
def firm():
    return make.enterprise(head="张三", head_mobile="13800000000", director="李四", director_mobile="13900000000")


@pytest.fixture
def clerk(client, firm):
    post = make.member(make.unit())
    client.force_login(post.user)
    return post


@pytest.fixture
def head(client, firm):
    post = make.member(firm, Role.HEAD, name="张三")
    client.force_login(post.user)
    return post


def got(client, name, *args, **query):
    """The page's status; an export is read to its end."""
    response = client.get(reverse(f"organizations:{name}", args=args), query)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


@pytest.mark.parametrize(
    "after",
    [
        '["a\\u0000",1]',
        '["a\\ud800",1]',
        '["a",9e999]',
        '["a",1.5]',
        '["a",true]',
        f'["a",{HUGE}]',
        '[["a"],1]',
        '[{"a":1},1]',
        '["a"]',
        '["a",1,2]',
        "null",
        "{",
        '["' + "a" * 5000 + '",1]',
    ],
)
def test_list_goes_on_or_begins_again_after_a_spoilt_mark(client, clerk, after):
    assert got(client, "enterprises", after=after) == 200
    assert got(client, "accounts", after=after) == 200


@pytest.mark.parametrize("q", ["\x00", "%", "_", "\\", "'", "（）", "😀", "x" * 300, "91371", "SELECT 1;--"])
def test_search_takes_any_text(client, clerk, q):
    for name, args in [
        ("enterprises", ()),
        ("enterprise_export", ()),
        ("accounts", ()),
        ("issue", ["enterprises"]),
        ("issue", ["units"]),
    ]:
        assert got(client, name, *args, q=q) == 200, (name, q)


@pytest.mark.parametrize("sign", ["%", "_"])
def test_sign_of_a_pattern_is_a_sign(client, clerk, firm, sign):
    """It stands for itself and not for any letter."""
    make.member(firm, Role.HEAD, name="张三")
    response = client.get(reverse("organizations:accounts"), {"q": sign})
    assert list(response.context["page"]) == []


@pytest.mark.parametrize("name", ["change", "enterprise", "account"])
@pytest.mark.parametrize("key", ["0", HUGE])
def test_key_of_nothing_is_not_found(client, clerk, name, key):
    assert got(client, name, key) == 404


# Logging in


@pytest.mark.parametrize("name", ["a\x00b", "x" * 1000, "", "' OR 1=1 --", "\u202eabc", "管理员"])
def test_login_refuses_any_name_in_the_same_words(client, name):
    response = client.post(reverse("organizations:login"), {"username": name, "password": "wrong"})
    assert response.status_code == 200
    assert response.context["form"].errors
    entry = AuditEntry.objects.get(verb="session.sign_in_refused")
    assert (entry.target, entry.ok) == ("", False)


@pytest.mark.parametrize("password", ["", "\x00", "x" * 5000])
def test_login_refuses_any_password(client, password):
    make.user(username="13800000000")
    response = client.post(reverse("organizations:login"), {"username": "13800000000", "password": password})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_name_and_password_are_told_apart_from_nothing(client):
    """Whether an account exists is not told by the answer."""
    make.user(username="13800000000")
    words = set()
    for name in ("13800000000", "13811111111"):
        response = client.post(reverse("organizations:login"), {"username": name, "password": "wrong"})
        words.add(str(response.context["form"].non_field_errors()))
    assert len(words) == 1


# One's own account


@pytest.mark.parametrize(
    "email",
    [
        "a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".cn",
        "a\x00@b.cn",
        "a@b.cn\nBcc: x@y.cn",
        "a@b.cn, x@y.cn",
        "plain",
        "<script>@b.cn",
    ],
)
def test_address_that_is_none_is_refused(client, clerk, email):
    response = client.post(reverse("organizations:my_account"), {"email": email})
    assert response.status_code == 200
    assert "email" in response.context["form"].errors
    clerk.user.refresh_from_db()
    assert clerk.user.email == ""


def test_longest_address_is_taken(client, clerk):
    email = "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".cn"
    assert client.post(reverse("organizations:my_account"), {"email": email}).status_code == 302
    clerk.user.refresh_from_db()
    assert clerk.user.email == email


@pytest.mark.parametrize("wanted", ["", "abc", HUGE, "-1", "\x00"])
def test_switching_to_no_post_is_not_found(client, clerk, wanted):
    response = client.post(reverse("organizations:switch"), {"membership": wanted})
    assert response.status_code == 404


# The firm's own data


def own(firm, **changed):
    """The form as the page would send it back, unchanged but for what is named."""
    data = {
        "name": firm.name, "town": "", "address": "", "status": "producing", "employees": "",
        "head": firm.head, "head_mobile": firm.head_mobile,
        "director": firm.director, "director_mobile": firm.director_mobile,
        "ammonia_tonnes": "", "dust_workers": "", "state_owned": "", "major_hazard_source": "",
        "dispatched_labour": "", "special_operations": "",
    }  # fmt: skip
    return data | changed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "长" * 121),
        ("name", "公\x00司"),
        ("status", "sleeping"),
        ("employees", "-1"),
        ("employees", "1.5"),
        ("employees", "99999999999"),
        ("employees", "很多"),
        ("ammonia_tonnes", "-"),
        ("ammonia_tonnes", "1e9"),
        ("ammonia_tonnes", "123456789012"),
        ("ammonia_tonnes", "1.234"),
        ("ammonia_tonnes", "NaN"),
        ("ammonia_tonnes", "Infinity"),
        ("dust_workers", "-3"),
        ("head", ""),
        ("head_mobile", "1380000"),
        ("head_mobile", ""),
        ("director", ""),
        ("director_mobile", "12345678901"),
        ("state_owned", "maybe"),
        ("feature_names", ["没有的领域"]),
        ("address", "址" * 201),
        ("town", "镇" * 61),
    ],
)
def test_wrong_datum_is_refused_at_its_field(client, head, firm, field, value):
    response = client.post(reverse("organizations:enterprise_confirm", args=[firm.pk]), own(firm, **{field: value}))
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert not EnterpriseChange.objects.exists()
    firm.refresh_from_db()
    assert firm.confirmed_at is None


def test_field_the_firm_may_not_correct_is_passed_over(client, head, firm):
    """Area, sector and grade decide who supervises it."""
    sent = own(firm, grade="A", uscc="9" * 18, left_on="2023-01-01", area=make.county("文登区").pk)
    client.post(reverse("organizations:enterprise_confirm", args=[firm.pk]), sent)
    assert not EnterpriseChange.objects.exists()
    before = (firm.grade, firm.uscc, firm.left_on, firm.area_id)
    firm.refresh_from_db()
    assert (firm.grade, firm.uscc, firm.left_on, firm.area_id) == before
    assert firm.confirmed_at is not None


def test_markup_in_a_correction_is_shown_as_text(client, head, firm):
    client.post(reverse("organizations:enterprise_confirm", args=[firm.pk]), own(firm, address="<script>x</script>"))
    change = EnterpriseChange.objects.get()
    client.force_login(make.member(make.unit(), name="王经办").user)
    page = client.get(reverse("organizations:change", args=[change.pk])).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x</script>" not in page


@pytest.fixture
def change(firm):
    return EnterpriseChange.objects.create(
        enterprise=firm, values={"head": ["张三", "赵六"], "employees": [None, 30]}, proposed_by="张三"
    )


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verdict": "burn", "reason": "x"},
        {"verdict": "adopt"},
        {"verdict": "adopt", "fields_adopted": ["area"]},
        {"verdict": "adopt", "fields_adopted": ["head"]},
        {"verdict": "refuse"},
        {"verdict": "refuse", "reason": " "},
        {"verdict": "adopt", "fields_adopted": ["head"], "reason": "因" * 121},
    ],
)
def test_decision_that_says_too_little_or_too_much_decides_nothing(client, clerk, firm, change, data):
    response = client.post(reverse("organizations:change_decide", args=[change.pk]), data)
    assert response.status_code == 200
    change.refresh_from_db()
    firm.refresh_from_db()
    assert (change.state, firm.head) == ("pending", "张三")


# Accounts


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"holders": [HUGE], "roles": ["head"]}, "holders"),
        ({"holders": ["x"], "roles": ["head"]}, "holders"),
        ({"holders": [], "roles": ["head"]}, "holders"),
        ({"holders": ["{firm}"], "roles": []}, "roles"),
        ({"holders": ["{firm}"], "roles": ["clerk"]}, "roles"),
        ({"holders": ["{firm}"], "roles": ["head", "\x00"]}, "roles"),
    ],
)
def test_issuing_to_nobody_in_particular_opens_nothing(client, clerk, firm, data, field):
    sent = {name: [value.format(firm=firm.pk) for value in values] for name, values in data.items()}
    before = User.objects.count()
    response = client.post(reverse("organizations:issue", args=["enterprises"]), sent)
    assert field in response.context["form"].errors
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "名" * 41}, "name"),
        ({"mobile": "1380000"}, "mobile"),
        ({"mobile": "0631-5201067"}, "mobile"),
        ({"uscc": "没有的代码"}, "uscc"),
        ({"uscc": ""}, "__all__"),
        ({"role": "clerk"}, "role"),
        ({"role": "king"}, "role"),
        ({"unit": HUGE}, "unit"),
    ],
)
def test_post_is_refused_at_its_field(client, clerk, firm, changed, field):
    sent = {"name": "赵六", "mobile": "13700000000", "uscc": firm.uscc, "unit": "", "role": "head"} | changed
    response = client.post(reverse("organizations:post_new"), sent)
    assert field in response.context["form"].errors
    assert not Membership.objects.filter(enterprise=firm).exists()


def test_search_for_holders_survives_what_is_no_choice(client, clerk, firm):
    assert got(client, "issue", "enterprises", have="none", q="荣成") == 200
    assert got(client, "issue", "towns") == 404
    assert got(client, "accounts", kind="planet", state="asleep") == 200


def test_deregistered_firm_gets_no_account(client, clerk, firm):
    Enterprise.objects.update(status="deregistered")
    sent = {"holders": [firm.pk], "roles": ["head"]}
    response = client.post(reverse("organizations:issue", args=["enterprises"]), sent)
    assert "holders" in response.context["form"].errors
