"""Addresses of published summaries and public activities, open to everybody."""

from django.urls import path

from publishing.views import public, public_activity

urlpatterns = [
    path("<slug:cluster>/<year:label>/", public.summary_public, name="summary_public"),
    path("<slug:cluster>/<year:label>/du-lieu.json", public.summary_data, name="summary_data"),
    path("<slug:cluster>/<year:label>/v/<int:number>/", public.summary_version, name="summary_version"),
    path(
        "<slug:cluster>/<year:label>/v/<int:number>/du-lieu.json",
        public.summary_version_data,
        name="summary_version_data",
    ),
    path(
        "<slug:cluster>/<year:label>/hoat-dong/", public_activity.public_activities, name="public_activities"
    ),
    path(
        "<slug:cluster>/<year:label>/hoat-dong/<slug:key>/",
        public_activity.public_activity,
        name="public_activity",
    ),
    path(
        "<slug:cluster>/<year:label>/hoat-dong/<slug:key>/the.png",
        public_activity.public_activity_card,
        name="public_activity_card",
    ),
    path(
        "<slug:cluster>/<year:label>/hoat-dong/<slug:key>/anh/<slug:picture>/<slug:size>/",
        public_activity.public_activity_picture,
        name="public_activity_picture",
    ),
]
