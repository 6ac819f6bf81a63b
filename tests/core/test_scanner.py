"""The virus scanner: a real socket on loopback speaks clamd's protocol (F10). EICAR is put together at run time."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core import files, scanner, staging
from core.errors import FileWaiting
from core.models import Scan, StoredFile
from core.scanner import Verdict
from tests.factories import UserFactory
from tests.support.uploads import PDF, upload

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """A scanner that reads a stream as clamd does and answers by what ``judge`` says of the bytes."""

    def __init__(self, listening: socket.socket, judge: Callable[[bytes], bytes]) -> None:
        self.listening, self.judge, self.asked = listening, judge, 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _peer = self.listening.accept()
            except OSError:
                return
            with line:
                line.settimeout(5)
                self.asked += 1
                self._talk(line.makefile("rb"), line)

    def _talk(self, read: Any, line: socket.socket) -> None:
        assert read.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", read.read(4))[0]:
            content += read.read(length)
        line.sendall(self.judge(content))


def by_content(content: bytes) -> bytes:
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@pytest.fixture
def clamd(settings: Any) -> Iterator[Clamd]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{listening.getsockname()[1]}"
        yield Clamd(listening, by_content)


@pytest.fixture
def nobody_there(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{listening.getsockname()[1]}"


def ask(content: bytes) -> Verdict:
    return scanner.scan(io.BytesIO(content))


def test_without_a_scanner_nothing_is_asked(settings: Any) -> None:
    settings.CLAMAV_ADDRESS = ""
    assert ask(PDF) == Verdict(Scan.NONE)


def test_a_clean_file_an_infected_one_and_one_of_many_pieces(clamd: Clamd) -> None:
    assert ask(PDF) == Verdict(Scan.CLEAN)
    assert ask(PDF + EICAR) == Verdict(Scan.WAITING, "Eicar-Test-Signature")
    assert ask(b"x" * 200_000) == Verdict(Scan.CLEAN)
    content = io.BytesIO(PDF)
    content.seek(5)
    scanner.scan(content)
    assert content.tell() == 0


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
@pytest.mark.parametrize("prefix", ["", "unix:"])
def test_a_socket_of_the_file_system(tmp_path: Path, settings: Any, prefix: str) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "c.sock"))
        listening.listen()
        settings.CLAMAV_ADDRESS = f"{prefix}{tmp_path / 'c.sock'}"
        Clamd(listening, by_content)
        assert ask(PDF).state == Scan.CLEAN


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OKAY\0", b"\0", b"OK FOUND\0"]
)
def test_an_answer_that_says_nothing_leaves_it_waiting(clamd: Clamd, answer: bytes, caplog: Any) -> None:
    clamd.judge = lambda _content: answer
    assert ask(PDF) == Verdict(Scan.WAITING)
    assert "virus scanner" in caplog.text


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:", "/no/such/socket", "127.0.0.1:x"])
def test_an_address_that_is_none_leaves_it_waiting(settings: Any, address: str) -> None:
    settings.CLAMAV_ADDRESS = address
    assert ask(PDF) == Verdict(Scan.WAITING)


def test_a_scanner_that_never_answers_is_given_up(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(scanner, "SCAN_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{silent.getsockname()[1]}"
        assert ask(PDF) == Verdict(Scan.WAITING)


# -- at the gate (F10) ---------------------------------------------------------------------------
@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.mark.django_db
def test_an_infected_file_is_refused_by_name_and_leaves_nothing(clamd: Clamd, caplog: Any) -> None:
    done = staging.stage(UserFactory().pk, [upload("a.pdf", PDF + EICAR), upload("b.pdf")])
    assert [row.name for row in done.staged] == ["b.pdf"]
    assert "“a.pdf” bị từ chối" in done.refusals[0]
    assert "Eicar-Test-Signature" in done.refusals[0]
    assert [row.scan for row in StoredFile.objects.all()] == [Scan.CLEAN]
    assert "finding=Eicar-Test-Signature" in caplog.text


@pytest.mark.django_db
@pytest.mark.usefixtures("nobody_there")
def test_while_the_scanner_is_away_files_are_kept_and_nobody_gets_them(caplog: Any) -> None:
    done = staging.stage(
        UserFactory().pk, [upload("a.pdf"), upload("b.pdf", PDF + EICAR), upload("c.pdf", PDF + b"c")]
    )
    rows = [row.file for row in done.staged]
    assert [row.scan for row in rows] == [Scan.WAITING] * 3
    assert caplog.text.count("not reached") == 1  # it is not asked again for each file
    for row in rows:
        with pytest.raises(FileWaiting):
            files.serve(row, "a.pdf")


@pytest.mark.django_db
def test_the_command_opens_what_is_clean_and_locks_away_what_is_not(
    settings: Any, capsys: Any, caplog: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        settings.CLAMAV_ADDRESS = "127.0.0.1:1"
        staged = staging.stage(UserFactory().pk, [upload("a.pdf"), upload("b.pdf", PDF + EICAR)]).staged
        with pytest.raises(CommandError, match="did not judge"):
            call_command("rescan_files")
        settings.CLAMAV_ADDRESS = address
        Clamd(listening, by_content)
        clean, infected = (row.file for row in staged)
        with pytest.raises(CommandError, match=f"locked away: {infected.sha256}"):
            call_command("rescan_files")
    clean.refresh_from_db()
    infected.refresh_from_db()
    assert (clean.scan, infected.scan) == (Scan.CLEAN, Scan.WAITING)
    assert "clean 1, still waiting 0, infected 1" in capsys.readouterr().out
    assert infected.sha256 in caplog.text


@pytest.mark.django_db
def test_what_came_before_the_scanner_is_scanned_when_asked(clamd: Clamd, settings: Any) -> None:
    address, settings.CLAMAV_ADDRESS = settings.CLAMAV_ADDRESS, ""
    row = staging.stage(UserFactory().pk, [upload("a.pdf")]).staged[0].file
    with pytest.raises(CommandError, match="not set"):
        call_command("rescan_files")
    settings.CLAMAV_ADDRESS = address
    call_command("rescan_files")
    assert StoredFile.objects.get(pk=row.pk).scan == Scan.NONE
    call_command("rescan_files", all=True)
    assert StoredFile.objects.get(pk=row.pk).scan == Scan.CLEAN


@pytest.mark.django_db
def test_bytes_known_from_before_become_clean_when_they_come_again(clamd: Clamd) -> None:
    row = files.store(io.BytesIO(PDF), files.PDF)
    assert row.scan == Scan.NONE
    again = staging.stage(UserFactory().pk, [upload("a.pdf")]).staged[0].file
    assert (again.pk, again.scan) == (row.pk, Scan.CLEAN)
