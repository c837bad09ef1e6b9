#!/bin/sh
set -e
# 0 and remove: it goes; 1 and upgrade: another version follows.
case "$1" in
0 | remove)
    if [ -d /run/systemd/system ]; then
        systemctl disable --now license-exporter.service || true
    fi
    ;;
esac
find /opt/license_exporter/lib -name __pycache__ -prune -exec rm -r {} + || true
