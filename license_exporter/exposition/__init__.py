"""From samples to the text that Prometheus reads; knows no target and no configuration."""
