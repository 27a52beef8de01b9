import { CLOCK_MONOTONIC, O_APPEND, O_CREAT, O_WRONLY } from '../../../../abi/flags.ts';
import { SA_RESTART, SIGINT } from '../../../../abi/signal.ts';
import { WaitResult } from '../../../../abi/wait.ts';
import { decode } from '../../../../lib/utf8.ts';
import { open, readFile, spawn, type Wait, waitpid, writeAll } from '../../../../libc/io.ts';
import type { Context } from '../../../../libc/program.ts';
import { Bindings } from '../../../sh/editor/bound.ts';
import { Editor } from '../../../sh/editor/editor.ts';
import { History } from '../../../sh/editor/history.ts';
import type { OptionMap } from '../daemon/options.ts';
import { type Answer, ClientError, MysqlConnection, type Target } from './connection.ts';
import { HELP_COMMANDS } from './monitor-texts.ts';
import { type Piece, Splitter } from './splitter.ts';
import { statusText } from './status-text.ts';
import { batchText, htmlText, tableText, verticalText, xmlText } from './table-text.ts';

/** How results are shown, and what is done beside. */
interface Style {
  /** Tables, tabs, a value a line, HTML, XML. */
  shape: 'table' | 'batch' | 'vertical' | 'html' | 'xml';
  names: boolean;
  raw: boolean;
  /** Times and counts are said. */
  talks: boolean;
  verbose: number;
  force: boolean;
  warnings: boolean;
  lineNumbers: boolean;
}

/** The program mysql: reads statements, sends them, shows what comes. */
export class Monitor {
  readonly #ctx: Context;
  readonly #target: Target;
  readonly #style: Style;
  readonly #splitter = new Splitter();
  readonly #options: OptionMap;
  #connection: MysqlConnection;
  #editor: Editor | undefined;
  readonly #history = new History();
  #prompt: string;
  #line = 0;
  #tee = -1;
  #status = 0;
  #ended = false;
  /** Ctrl-C came while a statement runs. */
  #interrupted = false;

  constructor(ctx: Context, connection: MysqlConnection, options: OptionMap) {
    this.#ctx = ctx;
    this.#connection = connection;
    this.#target = connection.target;
    this.#options = options;
    const batch = options.has('batch') || options.has('silent');
    const interactive = ctx.sys.isatty(0) && !options.has('execute') && !batch;
    this.#splitter.delimiter = options.get('delimiter') ?? ';';
    const has = (name: string): boolean => options.has(name) && options.get(name) !== 'false';
    this.#style = {
      shape: has('html')
        ? 'html'
        : has('xml')
          ? 'xml'
          : has('vertical')
            ? 'vertical'
            : has('table') || (interactive && !batch)
              ? 'table'
              : 'batch',
      names: options.get('column-names') !== 'false' && !has('skip-column-names'),
      raw: has('raw'),
      talks: interactive,
      verbose: Number(options.get('verbose-count') ?? 0),
      force: has('force'),
      warnings: has('show-warnings'),
      lineNumbers: options.get('line-numbers') !== 'false',
    };
    if (this.#style.verbose >= 2) this.#style.talks = true;
    this.#prompt =
      options.get('prompt') ?? ctx.env.get('MYSQL_PS1') ?? (this.#target.mariadb ? '\\N [\\d]> ' : 'mysql> ');
  }

  get #mariadb(): boolean {
    return this.#target.mariadb;
  }

  *#say(text: string): Wait<void> {
    yield* this.#ctx.stdout.write(text);
    if (this.#tee >= 0) yield* writeAll(this.#ctx.sys, this.#tee, text);
  }

  *run(): Wait<number> {
    const { sys } = this.#ctx;
    const statements = this.#options.get('execute');
    if (statements !== undefined) {
      yield* this.#script(statements, false);
      return this.#status;
    }
    if (!sys.isatty(0) || this.#options.has('batch')) {
      for (;;) {
        const line = yield* this.#ctx.stdin.line();
        if (line === undefined || this.#ended) break;
        yield* this.#feed(line.replace(/\r$/, ''), false);
      }
      if (!this.#ended) yield* this.#rest();
      return this.#status;
    }
    return yield* this.#interactive();
  }

  /** What stands at the end without a delimiter is a statement too. */
  *#rest(): Wait<void> {
    const text = this.#splitter.text.trim();
    this.#splitter.clear();
    if (text !== '') yield* this.#statement(text, false);
  }

  *#script(text: string, interactive: boolean): Wait<void> {
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) {
      if (this.#ended) return;
      yield* this.#feed(line.replace(/\r$/, ''), interactive);
    }
    if (!this.#ended) yield* this.#rest();
  }

  *#interactive(): Wait<number> {
    yield* this.#welcome();
    const { sys } = this.#ctx;
    sys.sigaction(
      SIGINT,
      () => {
        this.#interrupted = true;
      },
      SA_RESTART,
    );
    yield* this.#ctx.stdout.flush();
    this.#editor = new Editor(sys, 0, 1, {
      *complete() {
        return undefined;
      },
      *signal() {
        return false;
      },
      history: this.#history,
      mode: () => 'emacs',
      bracketedPaste: false,
      words: (line) => line.split(/\s+/),
      bindings: new Bindings(),
      *execute(_command, line, point) {
        return { line, point };
      },
    });
    for (;;) {
      yield* this.#ctx.stdout.flush();
      const shown = this.#splitter.pending
        ? `${this.#splitter.mark.padStart(Math.max(2, this.#promptText().trimEnd().length))} `
        : this.#promptText();
      const entered = yield* this.#editor.read(shown);
      if (entered.kind === 'interrupt') {
        this.#splitter.clear();
        continue;
      }
      if (entered.kind !== 'line') {
        yield* this.#say('Bye\n');
        return this.#status;
      }
      if (entered.text.trim() !== '' && this.#history.at(this.#history.length - 1) !== entered.text)
        this.#history.add(entered.text);
      yield* this.#feed(entered.text, true);
      if (this.#ended) {
        yield* this.#say('Bye\n');
        return 0;
      }
    }
  }

  *#welcome(): Wait<void> {
    const { version, id } = this.#connection;
    const comment = (yield* this.#connection.rows('select @@version_comment limit 1'))[0]?.[0] ?? '';
    const server = `${version} ${comment}`;
    if (this.#mariadb)
      yield* this.#say(
        `Welcome to the MariaDB monitor.  Commands end with ; or \\g.\nYour MariaDB connection id is ${id}\nServer version: ${server}\n\nCopyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and others.\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n`,
      );
    else
      yield* this.#say(
        `Welcome to the MySQL monitor.  Commands end with ; or \\g.\nYour MySQL connection id is ${id}\nServer version: ${server}\n\nCopyright (c) 2000, 2025, Oracle and/or its affiliates.\n\nOracle is a registered trademark of Oracle Corporation and/or its\naffiliates. Other names may be trademarks of their respective\nowners.\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n`,
      );
  }

  #promptText(): string {
    return this.#prompt.replace(/\\(.)/g, (_, c: string) => {
      switch (c) {
        case 'd':
          return this.#db === '' ? '(none)' : this.#db;
        case 'u':
          return this.#target.user;
        case 'U':
          return `${this.#target.user}@${this.#target.host || 'localhost'}`;
        case 'h':
          return this.#target.host || 'localhost';
        case 'p':
          return String(this.#target.port);
        case 'N':
          return 'MariaDB';
        case 'v':
          return this.#connection.version;
        case '_':
        case ' ':
          return ' ';
        case 'n':
          return '\n';
        default:
          return c;
      }
    });
  }

  /** The database in use, as far as the client knows. */
  #db = '';

  *#feed(line: string, interactive: boolean): Wait<void> {
    this.#line++;
    for (const piece of this.#splitter.feed(line, interactive)) {
      if (this.#ended) return;
      yield* this.#piece(piece, interactive);
    }
  }

  *#piece(piece: Piece, interactive: boolean): Wait<void> {
    if (piece.k === 'statement') {
      if (piece.text === '') {
        if (interactive) yield* this.#problem(new ClientError(1065, '', 'No query specified\n'), true);
        return;
      }
      yield* this.#statement(piece.text, piece.vertical);
      return;
    }
    yield* this.#command(piece.name, piece.argument);
  }

  *#statement(text: string, vertical: boolean): Wait<void> {
    const { sys } = this.#ctx;
    if (this.#style.verbose >= 1) yield* this.#say(`--------------\n${text}\n--------------\n\n`);
    const begun = sys.now(CLOCK_MONOTONIC);
    const end = this.#watch();
    try {
      yield* this.#connection.query(text);
      for (;;) {
        const answer = yield* this.#connection.answer();
        yield* this.#show(answer, vertical, (sys.now(CLOCK_MONOTONIC) - begun) / 1000, text);
        if (!answer.more) break;
      }
      const used = /^use\s+[`"]?([^`";\s]+)/i.exec(text);
      if (used) this.#db = used[1]!;
      const dropped = /^drop\s+(?:database|schema)\s+(?:if\s+exists\s+)?[`"]?([^`";\s]+)/i.exec(text);
      if (dropped?.[1] === this.#db) this.#db = '';
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (this.#interrupted && this.#style.talks)
        yield* this.#say(this.#mariadb ? '\nCtrl-C -- query killed.\n' : ' -- query aborted\n');
      if (this.#mariadb && !this.#style.talks && this.#style.verbose === 0)
        yield* this.#ctx.stderr.write(`--------------\n${text}\n--------------\n\n`);
      yield* this.#problem(error, false);
    } finally {
      end();
    }
  }

  /** While a statement runs, Ctrl-C kills it over a connection of its own. @returns what ends that */
  #watch(): () => void {
    const { sys } = this.#ctx;
    this.#interrupted = false;
    if (!this.#editor) return () => {};
    let done = false;
    const id = this.#connection.id;
    const monitor = this;
    // the answer is still read
    sys.sigaction(
      SIGINT,
      () => {
        if (done || monitor.#interrupted) return;
        monitor.#interrupted = true;
        sys.thread(function* (own) {
          try {
            const killer = yield* MysqlConnection.open(own, { ...monitor.#target, db: '' });
            yield* killer.rows(`KILL QUERY ${id}`);
            yield* killer.close();
          } catch (error) {
            if (!(error instanceof ClientError)) throw error;
          }
          return 0;
        });
      },
      SA_RESTART,
    );
    return () => {
      done = true;
    };
  }

  *#show(answer: Answer, vertical: boolean, seconds: number, text: string): Wait<void> {
    const { names, raw, talks } = this.#style;
    const time = ` (${seconds >= 60 ? `${Math.floor(seconds / 60)} min ` : ''}${(seconds % 60).toFixed(this.#mariadb ? 3 : 2)} sec)`;
    const timed = this.#editor ? time : '';
    const warned = answer.warnings > 0 ? `, ${answer.warnings} warning${answer.warnings === 1 ? '' : 's'}` : '';
    if (!answer.fields) {
      if (!talks) return;
      const changed = /^use\s/i.test(text)
        ? 'Database changed'
        : `Query OK, ${answer.affected} row${answer.affected === 1 ? '' : 's'} affected${warned}${timed}`;
      yield* this.#say(
        `${changed}\n${answer.info === '' ? '' : `${answer.info}\n`}${changed === 'Database changed' ? '' : '\n'}`,
      );
    } else {
      const { shape } = this.#style;
      const empty = answer.rows.length === 0;
      if (!empty || shape === 'xml' || shape === 'html') {
        const wide = vertical || shape === 'vertical';
        const parts = wide
          ? verticalText(answer, names)
          : shape === 'table'
            ? tableText(answer, names)
            : shape === 'html'
              ? htmlText(answer, names)
              : shape === 'xml'
                ? xmlText(answer, text)
                : batchText(answer, names, raw);
        for (const part of parts) yield* this.#say(part);
      }
      if (talks)
        yield* this.#say(
          empty
            ? `Empty set${warned}${timed}\n\n`
            : `${answer.rows.length} row${answer.rows.length === 1 ? '' : 's'} in set${warned}${timed}\n\n`,
        );
    }
    if (this.#style.warnings && answer.warnings > 0 && !answer.more) {
      for (const [level, code, message] of yield* this.#connection.rows('SHOW WARNINGS'))
        yield* this.#say(`${level} (Code ${code}): ${message}\n`);
    }
  }

  /** Says an error; without --force a script ends with it. */
  *#problem(error: ClientError, plain: boolean): Wait<void> {
    yield* this.#ctx.stdout.flush();
    const where =
      !this.#style.talks && this.#style.lineNumbers && !this.#editor ? ` at line ${Math.max(1, this.#line)}` : '';
    const state = error.state === '' ? '' : ` (${error.state})`;
    const text = plain ? `ERROR: \n${error.message}\n` : `ERROR ${error.number}${state}${where}: ${error.message}\n`;
    if (this.#editor) yield* this.#say(text);
    else yield* this.#ctx.stderr.write(text);
    this.#status = 1;
    if (!this.#editor && !this.#style.force) this.#ended = true;
    if (error.number === 2006 || error.number === 2013) yield* this.#reconnect();
  }

  *#reconnect(): Wait<void> {
    if (!this.#editor) return;
    yield* this.#say('No connection. Trying to reconnect...\n');
    try {
      this.#connection = yield* MysqlConnection.open(this.#ctx.sys, { ...this.#target, db: this.#db });
      yield* this.#say(
        `Connection id:    ${this.#connection.id}\nCurrent database: ${this.#db === '' ? '*** NONE ***' : this.#db}\n\n`,
      );
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      yield* this.#say(
        `ERROR ${error.number} (${error.state}): ${error.message}\nERROR: \nCan't connect to the server\n\n`,
      );
    }
  }

  *#command(name: string, argument: string): Wait<void> {
    switch (name) {
      case 'quit':
        this.#ended = true;
        return;
      case 'clear':
        return;
      case 'help':
        yield* this.#say(HELP_COMMANDS(this.#mariadb));
        return;
      case 'status':
        yield* this.#say(yield* statusText(this.#ctx, this.#connection, this.#splitter.delimiter));
        return;
      case 'use':
        yield* this.#use(argument.replace(/^[`"']|[`"']$/g, ''));
        return;
      case 'delimiter':
        if (argument === '')
          yield* this.#problem(
            new ClientError(0, '', "DELIMITER must be followed by a 'delimiter' character or string\n"),
            true,
          );
        else this.#splitter.delimiter = argument.split(/\s/)[0]!;
        return;
      case 'source':
        yield* this.#source(argument);
        return;
      case 'system':
        yield* this.#system(argument);
        return;
      case 'tee':
        this.#tee = yield* open(this.#ctx.sys, argument, O_WRONLY | O_CREAT | O_APPEND, 0o666);
        if (this.#tee >= 0) yield* this.#ctx.stdout.write(`Logging to file '${argument}'\n`);
        else yield* this.#say(`Error logging to file '${argument}'\n`);
        return;
      case 'notee':
        if (this.#tee >= 0) this.#ctx.sys.close(this.#tee);
        this.#tee = -1;
        yield* this.#say('Outfile disabled.\n');
        return;
      case 'nopager':
      case 'pager':
        yield* this.#say('PAGER set to stdout\n');
        return;
      case 'prompt':
        this.#prompt = argument === '' ? (this.#mariadb ? '\\N [\\d]> ' : 'mysql> ') : `${argument} `;
        yield* this.#say(
          argument === '' ? 'Returning to default PROMPT of mysql> \n' : `PROMPT set to '${this.#prompt}'\n`,
        );
        return;
      case 'warnings':
      case 'nowarning':
        this.#style.warnings = name === 'warnings';
        yield* this.#say(name === 'warnings' ? 'Show warnings enabled.\n' : 'Show warnings disabled.\n');
        return;
      case 'print':
        yield* this.#say(`--------------\n${this.#splitter.text}\n--------------\n\n`);
        return;
      case 'connect':
      case 'resetconnection':
        yield* this.#connection.close();
        yield* this.#reconnect();
        return;
      case 'charset':
        yield* this.#say('Charset changed\n');
        return;
      case 'rehash':
        return;
      default:
        yield* this.#say(`The command ${name} is not there.\n`);
    }
  }

  *#use(db: string): Wait<void> {
    if (db === '') {
      yield* this.#problem(new ClientError(0, '', 'USE must be followed by a database name\n'), true);
      return;
    }
    try {
      yield* this.#connection.use(db);
      this.#db = db;
      if (this.#editor && !this.#mariadb && !this.#options.has('no-auto-rehash')) {
        const tables = yield* this.#connection.rows('show tables');
        if (tables.length > 0)
          yield* this.#say(
            'Reading table information for completion of table and column names\nYou can turn off this feature to get a quicker startup with -A\n\n',
          );
      }
      if (this.#style.talks) yield* this.#say('Database changed\n');
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      yield* this.#problem(error, false);
    }
  }

  *#source(path: string): Wait<void> {
    const bytes = yield* readFile(this.#ctx.sys, path);
    if (typeof bytes === 'number') {
      yield* this.#problemLine(`Failed to open file '${path}', error: ${-bytes}`);
      return;
    }
    const line = this.#line;
    this.#line = 0;
    yield* this.#script(decode(bytes), false);
    this.#line = line;
  }

  *#problemLine(text: string): Wait<void> {
    if (this.#editor) yield* this.#say(`ERROR: \n${text}\n`);
    else yield* this.#ctx.stderr.write(`ERROR at line ${Math.max(1, this.#line)}: ${text}\n`);
    this.#status = 1;
    if (!this.#editor && !this.#style.force) this.#ended = true;
  }

  *#system(command: string): Wait<void> {
    yield* this.#ctx.stdout.flush();
    const { sys } = this.#ctx;
    const pid = yield* spawn(sys, '/bin/sh', ['sh', '-c', command], sys.envp);
    if (pid > 0) yield* waitpid(sys, pid, 0, new WaitResult());
  }

  /** Connects with the database that was asked for on the command line. */
  started(db: string): void {
    this.#db = db;
  }
}
