import { parseArguments, UsageError } from './arguments.ts';
import { buildImages } from './images.ts';
import { serve } from './serve.ts';
import { shell } from './shell.ts';
import { trace } from './trace.ts';

const VERSION = '0.1.0';
const HELP = `Usage: drydock COMMAND

Docker on a simulated Linux host, without a daemon.

Commands:
  shell [--host ubuntu|centos7|centos7-busy] [--clock real|virtual] [-t] [-c CMD]
                        run a bash script from stdin (or CMD) as root on a new host
  serve --socket PATH [--publish]
                        carry a unix socket to the host's /var/run/docker.sock; --publish opens the ports that
                        containers publish on 127.0.0.1
  trace [--all] [--before CMD] CMD
                        type CMD at a prompt and print the system calls on its way; --before runs first, unseen
  images IMAGES OUT     build the images of a folder into blobs

Options:
  -v, --verbose         say what happens while the host boots
      --version         print the version
      --help            print this text
`;

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case undefined:
    case '--help':
    case 'help':
      process.stdout.write(HELP);
      return command === undefined ? 2 : 0;
    case '--version':
      process.stdout.write(`drydock ${VERSION}\n`);
      return 0;
    case 'shell': {
      const { flags, rest: extra } = parseArguments(rest, {
        host: { value: ['ubuntu', 'centos7', 'centos7-busy'] },
        clock: { value: ['real', 'virtual'] },
        tty: { short: 't' },
        command: { short: 'c', value: true },
        verbose: { short: 'v' },
      });
      if (extra.length > 0) throw new UsageError(`unexpected argument: ${extra[0]}`);
      return await shell({
        clock: flags.get('clock') === 'real' || (flags.has('tty') && !flags.has('clock')) ? 'real' : 'virtual',
        tty: flags.has('tty'),
        command: flags.get('command'),
        verbose: flags.has('verbose'),
        host: flags.get('host') ?? 'ubuntu',
      });
    }
    case 'serve': {
      const { flags } = parseArguments(rest, { socket: { value: true }, publish: {}, verbose: { short: 'v' } });
      const path = flags.get('socket');
      if (path === undefined) throw new UsageError('serve needs --socket PATH');
      return await serve(path, flags.has('publish'), flags.has('verbose'));
    }
    case 'trace': {
      const { flags, rest: words } = parseArguments(rest, { all: { short: 'a' }, before: { value: true } });
      if (words.length === 0) throw new UsageError('trace needs a command');
      return await trace(words.join(' '), { before: flags.get('before'), scope: flags.has('all') ? 'all' : 'way' });
    }
    case 'images': {
      const [folder, out] = rest;
      if (!folder || !out) throw new UsageError('images needs the folder of images and the one to write');
      return await buildImages(folder, out);
    }
    default:
      throw new UsageError(`unknown command: ${command}`);
  }
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
    // what was written to a pipe is still on its way; an open handle of stdin would keep the program alive
    process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));
  },
  (error: unknown) => {
    if (error instanceof UsageError) {
      process.stderr.write(`drydock: ${error.message}\n`);
      process.exit(2);
    }
    process.stderr.write(`drydock: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
