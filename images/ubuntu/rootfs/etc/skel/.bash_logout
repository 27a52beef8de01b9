# Read when a login shell ends.
