"""Pictures come in without their metadata, and with every pixel they had."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from core import pictures, staging
from core.files import open_stored
from core.pictures import BrokenPicture, clean_jpeg, clean_png, cleaned
from tests.factories import UserFactory
from tests.support.uploads import upload

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>21,51.2N</exif:GPSLatitude></x:xmpmeta>'
SECRETS = (b"21,51.2N", b"CanonTest", b"GPSLatitude", b"nguoi chup", b"ghi chu mat", b"tep giau")


def exif(orientation: int = 6) -> Image.Exif:
    """What a phone writes: place, camera, orientation."""
    found = Image.Exif()
    found[0x010F] = "CanonTest"
    found[0x013B] = "nguoi chup"
    found[0x0112] = orientation
    found.get_ifd(0x8825).update({1: "N", 2: (21.0, 51.0, 12.0), 3: "E", 4: (106.0, 45.0, 0.0)})
    return found


def pixels(seed: int = 1, size: tuple[int, int] = (40, 24)) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def photo(orientation: int = 6, **options: Any) -> bytes:
    """A JPEG with EXIF, XMP, a comment, a colour profile, and a second file behind its end."""
    target = io.BytesIO()
    pixels().save(
        target, "JPEG", exif=exif(orientation), xmp=XMP, comment=b"ghi chu mat", icc_profile=b"mau sac" * 20,
        quality=90, **options,
    )  # fmt: skip
    return target.getvalue() + b"PK\x03\x04 tep giau"


def drawing(orientation: int = 3) -> bytes:
    """A PNG with EXIF, XMP, texts and a time, and something behind its end."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "ghi chu mat")
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Author", "nguoi chup", zip=True)
    texts.add(b"tIME", bytes((7, 229, 3, 5, 1, 2, 3)))
    target = io.BytesIO()
    pixels().save(
        target, "PNG", exif=exif(orientation), pnginfo=texts, icc_profile=b"mau sac" * 20, dpi=(96, 96)
    )
    return target.getvalue() + b"tep giau"


@pytest.mark.parametrize("make, clean", [(photo, clean_jpeg), (drawing, clean_png)])
def test_place_camera_names_and_comments_go_and_the_picture_stays(make: Any, clean: Any) -> None:
    before = make()
    assert b"CanonTest" in before
    after = clean(before)
    assert not any(secret in after for secret in SECRETS)
    old, new = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after))
    assert new.getexif().get_ifd(0x8825) == {}
    assert set(new.getexif()) == {0x0112}
    assert new.getexif()[0x0112] == old.getexif()[0x0112]
    assert new.info["icc_profile"] == b"mau sac" * 20
    assert new.tobytes() == old.tobytes()
    assert clean(after) == after


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"subsampling": 2}])
def test_every_way_of_writing_a_jpeg_keeps_its_pixels(options: dict[str, Any]) -> None:
    before = photo(1, **options)
    after = clean_jpeg(before)
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()
    assert b"Exif" not in after  # held upright: nothing to keep


def test_restarts_inside_the_pixels_are_not_taken_for_the_end() -> None:
    before = photo(1, restart_marker_blocks=1)
    assert b"\xff\xd0" in before
    assert Image.open(io.BytesIO(clean_jpeg(before))).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_a_second_picture_and_other_makers_segments_go() -> None:
    plain = io.BytesIO()
    pixels().save(plain, "JPEG")
    head, rest = plain.getvalue()[:2], plain.getvalue()[2:]
    hidden = b"".join(
        bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body
        for marker, body in (
            (0xE2, b"MPF\0 21,51.2N"), (0xED, b"Photoshop 3.0\0nguoi chup"), (0xE0, b"JFXX\0CanonTest"),
            (0xEF, b"ghi chu mat"), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), (0xFE, b"tep giau"),
        )
    )  # fmt: skip
    after = clean_jpeg(head + hidden + rest + plain.getvalue())
    assert not any(secret in after for secret in SECRETS)
    assert len(after) == len(plain.getvalue())


def test_a_photo_cut_off_in_its_pixels_is_closed_and_still_opens() -> None:
    before = photo(1)
    after = clean_jpeg(before[: before.rfind(b"\xff\xd9") - 40])
    assert after.endswith(b"\xff\xd9")
    assert Image.open(io.BytesIO(after)).size == (40, 24)


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"\xff\xd8", b"GIF89a", b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 20, b"\xff\xd8\xff\xe1\x00\x01",
        b"\xff\xd8\x00\x00", b"\xff\xd8\xff\xd8\xff\xd9", b"\xff\xd8" + b"\xff" * 50, b"\xff\xd8\xff\xe0\x00\x04ab",
    ],
)  # fmt: skip
def test_segments_that_do_not_fit_are_refused(broken: bytes) -> None:
    with pytest.raises(BrokenPicture):
        clean_jpeg(broken)


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.mark.parametrize(
    "chunks",
    [
        b"", chunk(b"IDAT", b"x"), chunk(b"IHDR", b"x" * 13), chunk(b"IHDR", b"x" * 13)[:-6],
        chunk(b"IHDR", b"x" * 13) + b"\x7f\xff\xff\xffIDAT", chunk(b"IHDR", b"x" * 13) + chunk(b"XYZW"),
        chunk(b"IHDR", b"x" * 13) + chunk(b"ab\0d"),
    ],
)  # fmt: skip
def test_chunks_that_do_not_fit_are_refused(chunks: bytes) -> None:
    with pytest.raises(BrokenPicture):
        clean_png(b"\x89PNG\r\n\x1a\n" + chunks)


@pytest.mark.parametrize(
    "tiff",
    [
        b"", b"XX*\0", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 30,
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03",
    ],
)  # fmt: skip
def test_an_orientation_that_cannot_be_read_is_left_out(tiff: bytes) -> None:
    assert pictures._orientation(tiff) == 0


@given(st.binary(max_size=300), st.integers(0, 1500))
def test_whatever_is_damaged_it_is_refused_or_comes_out_clean(junk: bytes, place: int) -> None:
    """Never another exception, never a secret."""
    for make, clean in ((_PHOTO, clean_jpeg), (_DRAWING, clean_png)):
        damaged = make[:place] + junk + make[place + len(junk) :]
        try:
            after = clean(damaged)
        except BrokenPicture:
            continue
        assert clean(after) == after


_PHOTO, _DRAWING = photo(), drawing()


def test_other_kinds_of_file_are_left_as_they_are() -> None:
    content = io.BytesIO(b"%PDF-1.7 CanonTest")
    assert cleaned(content, "application/pdf") is content


@pytest.mark.django_db
def test_what_is_stored_and_hashed_is_the_clean_picture(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path
    user = UserFactory()
    done = staging.stage(user.pk, [upload("ảnh.jpg", photo()), upload("hỏng.png", drawing()[:60])])
    assert [row.name for row in done.staged] == ["ảnh.jpg"]
    assert "“hỏng.png” bị hỏng" in done.refusals[0]
    with open_stored(done.staged[0].file) as content:
        kept = content.read()
    assert kept == clean_jpeg(photo())
    assert (
        staging.stage(user.pk, [upload("b.jpg", clean_jpeg(photo()))]).staged[0].file == done.staged[0].file
    )
