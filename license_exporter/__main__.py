"""`python -m license_exporter`."""

from license_exporter.cli import main

raise SystemExit(main())
