"""迁址: the verb, the page, and a correction by which the officer learns of it."""

import pytest

from lib.transitions import MoveRefused
from organizations.actions import corrections
from organizations.actions.moving import relocate
from organizations.models import AuditEntry, Enterprise
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make.enterprise(town="石岛街道", address="荣成市黄海路1号")


@pytest.fixture
def there():
    return make.county("文登区")


@pytest.fixture
def clerk():
    return make.actor(make.unit())


@pytest.fixture
def signed(client, clerk):
    client.force_login(clerk.user)
    return client


def stands(firm):
    firm = Enterprise.objects.get(pk=firm.pk)
    return firm.area.name, firm.town, firm.address


def test_firm_stands_in_the_new_area_and_the_log_says_why(firm, there, clerk):
    relocate(firm, by=clerk, area=there, reason="整体搬迁", town="龙山街道", address="文登区米山路2号")

    assert stands(firm) == ("文登区", "龙山街道", "文登区米山路2号")
    entry = AuditEntry.objects.get(verb="enterprise.move")
    assert (entry.actor, entry.target) == ("王经办（荣成市应急管理局 经办人）", firm.name)
    assert entry.detail == {"before": "荣成市", "after": "文登区", "reason": "整体搬迁"}


def test_old_town_and_address_are_not_kept(firm, there, clerk):
    relocate(firm, by=clerk, area=there, reason="整体搬迁")

    assert stands(firm) == ("文登区", "", "")


def test_firm_that_stands_there_already_is_refused_whatever_the_page_still_shows(firm, there, clerk):
    stale = Enterprise.objects.get(pk=firm.pk)
    relocate(firm, by=clerk, area=there, reason="整体搬迁")

    with pytest.raises(MoveRefused, match="该企业已在文登区"):
        relocate(stale, by=clerk, area=there, reason="整体搬迁")
    assert AuditEntry.objects.filter(verb="enterprise.move").count() == 1


# The page


def test_page_moves_the_firm_out_of_the_districts_hands(signed, firm, there):
    url = f"/enterprises/{firm.pk}/move/"
    assert url in signed.get(f"/enterprises/{firm.pk}/").content.decode()
    page = signed.get(url)
    assert firm.area not in page.context["form"].fields["area"].queryset

    response = signed.post(
        url, {"area": there.pk, "town": "龙山街道", "address": "", "reason": "住所变更"}, follow=True
    )

    assert stands(firm) == ("文登区", "龙山街道", "")
    assert f"{firm}已迁至文登区，未办结事项已移交。" in response.content.decode()
    assert signed.get(url).status_code == 404


def test_page_asks_where_to_and_why(signed, firm):
    response = signed.post(f"/enterprises/{firm.pk}/move/", {})

    assert set(response.context["form"].errors) == {"area", "reason"}
    assert stands(firm)[0] == "荣成市"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER, Role.DEPUTY])
def test_other_posts_do_not_move_firms(client, firm, there, role):
    client.force_login(make.member(make.unit(), role).user)

    response = client.post(f"/enterprises/{firm.pk}/move/", {"area": there.pk, "reason": "住所变更"})

    assert response.status_code == 403
    assert stands(firm)[0] == "荣成市"
    assert "办理迁址" not in client.get(f"/enterprises/{firm.pk}/").content.decode()


def test_another_district_does_not_draw_the_firm_to_itself(client, firm, there):
    client.force_login(make.member(make.unit("文登区应急管理局", in_area=there)).user)

    assert client.post(f"/enterprises/{firm.pk}/move/", {"area": there.pk, "reason": "住所变更"}).status_code == 404


# Corrections


def correction(firm, **changed):
    head = make.actor(firm, Role.HEAD, name="张总")
    values = {name: getattr(firm, name) for name in corrections.FIELDS} | changed
    return corrections.submit(firm, by=head, values=values)


def test_officer_who_adopts_a_new_address_moves_the_firm_with_it(signed, firm, there):
    change = correction(firm, address="文登区米山路2号", town="龙山街道")
    url = f"/enterprises/changes/{change.pk}/"
    assert "企业已迁出本区市的" in signed.get(url).content.decode()

    signed.post(
        f"{url}decide/", {"verdict": "adopt", "fields_adopted": ["address", "town"], "reason": "", "area": there.pk}
    )

    assert stands(firm) == ("文登区", "龙山街道", "文登区米山路2号")
    assert AuditEntry.objects.get(verb="enterprise.move").detail["reason"] == "采纳企业信息更正，企业已迁址"


def test_adopting_an_address_alone_moves_nobody(signed, firm):
    change = correction(firm, address="荣成市黄海路3号")

    signed.post(
        f"/enterprises/changes/{change.pk}/decide/",
        {"verdict": "adopt", "fields_adopted": ["address"], "reason": "", "area": ""},
    )

    assert stands(firm) == ("荣成市", "石岛街道", "荣成市黄海路3号")
    assert not AuditEntry.objects.filter(verb="enterprise.move").exists()


def test_refusing_moves_nobody(signed, firm, there):
    change = correction(firm, address="文登区米山路2号")

    signed.post(
        f"/enterprises/changes/{change.pk}/decide/", {"verdict": "refuse", "reason": "未变更执照", "area": there.pk}
    )

    assert stands(firm) == ("荣成市", "石岛街道", "荣成市黄海路1号")


def test_correction_of_something_else_does_not_ask_for_a_move(signed, firm, there):
    change = correction(firm, employees=7)
    url = f"/enterprises/changes/{change.pk}/"
    assert "迁出" not in signed.get(url).content.decode()

    signed.post(f"{url}decide/", {"verdict": "adopt", "fields_adopted": ["employees"], "reason": "", "area": there.pk})

    assert stands(firm)[0] == "荣成市"
