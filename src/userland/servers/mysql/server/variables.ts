import { textLiteral } from '../catalog.ts';
import type { Piece } from '../translate/functions.ts';
import { T } from '../types.ts';
import type { Flavor } from './flavor.ts';

/** System variables and their values, as a server that just began has them. */
export function defaultVariables(flavor: Flavor, settings: ReadonlyMap<string, string>): Map<string, string> {
  const { version, mariadb } = flavor;
  const vars: Record<string, string> = {
    auto_increment_increment: '1',
    auto_increment_offset: '1',
    autocommit: 'ON',
    back_log: '151',
    basedir: '/usr/',
    bind_address: '*',
    character_set_client: 'utf8mb4',
    character_set_connection: 'utf8mb4',
    character_set_database: flavor.charset,
    character_set_filesystem: 'binary',
    character_set_results: 'utf8mb4',
    character_set_server: flavor.charset,
    character_set_system: flavor.systemCharset,
    character_sets_dir: mariadb ? '/usr/share/mysql/charsets/' : '/usr/share/mysql-8.4/charsets/',
    collation_connection: flavor.collation,
    collation_database: flavor.collation,
    collation_server: flavor.collation,
    connect_timeout: '10',
    datadir: '/var/lib/mysql/',
    default_storage_engine: 'InnoDB',
    event_scheduler: mariadb ? 'OFF' : 'ON',
    explicit_defaults_for_timestamp: 'ON',
    foreign_key_checks: 'ON',
    general_log: 'OFF',
    group_concat_max_len: '1024',
    have_ssl: 'DISABLED',
    hostname: '',
    init_connect: '',
    innodb_buffer_pool_size: '134217728',
    innodb_file_per_table: 'ON',
    innodb_flush_log_at_trx_commit: '1',
    innodb_lock_wait_timeout: '50',
    interactive_timeout: '28800',
    lc_time_names: 'en_US',
    license: 'GPL',
    local_infile: mariadb ? 'ON' : 'OFF',
    lock_wait_timeout: '31536000',
    log_bin: mariadb ? 'OFF' : 'ON',
    log_error: 'stderr',
    long_query_time: '10.000000',
    lower_case_table_names: '0',
    max_allowed_packet: mariadb ? '16777216' : '67108864',
    max_connections: '151',
    max_execution_time: '0',
    net_buffer_length: '16384',
    net_read_timeout: '30',
    net_write_timeout: '60',
    pid_file: mariadb ? '/run/mysqld/mysqld.pid' : '/var/run/mysqld/mysqld.pid',
    performance_schema: mariadb ? 'OFF' : 'ON',
    port: '3306',
    protocol_version: '10',
    query_cache_size: mariadb ? '1048576' : '0',
    query_cache_type: 'OFF',
    read_only: 'OFF',
    secure_file_priv: mariadb ? '' : 'NULL',
    server_id: '1',
    skip_name_resolve: 'OFF',
    slow_query_log: 'OFF',
    socket: flavor.socket,
    sql_auto_is_null: 'OFF',
    sql_log_bin: 'ON',
    sql_mode: flavor.sqlMode,
    sql_notes: 'ON',
    sql_safe_updates: 'OFF',
    storage_engine: 'InnoDB',
    system_time_zone: 'UTC',
    table_open_cache: '4000',
    thread_cache_size: '9',
    time_zone: 'SYSTEM',
    tls_version: '',
    tmpdir: '/tmp',
    transaction_isolation: 'REPEATABLE-READ',
    transaction_read_only: 'OFF',
    tx_isolation: 'REPEATABLE-READ',
    unique_checks: 'ON',
    version,
    version_comment: flavor.comment,
    version_compile_machine: 'x86_64',
    version_compile_os: 'Linux',
    wait_timeout: '28800',
  };
  if (!mariadb)
    Object.assign(vars, {
      caching_sha2_password_auto_generate_rsa_keys: 'ON',
      default_authentication_plugin: flavor.plugin,
      mysqlx_port: '33060',
      mysqlx_socket: '/var/run/mysqld/mysqlx.sock',
    });
  const map = new Map(Object.entries(vars));
  for (const [name, value] of settings) if (map.has(name)) map.set(name, value);
  return map;
}

/** Variables that only the server's start sets. */
export const READ_ONLY = new Set([
  'basedir',
  'bind_address',
  'datadir',
  'hostname',
  'license',
  'log_bin',
  'log_error',
  'lower_case_table_names',
  'performance_schema',
  'pid_file',
  'port',
  'protocol_version',
  'secure_file_priv',
  'skip_name_resolve',
  'socket',
  'system_time_zone',
  'version',
  'version_comment',
  'version_compile_machine',
  'version_compile_os',
  'tls_version',
]);
/** Variables that a session has no value of. */
export const GLOBAL_ONLY = new Set([
  'max_connections',
  'event_scheduler',
  'general_log',
  'slow_query_log',
  'read_only',
  'connect_timeout',
  'innodb_buffer_pool_size',
  'innodb_flush_log_at_trx_commit',
  'local_infile',
  'server_id',
  'thread_cache_size',
  'init_connect',
  'max_allowed_packet',
]);

/** A variable's value in an expression: a switch is 1 or 0. */
export function variablePiece(value: string): Piece {
  if (value === 'ON' || value === 'OFF') return { sql: value === 'ON' ? '1' : '0', type: T.bigint };
  if (/^-?\d{1,18}$/.test(value)) return { sql: value, type: T.bigint };
  if (/^-?\d+\.\d+$/.test(value))
    return { sql: value, type: { base: 'decimal', length: 20, scale: value.split('.')[1]!.length } };
  if (value === 'NULL') return { sql: 'NULL', type: T.text };
  return { sql: textLiteral(value), type: { base: 'varchar', length: value.length } };
}
