"""Verbs of files and of what is read in from them."""

from documents.actions.files import give, keep, received, remove, store

__all__ = ["give", "keep", "received", "remove", "store"]
