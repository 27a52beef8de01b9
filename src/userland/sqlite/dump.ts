import type { Wait } from '../../libc/io.ts';
import type { SqliteDatabase } from './database.ts';
import { sqlText } from './modes.ts';

const quoted = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replace(/"/g, '""')}"`);

/** .dump: the database as SQL. @param pattern tables whose names it fits; '' all */
export function* dumpText(database: SqliteDatabase, pattern: string): Wait<string[]> {
  const out = ['PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n'];
  const like = pattern === '' ? '' : ` AND tbl_name LIKE '${pattern.replace(/'/g, "''")}'`;
  const { rows } = yield* database.run(
    `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'${like} ORDER BY rowid`,
  );
  for (const [type, name, sql] of rows) {
    if (type !== 'table') continue;
    out.push(`${String(sql)};\n`);
    const { rows: values } = yield* database.run(`SELECT * FROM "${String(name).replace(/"/g, '""')}"`);
    for (const row of values) out.push(`INSERT INTO ${quoted(String(name))} VALUES(${row.map(sqlText).join(',')});\n`);
  }
  const counted = yield* database.run("SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  if (counted.rows.length > 0) {
    out.push('DELETE FROM sqlite_sequence;\n');
    for (const row of (yield* database.run('SELECT * FROM sqlite_sequence')).rows)
      out.push(`INSERT INTO sqlite_sequence VALUES(${row.map(sqlText).join(',')});\n`);
  }
  for (const [type, , sql] of rows) if (type !== 'table') out.push(`${String(sql)};\n`);
  out.push('COMMIT;\n');
  return out;
}
