"""Addresses of this app."""

from django.urls import path

from members.views import phase

urlpatterns = [
    path("buoc/", phase.phase_advance, name="phase_advance"),
]
