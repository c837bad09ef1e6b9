"""The Grafana dashboards as Python, a module each; `python -m grafana.generate` writes them."""
