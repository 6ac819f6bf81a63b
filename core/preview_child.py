"""Run as a program by ``core.previews``: draw one page or picture, with little memory and time, and say how many pages.

    preview_child.py KIND SOURCE TARGET PAGE SIDE      KIND: pdf, jpg, png

Prints ``{"pages": n}``; exit status 3 when there is nothing to see. Loads neither Django nor settings: what a broken
file may do to this process it does to nothing else.
"""

import contextlib
import json
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 10
LARGEST_OUTPUT = 16 * 1024 * 1024
PIXELS = {
    "png": 50_000_000,
    "jpg": 400_000_000,
}  # a JPEG is decoded at an eighth of its size where that is enough


def limit() -> None:
    """Memory, processor time, size of what is written; no core file. Windows has none of these limits."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw_picture(kind: str, source: str, target: str, side: int) -> int:
    """The picture the right way up, its longer side at most ``side``; written anew from its pixels."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - after the limits

    Image.MAX_IMAGE_PIXELS = None  # judged below
    with Image.open(source, formats=["JPEG" if kind == "jpg" else "PNG"]) as picture:
        if picture.width * picture.height > PIXELS[kind]:
            return 0
        turned = picture.getexif().get(0x0112, 1)
        picture.draft("RGB", (side, side))
        if picture.width * picture.height > PIXELS["png"]:
            return 0
        picture.load()
        drawn = picture.convert("RGBA" if kind == "png" and has_glass(picture) else "RGB")
    drawn.thumbnail((side, side))
    drawn.getexif()[0x0112] = turned
    drawn = ImageOps.exif_transpose(drawn)
    drawn.info.clear()
    clean = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    if kind == "jpg":
        clean.save(target, "JPEG", quality=85)
    else:
        clean.save(target, "PNG")
    return 1


def has_glass(picture: Any) -> bool:
    """Whether a picture has anything one can see through."""
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def draw_page(source: str, target: str, page: int, side: int) -> int:
    """Page ``page`` (from 1), its longer side at most ``side``; nothing of the file is run, forms are not filled in."""
    import pypdfium2  # noqa: PLC0415 - after the limits

    document = pypdfium2.PdfDocument(source)
    pages = len(document)
    if not 1 <= page <= pages:
        return 0
    sheet = document[page - 1]
    width, height = sheet.get_size()
    if width <= 0 or height <= 0:
        return 0
    scale = min(side / max(width, height), 4)
    if min(width, height) * scale < 1:
        return 0
    sheet.render(scale=scale).to_pil().save(target, "PNG")
    return pages


def main(kind: str, source: str, target: str, page: str, side: str) -> int:
    """Draw, print, and tell by the exit status."""
    limit()
    try:
        pages = (
            draw_page(source, target, int(page), int(side))
            if kind == "pdf"
            else draw_picture(kind, source, target, int(side))
        )
    except Exception as error:  # whatever a broken file makes a decoder say
        print(type(error).__name__, error, file=sys.stderr)
        pages = 0
    print(json.dumps({"pages": pages}))
    return 0 if pages else 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:6]))
