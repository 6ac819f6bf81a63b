"""PDF files for tests: with pages to look at, locked by a password, broken."""

from __future__ import annotations

import hashlib
import io

from PIL import Image


def pdf_of(pages: int = 2, size: tuple[int, int] = (120, 170)) -> bytes:
    """A PDF whose pages are red pictures."""
    sheets = [Image.new("RGB", size, "red") for _page in range(pages)]
    target = io.BytesIO()
    sheets[0].save(target, "PDF", save_all=True, append_images=sheets[1:])
    return target.getvalue()


def locked_pdf() -> bytes:
    """A PDF that asks for a password: encrypted by the standard handler (RC4, 40 bits) with the password "mat khau"."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    word = (b"mat khau" + padding)[:32]
    owner = rc4(hashlib.md5(word, usedforsecurity=False).digest()[:5], word)
    rights, mark = (0xFFFFFFFC).to_bytes(4, "little"), b"0123456789abcdef"
    key = hashlib.md5(word + owner + rights + mark, usedforsecurity=False).digest()[:5]
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>"
        % (owner.hex().encode(), rc4(key, padding).hex().encode()),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    ident = mark.hex().encode()
    out += b"trailer << /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<%s> <%s>] >>\n" % (ident, ident)
    return out + b"startxref\n%d\n%%%%EOF\n" % table


def rc4(key: bytes, data: bytes) -> bytes:
    box, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
