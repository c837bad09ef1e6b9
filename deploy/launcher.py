#!/usr/bin/python3.11 -s
"""Starts the exporter from the folder of its package, and sees no other."""

import sys
from pathlib import Path

# In place of this script's own folder.
sys.path[0] = str(Path(__file__).resolve().parents[1] / "lib")

from license_exporter.cli.flags import main  # noqa: E402 - it is found there only

sys.exit(main())
