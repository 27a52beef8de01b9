#!/bin/sh
# With NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE: as many workers as this container may use processors.
set -e

me=$(basename "$0")

[ -n "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0

conf=/etc/nginx/nginx.conf
if ! touch "$conf" 2>/dev/null; then
    echo >&2 "$me: error: can not modify $conf (read-only file system?)"
    exit 0
fi

workers=$(nproc)
if [ -f /sys/fs/cgroup/cpu.max ]; then
    read -r quota period < /sys/fs/cgroup/cpu.max
    if [ "$quota" != max ]; then
        allowed=$(((quota + period - 1) / period))
        [ "$allowed" -lt "$workers" ] && workers=$allowed
    fi
fi

sed -i -E "s/^worker_processes( +).*;/# &\\nworker_processes\\1$workers;/" "$conf"
