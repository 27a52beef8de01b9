#!/bin/sh
set -e

# Options alone are for traefik, and so are its commands.
case $1 in
	-* | version | healthcheck) set -- traefik "$@" ;;
esac

exec "$@"
