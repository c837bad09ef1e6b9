"""What installs and runs the exporter, and shows it with the programs around it."""
