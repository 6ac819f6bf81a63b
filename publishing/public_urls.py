"""Addresses of published summaries, open to everybody."""

from django.urls import path

from publishing.views import public

urlpatterns = [
    path("<slug:cluster>/<year:label>/", public.summary_public, name="summary_public"),
    path("<slug:cluster>/<year:label>/du-lieu.json", public.summary_data, name="summary_data"),
    path("<slug:cluster>/<year:label>/v/<int:number>/", public.summary_version, name="summary_version"),
    path(
        "<slug:cluster>/<year:label>/v/<int:number>/du-lieu.json",
        public.summary_version_data,
        name="summary_version_data",
    ),
]
