from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from lib.actor import Actor
from organizations.models.people import Role
from organizations.permissions import ROLES, Permission, allowed, require, requires
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


UNITS = {Role.ADMIN, Role.CLERK, Role.REVIEWER, Role.DEPUTY, Role.CHIEF, Role.OFFICER}
DECIDERS = {Role.REVIEWER, Role.DEPUTY, Role.CHIEF}
FIRM = {Role.HEAD, Role.DIRECTOR, Role.SAFETY}
MATRIX = {
    Permission.ACCOUNT_ISSUE: {Role.ADMIN, Role.CLERK},
    Permission.AUDIT_READ: {Role.ADMIN, Role.DEPUTY, Role.CHIEF},
    Permission.CAMPAIGN_EDIT: {Role.CLERK},
    Permission.CHANNEL_CHOOSE: {Role.ADMIN, Role.CLERK, Role.HEAD, Role.DIRECTOR},
    Permission.CHECKLIST_ANSWER: {Role.CLERK} | FIRM,
    Permission.CHECKLIST_SUBMIT: {Role.CLERK, Role.HEAD, Role.DIRECTOR},
    Permission.ENTERPRISE_APPROVE: {Role.ADMIN, Role.CLERK},
    Permission.ENTERPRISE_CONFIRM: {Role.HEAD, Role.DIRECTOR},
    Permission.EXPORT: UNITS | FIRM,
    Permission.HAND_IN: {Role.CLERK, Role.HEAD, Role.DIRECTOR},
    Permission.HAZARD_DISMISS: DECIDERS | {Role.OFFICER},
    Permission.HAZARD_JUDGE: {Role.CLERK, Role.REVIEWER, Role.OFFICER},
    Permission.HAZARD_LIST: {Role.CLERK, Role.DEPUTY, Role.CHIEF},
    Permission.HAZARD_PENALISE: {Role.CLERK, Role.OFFICER},
    Permission.HAZARD_RECHECK: {Role.OFFICER},
    Permission.HAZARD_RECTIFY: FIRM,
    Permission.HAZARD_REGISTER: {Role.CLERK, Role.OFFICER} | FIRM,
    Permission.HAZARD_SIGN_DIRECTOR: {Role.DIRECTOR},
    Permission.HAZARD_SIGN_HEAD: {Role.HEAD},
    Permission.HISTORY_IMPORT: {Role.ADMIN},
    Permission.IMPORT: {Role.ADMIN, Role.CLERK},
    Permission.INSPECTION_RECORD: {Role.CLERK, Role.OFFICER},
    Permission.LETTER_PREPARE: {Role.CLERK},
    Permission.LETTER_RELEASE: {Role.CLERK, Role.DEPUTY, Role.CHIEF},
    Permission.RETURN_FILL: {Role.CLERK},
    Permission.RETURN_REVIEW: {Role.CLERK} | DECIDERS,
    Permission.REVIEW: {Role.CLERK} | DECIDERS,
    Permission.ROSTER_KEEP: {Role.CLERK, Role.DEPUTY, Role.CHIEF},
}


@pytest.mark.parametrize("permission", list(MATRIX), ids=lambda one: one.name)
def test_who_holds_a_permission(permission):
    """The table read the other way: an act, and every post that may do it. Whoever is not named may not."""
    assert {role for role in Role if permission in ROLES[role]} == MATRIX[permission]


def test_two_signatures_can_never_come_from_one_post():
    """主要负责人 and 安全总监 sign for themselves; no post holds both (design §4.4)."""
    both = {Permission.HAZARD_SIGN_HEAD, Permission.HAZARD_SIGN_DIRECTOR}
    assert not [role for role in Role if both <= ROLES[role]]


def test_administrator_does_no_business():
    """管理员 keeps accounts and history; whoever gives out accounts does not also decide what they hand in."""
    business = {Permission.HAND_IN, Permission.REVIEW, Permission.CAMPAIGN_EDIT, Permission.RETURN_FILL}
    assert not business & ROLES[Role.ADMIN]


@pytest.mark.parametrize("role", sorted(UNITS))
def test_gate_of_a_view_asks_for_every_permission_named(role):
    """A view behind two permissions opens only to who has both."""

    @requires(Permission.EXPORT, Permission.REVIEW)
    def view(request):
        return "open"

    request = SimpleNamespace(actor=make.actor(make.unit(), role))
    if role in MATRIX[Permission.REVIEW]:
        assert view(request) == "open"
    else:
        with pytest.raises(PermissionDenied, match="岗位不能审核报送"):
            view(request)


def test_gate_without_a_permission_still_wants_a_post():
    view = requires()(lambda request: "open")
    assert view(SimpleNamespace(actor=make.actor(make.unit(), Role.OFFICER))) == "open"
    with pytest.raises(PermissionDenied, match="没有在岗的岗位"):
        view(SimpleNamespace(actor=Actor(user=make.user())))


def test_gate_keeps_the_views_name_and_says_what_it_asks():
    @requires(Permission.EXPORT)
    def board(request):
        """The board."""

    assert (board.__name__, board.__doc__, board.gate) == ("board", "The board.", (Permission.EXPORT,))
