"""The look keeps its promises: nothing inline, every icon there, a small first view, components as described."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from cluster_app.templatetags.look import ICONS_OF_STATES, errors_of, share, with_shares
from cluster_app.views.styleguide import SampleRows, styleguide

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "cotton").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
FIRST_VIEW = 250 * 1024


def draw(source: str, **context: Any) -> str:
    """A piece of template as a page would draw it, spaces made one."""
    html = Template(CottonCompiler().process(source)).render(Context(context))
    return re.sub(r"\s+", " ", html).strip()


# -- sources -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "inline",
    [r"\sstyle\s*=", r"\son[a-z]+\s*=\s*[\"']", r"<script(?![^>]*\ssrc=)", r"<style\b", r"javascript:"],
)
def test_no_template_has_anything_inline(inline: str) -> None:
    """The content security policy would refuse it."""
    found = [path.name for path in TEMPLATES if re.search(inline, path.read_text(), re.IGNORECASE)]
    assert found == []


def test_every_icon_named_in_a_page_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="i-([a-z-]+)"', (ROOT / "templates/includes/icons.svg").read_text()))
    named: dict[str, str] = dict.fromkeys(ICONS_OF_STATES.values(), "look.py")
    for path in TEMPLATES:
        text = path.read_text()
        for name in re.findall(r'<c-icon[^>]*\bname="([a-z-]+)"', text) + re.findall(
            r'\sicon="([a-z-]+)"', text
        ):
            named[name] = path.name
    for app in ("cluster_app", "members", "movements", "scoring", "conference", "publishing"):
        for path in (ROOT / app).rglob("*.py"):
            for name in re.findall(r"""["']icon["']:\s*["']([a-z-]+)["']""", path.read_text()):
                named[name] = path.name
    assert {name: where for name, where in named.items() if name not in there} == {}


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_opens_with_what_it_takes(path: Path) -> None:
    text = path.read_text()
    comment = re.match(r"{% comment %}(.*?){% endcomment %}", text, re.DOTALL)
    variables = re.search(r"<c-vars\b(.*?)/>", text, re.DOTALL)
    assert comment
    assert variables
    names = [name.lstrip(":") for name in re.findall(r'(:?[a-z_]+)(?:="[^"]*")?', variables[1])]
    assert [name for name in names if not re.search(rf"\b{name}\b", comment[1])] == []


def test_styles_work_in_chrome_109() -> None:
    text = re.sub(r"/\*.*?\*/", "", "\n".join(path.read_text() for path in STYLES), flags=re.DOTALL)
    assert re.search(r"color-mix\(|light-dark\(|oklch\(|@layer|@scope|^\s*&", text, re.MULTILINE) is None


def test_vendored_files_are_what_the_script_fetched() -> None:
    run = subprocess.run(
        [sys.executable, "script/vendor-assets", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def test_a_first_view_is_small(rf: RequestFactory, settings: Any) -> None:
    """The fullest page there is, with styles, scripts and every font, as sent compressed."""
    settings.DEBUG = True
    page = styleguide(rf.get("/")).content
    paths = re.findall(rb'(?:href|src)="/static/([^"]+)"', page)
    assets = {ROOT / "static" / path.decode() for path in paths}
    for style in STYLES:
        assets |= {
            (style.parent / url).resolve() for url in re.findall(r'url\("(\.\./[^"]+)"\)', style.read_text())
        }
    sizes = {
        path: path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes()))
        for path in assets
    }
    assert len(sizes) >= 12
    assert sum(sizes.values()) + len(gzip.compress(page)) <= FIRST_VIEW


def test_there_is_no_styleguide_without_debug(client: Any) -> None:
    assert client.get("/giao-dien/").status_code in (302, 404)


# -- drawing -------------------------------------------------------------------------------------
def test_words_are_escaped_once() -> None:
    html = draw('<c-status kind="ok" text="{{ words }}" /><c-tasks :items="tasks" />',
                words="A & <b>", tasks=[{"title": "C & <i>", "due": "D & E", "url": "/", "action": "F"}])  # fmt: skip
    assert "A &amp; &lt;b&gt;" in html
    assert "C &amp; &lt;i&gt;" in html
    assert "D &amp; E" in html
    assert "&amp;amp;" not in html


def test_a_state_has_an_icon_and_words() -> None:
    html = draw('<c-status kind="err" text="Quá hạn" />')
    assert "#i-alert-circle" in html
    assert "Quá hạn" in html


RANKS = [{"rank": at, "rank_label": f"Hạng {at}", "name": f"Đơn vị {at}"} for at in (1, 2, 3)]


def test_a_podium_is_drawn_without_points() -> None:
    html = draw('<c-podium :items="items" />', items=RANKS)
    assert "podium-three bare" in html
    assert "điểm" not in html


def test_a_podium_shows_points_and_shared_ranks() -> None:
    shared = [item | {"rank": rank, "points": "96,75"} for item, rank in zip(RANKS, (1, 1, 3), strict=True)]
    html = draw('<c-podium :items="items" />', items=shared)
    assert "podium-flat" in html
    assert html.count('class="r1"') == 2
    assert "96,75" in html


def test_a_missing_rank_is_said() -> None:
    assert "Không công bố hạng" in draw("<c-rank />")
    assert "rk-1" in draw('<c-rank value="1" />')


def test_a_pager_of_one_page_is_nothing() -> None:
    assert draw("<c-pager />") == ""
    assert 'rel="next"' in draw('<c-pager next="?after=9" />')


def test_bars_start_at_zero_and_keep_proportion() -> None:
    rows = with_shares([{"value": 21000}, {"value": 3000}, {"value": None}])
    assert [row["share"] for row in rows] == ["100.00%", "14.29%", "0%"]
    assert share(5, 0) == "0%"
    assert share(9, 7) == "100.00%"


def test_a_table_has_a_caption_and_a_region_that_scrolls() -> None:
    html = draw('<c-table caption="Các khoản">x</c-table>')
    assert '<caption class="visually-hidden">Các khoản</caption>' in html
    assert 'tabindex="0" role="region" aria-label="Các khoản"' in html
    assert "tabindex" not in draw('<c-table caption="Các khoản" :stack="True">x</c-table>')


class _Form(forms.Form):
    name = forms.CharField(label="Tên")


def test_errors_are_listed_with_a_link_to_their_input() -> None:
    html = draw('<c-error-summary :forms="forms" />', forms=_Form(data={}))
    assert '<a href="#id_name">Tên</a>' in html
    assert 'role="alert"' in html
    assert draw('<c-error-summary :forms="forms" />', forms=_Form()) == ""


def test_errors_of_a_formset_are_found_in_its_rows() -> None:
    data = {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-what": "Tiền", "rows-0-kind": "money"}
    found = errors_of([_Form(data={"name": "x"}), SampleRows(data=data, prefix="rows")])
    assert {error["id"] for error in found} == {"id_rows-0-number", "id_rows-0-place"}


def test_a_cell_names_its_input_and_marks_its_error() -> None:
    html = draw('<c-cell :field="form.name" label="Khoản 2: tên" head="Tên" css="h" />', form=_Form(data={}))
    assert '<td class="h" data-l="Tên">' in html
    assert 'aria-label="Khoản 2: tên"' in html
    assert 'class="form-control is-invalid"' in html
    assert 'id="id_name_error"' in html


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "429", "500", "503"])
def test_pages_of_refusal_need_no_context(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert "<h1>" in html
    assert 'href="/"' in html
