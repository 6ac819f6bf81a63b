"""Rows of governance: extensions, links, stand-ins."""

from __future__ import annotations
