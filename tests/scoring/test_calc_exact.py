"""No float anywhere in points: the source of the scoring app is read for it; the calculation imports no Django."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = (
    "shapes", "derive", "facts", "degree", "ratios", "cases", "relative", "calc", "odd", "tree", "conditions", "tally",
    "points", "bands", "ranking",
)  # fmt: skip
# Two whole numbers divided make a float. Every division of the pure modules stands here with what makes it exact.
DIVISIONS = {
    "Fraction(sum(points, ZERO)) / len(points)",
    "difference / abs(target)",  # Fractions by their types
    "percent * Fraction(leaf.maximum) / 100",
    "Fraction(facts.actual) / abs(Fraction(facts.target))",
    "actual / best", "best / actual", "(1 - share) * maximum / parts", "e / best",  # Fractions by their types
    "Fraction(base) * Fraction(full) / Fraction(assigned)",
    "Fraction(base) / Fraction(assigned)",
}  # fmt: skip


def sources() -> list[Path]:
    return sorted(one for one in (ROOT / "scoring").rglob("*.py") if "migrations" not in one.parts)


def floats(tree: ast.AST) -> list[int]:
    """Lines with a float literal, a call of ``float`` or a use of ``round``'s and ``math``'s floats."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(node.lineno)
        if isinstance(node, ast.Name) and node.id == "float":
            found.append(node.lineno)
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            if {"math", "statistics", "random"} & set(names):
                found.append(node.lineno)
    return found


def test_no_float_in_the_scoring_app() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        for line in floats(ast.parse(path.read_text()))
    }
    assert not found
    assert len(sources()) > 20


@pytest.mark.parametrize(
    "code", ["a = 0.5", "float(x)", "x: float", "from math import floor", "import statistics", "1e3"]
)
def test_the_scan_finds_floats(code: str) -> None:
    assert floats(ast.parse(code))


def divisions(tree: ast.AST) -> set[str]:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    return {ast.unparse(node) for node in found}


def test_every_division_is_a_known_exact_one() -> None:
    found = set()
    for name in PURE:
        found |= divisions(ast.parse((ROOT / "scoring" / "domain" / f"{name}.py").read_text()))
    assert found == DIVISIONS


def test_the_calculation_imports_no_django() -> None:
    modules = ", ".join(f"scoring.domain.{name}" for name in PURE)
    code = f"import sys, {modules}; raise SystemExit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
