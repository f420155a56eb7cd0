"""The ledger in: the official 17 columns and the portal's own to the right of them."""
