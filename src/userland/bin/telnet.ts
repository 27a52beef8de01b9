import { EINTR } from '../../abi/errno.ts';
import { POLLIN } from '../../abi/flags.ts';
import { poll, read, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { gaiStrerror, resolve } from '../../libc/resolver.ts';
import { dial, portNumber } from '../nc/dial.ts';

const IAC = 255;
const DONT = 254;
const DO = 253;
const WONT = 252;
const WILL = 251;
const SB = 250;
const SE = 240;
/** `^]` */
const ESCAPE = 29;

export default program({
  name: 'telnet',
  at: ['/usr/bin/telnet'],
  spec: 'netkit/inetutils telnet(1) and busybox: line mode, every option refused, no command prompt but to quit',
  usage: '[host [port]]',
  about: 'Connect to a TELNET server.',
  options: {
    four: { short: '4', long: false, busybox: false, help: 'use IPv4' },
    six: { short: '6', long: false, busybox: false, help: 'use IPv6' },
    auto: { short: 'a', long: false, help: 'attempt automatic login' },
    user: { short: 'l', long: false, arg: 'USER', help: 'attempt automatic login as USER' },
  },
  busybox: {
    at: '/usr/bin/telnet',
    usage: '[-a] [-l USER] HOST [PORT]',
    help: 'Connect to telnet server\n\n\t-a\tAutomatic login with $USER variable\n\t-l USER\tAutomatic login as USER\n',
  },
  *main(ctx) {
    const [host, portText = '23'] = ctx.args;
    const busybox = ctx.form === 'busybox';
    if (host === undefined) return yield* ctx.usage();
    const port = yield* portNumber(ctx.sys, portText, false);
    if (port === undefined) return yield* ctx.die(busybox ? `bad port '${portText}'` : `${portText}: bad port number`);
    const found = yield* resolve(ctx.sys, host, ctx.opts.four ? { family: 'inet' } : {});
    if (typeof found === 'string') {
      if (busybox) return yield* ctx.die(`bad address '${host}'`);
      return yield* ctx.die(`could not resolve ${host}/${portText}: ${gaiStrerror(found, ctx.sys.image.flavour)}`);
    }
    let fd = -1;
    for (const address of found.addresses) {
      if (!busybox) yield* ctx.stdout.write(`Trying ${address}...\n`);
      yield* ctx.stdout.flush();
      fd = yield* dial(ctx.sys, address, port, { udp: false });
      if (fd >= 0) break;
      if (busybox) return yield* ctx.die(`can't connect to remote host (${address}): ${ctx.strerror(fd)}`);
    }
    if (fd < 0) return yield* ctx.die(`Unable to connect to remote host: ${ctx.strerror(fd)}`);
    yield* ctx.stdout.write(`Connected to ${host}${busybox ? '' : '.'}\n`);
    if (!busybox) yield* ctx.stdout.write("Escape character is '^]'.\n");
    yield* ctx.stdout.flush();
    return yield* session(ctx, fd);
  },
});

function* session(ctx: Context, fd: number): Wait<number> {
  const { sys } = ctx;
  const buf = new Uint8Array(8192);
  const protocol = new Protocol();
  let inputOpen = true;
  for (;;) {
    const fds = [
      { fd: inputOpen ? 0 : -1, events: POLLIN, revents: 0 },
      { fd, events: POLLIN, revents: 0 },
    ];
    const ready = yield* poll(sys, fds, -1);
    if (ready === -EINTR) continue;
    if (fds[1]!.revents !== 0) {
      const n = yield* read(sys, fd, buf);
      if (n <= 0) {
        yield* ctx.stderr.write(`Connection closed by foreign host${ctx.form === 'busybox' ? '' : '.'}\n`);
        return 1;
      }
      const { text, answer } = protocol.receive(buf.subarray(0, n));
      yield* writeAll(sys, 1, text);
      if (answer.length > 0) yield* writeAll(sys, fd, answer);
    }
    if (fds[0]!.revents === 0) continue;
    const n = yield* read(sys, 0, buf);
    if (n <= 0) {
      if (ctx.form === 'gnu') return 0;
      inputOpen = false;
      continue;
    }
    if (buf[0] === ESCAPE) {
      yield* ctx.stdout.write('\ntelnet> Connection closed.\n');
      return 0;
    }
    const lines = [...buf.subarray(0, n)].flatMap((byte) =>
      byte === 10 ? [13, 10] : byte === IAC ? [IAC, IAC] : [byte],
    );
    if ((yield* writeAll(sys, fd, Uint8Array.from(lines))) < 0) return 1;
  }
}

/** The commands in the stream (RFC 854): each offer and request is declined. */
class Protocol {
  #state: 'data' | 'iac' | 'option' | 'sub' | 'subIac' = 'data';
  #command = 0;

  receive(bytes: Uint8Array): { text: Uint8Array; answer: Uint8Array } {
    const text: number[] = [];
    const answer: number[] = [];
    for (const byte of bytes) {
      if (this.#state === 'data') {
        if (byte === IAC) this.#state = 'iac';
        else if (byte !== 0) text.push(byte);
      } else if (this.#state === 'iac') {
        this.#state = byte === SB ? 'sub' : byte >= WILL && byte <= DONT ? 'option' : 'data';
        this.#command = byte;
        if (byte === IAC) text.push(IAC);
      } else if (this.#state === 'option') {
        if (this.#command === WILL) answer.push(IAC, DONT, byte);
        if (this.#command === DO) answer.push(IAC, WONT, byte);
        this.#state = 'data';
      } else if (this.#state === 'sub') {
        if (byte === IAC) this.#state = 'subIac';
      } else this.#state = byte === SE ? 'data' : 'sub';
    }
    return { text: Uint8Array.from(text), answer: Uint8Array.from(answer) };
  }
}
