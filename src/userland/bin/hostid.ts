import { readFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'hostid',
  at: ['/usr/bin/hostid'],
  spec: 'GNU coreutils 9.4 hostid(1): from /etc/hostid, else from the first address of /etc/hosts with the host name',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]',
  about: 'Print the numeric identifier (in hexadecimal) for the current host.',
  options: {},
  busybox: {
    at: '/usr/bin/hostid',
    usage: '',
    help: 'Print out a unique 32-bit identifier for the machine\n',
  },
  *main(ctx) {
    const bytes = yield* readFile(ctx.sys, '/etc/hostid');
    let id = 0;
    if (typeof bytes !== 'number' && bytes.length >= 4)
      id = (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0;
    else {
      const hosts = yield* readFile(ctx.sys, '/etc/hosts');
      const name = ctx.sys.uname().nodename;
      const text = typeof hosts === 'number' ? '' : String.fromCharCode(...hosts);
      for (const line of text.split('\n')) {
        const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
        const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
        if (!m || !names.includes(name)) continue;
        const [a, b, c, d] = m.slice(1).map(Number) as [number, number, number, number];
        id = ((b << 24) | (a << 16) | (d << 8) | c) >>> 0;
        break;
      }
    }
    yield* ctx.stdout.write(`${id.toString(16).padStart(8, '0')}\n`);
    return 0;
  },
});
