"""All settings of the portal. What differs between machines is read from the environment or from `.env`.

Two modes. Without `DATABASE_URL` the portal is *local*: it runs on the services that `config/local.py` keeps in
`var/`, answers on loopback only and makes its own secrets. With `DATABASE_URL` (or `LOCAL=no`) it is *deployed*: the
secrets must be given, and it insists on HTTPS.
"""

from datetime import timedelta
from pathlib import Path

import pghistory
from csp.constants import NONE, SELF

from config import local
from config.environment import (
    database_from,
    env_bool,
    env_int,
    env_json,
    env_keys,
    env_list,
    env_secret,
    env_str,
    read_env_file,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

read_env_file(BASE_DIR / ".env")

# Mode and secrets

DATABASE_URL = env_str("DATABASE_URL")
REDIS_URL = env_str("REDIS_URL")
LOCAL = env_bool("LOCAL", default=not DATABASE_URL)
DEBUG = env_bool("DEBUG", default=False)
_kept_in = VAR_DIR if LOCAL else None
SECRET_KEY = env_secret("SECRET_KEY", kept_in=_kept_in)
# Keys that seal the audit log and frozen figures, by id; the last one signs, the earlier ones still verify.
SEAL_KEYS = env_keys("SEAL_KEYS") or {"1": env_secret("SEAL_KEY", kept_in=_kept_in)}
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])
# The address written into mails and messages, where there is no request to take it from.
SITE_URL = env_str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

# Applications; the order of ours is the order in which they may import one another.

INSTALLED_APPS = [
    "organizations",
    "documents",
    "notifications",
    "campaigns",
    "hazards",
    "checklists",
    "inspections",
    "reports",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # its templates, so that ours may override them
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
]

MIDDLEWARE = [
    "config.middleware.real_address",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LoginRequired",
    "organizations.middleware.ActorMiddleware",
    "organizations.middleware.FirstPassword",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
            "builtins": ["config.components"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Data

# Which servers config/local.py has to keep, because no address is given
LOCAL_SERVICES = [name for name, url in [("postgresql", DATABASE_URL), ("redis", REDIS_URL)] if not url]
_local_cache, _local_broker = local.redis_urls()
DATABASES = {
    "default": (database_from(DATABASE_URL) if DATABASE_URL else local.database())
    | {"CONN_MAX_AGE": env_int("CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

CELERY_BROKER_URL = REDIS_URL or _local_broker
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL or _local_cache,
        "KEY_PREFIX": env_str("CACHE_PREFIX", "portal"),
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"

# Every version row points at its row without a constraint: the history outlives what it tells of.
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True
PGHISTORY_ADMIN_ALL_EVENTS = False

# Files. Never under a public URL: views in documents/ hand them out after asking who wants them.

STORAGES = {
    "default": {
        "BACKEND": env_str("FILES_BACKEND", "django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env_json("FILES_OPTIONS", {"location": str(VAR_DIR / "files"), "base_url": None}),
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if LOCAL
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
UPLOAD_MAX_BYTES = env_int("UPLOAD_MAX_MB", 20) * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# 62 items with five fields each, and the hidden fields of a formset
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

STATIC_URL = "static/"
# A local portal serves the folders below as they are; a deployed one runs collectstatic.
STATIC_ROOT = None if LOCAL else BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = DEBUG
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", BASE_DIR / "node_modules" / "bootstrap" / "dist"),
    ("echarts", BASE_DIR / "node_modules" / "echarts" / "dist"),
]
ICONS_DIR = BASE_DIR / "node_modules" / "bootstrap-icons" / "icons"

# Who

AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "organizations.forms.passwords.MinimumLength", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "organizations:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "organizations:login"
# Idle logout: the session ends this long after the last request.
IDLE_MINUTES = env_int("IDLE_MINUTES", 60)
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

AXES_FAILURE_LIMIT = env_int("LOGIN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env_int("LOCKOUT_MINUTES", 15))
# One person's mistakes do not lock out the office that shares his address, nor a stranger elsewhere the person.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "config.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# How many proxies of ours stand before the portal; decides which address of X-Forwarded-For is believed.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)

# Language and time

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Counting

# A visit whose 检查方式 holds one of these words is no inspection and stays out of the dispatch tables.
UNCOUNTED_VISIT_MODES = env_list("UNCOUNTED_VISIT_MODES", ["驻点", "帮扶", "督导"])

# Days after which the digest says that a proposed major still waits for its judgement, a rectified one for its recheck.
HAZARD_JUDGE_DAYS = env_int("HAZARD_JUDGE_DAYS", 3)
HAZARD_RECHECK_DAYS = env_int("HAZARD_RECHECK_DAYS", 10)

# Mail

DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "安全生产专项行动管理平台 <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 465)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", default=True)
EMAIL_TIMEOUT = 20
# Without a mail server, mails become files that can be looked at.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"

# Other outside channels. A webhook must begin with one of the known addresses: it never leads into our own network.

WECOM_URLS = env_list("WECOM_URLS", ["https://qyapi.weixin.qq.com/cgi-bin/webhook/send"])
DINGTALK_URLS = env_list("DINGTALK_URLS", ["https://oapi.dingtalk.com/robot/send"])
OUTBOUND_PROXY = env_str("OUTBOUND_PROXY")
CHANNEL_CONNECT_SECONDS, CHANNEL_ANSWER_SECONDS = 5, 20
# From-to, work days only for SMS; empty: at any time. Read by notifications/hours.py.
EMAIL_HOURS = env_str("EMAIL_HOURS")
ROBOT_HOURS = env_str("ROBOT_HOURS", "08:00-20:00")
SMS_HOURS = env_str("SMS_HOURS", "08:30-17:30")
# SMS is off until a gateway is named: aliyun.
SMS_GATEWAY = env_str("SMS_GATEWAY")
SMS_SIGN_NAME = env_str("SMS_SIGN_NAME")
SMS_TEMPLATE_REMINDER = env_str("SMS_TEMPLATE_REMINDER")
SMS_TEMPLATE_NOTICE = env_str("SMS_TEMPLATE_NOTICE")
ALIYUN_SMS_URL = env_str("ALIYUN_SMS_URL", "https://dysmsapi.aliyuncs.com").rstrip("/")
ALIYUN_ACCESS_KEY_ID = env_str("ALIYUN_ACCESS_KEY_ID")
ALIYUN_ACCESS_KEY_SECRET = env_str("ALIYUN_ACCESS_KEY_SECRET")

# Celery. Tasks are thin and may run twice; what must happen once is claimed in the database.

CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1800
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# What the browser may do. No inline script or style anywhere, nothing from other hosts.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# A bureau on a closed network without certificates may say HTTPS=no; `check --deploy` will then warn.
HTTPS = env_bool("HTTPS", default=not LOCAL)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "axes": {"level": "WARNING"},
        # They log whole addresses, and a webhook's address holds its key: silent whatever LOG_LEVEL says.
        "httpx": {"level": "ERROR"},
        "httpcore": {"level": "ERROR"},
    },
}
