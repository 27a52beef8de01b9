#!/bin/sh
# Lets the packaged default server listen on IPv6 too, unless somebody changed it.
set -e

me=$(basename "$0")
conf=etc/nginx/conf.d/default.conf
# md5sum of the packaged file
packaged=017fc312d131cc789c8ad2d2ea36f2c7

say() {
    [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$@"
}

if [ ! -f /proc/net/if_inet6 ]; then
    say "$me: info: ipv6 not available"
    exit 0
fi
if [ ! -f "/$conf" ]; then
    say "$me: info: /$conf is not a file or does not exist"
    exit 0
fi
if ! touch "/$conf" 2>/dev/null; then
    say "$me: info: can not modify /$conf (read-only file system?)"
    exit 0
fi
if grep -q 'listen  \[::]:80;' "/$conf"; then
    say "$me: info: IPv6 listen already enabled"
    exit 0
fi

say "$me: info: Getting the checksum of /$conf"
if ! echo "$packaged  /$conf" | md5sum -c - >/dev/null 2>&1; then
    say "$me: info: /$conf differs from the packaged version"
    exit 0
fi

sed -i -E 's,listen       80;,listen       80;\n    listen  [::]:80;,' "/$conf"
say "$me: info: Enabled listen on IPv6 in /$conf"
