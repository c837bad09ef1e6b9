"""`python -m license_exporter`."""

from license_exporter.cli.flags import main

raise SystemExit(main())
