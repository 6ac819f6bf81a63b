"""Texts of the interface and their English catalogue, without the gettext programs (a fresh machine has none).

``python -m tests.support.messages`` brings locale/en up to date with the source – new texts come in untranslated,
texts that are gone go out – and compiles every catalogue. Tests compare the catalogue with ``texts_in_source``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALES = ROOT / "locale"
ENGLISH = LOCALES / "en" / "LC_MESSAGES" / "django.po"
APPS = ["cluster_app", "publishing", "conference", "scoring", "movements", "members", "core"]
SINGLE = ("_", "gettext", "gettext_lazy", "gettext_noop")
PLURAL = ("ngettext", "ngettext_lazy")
IN_CONTEXT = ("pgettext", "pgettext_lazy")
PLURAL_IN_CONTEXT = ("npgettext", "npgettext_lazy")
KEYWORDS = (*SINGLE, *PLURAL, *IN_CONTEXT, *PLURAL_IN_CONTEXT)
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "MIME-Version": "1.0",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

Key = tuple[str | None, str, str]  # context, text, plural


def texts_in_source() -> dict[Key, list[str]]:
    """Every text that the source marks for translation, with the files that hold it."""
    found: dict[Key, list[str]] = {}
    for path in _sources():
        for key in _texts_of(path):
            places = found.setdefault(key, [])
            name = path.relative_to(ROOT).as_posix()
            if name not in places:
                places.append(name)
    return found


def texts_in_catalogue(path: Path = ENGLISH) -> dict[Key, polib.POEntry]:
    """Entries of a catalogue that are in use."""
    entries = (entry for entry in polib.pofile(str(path)) if not entry.obsolete)
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural): entry for entry in entries}


def update() -> tuple[int, int, int]:
    """Rewrite the English catalogue and compile all; how many texts are new, gone and not translated."""
    wanted = texts_in_source()
    old = texts_in_catalogue() if ENGLISH.is_file() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = dict(HEADER)
    for key in sorted(wanted, key=lambda key: (wanted[key][0], key[1], key[0] or "")):
        context, text, plural = key
        entry = old.get(key) or polib.POEntry(msgctxt=context, msgid=text, msgid_plural=plural)
        if plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        entry.occurrences = [(place, "") for place in wanted[key]]
        entry.flags = ["python-format"] if "%" in text else []
        catalogue.append(entry)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(ENGLISH))
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return (
        len(wanted.keys() - old.keys()),
        len(old.keys() - wanted.keys()),
        len(catalogue.untranslated_entries()),
    )


def _sources() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)
        yield from sorted((ROOT / app).rglob("templates/**/*.html"))
    yield from sorted((ROOT / "templates").rglob("*.html"))


def _texts_of(path: Path) -> Iterator[Key]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # templatize leaves calls of gettext and blanks; without indentation they are lines of Python.
        lines = templatize(source, origin=str(path)).splitlines()
        source = "".join(line.strip() + "\n" for line in lines)
    stream = io.BytesIO(source.encode())
    for _line, function, messages, _comments in extract_python(stream, KEYWORDS, [], {"encoding": "utf-8"}):
        if key := _key(function, messages):
            yield key


def _key(function: str, messages: object) -> Key | None:
    parts = list(messages) if isinstance(messages, tuple) else [messages]
    wanted = 1 + (function in PLURAL or function in IN_CONTEXT) + 2 * (function in PLURAL_IN_CONTEXT)
    if len(parts) < wanted or not all(isinstance(part, str) and part for part in parts[:wanted]):
        return None  # a call with a variable: nothing to extract
    texts = [str(part) for part in parts[:wanted]]
    context = texts.pop(0) if function in (*IN_CONTEXT, *PLURAL_IN_CONTEXT) else None
    return context, texts[0], texts[1] if len(texts) > 1 else ""


if __name__ == "__main__":
    print("new {}, gone {}, not translated {}".format(*update()))
