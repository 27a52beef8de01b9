import { decode } from '../../lib/utf8.ts';
import { readFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { cpuList } from '../linux/cpu-list.ts';

type Cpu = ReadonlyMap<string, string>;

export default program({
  name: 'lscpu',
  at: ['/usr/bin/lscpu'],
  style: 'util-linux',
  spec: 'util-linux 2.39 lscpu(1) over /proc/cpuinfo: the summary, -p, -e, -J; without -C, -s and columns',
  version: 'from util-linux 2.39.3',
  usage: '[options]',
  about: 'Display information about the CPU architecture.',
  options: {
    all: { short: 'a', help: 'print both online and offline CPUs (default for -e)' },
    online: { short: 'b', help: 'print online CPUs only (default for -p)' },
    bytes: { short: 'B', help: 'print sizes in bytes rather than in human readable format' },
    json: { short: 'J', help: 'use JSON for default or extended format' },
    extended: { short: 'e', help: 'print out an extended readable format' },
    parse: { short: 'p', help: 'print out a parsable format' },
    hex: { short: 'x', help: 'print hexadecimal masks rather than lists of CPUs' },
  },
  *main(ctx) {
    const { opts } = ctx;
    const bytes = yield* readFile(ctx.sys, '/proc/cpuinfo');
    if (typeof bytes === 'number') return yield* ctx.die(`cannot open /proc/cpuinfo: ${ctx.strerror(bytes)}`);
    const cpus: Cpu[] = decode(bytes)
      .split('\n\n')
      .filter((block) => block.trim() !== '')
      .map((block) => new Map(block.split('\n').map((line) => line.split(/\t*: ?/, 2) as [string, string])));
    const ids = cpus.map((_, i) => i);
    if (opts.parse) {
      yield* ctx.stdout.write(
        `# The following is the parsable format, which can be fed to other\n# programs. Each different item in every column has an unique ID\n# starting usually from zero.\n# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n${ids.map((i) => `${i},${i},0,0,,${i},${i},${i},0\n`).join('')}`,
      );
      return 0;
    }
    if (opts.extended && !opts.json) {
      yield* ctx.stdout.write(
        `CPU NODE SOCKET CORE L1d:L1i:L2:L3 ONLINE\n${ids.map((i) => `${String(i).padStart(3)}    0      0 ${String(i).padStart(4)} ${`${i}:${i}:${i}:0`.padEnd(13)}    yes\n`).join('')}`,
      );
      return 0;
    }
    const rows = summary(ctx.sys.uname().machine, cpus, opts.bytes, opts.hex);
    if (opts.json) {
      const fields = rows.map(
        ([field, data]) =>
          `      {\n         "field": ${JSON.stringify(`${field}:`)},\n         "data": ${JSON.stringify(data)}\n      }`,
      );
      yield* ctx.stdout.write(
        `{\n   "lscpu": [\n${fields.join(',\n')}\n   ]\n}\n`.replaceAll('      },\n      {', '      },{'),
      );
      return 0;
    }
    const width = Math.max(...rows.map(([field]) => field.length)) + 3;
    for (const [field, data] of rows) yield* ctx.stdout.write(`${`${field}:`.padEnd(width)}${data}\n`);
    return 0;
  },
});

/** What the summary says, field by field. */
function summary(machine: string, cpus: readonly Cpu[], bytes: boolean, hex: boolean): [string, string][] {
  const first = cpus[0] ?? new Map<string, string>();
  const count = cpus.length;
  const online = hex ? `0x${(2 ** count - 1).toString(16)}` : cpuList(cpus.map((_, i) => i));
  const cache = Number(/^\d+/.exec(first.get('cache size') ?? '')?.[0] ?? 0) * 1024;
  const size = (each: number, instances: number): string => {
    const total = each * instances;
    const shown = bytes ? String(total) : total >= 1 << 20 ? `${total / (1 << 20)} MiB` : `${total / 1024} KiB`;
    return `${shown} (${instances} instance${instances === 1 ? '' : 's'})`;
  };
  return [
    ['Architecture', machine],
    ['CPU op-mode(s)', '32-bit, 64-bit'],
    ['Address sizes', first.get('address sizes') ?? ''],
    ['Byte Order', 'Little Endian'],
    ['CPU(s)', String(count)],
    [`On-line CPU(s) ${hex ? 'mask' : 'list'}`, online],
    ['Vendor ID', first.get('vendor_id') ?? ''],
    ['Model name', first.get('model name') ?? ''],
    ['CPU family', first.get('cpu family') ?? ''],
    ['Model', first.get('model') ?? ''],
    ['Thread(s) per core', '1'],
    ['Core(s) per socket', first.get('cpu cores') ?? String(count)],
    ['Socket(s)', '1'],
    ['Stepping', first.get('stepping') ?? ''],
    ['BogoMIPS', first.get('bogomips') ?? ''],
    ['Flags', first.get('flags') ?? ''],
    ['Hypervisor vendor', 'KVM'],
    ['Virtualization type', 'full'],
    ['L1d cache', size(32 * 1024, count)],
    ['L1i cache', size(32 * 1024, count)],
    ['L2 cache', size(1 << 20, count)],
    ['L3 cache', size(cache, 1)],
    ['NUMA node(s)', '1'],
    ['NUMA node0 CPU(s)', online],
  ];
}
