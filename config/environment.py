"""What differs between machines, read by type from the environment or from `.env`.

Every name that settings.py reads stands in .env.example (a test compares them). What cannot be read stops the start,
with the name and where to look.
"""

import contextlib
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST = 50  # characters of a secret


def read_env_file(path: Path) -> None:
    """`NAME=value` lines; what the environment says already wins. Notepad puts a mark first, shells write `export`."""
    for line in path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []:
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    value = env_str(name).lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name}={value}: write yes or no. See .env.example.")
    return default


def env_int(name: str, default: int) -> int:
    value = env_str(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value}: write a whole number. See .env.example.") from None


def env_list(name: str, default: list[str]) -> list[str]:
    return [part.strip() for part in env_str(name).split(",") if part.strip()] or default


def env_json(name: str, default: dict[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(env_str(name)) if env_str(name) else default
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ImproperlyConfigured(f'{name} is not a JSON object, like {{"name": "value"}}. See .env.example.')
    return found


def env_secret(name: str, *, kept_in: Path | None) -> str:
    """A secret of 50 characters or more. A local portal makes one on first use and keeps it in that folder."""
    value = env_str(name)
    if not value and kept_in:
        return kept_secret(kept_in / f"{name.lower()}.txt")
    return long_enough(name, value)


def env_keys(name: str) -> dict[str, str]:
    """Secrets by id, the newest last; none if nothing is given."""
    return {key: long_enough(name, str(value)) for key, value in env_json(name, {}).items()}


def long_enough(name: str, value: str) -> str:
    if len(value) < SHORTEST or value.startswith("change-me"):
        raise ImproperlyConfigured(
            f"{name} is missing, is the example's, or is shorter than {SHORTEST} characters. A portal that is not "
            "local does not start without its own: see .env.example for how to make one."
        )
    return value


def kept_secret(path: Path) -> str:
    """The secret in that file, made on first use. Of processes that start at once, all read the one that came first."""
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        # Whole before it has its name: who finds the file never finds it empty.
        handle, unfinished = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(60))
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
        os.unlink(unfinished)
    return path.read_text()


def database_from(url: str) -> dict[str, Any]:
    """postgresql://user:password@host:port/name?sslmode=require, every part percent-encoded where it must be."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://. See .env.example.")
    try:
        port = str(parts.port or "")
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL has no number for a port. Is a character of the password not percent-encoded? "
            "See .env.example."
        ) from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
