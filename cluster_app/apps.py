"""The project itself: home page, year file, demo."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the start-up checks."""

    name = "cluster_app"

    def ready(self) -> None:
        """Register the checks."""
        from cluster_app import checks  # noqa: F401 - settings must be loaded
