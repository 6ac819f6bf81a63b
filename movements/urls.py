"""Addresses of this app."""

from django.urls import URLPattern, path

from movements.views import activity_list

urlpatterns: list[URLPattern] = [
    path("hoat-dong/", activity_list.activity_list, name="activity_list"),
    path("hoat-dong/xuat.csv", activity_list.activity_export, name="activity_export"),
]
