/** Options that are no variables. */
export const FLAGS = `initialize initialize-insecure skip-networking skip-grant-tables daemonize verbose help version
skip-name-resolve skip-host-cache console no-defaults skip-ssl symbolic-links
skip-character-set-client-handshake skip-log-bin skip-slave-start expire-logs-auto-purge validate-config ssl
innodb-use-native-aio`.split(/\s+/);
/** Those of them that have a value. */
export const VALUED = `user defaults-file defaults-extra-file defaults-group-suffix init-file default-time-zone
default-authentication-plugin authentication-policy mysql-native-password mysqlx
log-bin-trust-function-creators expire-logs-days binlog-format innodb-log-file-size key-buffer-size
myisam-recover-options bootstrap plugin-load-add log-error-verbosity character-set-client-handshake
max-connect-errors query-cache-limit innodb-buffer-pool-instances innodb-log-buffer-size innodb-flush-method
tmp-table-size max-heap-table-size sort-buffer-size join-buffer-size read-buffer-size read-rnd-buffer-size
thread-stack gtid-mode enforce-gtid-consistency binlog-expire-logs-seconds general-log-file
slow-query-log-file ssl-ca ssl-cert ssl-key pid-file auth-root-authentication-method cross-bootstrap
skip-test-db rpm old-mode host-cache-size`.split(/\s+/);
