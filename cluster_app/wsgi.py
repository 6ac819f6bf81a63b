"""WSGI entry point for gunicorn and waitress; refuses to serve with settings that production must not have."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cluster_app.settings")
django_application = get_wsgi_application()

# ruff: noqa: E402 - settings are loaded by the lines above
from cluster_app.checks import refuse_unsafe_start
from core.uploads import whole_bodies

application = whole_bodies(django_application)

refuse_unsafe_start()
