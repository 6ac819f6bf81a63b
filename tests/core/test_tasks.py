"""The one import site of the task framework."""

from __future__ import annotations

import ast
from pathlib import Path

from core.tasks import task

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("cluster_app", "core", "members", "movements", "scoring", "conference", "publishing")


@task()
def double(number: int) -> int:
    return 2 * number


def test_a_task_runs_at_once_with_the_backend_of_this_installation() -> None:
    assert double.enqueue(21).return_value == 42


def test_nothing_else_imports_the_framework() -> None:
    importers = []
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if any(name.split(".")[0] == "django_tasks" for name in names):
                    importers.append(path.relative_to(ROOT).as_posix())
    assert importers == ["core/tasks.py"]
