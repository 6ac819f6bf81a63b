"""Settings: one file, everything from the environment, safe defaults (table in README.md)."""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# -- who it runs for -----------------------------------------------------------------------------
APP_ENV = env.str("APP_ENV", "development")  # development | hall | production; checks.py refuses others
PRODUCTION = APP_ENV == "production"
INSECURE_SECRET_KEY = "insecure-development-key-never-for-production"  # noqa: S105 - named so on purpose
SECRET_KEY = env.str("SECRET_KEY", INSECURE_SECRET_KEY)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
if APP_ENV == "hall":
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", "")  # address printed in papers and QR codes; empty: the address asked for

# -- applications --------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cluster_app",
    "publishing",
    "conference",
    "scoring",
    "movements",
    "members",
    "core",
    "cluster_app.admin_site.ClusterAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "core.accounts_apps.ListedSessions",
    "django_cotton.apps.SimpleAppConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "csp",
    "rules",
]
MIDDLEWARE = [
    "publishing.middleware.PublishedAnswers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.http.PrivateByDefault",
    "core.http.ReadOnlyMethods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.http.AddressLocale",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.login.RunningSessions",
    "core.refusals.Refusals",
    "core.login.SignInUnlessOpen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.http.Problems",
]
ROOT_URLCONF = "cluster_app.urls"
WSGI_APPLICATION = "cluster_app.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- templates -----------------------------------------------------------------------------------
_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
            "builtins": ["django_cotton.templatetags.cotton", "core.templatetags.show"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.page",
            ],
        },
    }
]
COTTON_ISOLATE_BY_DEFAULT = True
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# -- data ----------------------------------------------------------------------------------------
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
FILES_DIR = DATA_DIR / "files"
PREVIEWS_DIR = DATA_DIR / "previews"  # pictures of stored files, made again when they are gone
DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{(DATA_DIR / 'db.sqlite3').as_posix()}")
}
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456;"
    "PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;",
}
POSTGRES_OPTIONS = {
    "options": "-c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000",
    "connect_timeout": 4,
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"].setdefault("OPTIONS", {}).update(POSTGRES_OPTIONS)
    DATABASES["default"].update(CONN_MAX_AGE=env.int("CONN_MAX_AGE", 60), CONN_HEALTH_CHECKS=True)
# Limits on sign-in and what is published are remembered for all workers of the machine (core/cache.py says why in
# files). On Windows one process serves, so its own memory is shared enough.
CACHE_URL = env.str("CACHE_URL", "")
CACHES: dict[str, dict[str, Any]] = {
    "default": environ.Env.cache_url_config(CACHE_URL)
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if os.name == "nt"
    else {
        "BACKEND": "core.cache.SharedFiles",
        "LOCATION": str(DATA_DIR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

# -- files ---------------------------------------------------------------------------------------
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 20 * 1024 * 1024)
UPLOAD_MAX_FILES = 20
EVIDENCE_QUOTA_BYTES = env.int(
    "EVIDENCE_QUOTA_BYTES", 2 * 1024**3
)  # of one agency in one year, old versions too
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", "")  # host:port or a socket's path; empty: no virus scanner
STAGED_UPLOAD_HOURS = 24
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_NUMBER_FILES = (
    5 * UPLOAD_MAX_FILES
)  # up to here a form says the limit and keeps what was typed
FILE_UPLOAD_HANDLERS = [
    "core.uploads.Capped",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.Gathered",
]

# -- people --------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
] + [{"NAME": "core.password_words.VietnameseWordsValidator"}]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work"
ACCOUNT_ADAPTER = "core.accounts.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = None  # the form asks
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "core.accounts.SignInForm",
    "change_password": "core.accounts.NewPasswordForm",
    "reauthenticate": "core.accounts.ConfirmPasswordForm",
}
# key: account and address (core/accounts.py), so that guessing elsewhere does not lock the owner out. The key comes
# first: what it stops does not count for the address, behind which others of the same office may sit.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/m/key,10/30m/key,20/10m/ip",
    "login_known_device": "5/m/key,20/30m/key",
    "change_password": "10/m/user",
    "invitation": "30/10m/ip",  # every POST to a link, right or wrong; an office may sit behind one address
    "reauthenticate": "10/m/user",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # so long a password or code is good for sensitive pages
# Of whom a second factor is asked: chair, deputy (staff of those agencies), officer, admin (core/second_factor.py)
SECOND_FACTOR_FOR = env.list("SECOND_FACTOR_FOR", default=[])
MFA_ADAPTER = "core.second_factor.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = (
    1  # clocks of phones are off by seconds; R11 counts wrong codes, and a right one counts once
)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_FORMS = {
    "authenticate": "core.second_factor.CodeForm",
    "reauthenticate": "core.second_factor.ConfirmCodeForm",
    "activate_totp": "core.second_factor.AppForm",
    "add_webauthn": "core.second_factor.NewKeyForm",
    "edit_webauthn": "core.second_factor.KeyNameForm",
    "authenticate_webauthn": "core.second_factor.KeyForm",
    "reauthenticate_webauthn": "core.second_factor.ConfirmKeyForm",
}
# Sign-in at a provider of the agency or province by OpenID Connect (core/openid.py); off while the issuer is empty.
OIDC_ISSUER = env.str("OIDC_ISSUER", "").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", "OpenID Connect")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", "")
SOCIALACCOUNT_ADAPTER = "core.openid.Identities"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_STORE_TOKENS = SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
INVITATION_DAYS = env.int("INVITATION_DAYS", 7)
PASSWORD_LINK_HOURS = env.int("PASSWORD_LINK_HOURS", 24)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 30)  # R6; core/accounts_sessions.py
SESSION_MAX_HOURS = env.int("SESSION_MAX_HOURS", 12)
SESSION_REMEMBER_DAYS = env.int(
    "SESSION_REMEMBER_DAYS", 14
)  # "Nhớ tôi trên máy này"; 0: the form does not ask
SESSION_COOKIE_AGE = SESSION_MAX_HOURS * 3600  # and no longer than the browser is open
ACCOUNT_SESSION_COOKIE_AGE = SESSION_REMEMBER_DAYS * 24 * 3600
DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)

# -- language, time ------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["core.formats"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# -- static files and headers --------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Signing in at a provider begins with a form of ours, which answers with the way to the provider.
        "form-action": [SELF, *(["/".join(OIDC_ISSUER.split("/")[:3])] if OIDC_ISSUER else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in ("camera", "geolocation", "microphone", "payment", "usb", "accelerometer", "gyroscope")
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by the machine itself
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    if env.bool("BEHIND_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.http.OneLineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"security": {"level": "INFO"}},
}
