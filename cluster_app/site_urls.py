"""Addresses outside a cluster-year: home, sign-in, the way to one's work."""

from allauth.account import views as account
from django.urls import path

from cluster_app.views import home, work

urlpatterns = [
    path("", home.home, name="home"),
    path("lam-viec/", work.work, name="work"),
    path("tai-khoan/dang-nhap/", account.login, name="account_login"),
    path("tai-khoan/dang-xuat/", account.logout, name="account_logout"),
    path("tai-khoan/mat-khau/", account.password_change, name="account_change_password"),
]
