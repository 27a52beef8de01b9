import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { execve, spawn, type Wait, waitpid } from '../../libc/io.ts';
import { basename, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { isBooted } from '../systemd/systemctl-status.ts';

const INIT_SCRIPTS = '/etc/init.d';
const USAGE = (name: string): string =>
  `Usage: ${name} < option > | --status-all | [ service_name [ command | --full-restart ] ]\n`;

export default program({
  name: 'service',
  at: ['/usr/sbin/service'],
  spec: "init-system-helpers 1.66 service(8); 'Redirecting to …' as CentOS 7 has it with `version service 9.49`",
  usage: '< option > | --status-all | [ service_name [ command | --full-restart ] ]',
  about: 'Run a System V init script or systemd unit.',
  options: {},
  raw: true,
  *main(ctx) {
    const { args, sys } = ctx;
    const name = basename(ctx.name);
    const centos = sys.image.version.startsWith('9.');
    const [word, command] = args;
    if (word === undefined || word === '-h' || word === '--help') {
      yield* ctx.stderr.write(USAGE(name));
      return word === undefined ? 1 : 0;
    }
    if (word === '--version') {
      yield* ctx.stdout.write(`${name} ver. 1.66\n`);
      return 0;
    }
    if (word === '--status-all') return yield* statusAll(ctx);
    if (command === undefined) {
      yield* ctx.stderr.write(USAGE(name));
      return 1;
    }
    const verb = command === '--full-restart' ? 'restart' : command;
    if (isBooted(sys)) {
      const unit = word.endsWith('.service') || word.endsWith('.socket') ? word : `${word}.service`;
      if (centos) yield* ctx.stderr.write(`Redirecting to /bin/systemctl ${verb} ${unit}\n`);
      return yield* replace(ctx, '/usr/bin/systemctl', ['systemctl', verb, unit]);
    }
    const script = `${INIT_SCRIPTS}/${word}`;
    if (sys.access(script, 1) === 0) {
      sys.chdir('/');
      return yield* replace(ctx, script, [script, ...args.slice(1)]);
    }
    yield* ctx.stderr.write(`${word}: unrecognized service\n`);
    return 1;
  },
});

function* replace(ctx: Context, path: string, argv: string[]): Wait<number> {
  const errno = yield* execve(ctx.sys, path, argv, ctx.sys.envp);
  yield* ctx.perror(path, errno);
  return 126;
}

/** ` [ + ]  NAME` for each script, by what its `status` says. */
function* statusAll(ctx: Context): Wait<number> {
  const names = listDir(ctx.sys, INIT_SCRIPTS);
  if (typeof names === 'number') return 0;
  for (const name of names.sort()) {
    const path = `${INIT_SCRIPTS}/${name}`;
    if (ctx.sys.access(path, 1) < 0 || /\.(?:dpkg-|ucf-)|^README|^skeleton/.test(name)) continue;
    const pid = yield* spawn(ctx.sys, path, [path, 'status'], ctx.sys.envp);
    const result = new WaitResult();
    if (pid > 0) yield* waitpid(ctx.sys, pid, 0, result);
    const mark =
      pid > 0 ? (shellStatus(result.status) === 0 ? '+' : shellStatus(result.status) === 3 ? '-' : '?') : '?';
    yield* ctx.stdout.write(` [ ${mark} ]  ${name}\n`);
    yield* ctx.stdout.flush();
  }
  return 0;
}
