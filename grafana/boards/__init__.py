"""The dashboards, a module each: which panels, in which order."""
