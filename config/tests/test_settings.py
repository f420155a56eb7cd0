"""How the environment is read, and that .env.example tells of all of it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config import settings as source

READERS = {"env_str", "env_bool", "env_int", "env_list", "env_json", "env_secret", "env_keys"}
LONG = "x" * 60


def names_read():
    """The first argument of every call of a reader in settings.py that is a literal."""
    calls = [node for node in ast.walk(ast.parse(Path(source.__file__).read_text())) if isinstance(node, ast.Call)]
    readers = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in READERS]
    return {call.args[0].value for call in readers if isinstance(call.args[0], ast.Constant)}


def names_listed():
    text = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))


def start(**environment):
    """`manage.py check` as a process of its own, with nothing in the environment but what is given."""
    command = [sys.executable, "manage.py", "check"]
    plain = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, cwd=settings.BASE_DIR, env=plain, capture_output=True, text=True)


def test_env_example_lists_what_settings_read():
    assert names_listed() == names_read()


def test_env_example_is_refused_as_it_stands():
    deployed = {"DATABASE_URL": "postgresql://portal@db/portal", "SECRET_KEY": "change-me"}

    outcome = start(**deployed)

    assert outcome.returncode == 1
    assert "SECRET_KEY is missing, is the example's" in outcome.stderr
    assert ".env.example" in outcome.stderr


@pytest.mark.parametrize(("missing", "given"), [("SECRET_KEY", "SEAL_KEY"), ("SEAL_KEY", "SECRET_KEY")])
def test_deployed_portal_does_not_start_without_a_secret(missing, given):
    outcome = start(**{"DATABASE_URL": "postgresql://portal@db/portal", given: LONG})

    assert outcome.returncode == 1
    assert f"{missing} is missing" in outcome.stderr


@pytest.mark.parametrize("keys", ['{"1": "short"}', '{"1": "change-me"}', '["a list"]', "not json"])
def test_deployed_portal_does_not_start_with_seal_keys_that_seal_nothing(keys):
    outcome = start(DATABASE_URL="postgresql://portal@db/portal", SECRET_KEY=LONG, SEAL_KEYS=keys)

    assert outcome.returncode == 1
    assert "SEAL_KEYS" in outcome.stderr.splitlines()[-1]


def test_deployed_portal_starts_with_secrets():
    outcome = start(DATABASE_URL="postgresql://portal@db/portal", SECRET_KEY=LONG, SEAL_KEY=LONG)

    assert outcome.returncode == 0, outcome.stderr


def test_deployment_check_is_clean():
    deployed = {"DATABASE_URL": "postgresql://portal@db/portal", "REDIS_URL": "redis://redis/0"}
    secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": secret, "SEAL_KEY": secret, **deployed}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    outcome = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert outcome.returncode == 0, outcome.stderr
