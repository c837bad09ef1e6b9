"""Documents by HTTP: one client for each target."""
