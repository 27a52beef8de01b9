import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { civilTime } from '../../lib/civil-time.ts';
import { listenTcp, serveHttp } from '../../libc/http-server.ts';
import { program } from '../../libc/program.ts';
import { strerror } from '../../libc/strerror.ts';
import { untilSignal } from '../servers/go-signals.ts';
import { Health, whoami } from '../servers/whoami.ts';

export default program({
  name: 'traefik-whoami',
  at: ['/whoami'],
  spec: 'traefik/whoami 1.10: HTTP; no TLS, gRPC, WebSocket',
  usage: '[flags]',
  about: 'Answer with what was asked and where it runs.',
  options: {},
  raw: true,
  *main(ctx) {
    const { sys } = ctx;
    const value = (flag: string): string | undefined => {
      for (const [i, word] of ctx.args.entries()) {
        if (word === `-${flag}` || word === `--${flag}`) return ctx.args[i + 1] ?? '';
        const joined = new RegExp(`^--?${flag}=(.*)$`).exec(word)?.[1];
        if (joined !== undefined) return joined;
      }
      return undefined;
    };
    const port = value('port') ?? ctx.env.get('WHOAMI_PORT_NUMBER') ?? '80';
    const name = value('name') ?? ctx.env.get('WHOAMI_NAME') ?? '';
    const t = civilTime(Math.floor(sys.now(CLOCK_REALTIME) / 1000));
    const two = (n: number): string => String(n).padStart(2, '0');
    const stamp = `${t.year}/${two(t.month)}/${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
    yield* ctx.stderr.write(`${stamp} Starting up on port ${port}\n`);
    const listener = listenTcp(sys, Number(port));
    if (listener < 0) {
      yield* ctx.stderr.write(`${stamp} listen tcp :${port}: bind: ${strerror(-listener, 'go')}\n`);
      return 1;
    }
    const health = new Health();
    sys.thread(function* (own) {
      return yield* serveHttp(own, listener, (inner, request) => whoami(inner, request, name, health));
    });
    return yield* untilSignal(sys);
  },
});
