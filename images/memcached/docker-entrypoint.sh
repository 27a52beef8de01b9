#!/bin/sh
set -e

# Options alone are for memcached.
if [ "${1#-}" != "$1" ]; then
	set -- memcached "$@"
fi

exec "$@"
