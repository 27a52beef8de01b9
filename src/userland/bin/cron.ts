import { CLOCK_REALTIME, O_RDONLY } from '../../abi/flags.ts';
import { SIG_DFL, SIG_IGN, SIGCHLD, SIGTERM } from '../../abi/signal.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { Accounts, type Passwd } from '../../libc/accounts.ts';
import { sendto } from '../../libc/datagram.ts';
import { execve, open, readFile, sleep, type Wait, writeFile } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';
import { type CronJob, isDue, parseCrontab } from '../cron/crontab-file.ts';

const SPOOL = '/var/spool/cron/crontabs';
const PID_FILE = '/run/crond.pid';
const options = {
  foreground: { short: 'f', long: false, help: 'stay in foreground mode' },
  inheritPath: { short: 'P', long: false, help: "don't set PATH for child processes" },
  lsb: { short: 'l', long: false, help: 'enable LSB compliant names for /etc/cron.d files' },
  noFqdn: { short: 'n', long: false, help: 'include FQDN in the subject of mails (no mail is sent)' },
  level: { short: 'L', long: false, arg: 'loglevel', help: 'what to log' },
} as const;

export default program({
  name: 'cron',
  at: ['/usr/sbin/cron'],
  spec: 'cron 3.0pl1 (Debian): user tables, /etc/crontab, /etc/cron.d; output of jobs goes to the log, no mail',
  usage: '[-x [ext,sch,proc,pars,load,misc,test,bit]] [-f] [-l] [-n] [-L loglevel]',
  about: 'Execute scheduled commands.',
  options,
  *main(ctx) {
    const { sys } = ctx;
    if (sys.credentials().euid !== 0)
      return yield* ctx.die("can't open or create /var/run/crond.pid: Permission denied");
    if (!ctx.opts.foreground) {
      const pid = sys.fork(function* (own) {
        own.setsid();
        return yield* serve(own, ctx);
      });
      return pid < 0 ? 1 : 0;
    }
    return yield* serve(sys, ctx);
  },
});

function* serve(sys: Sys, ctx: Context<typeof options>): Wait<number> {
  sys.sigaction(SIGCHLD, SIG_IGN);
  sys.sigaction(SIGTERM, () => sys.exit(0));
  yield* writeFile(sys, PID_FILE, `${sys.getpid()}\n`, 0o644);
  yield* log(sys, '(CRON) INFO (pidfile fd = 3)');
  yield* log(sys, '(CRON) INFO (Running @reboot jobs)');
  const zone = yield* localZone(sys, ctx.env);
  yield* runJobs(sys, ctx, (job) => job.fields === undefined);
  for (let minute = Math.floor(sys.now(CLOCK_REALTIME) / 60_000); ; ) {
    yield* sleep(sys, (minute + 1) * 60_000 - sys.now(CLOCK_REALTIME));
    const now = Math.floor(sys.now(CLOCK_REALTIME) / 60_000);
    if (now <= minute) continue;
    minute = now;
    const { offset } = zone.at(minute * 60);
    yield* runJobs(sys, ctx, (job) => isDue(job, minute * 60, offset));
  }
}

function* log(sys: Sys, message: string, pid = sys.getpid()): Wait<void> {
  const fd = sys.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC);
  const text = encode(`<78>cron[${pid}]: ${message}`);
  yield* sendto(sys, fd, text, { family: AF_UNIX, path: '/dev/log' });
  sys.close(fd);
}

/** Starts every job that is wanted now; the tables are read anew each time. */
function* runJobs(sys: Sys, ctx: Context<typeof options>, wanted: (job: CronJob) => boolean): Wait<void> {
  const users = yield* new Accounts(sys).users();
  const tables: { path: string; user?: string }[] = [{ path: '/etc/crontab' }];
  const more = listDir(sys, '/etc/cron.d');
  if (typeof more !== 'number')
    for (const name of more.sort()) if (/^[\w-]+$/.test(name)) tables.push({ path: `/etc/cron.d/${name}` });
  const own = listDir(sys, SPOOL);
  if (typeof own !== 'number') for (const name of own.sort()) tables.push({ path: `${SPOOL}/${name}`, user: name });
  for (const { path, user } of tables) {
    const bytes = yield* readFile(sys, path);
    if (typeof bytes === 'number') continue;
    for (const job of parseCrontab(decode(bytes), user === undefined).jobs) {
      if (!wanted(job)) continue;
      const who = users.find((entry) => entry.name === (user ?? job.user));
      if (who) yield* start(sys, ctx, who, job);
    }
  }
}

function* start(sys: Sys, ctx: Context<typeof options>, who: Passwd, job: CronJob): Wait<void> {
  const groups = yield* new Accounts(sys).groups();
  const [command, input] = splitInput(job.command);
  sys.fork(function* (child) {
    child.sigaction(SIGCHLD, SIG_DFL);
    child.sigaction(SIGTERM, SIG_DFL);
    child.setsid();
    yield* log(child, `(${who.name}) CMD (${job.command})`);
    const env = new Map([
      ['HOME', who.dir],
      ['LOGNAME', who.name],
      ['PATH', ctx.opts.inheritPath ? (ctx.env.get('PATH') ?? '/usr/bin:/bin') : '/usr/bin:/bin'],
      ['SHELL', '/bin/sh'],
      ...job.env,
    ]);
    const stdin = input === undefined ? yield* open(child, '/dev/null', O_RDONLY) : yield* pipeOf(child, input);
    child.dup2(stdin, 0);
    child.setgroups(groups.filter((group) => group.members.includes(who.name)).map((group) => group.gid));
    child.setresgid(who.gid, who.gid, who.gid);
    child.setresuid(who.uid, who.uid, who.uid);
    if (child.chdir(env.get('HOME')!) < 0) child.chdir('/');
    const shell = env.get('SHELL')!;
    yield* execve(
      child,
      shell,
      [shell, '-c', command],
      [...env].map(([name, value]) => `${name}=${value}`),
    );
    return 127;
  });
}

/** A % ends the command: what follows is its input, each further % a newline; \% is a percent sign. */
function splitInput(text: string): [string, string | undefined] {
  const parts = text.split(/(?<!\\)%/).map((part) => part.replaceAll('\\%', '%'));
  return [parts[0]!, parts.length > 1 ? `${parts.slice(1).join('\n')}\n` : undefined];
}

function* pipeOf(sys: Sys, text: string): Wait<number> {
  const ends = [0, 0];
  sys.pipe2(ends);
  sys.write(ends[1]!, encode(text));
  sys.close(ends[1]!);
  return ends[0]!;
}
