import { program } from '../../libc/program.ts';

export default program({
  name: 'runc',
  at: ['/usr/bin/runc', '/usr/sbin/runc'],
  spec: 'runc 1.3.0: its version; containers are made by dockerd itself',
  usage: '[global options] command [command options] [arguments...]',
  about: 'Open Container Initiative runtime.',
  options: {},
  raw: true,
  *main({ args, stdout, stderr }) {
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
