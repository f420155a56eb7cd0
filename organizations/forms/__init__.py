"""What people fill in about themselves, accounts and enterprises."""
