#!/bin/sh
# An option, or an address, is for curl.
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null; then
  set -- curl "$@"
fi

exec "$@"
