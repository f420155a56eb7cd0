"""The Celery application and the whole timetable."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {}


def join_local_services(**_: object) -> None:
    from django.conf import settings

    from config import local

    local.join(*settings.LOCAL_SERVICES)


celeryd_init.connect(join_local_services)
beat_init.connect(join_local_services)
