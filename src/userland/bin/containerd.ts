import { SIGINT, SIGTERM } from '../../abi/signal.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from '../../abi/socket.ts';
import { accept } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { notifyManager } from '../../libc/sd-notify.ts';

const SOCKET = '/run/containerd/containerd.sock';

const HELP = `NAME:
   containerd - container runtime beside dockerd

USAGE:
   containerd [global options] command [command options] [arguments...]

GLOBAL OPTIONS:
   --help, -h     show this
   --version, -v  show the version
`;

export default program({
  name: 'containerd',
  at: ['/usr/bin/containerd'],
  spec: 'containerd 1.7.28 as the service beside dockerd, which runs the containers itself: it holds its socket and serves no API',
  usage: '[global options] command [command options] [arguments...]',
  about: 'high performance container runtime',
  options: {},
  raw: true,
  *main({ sys, args, stdout, stderr }) {
    if (args.includes('--version') || args.includes('-v')) {
      yield* stdout.write('containerd containerd.io 1.7.28 b98a3aace656320842a23f4a392a33f46af97866\n');
      return 0;
    }
    if (args.includes('--help') || args.includes('-h') || args[0] === 'help') {
      yield* stdout.write(HELP);
      return 0;
    }
    const command = args.find((arg) => !arg.startsWith('-'));
    if (command !== undefined) {
      yield* stderr.write(`containerd: this command is not simulated in Drydock: ${command}\n`);
      return 127;
    }
    mkdirp(sys, '/run/containerd', 0o711);
    mkdirp(sys, '/var/lib/containerd', 0o711);
    const listener = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
    sys.unlink(SOCKET);
    const bound = sys.bind(listener, { family: AF_UNIX, path: SOCKET });
    if (bound < 0 || sys.listen(listener, 128) < 0) {
      yield* stderr.write(`containerd: failed to get listener for main endpoint: listen unix ${SOCKET}\n`);
      return 1;
    }
    sys.chmod(SOCKET, 0o660);
    yield* stderr.write('level=info msg="containerd successfully booted"\n');
    for (const signal of [SIGTERM, SIGINT]) sys.sigaction(signal, () => sys.exit(0));
    yield* notifyManager(sys, 'READY=1');
    for (;;) {
      const fd = yield* accept(sys, listener);
      if (fd >= 0) sys.close(fd);
    }
  },
});
