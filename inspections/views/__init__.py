"""Pages of what is brought in."""
