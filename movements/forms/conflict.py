"""Two people changed one activity: what I typed beside what is stored, cell by cell."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from core.dates import DateError, format_partial
from core.quantity import QuantityError, format_quantity, parse_money, parse_quantity
from movements.enums import Precision
from movements.forms.activity import ActivityForm, read_time
from movements.forms.entry import Entry, Forms
from movements.forms.gifts import GiftForm

_HEAD = ("title", "movement", "place", "partners", "people", "attended", "tags", "story", "result")
_TICKS = ("in_summary", "is_public")
_ROW = (
    "kind", "description", "qualifier", "quantity", "unit", "value", "beneficiary", "outside", "partners", "given_on",
    "place", "purpose",
)  # fmt: skip


def differing(entry: Entry, mine: Forms, standing: Forms) -> list[dict[str, str]]:
    """``{field, mine, theirs}`` for every field whose value differs; empty when both say the same."""
    found: list[dict[str, str]] = []
    for name in _HEAD:
        _compare(found, str(mine.activity.fields[name].label), mine.activity[name], standing.activity[name])
    times = [_time(forms.activity) for forms in (mine, standing)]
    if times[0] != times[1]:
        found.append({"field": _("Thời gian"), "mine": times[0], "theirs": times[1]})
    for name in _TICKS:
        ticks = [bool(forms.activity[name].value()) for forms in (mine, standing)]
        if ticks[0] != ticks[1]:
            words = [_("có") if tick else _("không") for tick in ticks]
            label = str(mine.activity.fields[name].label)
            found.append({"field": label, "mine": words[0], "theirs": words[1]})
    return found + _rows(mine, standing)


def _rows(mine: Forms, standing: Forms) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    stored = {form["id"].value(): form for form in standing.gifts.forms}
    for form in mine.gifts.forms:
        pk = form["id"].value()
        title = _("Khoản %(number)s") % {"number": form.number}
        theirs = stored.pop(pk, None) if pk else None
        if form["DELETE"].value() and theirs is not None:
            found.append({"field": title, "mine": _("(xóa khoản này)"), "theirs": _summary(theirs)})
        elif theirs is not None:
            for name in _ROW:
                _compare(found, str(form.fields[name].label), form[name], theirs[name])
            if (mine_shares := _shares(form)) != (stored_shares := _shares(theirs)):
                label = _("%(row)s: phần góp") % {"row": title}
                found.append({"field": label, "mine": mine_shares, "theirs": stored_shares})
        elif pk:
            found.append({"field": title, "mine": _summary(form), "theirs": _("(đã xóa khoản này)")})
    for theirs in stored.values():
        found.append({"field": _("Khoản mới của người kia"), "mine": "", "theirs": _summary(theirs)})
    return found


def _compare(found: list[dict[str, str]], label: str, mine: BoundField, theirs: BoundField) -> None:
    words = _words(mine), _words(theirs)
    if words[0] != words[1]:
        found.append({"field": label, "mine": words[0], "theirs": words[1]})


def _words(field: BoundField) -> str:
    """The value as a person reads it: labels of choices, numbers written one way."""
    value: Any = field.value()
    choices = getattr(field.field, "choices", None)
    if choices is not None:
        labels = {str(key): str(label) for key, label in choices if not isinstance(label, list)}
        chosen = value if isinstance(value, list | tuple) else [value or ""]
        return "; ".join(labels.get(str(key), str(key)) for key in chosen)
    words = "\n".join(str(value or "").split("\r\n")).strip()
    if field.name in ("quantity", "value", "attended") and words:
        try:
            read = parse_money(words) if field.name == "value" else parse_quantity(words)
        except QuantityError:
            return words
        return format_quantity(read).strip()
    return words


def _shares(form: GiftForm) -> str:
    """The shares of members as a person reads them; those outside the cluster stand with their names."""
    words = []
    for name, text in [
        (_("đơn vị ghi"), form.own_share),
        *((one["name"], one["share"]) for one in form.members),
    ]:
        try:
            shown = format_quantity(parse_money(text)) if text else ""
        except QuantityError:
            shown = text
        words += [f"{name} {shown}"] if shown else []
    return "; ".join(words)


def _summary(form: GiftForm) -> str:
    """A row in one line."""
    figures = " ".join(part for part in (_words(form["quantity"]), form["unit"].value() or "") if part)
    parts = [_words(form["description"]), figures, _words(form["value"]), _words(form["beneficiary"])]
    return ", ".join(part for part in parts if part)


def _time(form: ActivityForm) -> str:
    words, precision = str(form["when"].value() or ""), str(form["precision"].value() or "")
    try:
        return format_partial(read_time(words, precision, form.year))
    except DateError:
        label = Precision(precision).label if precision in Precision.values else ""
        return f"{words} ({label})"
