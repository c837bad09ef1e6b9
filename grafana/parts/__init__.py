"""What dashboards are made of: variables and links, panels, tables, queries, colors."""
