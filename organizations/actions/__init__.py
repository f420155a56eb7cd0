"""Verbs of who and where."""
