import { program } from '../../libc/program.ts';
import { Daemon } from '../servers/mysql/daemon/daemon.ts';

export default program({
  name: 'mariadbd',
  at: ['/usr/sbin/mariadbd'],
  spec: 'MariaDB 11 over SQLite in a pack; what mysqld does, in the words of MariaDB',
  usage: '[OPTIONS]',
  about: 'The MariaDB server.',
  options: {},
  raw: true,
  *main(ctx) {
    return yield* new Daemon(ctx, '11.8.3-MariaDB-ubu2404').run();
  },
});
