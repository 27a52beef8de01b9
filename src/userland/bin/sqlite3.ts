import { PackEnded } from '../../libc/pack.ts';
import { program } from '../../libc/program.ts';
import { SqliteDatabase } from '../sqlite/database.ts';
import { MODES, type Mode } from '../sqlite/modes.ts';
import { SqliteShell } from '../sqlite/shell.ts';

const USAGE = `Usage: sqlite3 [OPTIONS] [FILENAME [SQL]]
FILENAME is the name of an SQLite database. A new database is created
if the file does not previously exist. Defaults to :memory:.
OPTIONS include:
   -header, -noheader   turn headers on or off
   -separator SEP       set output column separator. Default: '|'
   -nullvalue TEXT      set text string for NULL values. Default ''
   -cmd COMMAND         run "COMMAND" before reading stdin
   -box, -column, -csv, -html, -json, -line, -list, -markdown, -quote, -table, -tabs
                        set output mode
   -version             show SQLite version
`;

export default program({
  name: 'sqlite3',
  at: ['/usr/bin/sqlite3'],
  spec: 'sqlite3 3.45 over SQLite itself: statements, output modes, commands; no locks between processes, extensions, .backup, .recover',
  usage: '[OPTIONS] [FILENAME [SQL]]',
  about: 'A command-line interface to SQLite.',
  options: {},
  raw: true,
  *main(ctx) {
    const words: string[] = [];
    const before: string[] = [];
    const settings: ((shell: SqliteShell) => void)[] = [];
    const args = [...ctx.args];
    for (let word = args.shift(); word !== undefined; word = args.shift()) {
      if (!word.startsWith('-') || words.length > 1) {
        words.push(word);
        continue;
      }
      const name = word.replace(/^--?/, '');
      if (MODES.includes(name as Mode))
        settings.push((shell) => {
          shell.setMode(name as Mode);
          if (name === 'csv') shell.style.rowSeparator = '\n';
        });
      else if (name === 'header' || name === 'headers' || name === 'noheader')
        settings.push((shell) => shell.setHeaders(name !== 'noheader'));
      else if (name === 'separator' || name === 'nullvalue') {
        const value = args.shift() ?? '';
        settings.push(
          (shell) => void (name === 'separator' ? (shell.style.separator = value) : (shell.style.nullValue = value)),
        );
      } else if (name === 'cmd') before.push(args.shift() ?? '');
      else if (name === 'version') {
        yield* ctx.stdout.write(
          `${ctx.sys.image.version || '3.45.1'} 2024-01-30 16:01:20 e876e51a0ed5c5b3126f52e532044363a014bc594cfefa87ffb5b82257cc467a (64-bit)\n`,
        );
        return 0;
      } else if (name === 'help') {
        yield* ctx.stderr.write(USAGE);
        return 0;
      } else if (!['batch', 'interactive', 'bail', 'echo', 'readonly'].includes(name)) {
        yield* ctx.stderr.write(`${ctx.name}: Error: unknown option: ${word}\nUse -help for a list of options.\n`);
        return 1;
      }
    }
    const [file = ':memory:', ...statements] = words;
    try {
      const database = yield* SqliteDatabase.open(ctx.sys, file);
      if (typeof database === 'number') {
        yield* ctx.stderr.write(`Error: unable to open database "${file}": unable to open database file\n`);
        return 1;
      }
      const shell = new SqliteShell(ctx, database, file);
      for (const set of settings) set(shell);
      const status = yield* shell.commands(before);
      if (status !== 0) return status;
      return statements.length > 0 ? yield* shell.commands(statements) : yield* shell.read();
    } catch (error) {
      if (!(error instanceof PackEnded)) throw error;
      yield* ctx.stderr.write(`Error: ${error.message}\n`);
      return 1;
    }
  },
});
