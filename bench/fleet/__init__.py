"""What Prometheus pays for a large fleet: its rules, and the queries of the dashboards."""
