#!/bin/sh
# Makes configuration files of the templates in /etc/nginx/templates, with the variables of the environment.
set -e

me=$(basename "$0")
templates="${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"
suffix="${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}"
output="${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}"
filter="${NGINX_ENVSUBST_FILTER:-}"

say() {
    [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$@"
}

[ -d "$templates" ] || exit 0
if [ ! -w "$output" ]; then
    say "$me: ERROR: $templates exists, but $output is not writable"
    exit 0
fi

# only names that are set: `$uri` and the like are nginx's own
names=
for name in $(env | cut -d= -f1); do
    if [ -z "$filter" ] || echo "$name" | grep -qE "$filter"; then
        names="$names\${$name} "
    fi
done

find "$templates" -follow -type f -name "*$suffix" | sort | while read -r template; do
    relative="${template#"$templates"/}"
    target="$output/${relative%"$suffix"}"
    mkdir -p "$(dirname "$target")"
    say "$me: Running envsubst on $template to $target"
    envsubst "$names" < "$template" > "$target"
done
