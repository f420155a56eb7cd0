"""Forms of the ledger: they clean what is typed and stop; the actions judge it again under the row's lock."""
