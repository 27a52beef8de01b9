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
	mysql --defaults-extra-file=<(password_file) --protocol=socket -uroot -hlocalhost --socket="$SOCKET" --comments "$@"
}

password_file() {
	if [ "$1" != none ] && [ -n "$ROOT_IS_SET" ]; then
		printf '[client]\npassword="%s"\n' "$MYSQL_ROOT_PASSWORD"
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
		if mysql --no-defaults --protocol=socket -uroot --socket="$SOCKET" -e 'SELECT 1' &> /dev/null; then
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
	if [ -z "$MYSQL_ROOT_PASSWORD" ] && [ -z "$MYSQL_ALLOW_EMPTY_PASSWORD" ] && [ -z "$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
		fail 'Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD'
	fi
	if [ "$MYSQL_USER" = root ]; then
		fail 'MYSQL_USER="root", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular user and cannot be used for the root user
    Remove MYSQL_USER="root" and use one of the following to control the root user password:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD'
	fi
	if [ -n "$MYSQL_USER" ] && [ -z "$MYSQL_PASSWORD" ]; then
		warn 'MYSQL_USER specified, but missing MYSQL_PASSWORD; MYSQL_USER will not be created'
	elif [ -z "$MYSQL_USER" ] && [ -n "$MYSQL_PASSWORD" ]; then
		warn 'MYSQL_PASSWORD specified, but missing MYSQL_USER; MYSQL_PASSWORD will be ignored'
	fi
}

set_up() {
	if [ -n "$MYSQL_RANDOM_ROOT_PASSWORD" ]; then
		MYSQL_ROOT_PASSWORD="$(openssl rand -base64 24)"
		export MYSQL_ROOT_PASSWORD
		note "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
	fi
	local password
	password="$(escape "$MYSQL_ROOT_PASSWORD")"
	local from_anywhere=
	if [ -n "$MYSQL_ROOT_HOST" ] && [ "$MYSQL_ROOT_HOST" != localhost ]; then
		from_anywhere="CREATE USER 'root'@'$MYSQL_ROOT_HOST' IDENTIFIED BY '$password';
			GRANT ALL ON *.* TO 'root'@'$MYSQL_ROOT_HOST' WITH GRANT OPTION;"
	fi
	client --database=mysql <<-SQL
		ALTER USER 'root'@'localhost' IDENTIFIED BY '$password';
		GRANT ALL ON *.* TO 'root'@'localhost' WITH GRANT OPTION;
		FLUSH PRIVILEGES;
		$from_anywhere
		DROP DATABASE IF EXISTS test;
	SQL
	if [ -n "$MYSQL_ROOT_PASSWORD" ]; then ROOT_IS_SET=1; fi
	if [ -n "$MYSQL_DATABASE" ]; then
		note "Creating database $MYSQL_DATABASE"
		client --database=mysql <<< "CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;"
	fi
	if [ -n "$MYSQL_USER" ] && [ -n "$MYSQL_PASSWORD" ]; then
		note "Creating user $MYSQL_USER"
		client --database=mysql <<< "CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$(escape "$MYSQL_PASSWORD")';"
		if [ -n "$MYSQL_DATABASE" ]; then
			note "Giving user $MYSQL_USER access to schema $MYSQL_DATABASE"
			client --database=mysql <<< "GRANT ALL ON \`${MYSQL_DATABASE//_/\\_}\`.* TO '$MYSQL_USER'@'%';"
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
			*.sql) note "$0: running $file"; client ${MYSQL_DATABASE:+--database="$MYSQL_DATABASE"} < "$file"; echo ;;
			*.sql.bz2) note "$0: running $file"; bunzip2 -c "$file" | client ${MYSQL_DATABASE:+--database="$MYSQL_DATABASE"}; echo ;;
			*.sql.gz) note "$0: running $file"; gunzip -c "$file" | client ${MYSQL_DATABASE:+--database="$MYSQL_DATABASE"}; echo ;;
			*.sql.xz) note "$0: running $file"; xzcat "$file" | client ${MYSQL_DATABASE:+--database="$MYSQL_DATABASE"}; echo ;;
			*) warn "$0: ignoring $file" ;;
		esac
		echo
	done
}

main() {
	# Options alone are for the server.
	if [ "${1:0:1}" = '-' ]; then
		set -- mysqld "$@"
	fi
	if [ "$1" = mysqld ] && ! wants_help "$@"; then
		note "Entrypoint script for MySQL Server $MYSQL_VERSION started."
		if ! error="$("$@" --verbose --help 2>&1 > /dev/null)"; then
			fail "mysqld failed while attempting to check config
	command was: $* --verbose --help
	$error"
		fi
		DATADIR="$(SETTING=datadir setting "$@")"
		SOCKET="$(SETTING=socket setting "$@")"
		DATADIR="${DATADIR%/}"
		if [ "$(id -u)" = 0 ]; then
			mkdir -p "$DATADIR" "$(dirname "$SOCKET")"
			find "$DATADIR" \! -user mysql -exec chown mysql '{}' +
			chown mysql "$(dirname "$SOCKET")"
			note "Switching to dedicated user 'mysql'"
			exec gosu mysql "$0" "$@"
		fi
		from_file MYSQL_ROOT_HOST '%'
		from_file MYSQL_DATABASE
		from_file MYSQL_USER
		from_file MYSQL_PASSWORD
		from_file MYSQL_ROOT_PASSWORD
		ROOT_IS_SET=
		if [ ! -d "$DATADIR/mysql" ]; then
			check_password
			# scripts that cannot be read are found before anything is made
			ls /docker-entrypoint-initdb.d/ > /dev/null
			note 'Initializing database files'
			"$@" --initialize-insecure --default-time-zone=SYSTEM
			note 'Database files initialized'
			note 'Starting temporary server'
			start_temporary "$@"
			note 'Temporary server started.'
			set_up
			run_files /docker-entrypoint-initdb.d/*
			if [ -n "$MYSQL_ONETIME_PASSWORD" ]; then
				client --database=mysql <<< "ALTER USER 'root'@'%' PASSWORD EXPIRE;"
			fi
			note 'Stopping temporary server'
			stop_temporary
			note 'Temporary server stopped'
			echo
			note 'MySQL init process done. Ready for start up.'
			echo
		fi
	fi
	exec "$@"
}

main "$@"
