"""Rules of scoring that a document must keep: tables that can be calculated with, trees without circles, members."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from cluster_app.yearfile.schema import Path
from cluster_app.yearfile.sound import Faults, Item, Sound
from core.errors import DomainError
from members.charter_parts import Unfit
from scoring import table_rules
from scoring.domain.facts import facts_of
from scoring.enums import LeafRule


def _tables(sound: Sound) -> Faults:
    """Settings and parameters can be read; a criterion stands in a section of its own table."""
    for place, table in sound.each("criteria_tables"):
        try:
            table_rules.read(table.get("settings", {}))
        except DomainError as error:
            for problem in error.problems:
                yield (*place, "settings", problem.field), problem.sentence
        criteria = list(sound.inside(place, table, "criteria"))
        for here, item in criteria:
            try:
                table_rules.params_of(item.get("rule", LeafRule.DIRECT), item.get("params", {}))
            except Unfit as unfit:
                yield (*here, "params"), str(unfit)
        yield from _tree(table["version"], criteria)


def _tree(version: int, criteria: list[tuple[Path, Item]]) -> Faults:
    rules = {f"{version}/{item['code']}": item.get("rule") for _place, item in criteria}
    parents = {f"{version}/{item['code']}": item.get("parent") for _place, item in criteria}
    for place, item in criteria:
        parent = item.get("parent")
        if parent is None:
            continue
        if not parent.startswith(f"{version}/"):
            yield (*place, "parent"), _("mục trên phải thuộc cùng một bản.")
        elif rules.get(parent) not in (None, LeafRule.SECTION):
            yield (*place, "parent"), _("mục trên phải là một mục gồm các tiêu chí con.")
        elif f"{version}/{item['code']}" in _above(parents, parent):
            yield (*place, "parent"), _("các mục nằm trong nhau thành một vòng.")


def _above(parents: dict[str, Any], code: Any) -> set[Any]:
    """Every section a criterion stands in, itself first; ends where a circle closes."""
    seen: set[Any] = set()
    while code is not None and code not in seen:
        seen.add(code)
        code = parents.get(code)
    return seen


def _figures(sound: Sound) -> Faults:
    """What was typed can be read again; a line belongs to a leaf."""
    sections = {
        f"{table.get('version')}/{item['code']}"
        for place, table in sound.each("criteria_tables")
        for _place, item in sound.inside(place, table, "criteria")
        if item.get("rule") == LeafRule.SECTION
    }
    for place, sheet in sound.each("score_sheets"):
        for here, line in sound.inside(place, sheet, "lines"):
            if line["criterion"] in sections:
                yield (*here, "criterion"), _("một mục gồm các tiêu chí con thì không có điểm riêng.")
            for at, entry in sound.inside(here, line, "entries"):
                try:
                    facts_of(entry.get("facts", {}), entry.get("mark", ""))
                except ValueError:
                    yield (*at, "facts"), _("số liệu không đọc được.")


MEMBERS: Final = (
    ("score_sheets", "agency"), ("assignments", "subject"), ("adjustments", "agency"), ("appeals", "filer"),
    ("score_notices", "agency"),
)  # fmt: skip


def _members(sound: Sound) -> Faults:
    """Who is scored is a member of the year."""
    members = sound.named("memberships", "agency")
    for name, key in MEMBERS:
        for place, item in sound.each(name):
            if item[key] not in members:
                yield (
                    (*place, key),
                    _("%(agency)s không phải đơn vị thành viên của năm.") % {"agency": f"“{item[key]}”"},
                )


def _counted(sound: Sound) -> Faults:
    """Versions of the table and acts are counted 1, 2, 3 without a gap."""
    for name, key in (("criteria_tables", "version"), ("scoring_acts", "number")):
        items = sorted(sound.each(name), key=lambda pair, key=key: pair[1][key])  # type: ignore[misc]
        for wanted, (place, item) in enumerate(items, 1):
            if item[key] != wanted and len(items) == len(sound.document.get(name, [])):
                yield (
                    (*place, key),
                    _("phải là %(wanted)s: đánh số từ 1, không bỏ cách.") % {"wanted": wanted},
                )
                break


QUESTIONS: Final = (_tables, _figures, _members, _counted)
