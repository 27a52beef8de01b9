import { type Table, textLiteral } from '../catalog.ts';
import { isText, typeText } from '../types.ts';
import type { Session } from './session.ts';

/** CREATE TABLE as SHOW CREATE TABLE prints it. */
export function createText(session: Session, table: Table, next: number | undefined): string {
  const { mariadb, server } = session;
  const widths = mariadb || server.flavor.number < 80019;
  const lines = table.columns.map((column) => {
    const parts = [`\`${column.name}\` ${typeText(column.type, widths)}`];
    if (
      isText(column.type) &&
      column.type.base !== 'json' &&
      column.collation !== undefined &&
      column.collation !== table.collation
    )
      parts.push(`CHARACTER SET ${column.collation.split('_')[0]} COLLATE ${column.collation}`);
    if (column.generated)
      parts.push(`GENERATED ALWAYS AS (${column.generated.text}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`);
    if (column.notNull) parts.push('NOT NULL');
    else if (column.type.base === 'timestamp') parts.push('NULL');
    if (column.default !== undefined) parts.push(`DEFAULT ${defaultWords(column, mariadb)}`);
    else if (!column.notNull && !column.generated && !/text|blob|json/.test(column.type.base))
      parts.push('DEFAULT NULL');
    else if (!column.notNull && mariadb && !column.generated) parts.push('DEFAULT NULL');
    if (column.onUpdate) parts.push(mariadb ? 'ON UPDATE current_timestamp()' : 'ON UPDATE CURRENT_TIMESTAMP');
    if (column.autoIncrement) parts.push('AUTO_INCREMENT');
    if (column.comment) parts.push(`COMMENT ${textLiteral(column.comment)}`);
    return parts.join(' ');
  });
  for (const index of table.indexes) {
    const parts = index.parts
      .map(
        ({ column, length, descending }) =>
          `\`${column}\`${length === undefined ? '' : `(${length})`}${descending ? ' DESC' : ''}`,
      )
      .join(',');
    const word = {
      PRIMARY: 'PRIMARY KEY',
      UNIQUE: 'UNIQUE KEY',
      INDEX: 'KEY',
      FULLTEXT: 'FULLTEXT KEY',
      SPATIAL: 'SPATIAL KEY',
    }[index.kind];
    lines.push(index.kind === 'PRIMARY' ? `${word} (${parts})` : `${word} \`${index.name}\` (${parts})`);
  }
  for (const key of table.foreignKeys) {
    const list = (columns: readonly string[]): string => columns.map((c) => `\`${c}\``).join(', ');
    const db = key.db === table.db ? '' : `\`${key.db}\`.`;
    lines.push(
      `CONSTRAINT \`${key.name}\` FOREIGN KEY (${list(key.columns)}) REFERENCES ${db}\`${key.table}\` (${list(key.refColumns)})${key.onDelete ? ` ON DELETE ${key.onDelete}` : ''}${key.onUpdate ? ` ON UPDATE ${key.onUpdate}` : ''}`,
    );
  }
  for (const check of table.checks)
    lines.push(`CONSTRAINT \`${check.name}\` CHECK (${mariadb ? check.text : `(${check.text})`})`);
  const shown = next !== undefined && next > 1 ? ` AUTO_INCREMENT=${next}` : '';
  const collate =
    mariadb ||
    (table.collation !== `${table.charset}_general_ci` &&
      !(table.charset === 'latin1' && table.collation === 'latin1_swedish_ci'))
      ? ` COLLATE=${table.collation}`
      : '';
  const comment = table.comment ? ` COMMENT=${textLiteral(table.comment)}` : '';
  return `CREATE ${table.temporary ? 'TEMPORARY ' : ''}TABLE \`${table.name}\` (\n  ${lines.join(',\n  ')}\n) ENGINE=${table.engine}${shown} DEFAULT CHARSET=${table.charset}${collate}${comment}`;
}

function defaultWords(column: Table['columns'][number], mariadb: boolean): string {
  const value = column.default!;
  if (!column.defaultIsExpression)
    return mariadb && /^-?\d+(\.\d+)?$/.test(value) && !isText(column.type) ? value : textLiteral(value);
  if (/^CURRENT_TIMESTAMP/.test(value))
    return mariadb ? value.replace('CURRENT_TIMESTAMP', 'current_timestamp').replace(/stamp$/, 'stamp()') : value;
  return mariadb ? value : `(${value})`;
}
