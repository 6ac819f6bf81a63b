"""``manage.py dump_year CLUSTER YEAR``: a cluster-year as one file."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cluster_app.yearfile import canon, schema
from cluster_app.yearfile.check import check
from cluster_app.yearfile.dump import document_of
from cluster_app.yearfile.package import write_zip
from core import files
from core.models import StoredFile
from members.models import ClusterYear


class Command(BaseCommand):
    """Writes to the output, or to a file that appears only when it is whole."""

    help = "Xuất một năm của một cụm thành tệp năm (docs/year-file.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which year, where to, which form."""
        parser.add_argument("cluster", nargs="?", help="tên cụm trong địa chỉ, ví dụ lang-son-trung-uong")
        parser.add_argument("year", nargs="?", help="năm, ví dụ 2020 hoặc 2012-2013")
        parser.add_argument("-o", "--output", type=Path, help="ghi vào tệp này; không có thì in ra")
        parser.add_argument("--zip", action="store_true", help="gói ZIP cùng các tệp minh chứng")
        parser.add_argument("--schema", action="store_true", help="in JSON Schema của tệp năm rồi thôi")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Dump; refuses a bare document for a year with files, since those would be lost."""
        output: Path | None = options["output"]
        if options["schema"]:
            _write(output, lambda stream: stream.write(canon.to_bytes(schema.build())))
            return
        document = document_of(_year(options["cluster"], options["year"]))
        for problem in check(document, None).problems():
            sentence = _("Lưu ý: tệp này sẽ không nạp lại được: %(place)s: %(why)s")
            self.stderr.write(sentence % {"place": problem.field, "why": problem.sentence})
        content, hashes = canon.to_bytes(document), [item["sha256"] for item in document.get("files", [])]
        if options["zip"] or (output and output.suffix.lower() == ".zip"):
            _write(
                output, lambda stream: write_zip(stream, content, ((name, _bytes(name)) for name in hashes))
            )
        elif hashes:
            raise CommandError(
                _("Năm này có %(count)d tệp đính kèm: xuất gói ZIP bằng --zip.") % {"count": len(hashes)}
            )
        else:
            _write(output, lambda stream: stream.write(content))
        if output:
            self.stdout.write(_("Đã ghi %(file)s.") % {"file": output})


def _year(cluster: str | None, label: str | None) -> ClusterYear:
    year = (
        ClusterYear.objects.select_related("cluster")
        .filter(cluster__slug=cluster or "", label=label or "")
        .first()
    )
    if year is None:
        known = ClusterYear.objects.order_by("cluster__slug", "label").values_list("cluster__slug", "label")
        listed = ", ".join(f"{slug} {year}" for slug, year in known) or _("(chưa có năm nào)")
        raise CommandError(_("Không có năm này. Hiện có: %(years)s.") % {"years": listed})
    return year


def _bytes(sha256: str) -> bytes:
    try:
        with files.open_stored(StoredFile.objects.get(sha256=sha256)) as content:
            return content.read()
    except files.FileDamaged as error:
        raise CommandError(_("Không đọc được tệp %(name)s trong kho tệp.") % {"name": sha256}) from error


def _write(output: Path | None, write: Any) -> None:
    """Write to the standard output, or beside ``output`` first and then in its place."""
    if output is None:
        with tempfile.SpooledTemporaryFile(max_size=2**24) as whole:
            write(whole)
            whole.seek(0)
            _copy(whole, sys.stdout.buffer)
        return
    partial = output.with_name(output.name + ".part")
    try:
        with partial.open("wb") as stream:
            write(stream)
        partial.replace(output)
    except OSError as error:
        raise CommandError(
            _("Không ghi được %(file)s: %(why)s.") % {"file": output, "why": error.strerror}
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while block := source.read(2**20):
        target.write(block)
    target.flush()
