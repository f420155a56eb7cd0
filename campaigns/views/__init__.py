"""Pages of campaigns and of what is owed."""
