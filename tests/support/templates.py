"""A template variable that does not exist fails the test, in our own templates."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

from django.template.base import Node

OURS = Path(__file__).resolve().parent.parent.parent / "templates"


class UndefinedVariable(AssertionError):
    """A template of ours asked for a variable that the view does not give."""


class UndefinedVariables(str):
    """Value for ``string_if_invalid``: raises for our templates, stays silent for those of libraries.

    Mind that Django applies no filter to an undefined variable: ``|default`` does not rescue it.
    """

    __slots__ = ()

    def __new__(cls) -> UndefinedVariables:
        return super().__new__(cls, "%s")

    def __mod__(self, variable: object) -> str:
        template = _template_being_rendered()
        if template and Path(template).is_relative_to(OURS):
            raise UndefinedVariable(f"undefined template variable {str(variable)!r} in {template}")
        return ""


def _template_being_rendered() -> str | None:
    """File of the innermost template node on the stack."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node):
            origin = getattr(node, "origin", None)
            if origin is not None:
                return str(origin.name)
        frame = frame.f_back
    return None
