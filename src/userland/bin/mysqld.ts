import { program } from '../../libc/program.ts';
import { Daemon } from '../servers/mysql/daemon/daemon.ts';

export default program({
  name: 'mysqld',
  at: ['/usr/sbin/mysqld'],
  spec: 'MySQL 8.4 over SQLite in a pack: READ COMMITTED with one writer at a time; no TLS, replication, X protocol, stored programs, triggers, partitions',
  usage: '[OPTIONS]',
  about: 'The MySQL server.',
  options: {},
  raw: true,
  *main(ctx) {
    return yield* new Daemon(ctx, '8.4.10').run();
  },
});
