"""Every field of every model is carried, or left out with a reason; the schema on paper is the schema in use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from jsonschema import Draft202012Validator

from cluster_app.yearfile import canon, schema
from cluster_app.yearfile.shapes import ALWAYS_LEFT_OUT, MODELS_LEFT_OUT, SECTIONS, WORDS, Shape, walk
from tests.yearfile import full

OURS = ["cluster_app", "publishing", "conference", "scoring", "movements", "members", "core"]
SHAPES = {shape.model: shape for top in SECTIONS.values() for shape in walk(top)}


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def columns(model: type[models.Model]) -> set[str]:
    return {column.name for column in [*model._meta.concrete_fields, *model._meta.many_to_many]}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_is_carried_or_left_out_with_a_reason(model: type[models.Model]) -> None:
    if model in MODELS_LEFT_OUT:
        assert len(MODELS_LEFT_OUT[model]) > 20
        return
    told = set(WORDS.get(model, {})) | set(ALWAYS_LEFT_OUT)
    if model in SHAPES:
        shape = SHAPES[model]
        assert not set(shape.carried) & set(shape.left_out), "carried and left out"
        told |= set(shape.carried) | set(shape.left_out)
    else:
        assert model in WORDS, "neither carried nor left out: say which in cluster_app/yearfile/shapes.py"
    assert columns(model) - told == set(), "neither carried nor left out: say which"
    assert told - columns(model) - set(ALWAYS_LEFT_OUT) == set(), "speaks of fields that are not there"


def test_every_reason_says_something() -> None:
    reasons = [reason for shape in SHAPES.values() for reason in shape.left_out.values()]
    assert all(len(reason) > 15 for reason in reasons)


def keys_of(shape: Shape, items: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in items:
        yield from ((shape.model.__name__, key) for key in item)
        for key, child in shape.lists.items():
            yield from keys_of(child, item.get(key, []))


def test_the_full_document_of_these_tests_writes_every_key() -> None:
    """So that the round trip tests really cover all of them."""
    document = full.document()
    written = set()
    for name, shape in SECTIONS.items():
        written |= set(keys_of(shape, [document[name]] if shape.single else document[name]))
    wanted = {
        (shape.model.__name__, key) for shape in SHAPES.values() for key in [*shape.carried, *shape.lists]
    }
    assert wanted - written == set()


def test_the_schema_in_docs_is_the_one_in_use() -> None:
    made = canon.to_bytes(schema.build())
    printed = (settings.BASE_DIR / "docs/year-file.schema.json").read_bytes()
    assert made == printed, "manage.py dump_year --schema -o docs/year-file.schema.json"


def test_the_schema_is_a_schema_and_takes_the_demo() -> None:
    Draft202012Validator.check_schema(schema.build())
    for path in (settings.BASE_DIR / "demo").glob("*.json"):
        Draft202012Validator(schema.build()).validate(json.loads(path.read_bytes()))
    Draft202012Validator(schema.build()).validate(full.document())


def test_docs_name_every_section() -> None:
    text = (settings.BASE_DIR / "docs/year-file.md").read_text()
    for name, shape in SECTIONS.items():
        assert f"`{name}`" in text
        for inner in walk(shape):
            assert all(f"`{key}`" in text for key in inner.lists)


@pytest.mark.parametrize("model", [*MODELS_LEFT_OUT, *WORDS], ids=lambda model: model._meta.label)
def test_docs_name_every_model_left_out(model: type[models.Model]) -> None:
    assert f"`{model.__name__}`" in (settings.BASE_DIR / "docs/year-file.md").read_text()
