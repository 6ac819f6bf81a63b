"""Virtual environments of the scripts: made when missing, renewed when the list of packages changed.

Standard library only; runs on the Python that a machine has, 3.11 or newer (the scripts check that first).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ".requirements.sha256"
NO_VENV = """This Python cannot make a virtual environment: its module {module} is missing.
Install it and run this script again. On Debian and Ubuntu: apt-get install python3-venv
On Windows and macOS install Python from its official installer; it contains the module."""


class Problem(Exception):
    """Something a person has to mend; the text says what. The scripts print it and exit with 1."""


def ensure(folder: Path, requirements: Path) -> Path:
    """Make sure that ``folder`` is a working environment with these requirements; return its Python.

    A broken or half-made environment is made anew. Packages are installed only when the requirements differ from
    those of the last complete installation, whose hash is in the stamp; the stamp is written last.
    """
    python = python_of(folder)
    wanted = digest(requirements)
    stamp = folder / STAMP
    if works(python) and stamp.is_file() and stamp.read_text().strip() == wanted:
        return python
    fresh = not works(python) or not has_pip(python)
    if fresh:
        make(folder)
    stamp.unlink(missing_ok=True)
    say(f"Installing the packages of {requirements.name} …")
    problem = install(python, requirements)
    if problem and not fresh:
        say("The environment is damaged; making it anew …")
        make(folder)
        problem = install(python, requirements)
    if problem:
        raise Problem(f"Installing the packages of {requirements.name} failed:\n{problem}")
    stamp.write_text(wanted + "\n")
    return python


def digest(requirements: Path) -> str:
    """Hash of a requirements file, of the files it includes and of the Python that runs."""
    total = hashlib.sha256(f"{sys.version_info[:2]}\n{sys.platform}\n".encode())
    for path in with_included(requirements):
        total.update(path.read_bytes())
    return total.hexdigest()


def with_included(requirements: Path) -> list[Path]:
    """The file and those that it names with ``-r``, in order."""
    files = [requirements]
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\s*(?:-r|--requirement)[\s=]+(\S+)", line):
            files += with_included(requirements.parent / found.group(1))
    return files


def make(folder: Path) -> None:
    """Make an empty environment with pip, removing what stands there."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Problem(NO_VENV.format(module=module))
    say(f"Making the environment {folder.name} …")
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        if "ensurepip" in done.stdout + done.stderr:
            raise Problem(NO_VENV.format(module="ensurepip"))
        raise Problem(
            f"Making the environment {folder} failed:\n{without_addresses(done.stdout + done.stderr)}"
        )


def install(python: Path, requirements: Path) -> str:
    """Install with pip; empty text, or what went wrong."""
    command = [
        str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
        "--requirement", str(requirements),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode == 0:
        return ""
    return without_addresses(done.stdout + done.stderr) or f"pip ended with code {done.returncode}"


def without_addresses(text: str) -> str:
    """The last lines of a tool's output, without those that name a host."""
    kept = [line for line in text.splitlines() if line.strip() and "://" not in line and "host=" not in line]
    return "\n".join(kept[-20:])


def python_of(folder: Path) -> Path:
    """Path of an environment's Python, whether it exists or not."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(python: Path) -> bool:
    """Whether this Python starts and is of the version that runs this script (its packages are made for it)."""
    return answers(python, f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})")


def has_pip(python: Path) -> bool:
    return answers(python, "import pip")


def answers(python: Path, code: str) -> bool:
    try:
        return subprocess.run([str(python), "-c", code], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def say(text: str) -> None:
    print(text, flush=True)
