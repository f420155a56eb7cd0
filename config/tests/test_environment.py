"""How each kind of value is read, and that what cannot be read stops the start with its name."""

import os
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

LONG = "x" * 60


@pytest.fixture
def given(monkeypatch):
    """Puts a value into the environment."""
    return lambda text: monkeypatch.setenv("PORTAL_TEST", text)


@pytest.fixture
def env_file(monkeypatch, tmp_path):
    """Reads a .env of that content; what it sets is gone after the test."""

    def read(content):
        for name in ("PORTAL_TEST", "PORTAL_OTHER"):
            monkeypatch.setenv(name, "")
            monkeypatch.delenv(name)
        path = tmp_path / ".env"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        environment.read_env_file(path)
        return os.environ.get("PORTAL_TEST")

    return read


# Words, numbers, lists


@pytest.mark.parametrize("text", ["1", "yes", "true", "on", "YES", " True ", "On"])
def test_env_bool_reads_yes(given, text):
    given(text)

    assert environment.env_bool("PORTAL_TEST", default=False) is True


@pytest.mark.parametrize("text", ["0", "no", "false", "off", "OFF", " No "])
def test_env_bool_reads_no(given, text):
    given(text)

    assert environment.env_bool("PORTAL_TEST", default=True) is False


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("text", ["", "  ", None])
def test_env_bool_left_empty_is_the_default(given, monkeypatch, text, default):
    given(text or "")
    if text is None:
        monkeypatch.delenv("PORTAL_TEST")

    assert environment.env_bool("PORTAL_TEST", default=default) is default


@pytest.mark.parametrize(("text", "number"), [("", 7), (" ", 7), ("0", 0), ("12", 12), (" 12 ", 12), ("-1", -1)])
def test_env_int_reads(given, text, number):
    given(text)

    assert environment.env_int("PORTAL_TEST", 7) == number


@pytest.mark.parametrize(("text", "word"), [("", "default"), ("  ", "default"), (" a b ", "a b"), ("0", "0")])
def test_env_str_is_trimmed_and_empty_is_the_default(given, text, word):
    given(text)

    assert environment.env_str("PORTAL_TEST", "default") == word


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", ["default"]), (",, ,", ["default"]), ("a", ["a"]), (" a.example, ,b.example ", ["a.example", "b.example"])],
)
def test_env_list_splits_at_commas(given, text, parts):
    given(text)

    assert environment.env_list("PORTAL_TEST", ["default"]) == parts


@pytest.mark.parametrize(("text", "found"), [("", {"a": 1}), ("{}", {}), ('{"bucket": "b"}', {"bucket": "b"})])
def test_env_json_reads(given, text, found):
    given(text)

    assert environment.env_json("PORTAL_TEST", {"a": 1}) == found


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda name: environment.env_bool(name, default=True), "perhaps"),
        (lambda name: environment.env_bool(name, default=True), "2"),
        (lambda name: environment.env_int(name, 1), "1.5"),
        (lambda name: environment.env_int(name, 1), "20MB"),
        (lambda name: environment.env_json(name, {}), "{"),
        (lambda name: environment.env_json(name, {}), "{'a': 1}"),
        (lambda name: environment.env_json(name, {}), "[1]"),
        (lambda name: environment.env_json(name, {}), '"text"'),
        (lambda name: environment.env_json(name, {}), "null"),
        (lambda name: environment.env_keys(name), '["key"]'),
        (lambda name: environment.env_keys(name), '{"1": "short"}'),
        (lambda name: environment.env_secret(name, kept_in=None), "short"),
    ],
)
def test_unreadable_value_stops_with_its_name(given, read, text):
    given(text)

    with pytest.raises(ImproperlyConfigured, match=r"(?s)PORTAL_TEST.*\.env\.example"):
        read("PORTAL_TEST")


# Secrets


@pytest.mark.parametrize("text", ["", "x" * 49, "change-me", "change-me" + LONG, f"  {'x' * 49}  "])
def test_secret_that_is_none_is_refused(given, text):
    given(text)

    with pytest.raises(ImproperlyConfigured, match="PORTAL_TEST is missing, is the example's, or is shorter than 50"):
        environment.env_secret("PORTAL_TEST", kept_in=None)


@pytest.mark.parametrize("text", ["x" * 50, LONG])
def test_secret_of_fifty_characters_is_taken(given, text):
    given(text)

    assert environment.env_secret("PORTAL_TEST", kept_in=None) == text


def test_refusal_does_not_tell_the_secret(given):
    given("a-secret-too-short")

    with pytest.raises(ImproperlyConfigured) as refused:
        environment.env_secret("PORTAL_TEST", kept_in=None)
    assert "a-secret-too-short" not in str(refused.value)


def test_given_secret_wins_over_a_kept_one_and_a_weak_one_is_refused_even_locally(given, tmp_path):
    given("")
    kept = environment.env_secret("PORTAL_TEST", kept_in=tmp_path)
    assert kept == environment.env_secret("PORTAL_TEST", kept_in=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["portal_test.txt"]

    given(LONG)
    assert environment.env_secret("PORTAL_TEST", kept_in=tmp_path) == LONG

    given("weak")
    with pytest.raises(ImproperlyConfigured):
        environment.env_secret("PORTAL_TEST", kept_in=tmp_path)


def test_keys_come_in_their_order_each_long_enough(given):
    """The last one signs (organizations.actions.seals), so the order is part of the meaning."""
    first, second = "a" * 50, "b" * 50
    given(f'{{"9": "{first}", "1": "{second}"}}')

    assert list(environment.env_keys("PORTAL_TEST").items()) == [("9", first), ("1", second)]


def test_no_keys_are_none(given):
    given("")

    assert environment.env_keys("PORTAL_TEST") == {}


def test_one_weak_key_among_good_ones_is_refused(given):
    given(f'{{"1": "{LONG}", "2": "change-me{LONG}"}}')

    with pytest.raises(ImproperlyConfigured, match="PORTAL_TEST is missing"):
        environment.env_keys("PORTAL_TEST")


def test_local_secret_is_made_once_and_is_nobody_elses(tmp_path):
    path = tmp_path / "var" / "secret.txt"

    first, second = environment.kept_secret(path), environment.kept_secret(path)

    assert first == second
    assert len(first) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret.txt"]


def test_local_secrets_are_not_alike(tmp_path):
    assert environment.kept_secret(tmp_path / "a.txt") != environment.kept_secret(tmp_path / "b.txt")


def test_all_who_start_at_once_read_the_same_secret_whole(tmp_path):
    """Web, worker and beat of a first start: none may sign with an empty or another key."""
    together, found = threading.Barrier(12), []

    def start():
        together.wait()
        found.append(environment.kept_secret(tmp_path / "secret.txt"))

    threads = [threading.Thread(target=start) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 12
    assert len(set(found)) == 1
    assert len(found[0]) >= 50


def test_secret_has_no_name_before_it_is_whole(tmp_path, monkeypatch):
    """Whoever looks while it is being written finds nothing, not half of it."""
    path, seen = tmp_path / "secret.txt", []
    written = os.fdopen

    def watched(*args, **kwargs):
        seen.append(path.exists())
        return written(*args, **kwargs)

    monkeypatch.setattr(os, "fdopen", watched)
    environment.kept_secret(path)

    assert seen == [False]


# The file


@pytest.mark.parametrize(
    "line",
    [
        "PORTAL_TEST=word",
        "PORTAL_TEST = word ",
        "PORTAL_TEST='word'",
        'PORTAL_TEST="word"',
        "export PORTAL_TEST=word",
        "  PORTAL_TEST=word",
        "# PORTAL_TEST=other\nPORTAL_TEST=word",
        "a line without a sign\n\nPORTAL_TEST=word",
        "PORTAL_TEST=word\nPORTAL_TEST=later",
        b"\xef\xbb\xbfPORTAL_TEST=word",
        b"PORTAL_TEST=word\r\nPORTAL_OTHER=x\r\n",
    ],
)
def test_env_file_however_it_is_written(env_file, line):
    """The mark and the line ends are Notepad's; without them read, a deployed portal would start as a local one."""
    assert env_file(line) == "word"


@pytest.mark.parametrize("line", ["# PORTAL_TEST=word", "  # PORTAL_TEST=word", "#PORTAL_TEST=word", "PORTAL_TEST", ""])
def test_env_file_line_that_sets_nothing(env_file, line):
    assert env_file(line) is None


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("PORTAL_TEST=a=b=c", "a=b=c"),
        ('PORTAL_TEST={"1": "x"}', '{"1": "x"}'),
        ('PORTAL_TEST=\'{"1": "x"}\'', '{"1": "x"}'),
        ("PORTAL_TEST=postgresql://u:p%23@h/db?sslmode=require", "postgresql://u:p%23@h/db?sslmode=require"),
        ("PORTAL_TEST=驻点,帮扶", "驻点,帮扶"),
        ("PORTAL_TEST=", ""),
    ],
)
def test_env_file_keeps_what_stands_behind_the_first_sign(env_file, line, value):
    assert env_file(line) == value


def test_env_file_gives_way_to_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_TEST", "environment")
    (tmp_path / ".env").write_text("PORTAL_TEST=file\n")

    environment.read_env_file(tmp_path / ".env")

    assert os.environ["PORTAL_TEST"] == "environment"


def test_env_file_that_is_not_there_is_no_mistake(tmp_path):
    before = dict(os.environ)

    environment.read_env_file(tmp_path / ".env")

    assert dict(os.environ) == before


# The database


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://portal:secret@db/safety", ("safety", "portal", "secret", "db", "", {})),
        ("postgres://portal@db/safety", ("safety", "portal", "", "db", "", {})),
        ("postgresql://portal:p%40ss%2F%23%3A@db.example:5433/safety?sslmode=require",
         ("safety", "portal", "p@ss/#:", "db.example", "5433", {"sslmode": "require"})),
        ("postgresql://portal@[::1]:5432/safety", ("safety", "portal", "", "::1", "5432", {})),
        ("postgresql://portal@%2Fvar%2Frun/safety", ("safety", "portal", "", "/var/run", "", {})),
        ("postgresql:///safety?host=/var/run&connect_timeout=5",
         ("safety", "", "", "", "", {"host": "/var/run", "connect_timeout": "5"})),
    ],
)  # fmt: skip
def test_database_url_is_taken_apart(url, parts):
    found = environment.database_from(url)

    assert found.pop("ENGINE") == "django.db.backends.postgresql"
    assert tuple(found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")) == parts


@pytest.mark.parametrize("url", ["mysql://portal@db/portal", "sqlite:///db.sqlite3", "db/portal", "http://db/portal"])
def test_database_url_of_another_kind_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        environment.database_from(url)


@pytest.mark.parametrize("url", ["postgresql://portal:a/b@db/portal", "postgresql://portal@db:port/portal"])
def test_database_url_with_a_bare_sign_in_it_says_what_to_do(url):
    with pytest.raises(ImproperlyConfigured, match="percent-encoded") as refused:
        environment.database_from(url)
    assert "a/b" not in str(refused.value)
