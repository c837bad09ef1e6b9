"""The Grafana dashboards as Python: `python -m grafana.generate` writes dashboards/ from boards/.

`parts/` is what boards are made of, `history/` an invented past to look at them with.
"""
