import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { WaitResult } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readFile, spawn, type Wait, waitpid, writeAll } from '../../libc/io.ts';
import { PackEnded } from '../../libc/pack.ts';
import type { Context } from '../../libc/program.ts';
import { Bindings } from '../sh/editor/bound.ts';
import { Editor } from '../sh/editor/editor.ts';
import { History } from '../sh/editor/history.ts';
import { readCsv } from './csv.ts';
import { SqliteDatabase, SqliteFailure } from './database.ts';
import { dumpText } from './dump.ts';
import { MODES, type Mode, type Style, shown } from './modes.ts';
import { pointer } from './pointer.ts';
import { cutStatements } from './statements.ts';

const named = (name: string): string => `'${name.replace(/'/g, "''")}'`;
const quoted = (name: string): string => `"${name.replace(/"/g, '""')}"`;

/** The program sqlite3: statements and commands that begin with a point. */
export class SqliteShell {
  readonly #ctx: Context;
  #database: SqliteDatabase;
  #file: string;
  readonly style: Style = {
    mode: 'list',
    headers: false,
    nullValue: '',
    separator: '|',
    rowSeparator: '\n',
    widths: [],
    table: '"table"',
  };
  #echo = false;
  #bail = false;
  #out = 1;
  #once = false;
  #pending = '';
  #line = 0;
  #begun = 0;
  #ended: number | undefined;
  failed = false;

  constructor(ctx: Context, database: SqliteDatabase, file: string) {
    this.#ctx = ctx;
    this.#database = database;
    this.#file = file;
  }

  setMode(mode: Mode): void {
    const { style } = this;
    style.mode = mode;
    if (mode === 'csv') [style.separator, style.rowSeparator] = [',', '\r\n'];
    if (mode === 'quote') style.separator = ',';
    if (mode === 'tabs') style.separator = '\t';
    if (mode === 'list') [style.separator, style.rowSeparator] = ['|', '\n'];
    if (mode === 'ascii') [style.separator, style.rowSeparator] = ['\x1f', '\x1e'];
    if (mode === 'column' && !this.#headersSet) style.headers = true;
  }

  #headersSet = false;

  setHeaders(on: boolean): void {
    this.style.headers = on;
    this.#headersSet = true;
  }

  *#say(text: string): Wait<void> {
    if (this.#out === 1) yield* this.#ctx.stdout.write(text);
    else yield* writeAll(this.#ctx.sys, this.#out, text);
  }

  *#complain(text: string): Wait<void> {
    yield* this.#ctx.stdout.flush();
    yield* this.#ctx.stderr.write(text);
    this.failed = true;
  }

  /** Statements and commands of the command line. @returns the exit status */
  *commands(words: readonly string[]): Wait<number> {
    for (const word of words) {
      if (word.startsWith('.')) {
        yield* this.#command(word);
        if (this.#ended !== undefined) return this.#ended;
        continue;
      }
      for (const { text } of cutStatements(word).complete) {
        const code = yield* this.#run(text, 'argument');
        if (code !== 0) return code;
      }
      const { rest } = cutStatements(word);
      if (rest.trim() !== '') {
        const code = yield* this.#run(rest, 'argument');
        if (code !== 0) return code;
      }
    }
    return 0;
  }

  /** Reads lines to the end. @returns the exit status */
  *read(): Wait<number> {
    const { sys, stdin } = this.#ctx;
    if (sys.isatty(0)) return yield* this.#interactive();
    for (;;) {
      const line = yield* stdin.line();
      if (line === undefined) break;
      yield* this.#take(line, 'input');
      if (this.#ended !== undefined) return this.#ended;
      if (this.#bail && this.failed) return 1;
    }
    if (this.#pending.trim() !== '') yield* this.#run(this.#pending, 'input');
    return this.failed ? 1 : 0;
  }

  *#interactive(): Wait<number> {
    const { sys, stdout } = this.#ctx;
    const version = (yield* this.#database.run('SELECT sqlite_version()')).rows[0]![0];
    yield* stdout.write(`SQLite version ${String(version)} 2025-11-04 00:00:00\nEnter ".help" for usage hints.\n`);
    if (this.#database.inMemory)
      yield* stdout.write(
        'Connected to a transient in-memory database.\nUse ".open FILENAME" to reopen on a persistent database.\n',
      );
    const history = new History();
    const editor = new Editor(sys, 0, 1, {
      *complete() {
        return undefined;
      },
      *signal() {
        return false;
      },
      history,
      mode: () => 'emacs',
      bracketedPaste: false,
      words: (line) => line.split(/\s+/),
      bindings: new Bindings(),
      *execute(_command, line, point) {
        return { line, point };
      },
    });
    for (;;) {
      yield* stdout.flush();
      const entered = yield* editor.read(this.#pending === '' ? 'sqlite> ' : '   ...> ');
      if (entered.kind === 'interrupt') {
        this.#pending = '';
        continue;
      }
      if (entered.kind !== 'line') {
        yield* stdout.write('\n');
        return 0;
      }
      if (entered.text.trim() !== '') history.add(entered.text);
      yield* this.#take(entered.text, 'terminal');
      if (this.#ended !== undefined) return this.#ended;
    }
  }

  /** One line of input. */
  *#take(line: string, from: 'input' | 'terminal'): Wait<void> {
    this.#line++;
    if (this.#pending === '' && line.startsWith('.')) {
      if (this.#echo) yield* this.#say(`${line}\n`);
      yield* this.#command(line);
      return;
    }
    if (this.#pending === '') this.#begun = this.#line;
    this.#pending += `${line}\n`;
    const { complete, rest } = cutStatements(this.#pending);
    this.#pending = rest.trim() === '' ? '' : rest;
    for (const { text } of complete) {
      if (this.#echo) yield* this.#say(`${text}\n`);
      yield* this.#run(text, from);
    }
  }

  /** Runs a statement. @returns the code of SQLite's error, 0 where there is none */
  *#run(sql: string, from: 'argument' | 'input' | 'terminal'): Wait<number> {
    try {
      const result = yield* this.#database.run(sql);
      if (result.columns.length > 0) for (const part of shown(result, this.style)) yield* this.#say(part);
      yield* this.#endOnce();
      return 0;
    } catch (error) {
      if (error instanceof PackEnded) {
        yield* this.#complain(`Error: ${error.message}\n`);
        return 1;
      }
      if (!(error instanceof SqliteFailure)) throw error;
      yield* this.#complain(this.#problem(error, sql.trim(), from));
      return error.code;
    }
  }

  #problem({ code, message }: SqliteFailure, sql: string, from: 'argument' | 'input' | 'terminal'): string {
    const parsing =
      code === 1 &&
      /syntax error|no such|incomplete input|unrecognized|ambiguous|already exists|misuse|wrong number|has no column|values for/.test(
        message,
      );
    const place = from === 'input' ? ` near line ${this.#begun}` : '';
    const head =
      from === 'argument'
        ? parsing
          ? `Error: in prepare, ${message}`
          : `Error: stepping, ${message}`
        : parsing
          ? `Parse error${place}: ${message}`
          : `Runtime error${place}: ${message}`;
    const tail = code === 1 ? '' : ` (${code})`;
    return `${head}${tail}\n${parsing ? pointer(sql, message) : ''}`;
  }

  *#endOnce(): Wait<void> {
    if (!this.#once) return;
    this.#once = false;
    yield* this.#output('');
  }

  *#output(path: string): Wait<void> {
    yield* this.#ctx.stdout.flush();
    if (this.#out !== 1) this.#ctx.sys.close(this.#out);
    this.#out = 1;
    if (path === '' || path === 'stdout') return;
    const fd = yield* open(this.#ctx.sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    if (fd < 0) yield* this.#complain(`Error: cannot open "${path}"\n`);
    else this.#out = fd;
  }

  *#command(line: string): Wait<void> {
    const [name = '', ...args] = splitWords(line.slice(1).trim());
    const [first = '', second] = args;
    const on = first === 'on' || first === 'yes' || first === '1';
    switch (
      COMMANDS.find((command) => command === name) ??
      COMMANDS.find((command) => name.length >= 2 && command.startsWith(name))
    ) {
      case 'quit':
      case 'exit':
        this.#ended = Number(first === '' ? 0 : first);
        return;
      case 'help':
        yield* this.#say(`${COMMANDS.map((command) => `.${command}`).join('\n')}\n`);
        return;
      case 'headers':
        this.setHeaders(on);
        return;
      case 'mode':
        if (!MODES.includes(first as Mode)) {
          if (first === '') yield* this.#say(`current output mode: ${this.style.mode}\n`);
          else
            yield* this.#complain(
              'Error: mode should be one of: ascii box column csv html insert json line list markdown qbox quote table tabs tcl\n',
            );
          return;
        }
        this.setMode(first as Mode);
        if (first === 'insert') this.style.table = second ?? '"table"';
        return;
      case 'separator':
        this.style.separator = escapes(first);
        if (second !== undefined) this.style.rowSeparator = escapes(second);
        return;
      case 'nullvalue':
        this.style.nullValue = first;
        return;
      case 'width':
        this.style.widths = args.map(Number);
        return;
      case 'echo':
        this.#echo = on;
        return;
      case 'bail':
        this.#bail = on;
        return;
      case 'print':
        yield* this.#say(`${args.join(' ')}\n`);
        return;
      case 'output':
        yield* this.#output(first);
        return;
      case 'once':
        yield* this.#output(first);
        this.#once = true;
        return;
      case 'tables':
        yield* this.#tables(first);
        return;
      case 'indexes':
        yield* this.#names(
          (yield* this.#database.run(
            `SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_%'${first === '' ? '' : ` AND tbl_name LIKE ${named(first)}`} ORDER BY 1`,
          )).rows.map(([n]) => String(n)),
        );
        return;
      case 'schema':
        yield* this.#schema(first);
        return;
      case 'databases':
        yield* this.#say(`main: ${this.#database.inMemory ? '""' : yield* this.#path()} r/w\n`);
        return;
      case 'dump':
        for (const part of yield* dumpText(this.#database, first)) yield* this.#say(part);
        return;
      case 'read':
        yield* this.#script(first);
        return;
      case 'import':
        yield* this.#import(args);
        return;
      case 'open':
        yield* this.#open(first);
        return;
      case 'shell':
      case 'system':
        yield* this.#system(line.replace(/^\.\S+\s*/, ''));
        return;
      case 'show':
        yield* this.#show();
        return;
      case 'timer':
      case 'changes':
      case 'timeout':
        return;
      default:
        yield* this.#complain(`Error: unknown command or invalid arguments:  "${name}". Enter ".help" for help\n`);
    }
  }

  *#path(): Wait<string> {
    if (this.#file.startsWith('/')) return this.#file;
    const cwd = this.#ctx.sys.getcwd();
    return `${typeof cwd === 'string' ? cwd : ''}/${this.#file}`;
  }

  *#tables(pattern: string): Wait<void> {
    const like = pattern === '' ? '' : ` AND name LIKE ${named(pattern)}`;
    const { rows } = yield* this.#database.run(
      `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'${like} ORDER BY 1`,
    );
    yield* this.#names(rows.map(([name]) => String(name)));
  }

  /** Names in columns of a screen of 80. */
  *#names(names: readonly string[]): Wait<void> {
    const width = Math.max(0, ...names.map((name) => name.length));
    const across = Math.max(1, Math.floor(80 / (width + 2)));
    const lines = Math.ceil(names.length / across);
    for (let i = 0; i < lines; i++) {
      const line: string[] = [];
      for (let j = i; j < names.length; j += lines) line.push(names[j]!.padEnd(width));
      yield* this.#say(`${line.join('  ').trimEnd()}\n`);
    }
  }

  *#schema(pattern: string): Wait<void> {
    const like = pattern === '' ? '' : ` AND tbl_name LIKE ${named(pattern)}`;
    const { rows } = yield* this.#database.run(
      `SELECT sql, type, name FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'${like} ORDER BY rowid`,
    );
    for (const [sql, type, name] of rows) {
      if (type !== 'view') {
        yield* this.#say(`${String(sql)};\n`);
        continue;
      }
      const { rows: columns } = yield* this.#database.run(`SELECT name FROM pragma_table_info(${named(String(name))})`);
      yield* this.#say(`${String(sql)}\n/* ${String(name)}(${columns.map(([c]) => String(c)).join(',')}) */;\n`);
    }
  }

  *#script(path: string): Wait<void> {
    const bytes = yield* readFile(this.#ctx.sys, path);
    if (typeof bytes === 'number') {
      yield* this.#complain(`Error: cannot open "${path}"\n`);
      return;
    }
    const line = this.#line;
    this.#line = 0;
    for (const each of decode(bytes).split('\n')) {
      yield* this.#take(each, 'input');
      if (this.#ended !== undefined) return;
    }
    this.#line = line;
  }

  /** .import FILE TABLE: a new table has the first line's names. */
  *#import(args: readonly string[]): Wait<void> {
    const flags = args.filter((arg) => arg.startsWith('-'));
    const skip = args.indexOf('--skip') >= 0 ? Number(args[args.indexOf('--skip') + 1]) : 0;
    const [file = '', table = ''] = args.filter((arg, i) => !arg.startsWith('-') && args[i - 1] !== '--skip');
    const bytes = yield* readFile(this.#ctx.sys, file);
    if (typeof bytes === 'number') {
      yield* this.#complain(`Error: cannot open "${file}"\n`);
      return;
    }
    const separator = flags.includes('--csv') || flags.includes('-csv') ? ',' : this.style.separator;
    let lines = readCsv(decode(bytes), separator).slice(skip);
    const there =
      (yield* this.#database.run(`SELECT 1 FROM sqlite_schema WHERE name = ${named(table)}`)).rows.length > 0;
    if (!there) {
      yield* this.#database.run(
        `CREATE TABLE ${quoted(table)} (${lines[0]!.map((name) => `${quoted(name)} ANY`).join(', ')})`,
      );
      lines = lines.slice(1);
    }
    yield* this.#database.run('BEGIN');
    for (const line of lines)
      yield* this.#run(`INSERT INTO ${quoted(table)} VALUES (${line.map(named).join(', ')})`, 'input');
    yield* this.#database.run('COMMIT');
  }

  *#open(path: string): Wait<void> {
    const opened = yield* SqliteDatabase.open(this.#ctx.sys, path);
    if (typeof opened === 'number') {
      yield* this.#complain(`Error: unable to open database "${path}": unable to open database file\n`);
      return;
    }
    this.#database.close();
    this.#database = opened;
    this.#file = path;
  }

  *#system(command: string): Wait<void> {
    yield* this.#ctx.stdout.flush();
    const { sys } = this.#ctx;
    const pid = yield* spawn(sys, '/bin/sh', ['sh', '-c', command], sys.envp);
    if (pid > 0) yield* waitpid(sys, pid, 0, new WaitResult());
  }

  *#show(): Wait<void> {
    const { style } = this;
    const text = (value: string): string => JSON.stringify(value);
    const rows: [string, string][] = [
      ['echo', this.#echo ? 'on' : 'off'],
      ['eqp', 'off'],
      ['explain', 'auto'],
      ['headers', style.headers ? 'on' : 'off'],
      ['mode', style.mode],
      ['nullvalue', text(style.nullValue)],
      ['output', 'stdout'],
      ['colseparator', text(style.separator)],
      ['rowseparator', text(style.rowSeparator)],
      ['stats', 'off'],
      ['width', style.widths.map((width) => `${width} `).join('')],
      ['filename', this.#file],
    ];
    yield* this.#say(rows.map(([name, value]) => `${name.padStart(12)}: ${value}\n`).join(''));
  }
}

/** Commands, by their names. */
const COMMANDS = [
  'bail',
  'changes',
  'databases',
  'dump',
  'echo',
  'exit',
  'headers',
  'help',
  'import',
  'indexes',
  'mode',
  'nullvalue',
  'once',
  'open',
  'output',
  'print',
  'quit',
  'read',
  'schema',
  'separator',
  'shell',
  'show',
  'system',
  'tables',
  'timeout',
  'timer',
  'width',
];

const escapes = (text: string): string =>
  text.replace(/\\([ntr\\])/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r', '\\': '\\' })[c]!);

/** Words of a command, with quotes. */
function splitWords(line: string): string[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g), ([, double, single, bare]) =>
    double === undefined ? (single ?? bare!) : escapes(double),
  );
}
