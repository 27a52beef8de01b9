import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { readFile, spawn, type Wait, waitpid, writeFile } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { parseCrontab } from '../cron/crontab-file.ts';

const SPOOL = '/var/spool/cron/crontabs';
const options = {
  user: { short: 'u', long: false, arg: 'user', help: "the user's table" },
  list: { short: 'l', long: false, help: 'list' },
  remove: { short: 'r', long: false, help: 'delete' },
  edit: { short: 'e', long: false, help: 'edit' },
  ask: { short: 'i', long: false, help: 'prompt before deleting' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'crontab',
  at: ['/usr/bin/crontab'],
  spec: 'cron 3.0pl1 crontab(1) (Debian)',
  usage: '[-u user] file\n\tcrontab [ -u user ] [ -i ] { -e | -l | -r }',
  about: 'Maintain crontab files for individual users.',
  options,
  hint: () => 'usage:\tcrontab [-u user] file\n\tcrontab [ -u user ] [ -i ] { -e | -l | -r }\n',
  *main(ctx) {
    const { sys, opts } = ctx;
    const accounts = yield* new Accounts(sys).users();
    const { uid: ruid } = sys.credentials();
    const me = accounts.find((user) => user.uid === ruid);
    if (opts.user !== undefined && ruid !== 0 && opts.user !== me?.name) {
      yield* ctx.stderr.write('must be privileged to use -u\n');
      return 1;
    }
    const name = opts.user ?? me?.name ?? 'root';
    if (!accounts.some((user) => user.name === name)) {
      yield* ctx.stderr.write(`crontab:  user \`${name}' unknown\n`);
      return 1;
    }
    const path = `${SPOOL}/${name}`;
    const old = yield* readFile(sys, path);
    const none = typeof old === 'number';
    if (opts.list) {
      if (none) return yield* nothing(ctx, name);
      yield* ctx.stdout.write(old);
      return 0;
    }
    if (opts.remove) {
      if (none) return yield* nothing(ctx, name);
      if (opts.ask) {
        yield* ctx.stdout.write(`crontab: really delete ${name}'s crontab? (y/n) `);
        yield* ctx.stdout.flush();
        if (!/^y/i.test((yield* ctx.stdin.line()) ?? '')) return 0;
      }
      sys.unlink(path);
      return 0;
    }
    if (opts.edit) return yield* edit(ctx, name, path, none ? undefined : decode(old));
    const file = ctx.args[0];
    if (file === undefined) {
      const text = yield* ctx.stdin.text();
      return yield* install(ctx, path, text, '-');
    }
    if (file === '-') return yield* install(ctx, path, yield* ctx.stdin.text(), '-');
    const bytes = yield* readFile(sys, file);
    if (typeof bytes === 'number') {
      yield* ctx.stderr.write(`${file}: ${ctx.strerror(bytes)}\n`);
      return 1;
    }
    return yield* install(ctx, path, decode(bytes), file);
  },
});

function* nothing(ctx: Ctx, name: string): Wait<number> {
  yield* ctx.stderr.write(`no crontab for ${name}\n`);
  return 1;
}

function* install(ctx: Ctx, path: string, text: string, file: string): Wait<number> {
  const { problems } = parseCrontab(text, false);
  for (const { line, message } of problems) yield* ctx.stderr.write(`"${file}":${line}: ${message}\n`);
  if (problems.length > 0) {
    yield* ctx.stderr.write("errors in crontab file, can't install.\n");
    return 1;
  }
  const r = yield* writeFile(ctx.sys, path, text, 0o600);
  if (r < 0) {
    yield* ctx.perror(path, r);
    return 1;
  }
  ctx.sys.chmod(path, 0o600);
  return 0;
}

const TEMPLATE = '# Each line is a job: when, and what.\n#\n# m h  dom mon dow   command\n';

function* edit(ctx: Ctx, name: string, path: string, old: string | undefined): Wait<number> {
  if (old === undefined) yield* ctx.stderr.write(`no crontab for ${name} - using an empty one\n`);
  const temporary = `/tmp/crontab.${Math.floor(ctx.sys.now(CLOCK_REALTIME)).toString(36).slice(-6)}`;
  const before = old ?? TEMPLATE;
  yield* writeFile(ctx.sys, temporary, before, 0o600);
  const editor =
    ctx.env.get('VISUAL') ?? ctx.env.get('EDITOR') ?? (ctx.sys.access('/usr/bin/nano', 1) === 0 ? 'nano' : 'vi');
  yield* ctx.stdout.flush();
  const pid = yield* spawn(ctx.sys, '/bin/sh', ['sh', '-c', `${editor} ${temporary}`], ctx.sys.envp);
  const result = new WaitResult();
  if (pid > 0) yield* waitpid(ctx.sys, pid, 0, result);
  const bytes = yield* readFile(ctx.sys, temporary);
  ctx.sys.unlink(temporary);
  if (pid < 0 || shellStatus(result.status) !== 0 || typeof bytes === 'number') {
    yield* ctx.stderr.write(`crontab: "${editor}" exited with status ${shellStatus(result.status)}\n`);
    return 1;
  }
  const text = decode(bytes);
  if (text === before) {
    yield* ctx.stderr.write('No modification made\n');
    return 0;
  }
  const status = yield* install(ctx, path, text, temporary);
  if (status === 0) yield* ctx.stderr.write('crontab: installing new crontab\n');
  return status;
}
