import { listenTcp, serveHttp } from '../../libc/http-server.ts';
import { program } from '../../libc/program.ts';
import { strerror } from '../../libc/strerror.ts';
import { untilSignal } from '../servers/go-signals.ts';

export default program({
  name: 'jwilder-whoami',
  at: ['/app/http'],
  spec: 'jwilder/whoami',
  usage: '',
  about: 'Answer with the name of the machine.',
  options: {},
  raw: true,
  *main(ctx) {
    const { sys } = ctx;
    const port = ctx.env.get('PORT') || '8080';
    const listener = listenTcp(sys, Number(port));
    if (listener < 0) {
      yield* ctx.stderr.write(`listen tcp :${port}: bind: ${strerror(-listener, 'go')}\n`);
      return 1;
    }
    const { nodename } = sys.uname();
    yield* ctx.stdout.write(`Listening on :${port}\n`);
    yield* ctx.stdout.flush();
    sys.thread(function* (own) {
      return yield* serveHttp(own, listener, function* (_, request) {
        yield* ctx.stdout.write(`I'm ${nodename}\n`);
        yield* ctx.stdout.flush();
        const headers = [['Content-Type', 'text/plain; charset=utf-8']] as const;
        return { status: 200, headers, body: request.head.method === 'HEAD' ? '' : `I'm ${nodename}\n` };
      });
    });
    return yield* untilSignal(sys);
  },
});
