"""An invented past of a few targets: what dashboards are looked at and tried with."""
