"""A cache that stands for one outside the process."""

from django.core.cache.backends.locmem import LocMemCache


class SharedCache(LocMemCache):
    """Same behaviour under another name."""
