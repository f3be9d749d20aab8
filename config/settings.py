"""Settings of the whole project, in one file. Everything that differs between machines comes from the
environment; the defaults are the embedded installation that `make run` starts."""

from __future__ import annotations

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.logs import logging_settings

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()

# Debug stands for "this is a developer's machine or a trial": it alone allows the key below. Whoever brings a
# key of their own runs a real server, and forgets DEBUG at no cost.
DEBUG = env.bool("DEBUG", default="SECRET_KEY" not in env.ENVIRON)
DEVELOPMENT_SECRET_KEY = "development-key-for-trials-on-one-machine-only"  # noqa: S105 (refused outside debug)
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "common",
    "people",
    "corpus",
    "flagging",
    "annotation",
    "review",
    "exports",
    "demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "axes",
]

MIDDLEWARE = [
    "config.probes.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.request_log.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.body_limit.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.ContributorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.navigation",
            ],
        },
    }
]

# The launcher names its own servers here; a build step that touches no server has neither.
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL", default="postgresql:///isogloss"),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
# From the fourth time on that a connection sends a statement through `common.rows.cursor` it is kept prepared.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 3)
if env.bool("DATABASE_POOL", default=False):
    # Only gunicorn's workers set this (config/gunicorn.py): Celery closes a pool around every task.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": 6,
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = env.str("BROKER_URL", default="redis://localhost:6379/0")
BROKER_PERSISTENCE_CHECKED_ELSEWHERE = env.bool("BROKER_PERSISTENCE_CHECKED_ELSEWHERE", default=False)

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# People come by invitation; self-registration is a campaign's decision and comes with it.
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
AXES_FAILURE_LIMIT = 8
# Sign-ins that succeed are nobody's business; failures are forgotten after a day (people.forget_old_tallies).
AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_ON_SUCCESS = True
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "people.sign_in.address_tried"
AXES_CLIENT_IP_CALLABLE = "people.sign_in.client_ip"
AXES_LOCKOUT_CALLABLE = "people.sign_in.locked"
# Ours (people/limits.py) count in PostgreSQL. allauth's count in a cache, which the workers do not share, and
# its lock on failures counts by address alone: anybody could keep anybody else out.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {"reset_password": "people.forms.ResetPasswordForm"}
# How many proxies of ours add to X-Forwarded-For; with 0 the header is what anybody may write, and unread.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
# No mail to addresses without an account: it would ask strangers to sign up.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Mails carry links that set passwords: with no EMAIL_URL a trial prints them, and a real server, whose output is
# kept as a log, sends and prints none (said at the start).
vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "dummymail://"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Isogloss <isogloss@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
# Folders of models, as `manage.py fetch_model` lays them out.
MODELS_DIR = Path(env.str("ISOGLOSS_MODELS", default=str(DATA_DIR / "models")))
RELEASES_DIR = Path(env.str("RELEASES_DIR", default=str(DATA_DIR / "releases")))
# Of all files of one import together, as they are sent.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=1024 * 1024 * 1024)
# Empty: folders of this machine. s3://bucket?endpoint_url=… where web and workers are different machines.
STORAGE_URL = env.str("STORAGE_URL", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "uploads": {
        "BACKEND": "config.storages.UploadsFolder",
        "OPTIONS": {"location": str(DATA_DIR / "uploads"), "file_permissions_mode": 0o600},
    },
    "releases": {"BACKEND": "config.storages.Folder", "OPTIONS": {"location": str(RELEASES_DIR)}},
}
if STORAGE_URL:
    STORAGES["uploads"] = {
        "BACKEND": "config.buckets.UploadsBucket",
        "OPTIONS": {"url": STORAGE_URL, "folder": "uploads"},
    }
    STORAGES["releases"] = {
        "BACKEND": "config.buckets.Bucket",
        "OPTIONS": {"url": STORAGE_URL, "folder": "releases"},
    }

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["people.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.handler.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Isogloss",
    "DESCRIPTION": "Take work, hand in judgements, import benchmarks, download releases.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"WorkKind": "annotation.models.Kind", "ImportKind": "corpus.models.Import.Kind"},
}

# True behind a proxy of ours that speaks TLS and sets X-Forwarded-Proto: the header is believed, plain HTTP is
# sent on to HTTPS, and browsers are told to stay there. Without such a proxy anybody could write the header.
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("COOKIES_SECURE", default=not DEBUG)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = logging_settings(
    level=env.str("LOG_LEVEL", default="") or "WARNING",
    own_level=env.str("LOG_LEVEL", default="") or "INFO",
    form=env.str("LOG_FORMAT", default=""),
)
# Who may read /metrics: these networks when they ask directly, not through a proxy; anybody with the token.
METRICS_ALLOWED = env.list("METRICS_ALLOWED", default=["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

SILENCED_SYSTEM_CHECKS = [
    # The address is unique by a constraint over its lower case, which this check does not see.
    "auth.W004",
    # Other names of the domain are other people's sites: nothing is promised to browsers for them.
    "security.W005",
    "security.W021",
]
