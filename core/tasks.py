"""The only import site of the task framework: Django 6 brings the same API under another name."""

from django_tasks import task

__all__ = ["task"]
