"""Rules of the database, each broken by name: what people are told, and that the table itself refuses."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction


def constraints_of(module: ModuleType) -> set[str]:
    """Names of all constraints of the models that a module offers."""
    found = [
        one for _name, one in inspect.getmembers(module, inspect.isclass) if issubclass(one, models.Model)
    ]
    return {rule.name for one in found for rule in one._meta.constraints}


def assert_refused(row: models.Model, name: str, message: str = "") -> None:
    """``row`` breaks the constraint ``name``: validation says ``message``, and an unchecked save is refused.

    ``row`` is not saved yet and breaks no other rule; an empty ``message`` takes any.
    """
    rule = next(one for one in row._meta.constraints if one.name == name)
    with pytest.raises(ValidationError) as told:
        rule.validate(type(row), row)
    assert not message or told.value.messages == [message]
    for other in row._meta.constraints:
        if other is not rule:
            other.validate(type(row), row)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save()
    if connection.vendor == "postgresql" or isinstance(rule, models.CheckConstraint):
        assert name in str(refused.value)
    else:  # SQLite names the columns of a unique constraint
        assert "UNIQUE" in str(refused.value)
