"""Is the process alive, and can it do its work?"""

from __future__ import annotations

import os
import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from core.access import public

LEAST_FREE_BYTES = 200 * 1024 * 1024


@public
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"ok": True}, headers={"Cache-Control": "no-store"})


@public
def readyz(_request: HttpRequest) -> JsonResponse:
    """Database, migrations, file store and disk: status 503 with the names of what is red."""
    checks = {"database": _database(), "files": _files()}
    checks["migrations"] = checks["database"] and _migrated()
    good = all(checks.values())
    return JsonResponse(
        {"ok": good, **checks}, status=200 if good else 503, headers={"Cache-Control": "no-store"}
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _files() -> bool:
    folder = settings.FILES_DIR
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return (
        folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > LEAST_FREE_BYTES
    )
