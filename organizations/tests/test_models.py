"""What must be true of who and where is a constraint of the database."""

import pytest
from django.db import IntegrityError, transaction

from organizations.models import Enterprise, Membership
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def test_post_belongs_to_exactly_one_holder():
    with pytest.raises(IntegrityError, match="membership_one_holder"), transaction.atomic():
        Membership.objects.create(user=make.user(), role=Role.CLERK)


def test_enterprise_role_needs_an_enterprise():
    with pytest.raises(IntegrityError, match="membership_role_fits_holder"), transaction.atomic():
        make.member(make.unit(), Role.HEAD)


def test_one_director_of_four_firms_has_one_account():
    who = make.user("赵总监")
    for number in range(4):
        make.member(make.enterprise(f"{number}号"), Role.DIRECTOR, who=who)
    assert who.memberships.count() == 4


@pytest.mark.parametrize(
    ("fields", "is_key"),
    [
        ({"grade": "C"}, True),
        ({"grade": "B"}, False),
        ({"feature_names": ["深井铸造"]}, True),
        ({"feature_names": ["涉氨制冷"], "ammonia_tonnes": 10}, True),
        ({"feature_names": ["涉氨制冷"], "ammonia_tonnes": 9}, False),
        ({"feature_names": ["粉尘涉爆"], "dust_workers": 10}, True),
        ({"feature_names": ["粉尘涉爆"], "dust_workers": 9}, False),
    ],
)
def test_key_enterprise_is_as_the_notice_says(fields, is_key):
    """S004-贸 三(三)1: C、D 级、钢铁、深井铸造、液氨储量10吨以上、涉爆粉尘作业场所10人以上."""
    assert make.enterprise(**fields).is_key is is_key


def test_enterprise_is_versioned_by_the_database():
    firm = make.enterprise("旧名")
    Enterprise.objects.filter(pk=firm.pk).update(name="新名")
    assert list(firm.events.order_by("pgh_id").values_list("pgh_label", "name")) == [
        ("insert", "旧名"),
        ("update", "新名"),
    ]
