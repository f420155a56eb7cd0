"""What every test has: the local services, and settings that keep tests fast and apart from the portal's own data."""

import pytest
from django.conf import settings
from django.core.cache import cache

from config import local
from config.celery import app as celery_app


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES["default"]["LOCATION"] = settings.CACHES["default"]["LOCATION"].replace("db=1", "db=2")
    settings.CACHES["default"]["KEY_PREFIX"] = "test"
    celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    local.join(*settings.LOCAL_SERVICES)


@pytest.fixture(autouse=True)
def _no_leftovers(settings, tmp_path):
    """Stored files and the cache last one test."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"default": files}
    yield
    cache.clear()
