"""A monthly self-inspection of 2023 whose districts publish their tailoring first; plain functions."""

from datetime import UTC, date, datetime

from campaigns.actions import opening, tailoring
from lib.actor import Actor
from organizations.models import Enterprise
from organizations.tests import factories as make

SYSTEM = Actor.system()
MAY_1, AUGUST_10 = date(2023, 5, 1), date(2023, 8, 10)


def firm(name, *, in_area=None, written=datetime(2023, 4, 1, tzinfo=UTC), **fields):
    made = make.enterprise(name, in_area=in_area or make.county("荣成市"), **fields)
    Enterprise.objects.filter(pk=made.pk).update(created_at=written)
    return Enterprise.objects.get(pk=made.pk)


def district(name="荣成市"):
    return make.actor(make.unit(f"{name}应急管理局", in_area=make.county(name)))


def publish(duty, name="荣成市"):
    return tailoring.publish(duty, adjusted=False, by=district(name))


def run(day):
    return opening.open_obligations(day, by=SYSTEM)
