"""Addresses outside a cluster-year: home, sign-in, the way to one's work."""

from django.conf import settings
from django.urls import path

from cluster_app.views import account, home, styleguide, work

urlpatterns = [
    path("", home.home, name="home"),
    path("lam-viec/", work.work, name="work"),
    path("tai-khoan/dang-nhap/", account.sign_in, name="account_login"),
    path("tai-khoan/dang-xuat/", account.sign_out, name="account_logout"),
    path("tai-khoan/mat-khau/", account.change_password, name="account_change_password"),
]
if settings.DEBUG:
    urlpatterns.append(path("giao-dien/", styleguide.styleguide, name="styleguide"))
