"""The tree agrees with itself: templates used, settings documented, sizes kept, text composed, packages pinned."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.template.loaders.app_directories import get_app_template_dirs

from tests.support import messages

ROOT = Path(__file__).resolve().parent.parent
APPS = ["cluster_app", "publishing", "conference", "scoring", "movements", "members", "core"]
TEXT = {
    ".py", ".html", ".txt", ".md", ".css", ".js", ".json", ".toml", ".po", ".svg", ".in", ".yml", ".typ", ".xml",
    "",
}  # fmt: skip
NOT_OURS = ("static/vendor/",)
FUNCTION_LINES, MODEL_LINES, FILE_LINES, TEST_LINES = 60, 300, 400, 800
PURE = [
    "core.quantity", "core.dates", "core.folding", "core.marks", "scoring.domain.ranking", "members.domain.rotation",
    "members.domain.planner", "members.domain.timeline",
    "conference.domain.count", "scoring.domain.points", "scoring.domain.bands", "members.domain.appeal",
    "movements.domain.targets",
]  # fmt: skip
# Written with classes of one sign, so that this file does not match itself.
PACKAGE_HOSTS = re.compile(
    r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|npmjs[.]com|unpkg[.]com|js[d]elivr|cdn[j]s|debian[.]org|"
    r"index[-]url|trusted[-]host",
    re.IGNORECASE,
)
LEFTOVER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b")


@functools.cache
def files() -> list[Path]:
    """Files of the project: those that git knows or would take, else everything outside made folders."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        found = (ROOT / name for name in done.stdout.split("\0") if name)
        return sorted(path for path in found if path.is_file())
    made = {".venv", ".venv-test", "var", ".git"}
    return sorted(
        path for path in ROOT.rglob("*") if path.is_file() and path.relative_to(ROOT).parts[0] not in made
    )


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of every text file of ours."""
    for path in files():
        name = named(path)
        if path.suffix in TEXT and not name.startswith(NOT_OURS):
            yield name, path.read_text(encoding="utf-8")


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and "/migrations/" not in named(path)]


# -- templates -----------------------------------------------------------------------------------
def templates() -> dict[str, str]:
    """Our templates by the name under which they are loaded."""
    folder = ROOT / "templates"
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.html"))}


def test_every_template_is_used() -> None:
    sources = [
        text for name, text in texts() if name.endswith((".py", ".html")) and not name.startswith("tests/")
    ]
    everything = "\n".join(sources)
    library_folders = get_app_template_dirs("templates")
    unused = []
    for name in templates():
        if name.startswith("cotton/"):
            component = name.removeprefix("cotton/").removesuffix(".html").removesuffix("/index")
            component = component.replace("/", ".").replace("_", "[-_]")
            used = re.search(rf"<c-{component}[\s/>]", everything)
        else:
            overrides = any(
                (folder / name).is_file()
                for folder in library_folders
                if ROOT not in folder.parents or "site-packages" in folder.parts
            )
            handler = re.fullmatch(r"4\d\d(_csrf)?\.html|500\.html", name)
            used = overrides or handler or f'"{name}"' in everything or f"'{name}'" in everything
        if not used:
            unused.append(name)
    assert not unused


CALL = re.compile(r"<c-([a-z][\w.-]*)((?:\s+[^<>]*?(?:\"[^\"]*\"|'[^']*')?)*?)\s*/?>", re.DOTALL)
ATTRIBUTE = re.compile(r"(?:^|\s)(:?[a-zA-Z@][\w.:@-]*)(?=\s*=|\s|$)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?")


def declared(component: str) -> set[str] | None:
    """Attributes on the <c-vars> line of a component; None when it passes all of them on (``{{ attrs }}``)."""
    path = "cotton/" + component.replace(".", "/").replace("-", "_")
    text = templates().get(f"{path}.html") or templates().get(f"{path}/index.html")
    assert text is not None, f"<c-{component}> has no template"
    if re.search(r"{{\s*attrs\s*}}", text):
        return None
    variables = re.search(r"<c-vars\b(.*?)/?>", text, re.DOTALL)
    return {name.lstrip(":") for name in ATTRIBUTE.findall(variables.group(1))} if variables else set()


def test_component_calls_name_declared_attributes() -> None:
    """A misspelt attribute is silent in cotton; here it is not."""
    wrong = []
    for name, text in templates().items():
        for component, attributes in CALL.findall(
            re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", text, flags=re.S)
        ):
            if component in {"vars", "slot", "component"}:
                continue
            known = declared(component)
            given = {
                given.lstrip(":") for given in ATTRIBUTE.findall(re.sub(r"{[{%].*?[}%]}", "", attributes))
            }
            if known is not None and (unknown := given - known):
                wrong.append(f"{name}: <c-{component}> has no {sorted(unknown)}")
    assert not wrong


# -- settings ------------------------------------------------------------------------------------
def settings_read() -> set[str]:
    """Names that the settings and the scripts read from the environment."""
    names = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", (ROOT / "cluster_app/settings.py").read_text()))
    for script in (ROOT / "script").glob("_*.py"):
        names |= set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", script.read_text()))
    return names - {"PATH", "TEST_DATABASE_URL"}


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    documented = set(re.findall(r"^\|\s*`([A-Z_]+)`", readme, re.MULTILINE))
    assert settings_read() - documented == set(), "settings that the table in README.md does not name"
    assert documented - settings_read() == set(), "settings in README.md that nothing reads"


# -- sizes ---------------------------------------------------------------------------------------
def test_functions_are_short() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long.append(f"{named(path)}:{node.lineno} {node.name} has {lines} lines")
    assert not long


def limit_of(name: str) -> int:
    if name.startswith("tests/"):
        return TEST_LINES
    return MODEL_LINES if name.endswith("/models.py") or "/models/" in name else FILE_LINES


def test_files_are_short() -> None:
    sizes = ((named(path), len(path.read_text().splitlines())) for path in python_files())
    long = [
        f"{name} has {lines} lines, limit {limit_of(name)}" for name, lines in sizes if lines > limit_of(name)
    ]
    assert not long


# -- text ----------------------------------------------------------------------------------------
def test_all_text_is_composed() -> None:
    """NFC everywhere, names of files too: the same word is the same bytes."""
    wrong = [name for name, text in texts() if not unicodedata.is_normalized("NFC", text)]
    wrong += [named(path) for path in files() if not unicodedata.is_normalized("NFC", named(path))]
    assert not wrong


def test_no_package_host_is_named() -> None:
    assert [name for name, text in texts() if PACKAGE_HOSTS.search(text)] == []


def test_nothing_is_put_off() -> None:
    assert [name for name, text in texts() if LEFTOVER.search(text)] == []


def test_text_files_end_with_one_newline_and_have_unix_lines() -> None:
    wrong = [
        name
        for name, text in texts()
        if text
        and (not text.endswith("\n") or text.endswith("\n\n") or "\r" in text)
        and not name.endswith(".json")
    ]
    assert not wrong


# -- layers --------------------------------------------------------------------------------------
@pytest.mark.parametrize("module", PURE)
def test_pure_modules_load_without_django(module: str) -> None:
    code = f"import sys, {module}; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{module} loads Django\n{done.stderr}"


# -- translations --------------------------------------------------------------------------------
def catalogues() -> list[Path]:
    return [path for path in files() if path.suffix == ".po"]


def test_compiled_catalogues_are_those_of_their_sources() -> None:
    stale = []
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if not compiled.is_file():
            stale.append(f"{named(compiled)} is missing")
            continue
        source = {
            (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.pofile(path).translated_entries()
        }
        made = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.mofile(compiled)}
        if source != made:
            stale.append(f"{named(compiled)} differs from its source")
    assert not stale


def test_no_translation_is_missing_or_doubtful() -> None:
    faults = []
    for path in catalogues():
        catalogue = polib.pofile(path)
        faults += [
            f"{named(path)}: {e.msgid[:60]!r} is not translated" for e in catalogue.untranslated_entries()
        ]
        faults += [f"{named(path)}: {e.msgid[:60]!r} is fuzzy" for e in catalogue.fuzzy_entries()]
    assert not faults


PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|{\w*}")


def test_every_text_of_the_interface_has_its_english() -> None:
    """Neither a missing nor a stale entry: ``python -m tests.support.messages`` brings the catalogue up to date."""
    source, catalogue = messages.texts_in_source(), messages.texts_in_catalogue()
    assert {key: source[key] for key in source.keys() - catalogue.keys()} == {}, (
        "texts that the catalogue lacks"
    )
    assert catalogue.keys() - source.keys() == set(), "entries whose text is gone"


def test_translations_keep_the_placeholders() -> None:
    wrong = []
    for path in catalogues():
        for entry in polib.pofile(path).translated_entries():
            singular = set(PLACEHOLDER.findall(entry.msgid))
            plural = set(PLACEHOLDER.findall(entry.msgid_plural)) | singular
            for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
                used = set(PLACEHOLDER.findall(text))
                if used - plural or (entry.msgstr and singular - used):
                    wrong.append(f"{named(path)}: {entry.msgid[:60]!r} -> {text[:60]!r}")
    assert not wrong


# -- packages ------------------------------------------------------------------------------------
def pins(name: str) -> dict[str, str]:
    """Package and version of each line of a requirements file; AssertionError for a line that pins nothing."""
    found = {}
    for line in (ROOT / name).read_text().splitlines():
        if not line.strip() or line.startswith(("#", "-r ")):
            continue
        pin = re.fullmatch(r"([\w.-]+)==([\w.]+)(?: ; [\w\s.\"'=!<>]+)?", line)
        assert pin, f"{name}: {line!r} is not an exact pin"
        found[canonical(pin.group(1))] = pin.group(2)
    return found


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_requirements_are_exact_and_hold_no_address() -> None:
    assert (ROOT / "requirements-dev.txt").read_text().count("\n-r requirements.txt\n") == 1
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert pins(name)
        assert "://" not in (ROOT / name).read_text()


def test_every_package_of_the_environment_is_pinned_at_its_version() -> None:
    """What is installed beside the tools that make environments is exactly what the files say."""
    wanted = pins("requirements.txt") | pins("requirements-dev.txt")
    installed = {canonical(dist.name): dist.version for dist in importlib.metadata.distributions()}
    for tool in ("pip", "setuptools", "wheel"):
        installed.pop(tool, None)
    assert {name: version for name, version in installed.items() if wanted.get(name) != version} == {}


def test_sources_of_the_pins_are_all_pinned() -> None:
    for source, pinned in (
        ("requirements.in", "requirements.txt"),
        ("requirements-dev.in", "requirements-dev.txt"),
    ):
        asked = {
            canonical(re.split(r"[\[~=<>; ]", line)[0])
            for line in (ROOT / source).read_text().splitlines()
            if line.strip() and not line.startswith(("#", "-r"))
        }
        assert asked - set(pins(pinned)) == set()
