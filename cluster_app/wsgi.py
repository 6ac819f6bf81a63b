"""WSGI entry point for gunicorn and waitress; refuses to serve with settings that production must not have."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cluster_app.settings")
application = get_wsgi_application()

from cluster_app.checks import refuse_unsafe_start  # noqa: E402 - settings are loaded by the lines above

refuse_unsafe_start()
