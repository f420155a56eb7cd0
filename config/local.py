"""The services of a portal that runs on one machine: PostgreSQL and Redis in `var/`, started and stopped here."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
RUN_DIR = BASE_DIR / "var" / "run"


def database() -> dict:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "portal",
        "USER": "postgres",
        "HOST": str(RUN_DIR),
    }


def redis_urls() -> tuple[str, str]:
    """For the cache, and for Celery."""
    path = RUN_DIR / "redis.sock"
    return f"unix://{path}?db=1", f"redis+socket://{path}?virtual_host=0"
