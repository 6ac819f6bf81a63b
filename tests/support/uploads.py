"""Small real files of every kind, made in memory: good ones, and ones that only pretend."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/vnd.{main}"/></Types>'
)
ENTITIES = "<!DOCTYPE x [<!ENTITY a 'b'>]>"
WORD = "openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO = "ms-excel.sheet.macroEnabled.main+xml"


def zipped(parts: dict[str, bytes | str]) -> bytes:
    """A zip file with these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def office(main: str, part: str, **more: bytes | str) -> bytes:
    """The least that names itself an Office file."""
    return zipped({"[Content_Types].xml": _TYPES.format(part=part, main=main), part: "<x/>", **more})


def docx(text: str = "Báo cáo") -> bytes:
    return office(WORD, "word/document.xml", **{"word/notes.xml": f"<t>{text}</t>"})


def xlsx() -> bytes:
    return office(EXCEL, "xl/workbook.xml")


def xlsm() -> bytes:
    return office(MACRO, "xl/workbook.xml", **{"xl/vbaProject.bin": b"x"})


def bomb(megabytes: int = 300) -> bytes:
    return office(EXCEL, "xl/workbook.xml", **{"xl/sharedStrings.xml": b" " * (megabytes * 1024 * 1024)})


def png(width: int = 3, height: int = 2) -> bytes:
    """A picture whose header says these sides; the pixels of a large one are not there."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"\x00" * (min(width, 100) * 3 + 1) * min(height, 100))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpg(width: int = 3, height: int = 2) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(target, "JPEG")
    return target.getvalue()


def upload(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    """As a browser sends it; the type it claims is a lie on purpose."""
    return SimpleUploadedFile(name, content, content_type="text/html")
