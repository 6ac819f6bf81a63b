"""Addresses: includes only. Vietnamese has none, English the prefix ``/en/``: the language is in the address."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, register_converter

from cluster_app.views import health
from core.labels import YearLabel

register_converter(YearLabel, "year")

work = [
    path("", include("cluster_app.work_urls")),
    path("", include("members.urls")),
    path("", include("movements.urls")),
    path("", include("scoring.urls")),
    path("", include("conference.urls")),
    path("", include("publishing.urls")),
]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *i18n_patterns(
        path("", include("cluster_app.site_urls")),
        path("cum/", include("publishing.public_urls")),
        path("hoi-dong/", include("members.council_urls")),
        path("lam-viec/<slug:cluster>/<year:label>/", include(work)),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]
handler400 = "cluster_app.views.errors.bad_request"
handler403 = "cluster_app.views.errors.refused"
handler404 = "cluster_app.views.errors.not_found"
handler429 = "cluster_app.views.errors.too_many"  # allauth asks for it
handler500 = "cluster_app.views.errors.broken"
