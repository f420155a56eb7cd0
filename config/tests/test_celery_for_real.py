"""Two workers and beat on Redis, one killed in the middle of a batch: everybody is told once, no mail is sent twice."""

from collections import Counter
from datetime import timedelta

import psutil
import pytest
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from campaigns.models import Obligation, Reminder
from campaigns.tests import factories as campaigns
from config.tests.celery_harness import broker_url, until
from notifications.models import Delivery, Message
from organizations.models import Unit
from organizations.models.people import Role
from organizations.tests import factories as make

MANY = 500
LATER = timedelta(minutes=6)  # than any lease


def owing(count):
    """So many units, each with a mail address and a 调度表 that was due yesterday."""
    today = timezone.localdate()
    campaign = campaigns.campaign(starts_on=today - timedelta(60), ends_on=today + timedelta(60))
    duty, county = campaigns.deliverable(of=campaign), make.county()
    units = Unit.objects.bulk_create(
        Unit(name=f"单位{number:03}", kind="bureau", area=county, email=f"unit{number:03}@rc.example.cn")
        for number in range(count)
    )
    due = timezone.now() - timedelta(days=1)
    dates = {"nominal_on": due, "original_due_at": due, "due_at": due, "opened_on": today - timedelta(30)}
    place = {"area": county, "reporting_area": county, "handled_in": county, "period": f"{today:%Y-%m}"}
    Obligation.objects.bulk_create(Obligation(deliverable=duty, unit=unit, **dates, **place) for unit in units)


def states():
    """How many mails are in which state."""
    return dict(Delivery.objects.values_list("state").annotate(Count("pk")))


def let_time_pass(rows):
    """Leases are five minutes long; instead of waiting, those of the rows are made older."""
    rows.filter(lease_until__isnull=False).update(lease_until=timezone.now() - LATER)


def test_entry_of_the_timetable_reaches_inbox_and_mailbox(celery, mail_server):
    """beat → remind → deliver → send_mails, each a task of its own."""
    owing(1)
    celery.workers("one")
    celery.beat("remind-sweep")

    until(lambda: states() == {"sent": 1})

    assert "Sending due task remind-sweep (campaigns.tasks.remind)" in celery.said("beat")
    assert Message.objects.get().delivered_at is not None
    assert mail_server.addresses == ["unit000@rc.example.cn"]


def alive(process: psutil.Process) -> bool:
    """Neither gone nor a zombie; asked again by pid, since it may go between the two questions."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_nothing_is_left_running(celery):
    celery.workers("one")
    worker = psutil.Process(celery.processes["one"].pid)
    pool = worker.children(recursive=True)
    assert pool

    celery.stop()

    # What was killed is gone as soon as the system has taken it down, which may be a moment later.
    until(lambda: not any(alive(each) for each in [worker, *pool]))
    assert celery.connected() == []


@pytest.mark.parametrize(
    ("cache", "broker"),
    [
        ("unix:///run/portal/redis.sock?db=3", "redis+socket:///run/portal/redis.sock?virtual_host=10"),
        ("redis://:secret@host:6379/0?db=2", "redis://:secret@host:6379/9"),
        ("rediss://host?ssl_cert_reqs=none&db=2", "rediss://host/9?ssl_cert_reqs=none"),
    ],
)
def test_broker_is_the_test_processs_own(cache, broker):
    assert broker_url(cache) == broker


def test_worker_killed_while_it_decides_has_told_nobody_and_the_next_tells_all(celery):
    owing(MANY)
    celery.workers("one", "two")
    with celery.held_up_at("campaigns_reminder") as worker:
        celery.send("campaigns.tasks.remind")
        celery.kill(killed := worker())
    until(lambda: killed not in celery.connected())
    assert not Message.objects.exists()

    celery.send("campaigns.tasks.remind")

    until(lambda: Message.objects.filter(delivered_at__isnull=False).count() == MANY)
    assert Message.objects.count() == Reminder.objects.filter(rule="day").count() == MANY


def test_share_of_a_process_killed_inside_its_worker_is_taken_up_at_once(celery, mail_server):
    """As when memory runs out: the worker lives, and hands the task back. The mail under way is not sent again."""
    owing(3)
    mail_server.stop_after = 1
    celery.workers("one")
    celery.send("campaigns.tasks.remind")
    until(lambda: mail_server.held)

    (inside,) = psutil.Process(celery.processes["one"].pid).children()
    inside.kill()
    mail_server.go_on()

    until(lambda: states() == {"sent": 2, "sending": 1})
    assert len(set(mail_server.addresses)) == len(mail_server.addresses) == 3
    assert Delivery.objects.get(state="sending").address in mail_server.held


@pytest.mark.long
def test_workers_killed_in_the_middle_of_500_lose_nothing_and_repeat_nothing(celery, mail_server):
    owing(MANY)
    celery.workers("one", "two")
    # The first is killed with the whole batch claimed and half delivered to the inboxes.
    with celery.held_up_at("notifications_delivery") as worker:
        celery.send("campaigns.tasks.remind")
        celery.kill(killed := worker())
    until(lambda: killed not in celery.connected())
    assert Message.objects.undelivered().filter(lease_until__gt=timezone.now()).count() == MANY

    # Five minutes later the timetable takes them up; the second is killed when a hundred mails are out.
    mail_server.stop_after = 100
    celery.workers("three")
    let_time_pass(Message.objects.undelivered())
    celery.beat("outbox-sweep", every=1)
    until(lambda: len(mail_server.held) == 2)
    celery.kill("three")
    mail_server.go_on()
    until(lambda: states() == {"sent": MANY - 1, "sending": 1})
    let_time_pass(Delivery.objects.filter(state="sending"))
    until(lambda: states() == {"sent": MANY - 1, "unknown": 1})

    # An hour later the broker hands out again what the dead had taken.
    again = {"deliver": Message.objects.values_list("key"), "send_mails": Delivery.objects.values_list("pk")}
    for task, rows in again.items():
        repeated = celery.send(f"notifications.tasks.{task}", [value for (value,) in rows])
        until(lambda repeated=repeated: celery.finished("one", "two", task=repeated))

    assert told_once()
    assert Counter(mail_server.addresses) == Counter(f"unit{number:03}@rc.example.cn" for number in range(MANY))
    assert Delivery.objects.get(state="unknown").address in mail_server.held
    assert "结果不明" in page_of_deliveries()


def told_once():
    """Every unit finds one message, delivered, and each turn of a reminder stands for one."""
    inboxes = Counter(Message.objects.filter(delivered_at__isnull=False).values_list("unit", flat=True))
    turns = Counter(Reminder.objects.values_list("obligation", "rule"))
    return len(inboxes) == Message.objects.count() == MANY and set(turns.values()) == {1}


def page_of_deliveries():
    """What the lead office sees of mails that did not get through."""
    reviewer = make.actor(make.city_bureau(), Role.REVIEWER)
    client = Client()
    client.force_login(reviewer.user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get("/inbox/deliveries/").content.decode()
