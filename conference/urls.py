"""Addresses of this app."""

from django.urls import path

from conference.views import conference

urlpatterns = [
    path("hoi-nghi/", conference.conference, name="conference"),
    path("hoi-nghi/ghi/", conference.conference_edit, name="conference_edit"),
]
