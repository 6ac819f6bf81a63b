"""JSON Schema of the year file, made from the shapes, and its errors as sentences.

``docs/year-file.schema.json`` is the printed schema; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker

from cluster_app.yearfile.shapes import FORMAT, SECTIONS, VERSION, Shape, default_of
from core.fields import FixedField
from core.models import StoredFile
from members.models import Agency, Cluster, ClusterYear, Directive, RotationSkip
from movements.models import Beneficiary, Contribution, Evidence, Movement, Tag, Target
from scoring.models import CriteriaTable, Criterion, ScoreLine, ScoringAct

Path = tuple[str | int, ...]

REQUIRED_SECTIONS: Final = ("cluster", "year", "agencies", "phases", "memberships")

DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
NUMBER: Final = r"^(0|[1-9][0-9]{0,13})(\.[0-9]{0,3}[1-9])?$"
SIGNED: Final = r"^(0|-?[1-9][0-9]{0,13}|-?(0|[1-9][0-9]{0,13})\.[0-9]{0,3}[1-9])$"
SLUG: Final = "^[-a-zA-Z0-9_]{1,60}$"
KEY: Final = "^[-a-zA-Z0-9._]{1,40}$"
SHA256: Final = "^[0-9a-f]{64}$"
LABEL: Final = "^[0-9]{4}(-[0-9]{4})?$"
FILLED: Final = r"\S"

_PATTERNS: Final[dict[tuple[type[models.Model], str], str]] = {
    (Cluster, "slug"): SLUG, (Agency, "code"): SLUG, (StoredFile, "sha256"): SHA256,
    (ClusterYear, "label"): LABEL, (RotationSkip, "label"): LABEL, (Target, "plan"): SIGNED,
    (Target, "actual"): SIGNED,
}  # fmt: skip
_PATTERN_KEYS: Final = {"key": KEY, "for_label": LABEL, "sha256": SHA256}
_LARGEST: Final = {
    "PositiveSmallIntegerField": 32_767,
    "PositiveIntegerField": 2_147_483_647,
    "PositiveBigIntegerField": 999_999_999_999_999,
}


def build() -> dict[str, Any]:
    """The whole schema."""
    shapes = {name: _object(shape) for name, shape in SECTIONS.items()}
    properties: dict[str, Any] = {"format": {"const": FORMAT}, "schema": {"const": VERSION}}
    for name, shape in SECTIONS.items():
        properties[name] = {"$ref": f"#/$defs/{name}"}
        if not shape.single:
            properties[name] = {"type": "array", "items": properties[name]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Year file of an emulation cluster",
        "description": "One cluster-year; docs/year-file.md explains it. A key that is absent has its default value.",
        "type": "object",
        "properties": properties,
        "required": ["format", "schema", *REQUIRED_SECTIONS],
        "additionalProperties": False,
        "$defs": shapes | {"directive_ref": _directive_ref(), "contribution_ref": _contribution_ref()},
    }


def _object(shape: Shape) -> dict[str, Any]:
    properties = {key: _column(shape, key, column) for key, column in shape.fields()}
    for key, child in shape.lists.items():
        properties[key] = {"type": "array", "items": _object(child)}
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if default_of(shape, key) is ...],
        "additionalProperties": False,
    }


def _column(shape: Shape, key: str, column: Any) -> dict[str, Any]:
    if column.is_relation:
        made = _reference(column.related_model)
        if column.many_to_many:
            return {"type": "array", "items": made, "uniqueItems": True}
    else:
        made = _plain(shape, key, column)
    if not column.null:
        return made
    if "$ref" in made:
        return {"anyOf": [made, {"type": "null"}]}
    return made | {"type": [made["type"], "null"]}


def _reference(model: type[models.Model]) -> dict[str, Any]:
    """How another row is named."""
    names: dict[type[models.Model], dict[str, Any]] = {
        Cluster: {"$ref": "#/$defs/cluster"},
        Directive: {"$ref": "#/$defs/directive_ref"},
        Contribution: {"$ref": "#/$defs/contribution_ref"},
        Agency: {"type": "string", "pattern": SLUG},
        StoredFile: {"type": "string", "pattern": SHA256},
        Movement: {"type": "string", "pattern": KEY},
        Evidence: {"type": "string", "pattern": KEY},
        Tag: {"type": "string", "pattern": KEY},
        Beneficiary: {"type": "string", "pattern": FILLED, "maxLength": 300},
        CriteriaTable: {"type": "integer", "minimum": 1},  # its version
        Criterion: {"type": "string", "pattern": FILLED, "maxLength": 40},  # version/code
        ScoreLine: {"type": "string", "pattern": FILLED, "maxLength": 110},  # agency/version/code
        ScoringAct: {"type": "integer", "minimum": 1},  # its number
    }
    return names[model]


def _plain(shape: Shape, key: str, column: Any) -> dict[str, Any]:
    kind = column.get_internal_type()
    if isinstance(column, FixedField):
        return {"type": "string", "pattern": _PATTERNS.get((shape.model, key), NUMBER)}
    if kind in _LARGEST:
        least = 1 if key in ("order", "revision", "number", "version", "schema") else 0
        return {"type": "integer", "minimum": least, "maximum": _LARGEST[kind]}
    if kind == "BooleanField":
        return {"type": "boolean"}
    if kind == "DateField":
        return {"type": "string", "pattern": DATE, "format": "date"}
    if kind == "DateTimeField":
        return {"type": "string", "pattern": MOMENT, "format": "date-time"}
    if kind == "JSONField":
        return {"type": "array" if isinstance(column.get_default(), list) else "object"}
    return _text(shape, key, column)


def _text(shape: Shape, key: str, column: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "string"}
    if column.choices:
        values = [*([""] if column.blank else []), *(str(value) for value, _label in column.choices)]
        return made | {"enum": list(dict.fromkeys(values))}
    pattern = _PATTERNS.get((shape.model, key)) or _PATTERN_KEYS.get(key)
    if pattern:
        return made | {"pattern": pattern}
    if column.max_length:
        made["maxLength"] = column.max_length
    if not column.blank:
        made["pattern"] = FILLED
    return made


def _directive_ref() -> dict[str, Any]:
    shape = SECTIONS["directives"]
    whole = _object(shape)["properties"]
    return {
        "type": "object",
        "properties": {key: whole[key] for key in shape.identity},
        "required": ["number", "issuer"],
        "additionalProperties": False,
    }


def _contribution_ref() -> dict[str, Any]:
    key = {"type": "string", "pattern": KEY}
    return {
        "type": "object",
        "properties": {"activity": key, "contribution": key},
        "required": ["activity", "contribution"],
        "additionalProperties": False,
    }


# -- errors as sentences -------------------------------------------------------------------------
_FORMATS: Final = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or 1900 <= date.fromisoformat(value).year <= 2200


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or 1900 <= datetime.fromisoformat(value).year <= 2200


def faults(document: Any) -> Iterator[tuple[Path, str]]:
    """Every breach of the schema: its place, and a sentence."""
    seen = set()
    for error in Draft202012Validator(build(), format_checker=_FORMATS).iter_errors(document):
        for fault in _explain(error):
            if fault not in seen:
                seen.add(fault)
                yield fault


def _explain(error: Any) -> Iterator[tuple[Path, str]]:
    place: Path = tuple(error.absolute_path)
    if error.validator == "anyOf":  # a reference or nothing: say what is wrong with the reference
        for inner in error.context:
            if inner.schema_path[0] == 0:
                yield from _own(inner, tuple(inner.absolute_path))
        return
    yield from _own(error, place)


def _own(error: Any, place: Path) -> Iterator[tuple[Path, str]]:
    if error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                yield (*place, key), _("thiếu mục này.")
    elif error.validator == "additionalProperties":
        for key in error.instance:
            if key not in error.schema["properties"]:
                yield (*place, key), _("không có mục tên này trong định dạng.")
    elif error.validator != "enum" or isinstance(error.instance, str):
        say = _SENTENCES.get(error.validator)
        yield place, say(error.instance, error.validator_value) if say else error.message


def shown(value: object, limit: int = 60) -> str:
    """A value inside a sentence: short, in quotes; nothing as "(trống)"."""
    if value is None or value == "":
        return _("(trống)")
    text = str(value).replace("\n", " ")
    return f"“{text if len(text) <= limit else text[: limit - 1] + '…'}”"


def _wrong_type(value: object, wanted: str | list[str]) -> str:
    names = {
        "string": _("chữ trong ngoặc kép"), "integer": _("số nguyên"), "boolean": _("true hoặc false"),
        "array": _("danh sách […]"), "object": _("nhóm mục {…}"), "null": "null",
    }  # fmt: skip
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return _("phải là %(wanted)s.") % {"wanted": _(" hoặc ").join(str(names[kind]) for kind in kinds)}


def _wrong_pattern(value: object, pattern: str) -> str:
    sentences: Mapping[str, str] = {
        FILLED: _("không được để trống."),
        DATE: _("%(value)s không phải ngày; ghi năm-tháng-ngày, ví dụ 2021-01-05."),
        MOMENT: _("%(value)s không phải thời điểm; ví dụ 2021-01-05T17:00:00+07:00."),
        NUMBER: _(
            "%(value)s không phải số; ghi 4500 hoặc 1.25, không âm, nhiều nhất 14 số nguyên và 4 số lẻ."
        ),
        SIGNED: _("%(value)s không phải số; ghi 4500, -3 hoặc 1.25, nhiều nhất 14 số nguyên và 4 số lẻ."),
        SLUG: _("%(value)s không phải mã; dùng chữ không dấu, số, gạch nối, nhiều nhất 60 ký tự."),
        KEY: _("%(value)s không phải mã; dùng chữ không dấu, số, gạch nối, dấu chấm, nhiều nhất 40 ký tự."),
        SHA256: _("%(value)s không phải mã SHA-256 (64 chữ số hệ 16, chữ thường)."),
        LABEL: _("%(value)s không phải năm; ghi 2020 hoặc 2012-2013."),
    }
    return sentences[pattern] % {"value": shown(value)}


_SENTENCES: Final[dict[str, Callable[[Any, Any], str]]] = {
    "type": _wrong_type,
    "pattern": _wrong_pattern,
    "format": lambda value, name: _wrong_pattern(value, DATE if name == "date" else MOMENT),
    "enum": lambda value, allowed: (
        _("%(value)s không có trong danh sách: %(allowed)s.")
        % {"value": shown(value), "allowed": ", ".join(one or '""' for one in allowed)}
    ),
    "maxLength": lambda value, limit: (
        _("dài %(length)s ký tự, nhiều nhất %(limit)s.") % {"length": len(value), "limit": limit}
    ),
    "minimum": lambda value, limit: _("phải từ %(limit)s trở lên.") % {"limit": limit},
    "maximum": lambda value, limit: _("lớn quá, nhiều nhất %(limit)s.") % {"limit": limit},
    "const": lambda value, wanted: _("phải là %(wanted)s.") % {"wanted": shown(wanted)},
    "uniqueItems": lambda value, _unique: _("có dòng lặp lại."),
}
