"""Single-noun modules that know nothing of the apps: at most ten, none imports an app."""
