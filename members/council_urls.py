"""Addresses above the clusters: ``/hoi-dong/``."""

from django.urls import path

from members.views import council, council_form, council_rotate

urlpatterns = [
    path("", council.council, name="council"),
    path("danh-sach.xlsx", council.council_export, name="council_export"),
    path("phu-trach/", council.council_people, name="council_people"),
    path("cum/<slug:slug>/", council.council_cluster, name="council_cluster"),
    path("to-chuc-cum/", council_form.council_form, name="council_form"),
    path("to-chuc-cum/mau.xlsx", council_form.council_template, name="council_template"),
    path("luan-chuyen/", council_rotate.council_rotate, name="council_rotate"),
]
