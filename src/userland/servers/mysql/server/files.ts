import { decode } from '../../../../lib/utf8.ts';
import type { Wait } from '../../../../libc/io.ts';
import { readFile, writeFile } from '../../../../libc/io.ts';
import { MysqlError } from '../errors.ts';
import type { Expr, FileFormat, Statement } from '../sql/ast.ts';
import { insertRows } from './insert.ts';
import { type Cell, ok, type Result } from './result.ts';
import type { Session } from './session.ts';

type Load = Extract<Statement, { k: 'load-data' }>;

/** Lines of a file, cut into fields; undefined: NULL. */
function readFields(text: string, format: FileFormat): (string | undefined)[][] {
  const { fields, enclosed, escaped, starting, lines } = format;
  const rows: (string | undefined)[][] = [];
  let at = 0;
  while (at < text.length) {
    if (starting !== '') {
      const found = text.indexOf(starting, at);
      if (found < 0) break;
      at = found + starting.length;
    }
    const row: (string | undefined)[] = [];
    for (;;) {
      let value = '';
      let bare = true;
      const quoted = enclosed !== '' && text.startsWith(enclosed, at);
      if (quoted) at += enclosed.length;
      while (at < text.length) {
        if (escaped !== '' && text.startsWith(escaped, at)) {
          const next = text[at + escaped.length] ?? '';
          if (next === 'N' && value === '' && !quoted) bare = false;
          value +=
            next === 'n'
              ? '\n'
              : next === 't'
                ? '\t'
                : next === 'r'
                  ? '\r'
                  : next === '0'
                    ? '\0'
                    : next === 'N' && !bare
                      ? ''
                      : next;
          at += escaped.length + 1;
        } else if (quoted && text.startsWith(enclosed, at)) {
          at += enclosed.length;
          if (!text.startsWith(enclosed, at)) break;
          value += enclosed;
          at += enclosed.length;
        } else if (!quoted && (text.startsWith(fields, at) || text.startsWith(lines, at))) break;
        else value += text[at++];
      }
      row.push(bare ? value : undefined);
      if (text.startsWith(fields, at) && fields !== '') {
        at += fields.length;
        continue;
      }
      const end = text.indexOf(lines, at);
      at = end < 0 ? text.length : end + lines.length;
      break;
    }
    rows.push(row);
  }
  return rows;
}

const literal = (value: string | undefined): Expr =>
  value === undefined ? { k: 'literal', type: 'null', text: 'NULL' } : { k: 'literal', type: 'text', text: value };

function* load(session: Session, s: Load, content: Uint8Array): Wait<Result> {
  const table = session.table(s.table.db, s.table.name);
  const names = s.columns ?? table.columns.filter(({ generated }) => !generated).map(({ name }) => name);
  const columns = names.filter((name) => typeof name === 'string');
  const lines = readFields(decode(content), s.format).slice(s.ignoreLines);
  if (lines.length === 0) return ok(0, 0, 'Records: 0  Deleted: 0  Skipped: 0  Warnings: 0');
  const set = s.sets.map(([target]) => (target.k === 'column' ? target.name : ''));
  const rows = lines.map((line) => [
    ...names.flatMap((name, i) =>
      typeof name === 'string' ? [literal(line[i] ?? (i < line.length ? undefined : ''))] : [],
    ),
    ...s.sets.map(([, e]) =>
      substitute(
        e,
        new Map(names.flatMap((name, i) => (typeof name === 'string' ? [] : [[name.variable, line[i]] as const]))),
      ),
    ),
  ]);
  const result = yield* insertRows(session, {
    k: 'insert',
    table: s.table,
    replace: s.replace,
    ignore: s.ignore || s.local,
    columns: [...columns, ...set],
    rows,
  });
  const affected = result.k === 'ok' ? result.affected : 0;
  return ok(
    affected,
    0,
    `Records: ${lines.length}  Deleted: 0  Skipped: ${lines.length - affected}  Warnings: ${session.warnings.length}`,
  );
}

/** The fields of a line in place of the variables that hold them. */
function substitute(e: Expr, values: ReadonlyMap<string, string | undefined>): Expr {
  if (e.k === 'user' && values.has(e.name)) return literal(values.get(e.name));
  if (e.k === 'call') return { ...e, args: e.args.map((arg) => substitute(arg, values)) };
  if (e.k === 'binary') return { ...e, left: substitute(e.left, values), right: substitute(e.right, values) };
  return e;
}

/** LOAD DATA: of the server's files where it may, or of the client. */
export function* loadData(session: Session, s: Load): Wait<Result> {
  if (s.local) {
    if (session.server.globals.get('local_infile') === 'OFF')
      throw new MysqlError(
        'ER_UNKNOWN_ERROR',
        'Loading local data is disabled; this must be enabled on both the client and server sides',
      );
    return { k: 'local-infile', file: s.file, load: (content) => load(session, s, content) };
  }
  checkPath(session, s.file);
  const path = s.file.startsWith('/') ? s.file : `${session.server.datadir}/${s.file}`;
  const content = yield* readFile(session.sys, path);
  if (typeof content === 'number')
    throw new MysqlError(
      'ER_FILE_NOT_FOUND',
      `Can't find file '${path}' (errno: ${-content} - No such file or directory)`,
    );
  return yield* load(session, s, content);
}

function checkPath(session: Session, path: string): void {
  const allowed = session.server.globals.get('secure_file_priv') ?? '';
  if (allowed === 'NULL' || (allowed !== '' && !path.startsWith(allowed)))
    throw new MysqlError(
      'ER_OPTION_PREVENTS_STATEMENT',
      'The MySQL server is running with the --secure-file-priv option so it cannot execute this statement',
    );
}

const shown = (cell: Cell, { enclosed, escaped, fields, lines }: FileFormat): string => {
  if (cell === undefined) return escaped === '' ? 'NULL' : `${escaped}N`;
  const text = typeof cell === 'string' ? cell : decode(cell);
  const marked = new Set([escaped, enclosed === '' ? fields[0] : enclosed, lines[0]]);
  const body =
    escaped === '' ? text : Array.from(text, (c) => (marked.has(c) ? escaped + (c === '\n' ? 'n' : c) : c)).join('');
  return `${enclosed}${body}${enclosed}`;
};

/** SELECT … INTO OUTFILE. */
export function* writeOutfile(
  session: Session,
  rows: readonly Cell[][],
  file: string,
  format: FileFormat,
): Wait<Result> {
  checkPath(session, file);
  const path = file.startsWith('/') ? file : `${session.server.datadir}/${file}`;
  const text = rows
    .map((row) => format.starting + row.map((cell) => shown(cell, format)).join(format.fields) + format.lines)
    .join('');
  const r = yield* writeFile(session.sys, path, text, 0o640);
  if (r < 0) throw new MysqlError('ER_FILE_NOT_FOUND', `Can't create/write to file '${path}' (Errcode: ${-r})`);
  return ok(rows.length);
}
