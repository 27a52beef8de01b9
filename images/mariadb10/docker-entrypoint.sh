#!/bin/bash
set -eo pipefail
shopt -s nullglob

say() { # say KIND TEXT: a line as the server's log has them
	printf '%s [%s] [Entrypoint]: %s\n' "$(date +'%Y-%m-%d %T%:z')" "$1" "$2"
}
note() { say Note "$*"; }
warn() { say Warn "$*" >&2; }
fail() { say ERROR "$*" >&2; exit 1; }

# NAME_FILE holds what NAME would: passwords need not stand in the environment.
from_file() {
	local name="$1" file="${1}_FILE" value="${2:-}"
	if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
		fail "Both $name and $file are set (but are exclusive)"
	fi
	if [ -n "${!name:-}" ]; then
		value="${!name}"
	elif [ -n "${!file:-}" ]; then
		value="$(< "${!file}")"
	fi
	export "$name"="$value"
	unset "$file"
}

# A value that the server would use with these options.
setting() {
	"$@" --verbose --help 2>/dev/null | awk -v name="$SETTING" '$1 == name { sub(/^[^ ]+ +/, ""); print; exit }'
}

wants_help() {
	local word
	for word; do
		case "$word" in -'?' | --help | --print-defaults | -V | --version) return 0 ;; esac
	done
	return 1
}

client() {
	mariadb --defaults-extra-file=<(password_file) --protocol=socket -uroot -hlocalhost --socket="$SOCKET" --comments "$@"
}

password_file() {
	if [ "$1" != none ] && [ -n "$ROOT_IS_SET" ]; then
		printf '[client]\npassword="%s"\n' "$MARIADB_ROOT_PASSWORD"
	fi
}

escape() { # a text within quotes of SQL
	local text="${1//\\/\\\\}"
	printf '%s' "${text//\'/\\\'}"
}

start_temporary() {
	"$@" --skip-networking --default-time-zone=SYSTEM --socket="$SOCKET" &
	SERVER=$!
	local i
	for i in {30..0}; do
		if mariadb --no-defaults --protocol=socket -uroot --socket="$SOCKET" -e 'SELECT 1' &> /dev/null; then
			return
		fi
		kill -0 "$SERVER" 2>/dev/null || break
		sleep 1
	done
	fail 'Unable to start server.'
}

stop_temporary() {
	kill "$SERVER"
	wait "$SERVER" || fail 'Unable to shut down server.'
}

check_password() {
	if [ -z "$MARIADB_ROOT_PASSWORD" ] && [ -z "$MARIADB_ROOT_PASSWORD_HASH" ] && [ -z "$MARIADB_ALLOW_EMPTY_ROOT_PASSWORD" ] && [ -z "$MARIADB_RANDOM_ROOT_PASSWORD" ]; then
		fail $'Database is uninitialized and password option is not specified\n\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD'
	fi
	if [ "$MARIADB_USER" = root ]; then
		fail $'MARIADB_USER="root", MARIADB_USER and MARIADB_PASSWORD are for configuring a regular user and cannot be used for the root user\n\tRemove MARIADB_USER="root" and use one of the following to control the root user password:\n\t- MARIADB_ROOT_PASSWORD\n\t- MARIADB_ROOT_PASSWORD_HASH\n\t- MARIADB_ALLOW_EMPTY_ROOT_PASSWORD\n\t- MARIADB_RANDOM_ROOT_PASSWORD'
	fi
	if [ -n "$MARIADB_USER" ] && [ -z "$MARIADB_PASSWORD" ]; then
		warn 'MARIADB_USER specified, but missing MARIADB_PASSWORD or MARIADB_PASSWORD_HASH; MARIADB_USER will not be created'
	elif [ -z "$MARIADB_USER" ] && [ -n "$MARIADB_PASSWORD" ]; then
		warn 'MARIADB_PASSWORD or MARIADB_PASSWORD_HASH specified, but missing MARIADB_USER; MARIADB_PASSWORD/MARIADB_PASSWORD_HASH will be ignored'
	fi
}

set_up() {
	if [ -n "$MARIADB_RANDOM_ROOT_PASSWORD" ]; then
		MARIADB_ROOT_PASSWORD="$(head -c 24 /dev/urandom | base64)"
		export MARIADB_ROOT_PASSWORD
		note "GENERATED ROOT PASSWORD: $MARIADB_ROOT_PASSWORD"
	fi
	HEALTH="$(head -c 24 /dev/urandom | base64)"
	printf '[mariadb-client]\nport=3306\nsocket=%s\nuser=healthcheck\npassword=%s\n' "$SOCKET" "$HEALTH" > "$DATADIR/.my-healthcheck.cnf"
	chmod 600 "$DATADIR/.my-healthcheck.cnf"
	local password
	password="$(escape "$MARIADB_ROOT_PASSWORD")"
	local from_anywhere=
	if [ -n "$MARIADB_ROOT_HOST" ] && [ "$MARIADB_ROOT_HOST" != localhost ]; then
		from_anywhere="CREATE USER 'root'@'$MARIADB_ROOT_HOST' IDENTIFIED BY '$password';
			GRANT ALL ON *.* TO 'root'@'$MARIADB_ROOT_HOST' WITH GRANT OPTION;"
	fi
	note "Securing system users (equivalent to running mysql_secure_installation)"
	client --database=mysql <<-SQL
		ALTER USER 'root'@'localhost' IDENTIFIED BY '$password';
		GRANT ALL ON *.* TO 'root'@'localhost' WITH GRANT OPTION;
		FLUSH PRIVILEGES;
		$from_anywhere
		DROP DATABASE IF EXISTS test;
		CREATE USER IF NOT EXISTS 'healthcheck'@'localhost' IDENTIFIED BY '$HEALTH';
		CREATE USER IF NOT EXISTS 'healthcheck'@'127.0.0.1' IDENTIFIED BY '$HEALTH';
		CREATE USER IF NOT EXISTS 'healthcheck'@'::1' IDENTIFIED BY '$HEALTH';
	SQL
	if [ -n "$MARIADB_ROOT_PASSWORD" ]; then ROOT_IS_SET=1; fi
	if [ -n "$MARIADB_DATABASE" ]; then
		note "Creating database $MARIADB_DATABASE"
		client --database=mysql <<< "CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;"
	fi
	if [ -n "$MARIADB_USER" ] && [ -n "$MARIADB_PASSWORD" ]; then
		note "Creating user $MARIADB_USER"
		client --database=mysql <<< "CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '$(escape "$MARIADB_PASSWORD")';"
		if [ -n "$MARIADB_DATABASE" ]; then
			note "Giving user $MARIADB_USER access to schema $MARIADB_DATABASE"
			client --database=mysql <<< "GRANT ALL ON \`${MARIADB_DATABASE//_/\\_}\`.* TO '$MARIADB_USER'@'%';"
		fi
	fi
}

run_files() {
	echo
	local file
	for file; do
		case "$file" in
			*.sh)
				if [ -x "$file" ]; then
					note "$0: running $file"
					"$file"
				else
					note "$0: sourcing $file"
					. "$file"
				fi
				;;
			*.sql) note "$0: running $file"; client ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"} < "$file"; echo ;;
			*.sql.bz2) note "$0: running $file"; bunzip2 -c "$file" | client ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"}; echo ;;
			*.sql.gz) note "$0: running $file"; gunzip -c "$file" | client ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"}; echo ;;
			*.sql.xz) note "$0: running $file"; xzcat "$file" | client ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"}; echo ;;
			*) warn "$0: ignoring $file" ;;
		esac
		echo
	done
}

# NAME may be called MARIADB_NAME or MYSQL_NAME.
either() {
	local mysql="MYSQL_$1" mysql_file="MYSQL_$1_FILE" file="MARIADB_$1_FILE" name="MARIADB_$1"
	if [ -z "${!name:-}" ] && [ -z "${!file:-}" ]; then
		if [ -n "${!mysql:-}" ]; then export "$name"="${!mysql}"; fi
		if [ -n "${!mysql_file:-}" ]; then export "$file"="${!mysql_file}"; fi
	fi
	from_file "$name" "${2:-}"
}

main() {
	# Options alone are for the server.
	if [ "${1:0:1}" = '-' ]; then
		set -- mariadbd "$@"
	fi
	if { [ "$1" = mariadbd ] || [ "$1" = mysqld ]; } && ! wants_help "$@"; then
		note "Entrypoint script for MariaDB Server $MARIADB_VERSION started."
		if ! error="$("$@" --verbose --help 2>&1 > /dev/null)"; then
			fail $'mariadbd failed while attempting to check config\n\tcommand was: '"$*"$'\n\t'"$error"
		fi
		DATADIR="$(SETTING=datadir setting "$@")"
		SOCKET="$(SETTING=socket setting "$@")"
		DATADIR="${DATADIR%/}"
		if [ "$(id -u)" = 0 ]; then
			mkdir -p "$DATADIR" "$(dirname "$SOCKET")"
			find "$DATADIR" \! -user mysql -exec chown mysql: '{}' +
			chown mysql: "$(dirname "$SOCKET")"
			note "Switching to dedicated user 'mysql'"
			exec gosu mysql "$0" "$@"
		fi
		either ROOT_HOST '%'
		either DATABASE
		either USER
		either PASSWORD
		either ROOT_PASSWORD
		either RANDOM_ROOT_PASSWORD
		either ROOT_PASSWORD_HASH
		MARIADB_ALLOW_EMPTY_ROOT_PASSWORD="${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-$MYSQL_ALLOW_EMPTY_PASSWORD}"
		ROOT_IS_SET=
		if [ ! -d "$DATADIR/mysql" ]; then
			check_password
			ls /docker-entrypoint-initdb.d/ > /dev/null
			note 'Initializing database files'
			"$@" --initialize-insecure > /dev/null 2>&1
			note 'Database files initialized'
			note 'Starting temporary server'
			note 'Waiting for server startup'
			start_temporary "$@"
			note 'Temporary server started.'
			set_up
			run_files /docker-entrypoint-initdb.d/*
			note 'Stopping temporary server'
			stop_temporary
			note 'Temporary server stopped'
			echo
			note 'MariaDB init process done. Ready for start up.'
			echo
		fi
	fi
	exec "$@"
}

main "$@"
