"""How the environment is read, and that .env.example tells of all of it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import settings as source

READERS = {"env_str", "env_bool", "env_int", "env_list", "env_json", "env_secret"}
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


def test_local_secret_is_made_once_and_is_nobody_elses(tmp_path):
    path = tmp_path / "var" / "secret.txt"

    first, second = source.kept_secret(path), source.kept_secret(path)

    assert first == second
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("0", False), ("OFF", False), ("", True)])
def test_env_bool_reads(monkeypatch, text, value):
    monkeypatch.setenv("PORTAL_TEST", text)

    assert source.env_bool("PORTAL_TEST", default=True) is value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda name: source.env_bool(name, default=True), "perhaps"),
        (lambda name: source.env_int(name, 1), "1.5"),
        (lambda name: source.env_json(name, {}), "{"),
    ],
)
def test_unreadable_value_stops_with_its_name(monkeypatch, read, text):
    monkeypatch.setenv("PORTAL_TEST", text)

    with pytest.raises(ImproperlyConfigured, match=r"PORTAL_TEST.*\.env\.example"):
        read("PORTAL_TEST")


def test_env_list_splits_at_commas(monkeypatch):
    monkeypatch.setenv("PORTAL_TEST", " a.example, ,b.example ")

    assert source.env_list("PORTAL_TEST", []) == ["a.example", "b.example"]


def test_env_file_gives_way_to_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_TEST", "environment")
    monkeypatch.setenv("PORTAL_OTHER", "")
    monkeypatch.delenv("PORTAL_OTHER")
    (tmp_path / ".env").write_text("# a comment = 1\nPORTAL_TEST=file\nPORTAL_OTHER='quoted'\n\n")

    source.read_env_file(tmp_path / ".env")

    assert os.environ["PORTAL_TEST"] == "environment"
    assert os.environ["PORTAL_OTHER"] == "quoted"


def test_database_url_is_taken_apart():
    url = "postgresql://portal:p%40ss@db.example:5433/safety?sslmode=require"

    assert source.database_from(url) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "safety",
        "USER": "portal",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_url_of_another_kind_is_refused():
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        source.database_from("mysql://portal@db/portal")
