"""deploy/: what it starts is there, takes the options it is given, and is the same with units and with containers."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from config.tests.celery_harness import database_url
from notifications.actions import mails

DEPLOY = settings.BASE_DIR / "deploy"
PARTS = ["web", "worker", "beat"]
# What may differ: a container is reached from outside, and is replaced as a whole.
OWN = re.compile(r" --(bind|max-requests|max-requests-jitter|max-tasks-per-child) \S+")


def by_unit(part):
    text = (DEPLOY / f"portal-{part}.service").read_text(encoding="utf-8")
    return re.search(r"^ExecStart=/srv/portal/\.venv/bin/(.+)$", text, re.MULTILINE)[1]


def by_container(part):
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    return re.search(rf"^  {part}:\n    <<: \*portal\n    command: (.+)$", text, re.MULTILINE)[1]


def refused(command):
    """What the program says of its options; empty if it takes them."""
    environment = os.environ | {"DATABASE_URL": database_url(), "LOCAL": "yes"}
    outcome = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    return outcome.stderr if outcome.returncode else ""


@pytest.mark.parametrize("part", PARTS)
def test_units_and_containers_start_the_same(part):
    assert OWN.sub("", by_unit(part)) == OWN.sub("", by_container(part))


@pytest.mark.django_db
@pytest.mark.parametrize("command", [by_unit("web"), by_container("web")])
def test_web_takes_its_options(command):
    assert refused(f"{command} --check-config") == ""
    assert "unrecognized arguments: --no-such" in refused(f"{command} --check-config --no-such")


@pytest.mark.parametrize("command", [by_unit("worker"), by_unit("beat"), by_container("worker")])
def test_worker_and_beat_take_their_options(command):
    assert refused(f"{command} --help") == ""
    assert "--no-such" in refused(f"{command} --no-such --help")


def test_web_server_lets_through_what_the_portal_takes_and_waits_as_long():
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", text)[1])
    seconds = int(re.search(r"proxy_read_timeout (\d+)s;", text)[1])

    assert megabytes * 2**20 > settings.UPLOAD_MAX_BYTES
    assert seconds > int(re.search(r"--timeout (\d+)", by_unit("web"))[1])


def test_worker_is_given_time_to_finish_a_share_of_mails():
    """Stopping a worker waits for its task; killed in a mail, it would leave it 结果不明."""
    text = (DEPLOY / "portal-worker.service").read_text(encoding="utf-8")

    slow = 2  # seconds for one mail
    assert int(re.search(r"TimeoutStopSec=(\d+)", text)[1]) >= mails.SHARE * slow


def test_image_is_made_of_what_is_there():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = [line.split()[1:-1] for line in text.splitlines() if re.match(r"COPY (?!--from)", line)]

    assert [name for names in copied for name in names if not (settings.BASE_DIR / name).exists()] == []
    assert "dockerfile: deploy/Dockerfile" in (DEPLOY / "compose.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("private", [".env", ".git", "var", "deploy/*.env", "deploy/*.txt"])
def test_image_holds_no_secret(private):
    """compose.yaml has its secrets beside it: they stay out of image and repository."""
    for name in [".dockerignore"] if private == ".git" else [".dockerignore", ".gitignore"]:
        lines = (settings.BASE_DIR / name).read_text(encoding="utf-8").splitlines()
        assert private in [line.rstrip("/") for line in lines]
