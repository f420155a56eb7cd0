"""What every test has: the local services, and settings that keep tests fast and apart from the portal's own data."""

import hashlib
import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections

from config import local
from config.celery import app as celery_app
from config.tests import strict_templates

pytest_plugins = ["config.tests.browser"]

DATABASE_STAMP = settings.VAR_DIR / "test-database.txt"


def pytest_configure() -> None:
    # The test database is made from the models (pytest.ini: --nomigrations), six times as fast as by migrating;
    # config/tests/test_migrations.py proves that migrating makes the same one.
    settings.PGTRIGGER_INSTALL_ON_MIGRATE = True
    logging.getLogger("pgtrigger").setLevel(logging.WARNING)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES["default"]["LOCATION"] = settings.CACHES["default"]["LOCATION"].replace("db=1", "db=2")
    settings.CACHES["default"]["KEY_PREFIX"] = "test"
    celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    strict_templates.install()
    local.join(*settings.LOCAL_SERVICES)


def pytest_unconfigure() -> None:
    connections.close_all()
    local.leave()


# The test database is kept from run to run, as long as models and migrations stay as they are: making it takes a while.


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
def django_db_createdb(request):
    fresh = request.config.option.create_db or read(DATABASE_STAMP) != schema_digest()
    if fresh:
        DATABASE_STAMP.unlink(missing_ok=True)
    return fresh


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_createdb, django_db_blocker):
    if not django_db_createdb:
        with django_db_blocker.unblock():
            # A run that was killed may have left rows behind.
            call_command("flush", interactive=False, verbosity=0)
    DATABASE_STAMP.write_text(schema_digest())


@pytest.fixture(autouse=True)
def _no_leftovers(settings, tmp_path):
    """Stored files and the cache last one test."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    yield
    cache.clear()
