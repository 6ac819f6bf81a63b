"""Addresses outside a cluster-year: home, sign-in, the way to one's work."""

from django.conf import settings
from django.urls import path

from cluster_app.views import (
    account,
    account_factor,
    account_openid,
    account_sessions,
    home,
    styleguide,
    work,
)
from members.views import feed, invitation, view_as

urlpatterns = [
    path("", home.home, name="home"),
    path("lam-viec/", work.work, name="work"),
    path("lam-viec/xem-nhu/thoi/", view_as.view_as_stop, name="view_as_stop"),
    path("moi/<str:token>/", invitation.invitation, name="invitation"),
    path("tai-khoan/dang-nhap/", account.sign_in, name="account_login"),
    path("tai-khoan/dang-xuat/", account.sign_out, name="account_logout"),
    path("tai-khoan/lich/", feed.feed, name="feed"),
    path("lich/<str:secret>.ics", feed.calendar_feed, name="calendar_feed"),
    path("tai-khoan/mat-khau/", account.change_password, name="account_change_password"),
    path("tai-khoan/phien/", account_sessions.sessions, name="sessions"),
    path("tai-khoan/phien/<int:pk>/dang-xuat/", account_sessions.end_one, name="session_end"),
    path("tai-khoan/phien/dang-xuat-may-khac/", account_sessions.end_others, name="sessions_end"),
    path("tai-khoan/dang-nhap/buoc-hai/", account_factor.second_step, name="mfa_authenticate"),
    path("tai-khoan/xac-nhan/", account_factor.confirm_password, name="account_reauthenticate"),
    path("tai-khoan/xac-nhan/ma/", account_factor.confirm_code, name="mfa_reauthenticate"),
    path("tai-khoan/xac-nhan/khoa/", account_factor.confirm_key, name="mfa_reauthenticate_webauthn"),
    path("tai-khoan/hai-lop/", account_factor.index, name="mfa_index"),
    path("tai-khoan/hai-lop/ung-dung/", account_factor.add_app, name="mfa_activate_totp"),
    path("tai-khoan/hai-lop/ung-dung/bo/", account_factor.remove_app, name="mfa_deactivate_totp"),
    path("tai-khoan/hai-lop/khoa/", account_factor.add_key, name="mfa_add_webauthn"),
    path("tai-khoan/hai-lop/khoa/<int:pk>/ten/", account_factor.rename_key, name="mfa_edit_webauthn"),
    path("tai-khoan/hai-lop/khoa/<int:pk>/bo/", account_factor.remove_key, name="mfa_remove_webauthn"),
    path("tai-khoan/hai-lop/ma-du-phong/", account_factor.recovery_codes, name="mfa_view_recovery_codes"),
    path("tai-khoan/hai-lop/ma-du-phong/tao/", account_factor.make_codes, name="mfa_generate_recovery_codes"),
    path(
        "tai-khoan/hai-lop/ma-du-phong/tep/",
        account_factor.recovery_codes_file,
        name="mfa_download_recovery_codes",
    ),
    path("tai-khoan/lien-ket/", account_openid.connections, name="socialaccount_connections"),
    path("tai-khoan/lien-ket/noi/", account_openid.connect, name="openid_connect"),
    path("tai-khoan/lien-ket/<int:pk>/bo/", account_openid.disconnect, name="openid_disconnect"),
    path("tai-khoan/openid/", account_openid.begin, name="openid_login"),
    path("tai-khoan/openid/<slug:provider_id>/", account_openid.answer, name="openid_connect_callback"),
]
if settings.DEBUG:
    urlpatterns.append(path("giao-dien/", styleguide.styleguide, name="styleguide"))
