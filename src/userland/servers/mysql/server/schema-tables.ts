import { STATIC } from './users.ts';

/** Engines that the server knows, as SHOW ENGINES lists them. */
export const ENGINES: readonly (readonly string[])[] = [
  ['InnoDB', 'DEFAULT', 'Supports transactions, row-level locking, and foreign keys', 'YES', 'YES', 'YES'],
  ['MEMORY', 'YES', 'Hash based, stored in memory, useful for temporary tables', 'NO', 'NO', 'NO'],
  ['MyISAM', 'YES', 'MyISAM storage engine', 'NO', 'NO', 'NO'],
  ['CSV', 'YES', 'CSV storage engine', 'NO', 'NO', 'NO'],
  ['ARCHIVE', 'YES', 'Archive storage engine', 'NO', 'NO', 'NO'],
];

/** Character sets: name, description, collation, bytes a character. */
export const CHARSETS: readonly (readonly [string, string, string, string])[] = [
  ['ascii', 'US ASCII', 'ascii_general_ci', '1'],
  ['binary', 'Binary pseudo charset', 'binary', '1'],
  ['gbk', 'GBK Simplified Chinese', 'gbk_chinese_ci', '2'],
  ['latin1', 'cp1252 West European', 'latin1_swedish_ci', '1'],
  ['utf8mb3', 'UTF-8 Unicode', 'utf8mb3_general_ci', '3'],
  ['utf8mb4', 'UTF-8 Unicode', 'utf8mb4_0900_ai_ci', '4'],
];

/** Collations: name, character set, number. */
export const COLLATIONS: readonly (readonly [string, string, string])[] = [
  ['ascii_general_ci', 'ascii', '11'],
  ['binary', 'binary', '63'],
  ['gbk_chinese_ci', 'gbk', '28'],
  ['latin1_swedish_ci', 'latin1', '8'],
  ['latin1_general_ci', 'latin1', '48'],
  ['latin1_bin', 'latin1', '47'],
  ['utf8mb3_general_ci', 'utf8mb3', '33'],
  ['utf8mb3_unicode_ci', 'utf8mb3', '192'],
  ['utf8mb3_bin', 'utf8mb3', '83'],
  ['utf8mb4_0900_ai_ci', 'utf8mb4', '255'],
  ['utf8mb4_bin', 'utf8mb4', '46'],
  ['utf8mb4_general_ci', 'utf8mb4', '45'],
  ['utf8mb4_unicode_ci', 'utf8mb4', '224'],
  ['utf8mb4_unicode_520_ci', 'utf8mb4', '246'],
  ['utf8mb4_uca1400_ai_ci', 'utf8mb4', '2304'],
];

/** Columns of the tables that are made on demand: text, unless a `:` and a type follow. */
export const SCHEMA_TABLES: Readonly<Record<string, string>> = {
  'information_schema.SCHEMATA': 'CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH',
  'information_schema.TABLES':
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE VERSION:int ROW_FORMAT TABLE_ROWS:bigint AVG_ROW_LENGTH:bigint DATA_LENGTH:bigint MAX_DATA_LENGTH:bigint INDEX_LENGTH:bigint DATA_FREE:bigint AUTO_INCREMENT:bigint CREATE_TIME:datetime UPDATE_TIME:datetime CHECK_TIME:datetime TABLE_COLLATION CHECKSUM:bigint CREATE_OPTIONS TABLE_COMMENT',
  'information_schema.COLUMNS':
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION:int COLUMN_DEFAULT IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH:bigint CHARACTER_OCTET_LENGTH:bigint NUMERIC_PRECISION:bigint NUMERIC_SCALE:bigint DATETIME_PRECISION:int CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT GENERATION_EXPRESSION',
  'information_schema.STATISTICS':
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME NON_UNIQUE:int INDEX_SCHEMA INDEX_NAME SEQ_IN_INDEX:int COLUMN_NAME COLLATION CARDINALITY:bigint SUB_PART:int PACKED NULLABLE INDEX_TYPE COMMENT INDEX_COMMENT IS_VISIBLE EXPRESSION',
  'information_schema.KEY_COLUMN_USAGE':
    'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION:int POSITION_IN_UNIQUE_CONSTRAINT:int REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME',
  'information_schema.TABLE_CONSTRAINTS':
    'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE ENFORCED',
  'information_schema.REFERENTIAL_CONSTRAINTS':
    'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_CATALOG UNIQUE_CONSTRAINT_SCHEMA UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME',
  'information_schema.CHECK_CONSTRAINTS': 'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME CHECK_CLAUSE',
  'information_schema.VIEWS':
    'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE DEFINER SECURITY_TYPE CHARACTER_SET_CLIENT COLLATION_CONNECTION',
  'information_schema.ENGINES': 'ENGINE SUPPORT COMMENT TRANSACTIONS XA SAVEPOINTS',
  'information_schema.CHARACTER_SETS': 'CHARACTER_SET_NAME DEFAULT_COLLATE_NAME DESCRIPTION MAXLEN:bigint',
  'information_schema.COLLATIONS':
    'COLLATION_NAME CHARACTER_SET_NAME ID:bigint IS_DEFAULT IS_COMPILED SORTLEN:bigint PAD_ATTRIBUTE',
  'information_schema.PROCESSLIST': 'ID:bigint USER HOST DB COMMAND TIME:int STATE INFO',
  'information_schema.USER_PRIVILEGES': 'GRANTEE TABLE_CATALOG PRIVILEGE_TYPE IS_GRANTABLE',
  'information_schema.SCHEMA_PRIVILEGES': 'GRANTEE TABLE_CATALOG TABLE_SCHEMA PRIVILEGE_TYPE IS_GRANTABLE',
  'information_schema.ROUTINES':
    'SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE DATA_TYPE ROUTINE_DEFINITION',
  'information_schema.TRIGGERS':
    'TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE ACTION_STATEMENT ACTION_TIMING',
  'information_schema.EVENTS': 'EVENT_CATALOG EVENT_SCHEMA EVENT_NAME STATUS',
  'information_schema.PARTITIONS': 'TABLE_SCHEMA TABLE_NAME PARTITION_NAME TABLE_ROWS:bigint',
  'information_schema.FILES': 'FILE_ID:bigint FILE_NAME FILE_TYPE TABLESPACE_NAME LOGFILE_GROUP_NAME ENGINE EXTRA',
  'information_schema.PLUGINS': 'PLUGIN_NAME PLUGIN_VERSION PLUGIN_STATUS PLUGIN_TYPE',
  'information_schema.GLOBAL_VARIABLES': 'VARIABLE_NAME VARIABLE_VALUE',
  'information_schema.SESSION_VARIABLES': 'VARIABLE_NAME VARIABLE_VALUE',
  'mysql.user': `Host User ${STATIC.slice(0, 19)
    .map(
      (p) =>
        `${p.toLowerCase().replace(/(^|\s)(\w)/g, (_, s: string, c: string) => `${s ? '_' : ''}${s ? c : c.toUpperCase()}`)}_priv`,
    )
    .join(' ')} plugin authentication_string password_expired account_locked`,
  'mysql.db': 'Host Db User Select_priv Insert_priv Update_priv Delete_priv Create_priv Drop_priv',
};
