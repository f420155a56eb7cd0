import pytest
from django.core.exceptions import PermissionDenied

from lib.actor import Actor
from organizations.models.people import Role
from organizations.permissions import ROLES, Permission, allowed, require
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def test_every_role_has_its_permissions_and_every_permission_a_role():
    assert set(ROLES) == set(Role.values)
    assert set().union(*ROLES.values()) == set(Permission)


def test_refusal_names_the_post_and_the_act():
    verdict = allowed(make.actor(make.enterprise(), Role.SAFETY), Permission.HAND_IN)
    assert not verdict
    assert verdict.reason == "“安全员”岗位不能报送。"


def test_nobody_without_a_post_may_do_anything():
    verdict = allowed(Actor(user=make.user()), Permission.EXPORT)
    assert verdict.reason == "您目前没有在岗的岗位，请联系本单位管理员。"


def test_require_turns_a_refusal_into_a_403_with_its_reason():
    with pytest.raises(PermissionDenied, match="安全员"):
        require(allowed(make.actor(make.enterprise(), Role.SAFETY), Permission.HAND_IN))
    require(allowed(Actor.system(), Permission.HAND_IN))
