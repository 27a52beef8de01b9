#!/bin/sh
set -e

# Options alone, or a configuration file, are for the server.
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then
	set -- redis-server "$@"
fi

# The server does not run as root, and owns its folder.
if [ "$1" = 'redis-server' ] && [ "$(id -u)" = '0' ]; then
	find . \! -user redis -exec chown redis '{}' +
	exec su-exec redis "$0" "$@"
fi

# Files are for the server alone unless somebody said otherwise.
if [ "$(umask)" = '0022' ]; then
	umask 0077
fi

exec "$@"
