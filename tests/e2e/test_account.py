"""The second factor in a real browser: an app and a passkey set up and used, a session that ends under a form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.browser import DESKTOP, PHONE, Visitor, shots_folder
from tests.support.live import LiveServer
from tests.support.oidc import CLIENT, SECRET, Provider
from tests.support.totp import code

pytestmark = pytest.mark.e2e

PASSWORD = "thi-dua-2020-lang-son"
YEAR = "/lam-viec/lang-son-trung-uong/2021/"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class ByName(LiveServer):
    """A passkey is bound to a name, never to a bare address."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture
def live(make_live: Any) -> Any:
    server = make_live()
    server.__class__ = ByName
    return server


def with_passkeys(visitor: Any) -> Any:
    """Put an authenticator into the browser, as a laptop with a fingerprint reader has one."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return visitor


def looked_at(visitor: Any, name: str) -> None:
    visitor.shot(f"account-{name}")
    visitor.assert_accessible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_app_and_a_passkey_from_set_up_to_sign_in(visit: Any, size: tuple[int, int]) -> None:
    me = with_passkeys(visit("baohiem", PASSWORD, size=size))
    page = me.page
    page.goto("/tai-khoan/phien/")
    looked_at(me, "sessions")
    page.goto("/tai-khoan/hai-lop/")
    looked_at(me, "factors-none")
    page.get_by_role("link", name="Thiết lập ứng dụng").click()
    looked_at(me, "confirm")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Xác nhận").click()
    secret = page.locator("#khoa-bi-mat").inner_text().replace(" ", "")
    page.locator("input[name=code]").fill("000000")
    page.get_by_role("button", name="Bật", exact=True).click()
    page.get_by_text("Chưa bật được.").wait_for()
    looked_at(me, "app")
    page.locator("input[name=code]").fill(code(secret))
    page.get_by_role("button", name="Bật", exact=True).click()
    page.get_by_role("link", name="Tải về").wait_for()
    looked_at(me, "codes")
    page.goto("/tai-khoan/hai-lop/khoa/")
    page.locator("input[name=name]").fill("Máy bàn phòng Tổng hợp")
    looked_at(me, "new-key")
    page.get_by_role("button", name="Tạo khóa trên máy này").click()
    page.wait_for_url(re.compile(r"/hai-lop/$"))
    page.get_by_text("Máy bàn phòng Tổng hợp").first.wait_for()
    looked_at(me, "factors")
    sign_out(me)
    password(me, "baohiem")
    looked_at(me, "second-step")
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url(re.compile(r"/lam-viec/"))
    sign_out(me)
    password(me, "baohiem")
    page.locator("input[name=code]").fill(code(secret, 1))
    page.get_by_role("button", name="Vào", exact=True).click()
    page.wait_for_url(re.compile(r"/lam-viec/"))


def test_a_stranger_at_the_keyboard_has_no_key(visit: Any) -> None:
    me = with_passkeys(visit("baohiem", PASSWORD))
    page = me.page
    page.goto("/tai-khoan/hai-lop/khoa/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Xác nhận").click()
    page.get_by_role("button", name="Tạo khóa trên máy này").click()
    page.get_by_role("link", name="Tải về").wait_for()
    stranger = with_passkeys(visit())
    password(stranger, "baohiem")
    stranger.page.get_by_role("button", name="Dùng khóa truy cập").click()
    stranger.page.get_by_text("Chưa nhận được khóa").wait_for()
    stranger.assert_accessible()
    stranger.page.goto(YEAR)
    assert "/dang-nhap/" in stranger.page.url


def test_without_scripts_an_app_is_set_up_and_entered_with(visit: Any) -> None:
    me = visit("thue", PASSWORD, javascript=False)
    page = me.page
    page.goto("/tai-khoan/hai-lop/ung-dung/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Xác nhận").click()
    secret = page.locator("#khoa-bi-mat").inner_text().replace(" ", "")
    page.locator("input[name=code]").fill(code(secret))
    page.get_by_role("button", name="Bật", exact=True).click()
    page.get_by_role("link", name="Tải về").wait_for()
    page.goto("/tai-khoan/hai-lop/khoa/")
    page.get_by_text("Khóa truy cập cần JavaScript.").wait_for()
    sign_out(me)
    password(me, "thue")
    page.locator("input[name=code]").fill(code(secret, 1))
    page.get_by_role("button", name="Vào", exact=True).click()
    page.wait_for_url(re.compile(r"/lam-viec/"))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_r6_what_was_typed_outlives_the_session(visit: Any, size: tuple[int, int]) -> None:
    me = visit("baohiem", PASSWORD, size=size)
    page = me.page
    page.goto(YEAR + "hoat-dong/them/")
    page.locator("#id_title").fill("Trao quà Tết cho hộ nghèo xã Xuân Long")
    page.locator("#id_khoan-0-description").fill("Phần quà")
    me.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lưu nháp").click()
    page.get_by_text("Phiên làm việc đã hết").first.wait_for()
    assert page.get_by_label("Tên hoạt động").input_value() == "Trao quà Tết cho hộ nghèo xã Xuân Long"
    looked_at(me, "session-over")
    with me.context.expect_page() as opened:
        page.get_by_role("link", name="Đăng nhập ở thẻ mới").click()
    opened.value.locator("input[name=login]").wait_for()


def test_a_provider_is_reached_and_left_under_the_content_policy(
    browser: Any, make_live: Any, tmp_path_factory: Any
) -> None:
    provider = Provider()
    server = make_live(OIDC_ISSUER=provider.issuer, OIDC_NAME="Cổng danh tính tỉnh", OIDC_CLIENT_ID=CLIENT,
                       OIDC_CLIENT_SECRET=SECRET, NO_PROXY="127.0.0.1")  # fmt: skip
    me = Visitor(browser, server.url, shots_folder(tmp_path_factory.mktemp("shots")))
    me.login("baohiem", PASSWORD)
    page = me.page
    page.goto("/tai-khoan/lien-ket/")
    looked_at(me, "provider")
    page.get_by_role("button", name="Nối với Cổng danh tính tỉnh").click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Xác nhận").click()
    page.get_by_text("Đã nối.").wait_for()
    sign_out(me)
    page.goto("/tai-khoan/dang-nhap/")
    looked_at(me, "sign-in-provider")
    page.get_by_role("button", name="Đăng nhập bằng Cổng danh tính tỉnh").click()
    page.wait_for_url(re.compile(r"/lam-viec/"))
    provider.stop()
    assert all(provider.issuer in problem for problem in me.problems)  # the provider is the one other address
    me.problems.clear()
    me.close()


def password(visitor: Any, name: str) -> None:
    page = visitor.page
    page.goto("/tai-khoan/dang-nhap/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile("buoc-hai"))


def sign_out(visitor: Any) -> None:
    visitor.page.goto("/tai-khoan/dang-xuat/")
    visitor.page.locator("main").get_by_role("button", name="Đăng xuất").click()
    visitor.page.wait_for_url(re.compile(r":\d+/$"))
