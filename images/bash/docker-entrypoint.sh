#!/usr/bin/env bash
set -Eeuo pipefail

# What begins with a dash, or is a script that can only be read, is for bash itself.
if [ "${1#-}" != "$1" ] || { [ -f "$1" ] && [ ! -x "$1" ]; }; then
	set -- bash "$@"
fi

exec "$@"
