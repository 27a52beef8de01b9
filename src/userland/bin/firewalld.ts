import { SIGHUP, SIGTERM } from '../../abi/signal.ts';
import { writeFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

const PID = '/run/firewalld.pid';

export default program({
  name: 'firewalld',
  at: ['/usr/sbin/firewalld'],
  spec: 'firewalld 0.6.3: keeps a state that firewall-cmd shows; it filters no packets',
  usage: '[--nofork] [--nopid]',
  about: 'Keep the state of the firewall.',
  options: {},
  raw: true,
  *main(ctx) {
    let over = false;
    ctx.sys.sigaction(SIGTERM, () => {
      over = true;
    });
    ctx.sys.sigaction(SIGHUP, () => {});
    yield* writeFile(ctx.sys, PID, `${ctx.sys.getpid()}\n`, 0o644);
    while (!over) {
      ctx.sys.pause();
      yield;
    }
    ctx.sys.unlink(PID);
    return 0;
  },
});
