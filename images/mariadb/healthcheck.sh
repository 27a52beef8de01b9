#!/bin/bash
# Tests of a server: each option is one, all have to hold.
set -eo pipefail

client=(mariadb --skip-column-names --batch)
if [ -r /var/lib/mysql/.my-healthcheck.cnf ]; then
	client=(mariadb --defaults-file=/var/lib/mysql/.my-healthcheck.cnf --skip-column-names --batch -uhealthcheck "-p$(sed -n 's/^password=//p' /var/lib/mysql/.my-healthcheck.cnf)")
fi

connect() {
	local out
	# a server that refuses a login answers over the network: it is there
	out="$("${client[@]}" -h 127.0.0.1 -P 3306 -e 'SELECT @@skip_networking' 2>&1)" || case "$out" in *1045*) return 0 ;; *) return 1 ;; esac
}
innodb_initialized() {
	"${client[@]}" --protocol=socket -e 'SELECT 1' > /dev/null 2>&1
}

if [ $# -eq 0 ]; then
	echo 'At least one argument required' >&2
	exit 1
fi
for test; do
	case "$test" in
		--connect) connect || { echo 'healthcheck connect failed' >&2; exit 1; } ;;
		--innodb_initialized | --innodb_buffer_pool_loaded) innodb_initialized || { echo "healthcheck ${test#--} failed" >&2; exit 1; } ;;
		--su-mysql | --no-connect | --defaults-file=* | --su=*) ;;
		*) echo "Unknown healthcheck option ${test}" >&2; exit 1 ;;
	esac
done
