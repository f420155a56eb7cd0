"""Verbs of the campaign: opening what is owed, handing it in, chasing it."""
