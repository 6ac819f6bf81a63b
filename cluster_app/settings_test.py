"""Settings of the tests: fast hasher, local mail, strict templates, a database and files of their own.

TEST_DB chooses the database: empty or ``sqlite`` (a file in a folder of this process), ``postgres`` (a real
server is started for this run and stopped with it) or the address of a server, ``postgres://…``.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for _name in (
    "DATABASE_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "SECOND_FACTOR_FOR",
    "OIDC_ISSUER",
    "SECRET_KEY_FALLBACKS",
    "CLAMAV_ADDRESS",
    "EVIDENCE_QUOTA_BYTES",
):
    os.environ.pop(_name, None)
os.environ["APP_ENV"] = "development"

from .settings import *  # noqa: E402

_FOLDER = Path(tempfile.mkdtemp(prefix="cluster-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)

SECRET_KEY = "a-key-of-the-tests-and-of-nothing-else"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATA_DIR = _FOLDER
FILES_DIR = DATA_DIR / "files"
FILES_DIR.mkdir()
PREVIEWS_DIR = DATA_DIR / "previews"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {**CACHES["default"], "LOCATION": str(DATA_DIR / "cache")}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# -- database ------------------------------------------------------------------------------------
_test_db = os.environ.get("TEST_DB", "sqlite") or "sqlite"
if _test_db == "postgres":
    from tests.support.postgres import start_for_this_run

    # Workers of xdist inherit the address, so that one server serves the whole run.
    os.environ["TEST_DB"] = _test_db = start_for_this_run()
if _test_db == "sqlite":
    # A file and not :memory:, so that threads and processes race for the write lock as they do in life.
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "db.sqlite3"),
            "OPTIONS": SQLITE_OPTIONS,
            "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
        }
    }
else:
    DATABASES = {"default": env.db_url_config(_test_db)}
    DATABASES["default"].setdefault("OPTIONS", {}).update(POSTGRES_OPTIONS)
    DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}_{os.getpid()}"}

# -- guards (tests/support/guards.py) ------------------------------------------------------------
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [
    {"model": "sessions.Session", "field": "get()"}
]  # Django deletes a session by loading it once more
MIDDLEWARE = [
    "tests.support.guards.PageGuard",
    "tests.support.guards.WriteGuard",
    "tests.support.guards.NPlusOneGuard",
    *MIDDLEWARE,
]
from tests.support.templates import UndefinedVariables  # noqa: E402

TEMPLATES = [
    TEMPLATES[0] | {"OPTIONS": TEMPLATES[0]["OPTIONS"] | {"string_if_invalid": UndefinedVariables()}}
]
