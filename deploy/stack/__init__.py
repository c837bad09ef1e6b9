"""`make stack`: the demo with the Prometheus and Alertmanager of this machine."""
