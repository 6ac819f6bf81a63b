"""A real nginx with the sample of deploy/nginx.conf, on a free loopback port, without any right it does not need."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.support.live import ROOT, LiveServer, free_port, wait_for

SAMPLE = ROOT / "deploy" / "nginx.conf"
FOLDER_LINE = "/srv/cum-thi-dua/var/static/"
PLACES = ["/usr/sbin", "/usr/local/sbin", "/sbin"]
# Started by root the workers stay root: they may read everything, so only the configuration protects the files.
FRAME = """{user}daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 128; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {more}
{site}
}}
"""


def sample_for(live: LiveServer, port: int) -> str:
    """The sample with its address, folder and name changed, as an office would do it; nothing else."""
    own_static(live.folder / "static")
    text = SAMPLE.read_text(encoding="utf-8")
    for old, new in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{live.port};"),
        (FOLDER_LINE, f"{live.folder}/static/"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("thi-dua.example.vn;", "127.0.0.1;"),
    ):
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {SAMPLE.name}"
        text = text.replace(old, new)
    return text


def own_static(folder: Path) -> None:
    """A real folder instead of the link to the one all servers share, so that ``..`` leads to this server's files."""
    if folder.is_symlink():
        shared = folder.resolve()
        folder.unlink()
        shutil.copytree(shared, folder)


class Nginx:
    """nginx in front of ``live``. ``more`` goes into its http block, ``change`` is what a careless hand did."""

    def __init__(
        self, live: LiveServer, folder: Path, *, more: str = "", change: tuple[str, str] | None = None
    ) -> None:
        program = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))
        assert program, "nginx is missing; script/test installs it on Debian and Ubuntu"
        folder.mkdir()
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        site = sample_for(live, port)
        if change:
            assert change[0] in site
            site = site.replace(*change)
        user = "user root;\n" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            FRAME.format(user=user, folder=folder, more=more, site=site), encoding="utf-8"
        )
        log = folder / "error.log"
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(log)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for(f"{self.url}/healthz", self.process, log, 20)
        except AssertionError:
            self.stop()
            raise

    def stop(self) -> None:
        """Master and workers, at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
