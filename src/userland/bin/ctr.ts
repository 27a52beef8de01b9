import { Stat } from '../../abi/stat.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { columns, running } from '../containerd/running.ts';

const SOCKET = '/run/containerd/containerd.sock';
const HELP = `NAME:
   ctr - look at what containerd runs

USAGE:
   ctr [global options] command [command options] [arguments...]

VERSION:
   1.7.28

COMMANDS:
   version                     print the versions of client and server
   containers, c, container    list containers
   namespaces, namespace, ns   list namespaces
   tasks, t, task              list tasks
   images, image, i            list images

GLOBAL OPTIONS:
   --address value, -a value    address of containerd's server (default: "${SOCKET}")
   --namespace value, -n value  namespace (default: "default") [$CONTAINERD_NAMESPACE]
   --help, -h                   show this
   --version, -v                show the version
`;

export default program({
  name: 'ctr',
  at: ['/usr/bin/ctr'],
  spec: 'ctr of containerd 1.7.28: what the running containers of dockerd show in the namespace moby; changes nothing, and sees no image',
  usage: '[global options] command [command options] [arguments...]',
  about: 'Look at what containerd runs.',
  options: {},
  raw: true,
  *main(ctx) {
    const words = [...ctx.args];
    let namespace = ctx.env.get('CONTAINERD_NAMESPACE') ?? 'default';
    let address = ctx.env.get('CONTAINERD_ADDRESS') ?? SOCKET;
    while (words[0]?.startsWith('-')) {
      const [option, value] = words.shift()!.split(/=(.*)/s) as [string, string | undefined];
      if (option === '--help' || option === '-h') {
        yield* ctx.stdout.write(HELP);
        return 0;
      }
      if (option === '--version' || option === '-v') {
        yield* ctx.stdout.write('ctr containerd.io 1.7.28\n');
        return 0;
      }
      if (option === '-n' || option === '--namespace') namespace = value ?? words.shift() ?? '';
      else if (option === '-a' || option === '--address') address = value ?? words.shift() ?? '';
      else return yield* die(ctx, `flag provided but not defined: ${option.replace(/^--/, '-')}`);
    }
    const [noun = 'help', verb = 'help', ...rest] = words;
    if (noun === 'help' || noun === 'h') {
      yield* ctx.stdout.write(HELP);
      return 0;
    }
    if (ctx.sys.stat(address, new Stat()) < 0)
      return yield* die(
        ctx,
        `failed to dial "${address}": context deadline exceeded: connection error: desc = "transport: error while dialing: dial unix ${address}: connect: no such file or directory"`,
      );
    const quiet = rest.includes('-q') || rest.includes('--quiet');
    const listing = /^(?:list|ls)$/.test(verb);
    if (noun === 'version') {
      const version = '  Version:  1.7.28\n  Revision: b98a3aace656320842a23f4a392a33f46af97866\n';
      yield* ctx.stdout.write(`Client:\n${version}  Go version: go1.23.12\n\nServer:\n${version}`);
      return 0;
    }
    const own = namespace === 'moby' ? yield* running(ctx.sys) : [];
    if (/^(?:containers?|c)$/.test(noun) && listing) {
      const rows = own.map(({ id }) => [id, '-', 'io.containerd.runc.v2']);
      yield* ctx.stdout.write(
        quiet ? own.map(({ id }) => `${id}\n`).join('') : columns([['CONTAINER', 'IMAGE', 'RUNTIME'], ...rows], 4, 4),
      );
      return 0;
    }
    if (/^(?:tasks?|t)$/.test(noun) && listing) {
      const rows = own.map(({ id, pid }) => [id, String(pid), 'RUNNING']);
      yield* ctx.stdout.write(
        quiet ? own.map(({ id }) => `${id}\n`).join('') : columns([['TASK', 'PID', 'STATUS'], ...rows], 0, 4),
      );
      return 0;
    }
    if (/^(?:namespaces?|ns)$/.test(noun) && listing) {
      const rows = ctx.sys.stat('/var/lib/docker', new Stat()) === 0 ? [['moby', '']] : [];
      yield* ctx.stdout.write(
        quiet ? rows.map(([name]) => `${name}\n`).join('') : columns([['NAME', 'LABELS'], ...rows], 1, 1),
      );
      return 0;
    }
    if (/^(?:images?|i)$/.test(noun) && listing) {
      yield* ctx.stdout.write(quiet ? '' : 'REF TYPE DIGEST SIZE PLATFORMS LABELS \n');
      return 0;
    }
    return yield* die(
      ctx,
      `${noun} ${verb === 'help' ? '' : `${verb} `}is not simulated in Drydock; 'docker' manages containers`,
    );
  },
});

function* die(ctx: Context, text: string): Wait<number> {
  yield* ctx.stderr.write(`ctr: ${text}\n`);
  return 1;
}
