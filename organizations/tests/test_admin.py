"""Reference data in the back office: each change is audited, natural keys stay, accounts are not deleted."""

import pytest
from django.urls import reverse

from organizations.models import Area, AuditEntry, RiskFeature, Sector, Unit, User, WorkDay
from organizations.tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "一个足够长的口令2023"


@pytest.fixture
def administrator(client):
    user = factories.user("系统管理员", is_staff=True, is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(name, *args):
    return reverse(f"admin:organizations_{name}", args=args)


def saved(response):
    assert response.status_code == 302, response.context["adminform"].form.errors
    return response


def entries():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "target"))


def test_adding_changing_and_deleting_are_audited(administrator):
    row = {"day": "2027-02-01", "is_workday": "", "note": "市政府通知"}
    saved(administrator.post(page("workday_add"), row))
    day = WorkDay.objects.get()
    saved(administrator.post(page("workday_change", day.pk), row | {"is_workday": "on"}))
    administrator.post(page("workday_delete", day.pk), {"post": "yes"})

    assert entries() == [
        ("workday.add", "2027-02-01 休息日"),
        ("workday.change", "2027-02-01 工作日"),
        ("workday.delete", "2027-02-01 工作日"),
    ]
    assert not WorkDay.objects.exists()


def test_audit_row_names_who_where_and_which_fields(administrator):
    feature = factories.feature("涉氨制冷")

    saved(administrator.post(page("riskfeature_change", feature.pk), {"aliases": "液氨制冷", "position": 3}))

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.ip, entry.target_id) == ("系统管理员", "127.0.0.1", str(feature.pk))
    assert entry.detail == {
        "through": "后台",
        "message": [{"changed": {"fields": ["别名", "顺序"]}}],
    }


def test_looking_at_a_row_is_not_a_change(administrator):
    administrator.get(page("sector_change", factories.sector().pk))

    assert entries() == []


def test_new_area_finds_its_place_in_the_tree(administrator):
    city = factories.city()

    row = {"code": "371082101", "name": "崖头街道", "level": "town", "parent": city.pk, "position": 1}
    saved(administrator.post(page("area_add"), row))

    assert Area.objects.get(code="371082101").path == f"{city.path}371082101/"


@pytest.mark.parametrize(
    ("model", "make", "field", "value"),
    [
        (Sector, factories.sector, "name", "别的行业"),
        (RiskFeature, factories.feature, "name", "别的领域"),
        (Area, factories.city, "code", "999999"),
    ],
)
def test_natural_keys_stay_once_made(administrator, model, make, field, value):
    row = make()
    before = getattr(row, field)
    url = page(f"{model._meta.model_name}_change", row.pk)
    shown = administrator.get(url).context["adminform"].form.initial

    administrator.post(url, {name: v for name, v in shown.items() if v is not None} | {field: value})

    row.refresh_from_db()
    assert getattr(row, field) == before


def test_unit_is_given_its_lines_by_ticking(administrator):
    city = factories.city()
    row = {"name": "威海市海洋发展局", "kind": "bureau", "lines": ["miit", "emergency"], "area": city.pk, "position": 1}
    management = {"unitsector_set-TOTAL_FORMS": 0, "unitsector_set-INITIAL_FORMS": 0}

    saved(administrator.post(page("unit_add"), row | management))

    assert Unit.objects.get(name="威海市海洋发展局").lines == ["miit", "emergency"]


def test_units_powers_are_edited_beside_it_and_named_in_the_audit(administrator):
    unit = factories.unit(sectors=())
    sector = factories.sector("轻工")
    row = {"name": unit.name, "kind": unit.kind, "lines": unit.lines, "area": unit.area_id, "position": 0, "active": 1}
    powers = {
        "unitsector_set-TOTAL_FORMS": 1,
        "unitsector_set-INITIAL_FORMS": 0,
        "unitsector_set-0-sector": sector.pk,
        "unitsector_set-0-power": "direct",
    }

    saved(administrator.post(page("unit_change", unit.pk), row | powers))

    assert unit.supervises_directly(sector)
    (entry,) = AuditEntry.objects.all()
    assert entry.detail["message"] == [{"added": {"name": "单位行业职责", "object": "荣成市应急管理局 直接监管 轻工"}}]


def test_new_account_must_change_its_password(administrator):
    row = {
        "username": "wang",
        "name": "王经办",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    saved(administrator.post(page("user_add"), row))

    made = User.objects.get(username="wang")
    assert made.must_change_password
    assert made.check_password(PASSWORD)
    assert entries() == [("user.add", "王经办")]


def test_password_set_by_an_administrator_is_changed_at_the_next_login(administrator):
    user = factories.user("王经办", username="wang")
    url = reverse("admin:auth_user_password_change", args=[user.pk])

    administrator.post(url, {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD})

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.must_change_password
    assert entries() == [("user.change", "王经办")]


def test_refused_password_leaves_everything_as_it_was(administrator):
    user = factories.user("王经办", username="wang")
    url = reverse("admin:auth_user_password_change", args=[user.pk])

    administrator.post(url, {"usable_password": "true", "password1": "123", "password2": "123"})

    user.refresh_from_db()
    assert not user.must_change_password
    assert entries() == []


def test_accounts_are_not_deleted(administrator):
    user = factories.user()

    assert administrator.post(page("user_delete", user.pk), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


def test_posts_are_edited_beside_the_account(administrator):
    unit = factories.unit()
    user = factories.user("王经办", username="wang")
    row = {"username": "wang", "name": "王经办", "is_active": "on"}
    posts = {
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-unit": unit.pk,
        "memberships-0-role": "clerk",
        "memberships-0-active": "on",
    }

    saved(administrator.post(page("user_change", user.pk), row | posts))

    assert user.memberships.get().unit == unit


def test_post_without_holder_is_refused_in_chinese(administrator):
    user = factories.user("王经办", username="wang")
    posts = {
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-role": "clerk",
        "memberships-0-active": "on",
    }

    response = administrator.post(page("user_change", user.pk), {"username": "wang", "name": "王经办"} | posts)

    assert "岗位须属于一个单位或一家企业，且只能是其中之一。" in response.content.decode()
