"""The scenarios: a list of (name, function) for each group."""
