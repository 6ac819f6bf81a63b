"""A real Chromium for the end-to-end tests: one browser per run, one clean context per visitor."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

DESKTOP = (1366, 768)
PHONE = (390, 844)
# No sandbox: the tests may run as root. No background networking: nothing but loopback is asked.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
]  # fmt: skip
# A refused POST shows its form again with status 4xx; Chromium reports that as an error of its own.
EXPECTED_CONSOLE = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium where there is one, else the one that Playwright installed."""
    program = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=program, args=FLAGS)


class Visitor:
    """One person at one browser window of one size. ``page`` is Playwright's page."""

    def __init__(
        self,
        browser: Browser,
        base_url: str,
        shots: Path,
        *,
        size: tuple[int, int] = DESKTOP,
        javascript: bool = True,
    ) -> None:
        self.base_url, self.shots, self.size, self.javascript = base_url, shots, size, javascript
        self.problems: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=base_url, viewport={"width": size[0], "height": size[1]}, locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh", java_script_enabled=javascript, accept_downloads=True,
            reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def login(self, name: str, password: str) -> None:
        """Sign in by the form and arrive at the working pages."""
        self.page.goto("/tai-khoan/dang-nhap/")
        self.page.locator("input[name=login]").fill(name)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(re.compile(r"/(lam-viec|admin|hoi-dong)/"), wait_until="commit")
        self.page.wait_for_load_state()

    def shot(self, name: str, *, full_page: bool = True) -> Path:
        """Save a picture as NAME-WIDTHxHEIGHT.png; kept where the environment variable SHOTS says."""
        path = self.shots / f"{name}-{self.size[0]}x{self.size[1]}.png"
        self.page.screenshot(path=path, full_page=full_page)
        return path

    def assert_accessible(self) -> None:
        """Zero violations of axe on the page as it stands, and nothing wider than the window; needs JavaScript."""
        assert self.javascript, "axe is a script: a window without JavaScript would wait for it for ever"
        assert_accessible(self.page)
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px wider than its window of {self.size[0]} px"

    def close(self) -> None:
        """Close the window; AssertionError when a page reported a script error, a CSP breach or a 5xx."""
        self.context.close()
        assert not self.problems, "the browser reported:\n" + "\n".join(self.problems)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED_CONSOLE.search(message.text):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base_url, "data:", "blob:", "about:")):
            self.problems.append(f"request to another address: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} from {response.url}")


def assert_accessible(page: Page) -> None:
    """AssertionError with rule, element and advice for every violation that axe finds.

    Without preload: axe would copy imported style sheets into the page, which the page's policy rightly refuses.
    """
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")["violations"]
    report = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {' '.join(map(str, node['target']))}\n"
        f"    {node['html'][:160]}\n    {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not report, f"axe on {page.url}:\n" + "\n".join(report)


def shots_folder(temporary: Path) -> Path:
    """Where pictures go: SHOTS when it is set, else a folder that pytest removes."""
    folder = Path(os.environ["SHOTS"]).resolve() if os.environ.get("SHOTS") else temporary
    folder.mkdir(parents=True, exist_ok=True)
    return folder
