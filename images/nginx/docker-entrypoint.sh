#!/bin/sh
# Prepares the configuration of nginx before it starts: runs what lies in /docker-entrypoint.d.
set -e

say() {
    [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$@"
}

run_hooks() {
    for hook in /docker-entrypoint.d/*; do
        [ -f "$hook" ] || continue
        case "$hook" in
            *.envsh)
                if [ -x "$hook" ]; then
                    say "$0: Sourcing $hook"
                    . "$hook"
                else
                    say "$0: Ignoring $hook, not executable"
                fi
                ;;
            *.sh)
                if [ -x "$hook" ]; then
                    say "$0: Launching $hook"
                    "$hook"
                else
                    say "$0: Ignoring $hook, not executable"
                fi
                ;;
            *)
                say "$0: Ignoring $hook"
                ;;
        esac
    done
}

case "$1" in
    nginx | nginx-debug)
        if [ -n "$(ls -A /docker-entrypoint.d 2>/dev/null)" ]; then
            say "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"
            say "$0: Looking for shell scripts in /docker-entrypoint.d/"
            run_hooks
            say "$0: Configuration complete; ready for start up"
        else
            say "$0: No files found in /docker-entrypoint.d/, skipping configuration"
        fi
        ;;
esac

exec "$@"
