import { program } from '../../libc/program.ts';
import { columns, running } from '../containerd/running.ts';

/** Where dockerd's runc keeps its state. */
const MOBY = '/run/docker/runtime-runc/moby';
const HELP = `NAME:
   runc - Open Container Initiative runtime

USAGE:
   runc [global options] command [command options] [arguments...]

COMMANDS:
   list     list the containers that were started with the given root

GLOBAL OPTIONS:
   --root value   root directory of container state (default: "/run/runc")
   --help, -h     show this
   --version, -v  show the version
`;

export default program({
  name: 'runc',
  at: ['/usr/bin/runc', '/usr/sbin/runc'],
  spec: 'runc 1.3.0: its version and list; containers are made by dockerd itself',
  usage: '[global options] command [command options] [arguments...]',
  about: 'Open Container Initiative runtime.',
  options: {},
  raw: true,
  *main({ args, stdout, stderr, sys }) {
    const words = args.slice();
    let root = '/run/runc';
    while (words[0]?.startsWith('--root')) root = words.shift()!.split('=')[1] ?? words.shift() ?? root;
    if (words.length === 0 || /^(?:help|h|--help|-h)$/.test(words[0]!)) {
      yield* stdout.write(HELP);
      return 0;
    }
    if (words[0] === 'list') {
      const own = root === MOBY ? yield* running(sys) : [];
      const rows = own.map(({ id, pid }) => [
        id,
        String(pid),
        'running',
        `/run/containerd/io.containerd.runtime.v2.task/moby/${id}`,
        'root',
      ]);
      if (words.includes('-q') || words.includes('--quiet'))
        yield* stdout.write(own.map(({ id }) => `${id}\n`).join(''));
      else yield* stdout.write(columns([['ID', 'PID', 'STATUS', 'BUNDLE', 'OWNER'], ...rows], 12, 1, false));
      return 0;
    }
    if (args[0] === '--version' || args[0] === '-v') {
      yield* stdout.write(
        'runc version 1.3.0\ncommit: v1.3.0-0-g4ca628d1\nspec: 1.2.1\ngo: go1.24.6\nlibseccomp: 2.5.5\n',
      );
      return 0;
    }
    yield* stderr.write("runc: this command is not simulated in Drydock; 'docker' runs containers\n");
    return 127;
  },
});
