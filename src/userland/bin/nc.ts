import { program } from '../../libc/program.ts';
import { busyboxNc } from '../nc/busybox.ts';
import { openbsdNc, usage } from '../nc/openbsd.ts';

const HELP = `Open a pipe to IP:PORT or FILE

	-l	Listen mode, for inbound connects
		(use -ll with -e for persistent server)
	-p PORT	Local port
	-w SEC	Connect timeout
	-i SEC	Delay interval for lines sent
	-f FILE	Use file (ala /dev/ttyS0) instead of network
	-e PROG	Run PROG after connect
`;

export default program({
  name: 'nc',
  at: ['/usr/bin/nc', '/usr/bin/nc.openbsd', '/usr/bin/netcat'],
  spec: 'OpenBSD nc(1) as in Debian (1.226), and busybox; without proxies, -F, -M, -m, -O, -I, -T, -V, -W',
  usage: '[OPTIONS] [destination] [port]',
  about: 'Arbitrary TCP and UDP connections and listens.',
  options: {
    four: { short: '4', long: false, help: 'Use IPv4' },
    six: { short: '6', long: false, help: 'Use IPv6' },
    crlf: { short: 'C', long: false, busybox: false, help: 'Send CRLF as line-ending' },
    detach: { short: 'd', long: false, busybox: false, help: 'Detach from stdin' },
    exec: { short: 'e', long: false, arg: 'PROG', busybox: 'only', help: 'Run PROG after connect' },
    helpText: { short: 'h', long: false, busybox: false, help: 'This help text' },
    interval: { short: 'i', long: false, arg: 'interval', help: 'Delay interval for lines sent, ports scanned' },
    keep: { short: 'k', long: false, help: 'Keep inbound sockets open for multiple connects' },
    listen: { short: 'l', long: false, many: true, help: 'Listen mode, for inbound connects' },
    shutdown: { short: 'N', long: false, busybox: false, help: 'Shutdown the network socket after EOF on stdin' },
    numeric: { short: 'n', long: false, help: 'Suppress name/port resolutions' },
    localPort: { short: 'p', long: false, arg: 'port', help: 'Specify local port for remote connects' },
    quit: { short: 'q', long: false, arg: 'secs', busybox: false, help: 'quit after EOF on stdin and delay of secs' },
    source: { short: 's', long: false, arg: 'sourceaddr', help: 'Local source address' },
    telnet: { short: 't', long: false, busybox: false, help: 'Answer TELNET negotiation' },
    unix: { short: 'U', long: false, busybox: false, help: 'Use UNIX domain socket' },
    udp: { short: 'u', long: false, help: 'UDP mode' },
    verbose: { short: 'v', long: false, many: true, help: 'Verbose' },
    wait: { short: 'w', long: false, arg: 'timeout', help: 'Timeout for connects and final net reads' },
    scan: { short: 'z', long: false, help: 'Zero-I/O mode [used for scanning]' },
  },
  busybox: { at: '/usr/bin/nc', usage: '[-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]', help: HELP },
  /** busybox: `-e PROG ARGS…` takes the rest of the line. */
  rewrite(argv, form) {
    const at = argv.indexOf('-e');
    if (form !== 'busybox' || at < 0) return argv;
    return [...argv.slice(0, at), `-e${argv.slice(at + 1).join('\0')}`];
  },
  *main(ctx) {
    const { opts } = ctx;
    const wait = opts.wait === undefined ? undefined : Number(opts.wait);
    if (ctx.form === 'busybox')
      return yield* busyboxNc(ctx, {
        listen: opts.listen > 0,
        keep: opts.keep || opts.listen > 1,
        udp: opts.udp,
        scan: opts.scan,
        verbose: opts.verbose,
        wait,
        localPort: opts.localPort,
        localAddress: opts.source,
        exec: opts.exec?.split('\0'),
      });
    if (opts.helpText) return (yield* usage(ctx)) - 1;
    return yield* openbsdNc(ctx, {
      family: opts.four ? 'inet' : opts.six ? 'inet6' : undefined,
      listen: opts.listen > 0,
      keep: opts.keep,
      udp: opts.udp,
      unix: opts.unix,
      scan: opts.scan,
      verbose: opts.verbose > 0,
      numeric: opts.numeric,
      shutdown: opts.shutdown,
      detach: opts.detach,
      crlf: opts.crlf,
      wait,
      quit: opts.quit === undefined ? undefined : Number(opts.quit),
      localPort: opts.localPort,
      localAddress: opts.source,
    });
  },
});
