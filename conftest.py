"""What every test has: the local services, and settings that keep tests fast and apart from the portal's own data."""

import hashlib
import logging
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections

from config import local
from config.celery import app as celery_app
from config.tests import databases, strict_templates

pytest_plugins = ["config.tests.browser", "config.tests.celery_harness"]
pytest.register_assert_rewrite("config.tests.mornings")

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def pytest_configure() -> None:
    # The test database is made from the models (pytest.ini: --nomigrations), six times as fast as by migrating;
    # config/tests/test_migrations.py proves that migrating makes the same one.
    settings.PGTRIGGER_INSTALL_ON_MIGRATE = True
    logging.getLogger("pgtrigger").setLevel(logging.WARNING)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    databases.install(WORKER)
    celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    strict_templates.install()
    local.join(*settings.LOCAL_SERVICES)


def pytest_unconfigure() -> None:
    connections.close_all()
    local.leave()


# Several processes at once: `bin/test` says -n auto.


def pytest_xdist_auto_num_workers(config) -> int:
    """One for each processor; none for a single file, which is done sooner than workers are up."""
    named = {Path(argument.partition("::")[0]) for argument in config.args}
    alone = config.option.capture == "no" or len(named) == 1 and named.pop().is_file()
    count = min(processors(), databases.MOST_PROCESSES)
    return 0 if alone or count == 1 else count


def processors() -> int:
    """Those this process may use; a container is often given fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items) -> None:
    """The long files first, where processes share the work: one begun last makes the others wait."""
    if WORKER:
        long = {item.path for item in items if "browse" in item.fixturenames or item.get_closest_marker("long")}
        items.sort(key=lambda item: item.path not in long)


# The test database is kept from run to run, as long as models and migrations stay as they are: making it takes a while.


def stamp() -> Path:
    """Written when the database of this process had been made; says what it was made from."""
    return settings.VAR_DIR / f"test-database{WORKER and '-'}{WORKER}.txt"


def schema_digest() -> str:
    patterns = ["*/migrations/*.py", "*/models.py", "*/models/*.py", "requirements.txt"]
    files = [path for pattern in patterns for path in settings.BASE_DIR.glob(pattern)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.fixture(scope="session")
def django_db_keepdb():
    return True


@pytest.fixture(scope="session")
def django_db_createdb(request, django_db_modify_db_settings):
    fresh = request.config.option.create_db or read(stamp()) != schema_digest()
    if fresh:
        stamp().unlink(missing_ok=True)
    return fresh


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_createdb, django_db_blocker):
    if not django_db_createdb:
        with django_db_blocker.unblock():
            # A run that was killed may have left rows behind.
            databases.empty()
    stamp().write_text(schema_digest())


@pytest.fixture(autouse=True)
def _no_leftovers(settings, tmp_path):
    """Stored files and the cache last one test."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    yield
    cache.clear()
