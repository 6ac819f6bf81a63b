"""Predicates and rights of this app."""
