"""Addresses of this app."""

from django.urls import path

from members.views import members, phase

urlpatterns = [
    path("don-vi/", members.member_list, name="member_list"),
    path("buoc/", phase.phase_advance, name="phase_advance"),
]
