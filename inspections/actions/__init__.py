"""Verbs of trips, visits, actions and cases."""
