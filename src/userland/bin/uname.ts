import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'uname',
  at: ['/usr/bin/uname'],
  spec: 'GNU coreutils 9.4 uname(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]...',
  about: 'Print system information; without an option, the name of the kernel.',
  options: {
    all: { short: 'a', help: 'print all, in this order' },
    kernelName: { short: 's', help: 'print the kernel name' },
    nodename: { short: 'n', help: 'print the network node hostname' },
    kernelRelease: { short: 'r', help: 'print the kernel release' },
    kernelVersion: { short: 'v', help: 'print the kernel version' },
    machine: { short: 'm', help: 'print the machine hardware name' },
    processor: { short: 'p', help: 'print the processor type' },
    hardwarePlatform: { short: 'i', help: 'print the hardware platform' },
    operatingSystem: { short: 'o', help: 'print the operating system' },
  },
  busybox: {
    at: '/bin/uname',
    usage: '[-amnrspvio]',
    help: 'Print system information\n\n\t-a\tPrint all\n\t-m\tMachine (hardware) type\n\t-n\tHostname\n\t-r\tKernel release\n\t-s\tKernel name (default)\n\t-p\tProcessor type\n\t-v\tKernel version\n\t-i\tHardware platform\n\t-o\tOS name\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    if (ctx.args.length > 0)
      return yield* ctx.usage(ctx.form === 'gnu' ? `extra operand ${localeQuote(ctx.args[0]!)}` : undefined);
    const u = ctx.sys.uname();
    const none = !Object.values(opts).some(Boolean);
    const hardware = ctx.form === 'gnu' ? u.machine : 'unknown';
    const parts = [
      (opts.kernelName || opts.all || none) && u.sysname,
      (opts.nodename || opts.all) && u.nodename,
      (opts.kernelRelease || opts.all) && u.release,
      (opts.kernelVersion || opts.all) && u.version,
      (opts.machine || opts.all) && u.machine,
      (opts.processor || (opts.all && ctx.form === 'gnu')) && hardware,
      (opts.hardwarePlatform || (opts.all && ctx.form === 'gnu')) && hardware,
      (opts.operatingSystem || opts.all) &&
        (ctx.sys.image.flavour === 'musl' && ctx.form === 'busybox' ? 'Linux' : 'GNU/Linux'),
    ];
    yield* ctx.stdout.write(`${parts.filter(Boolean).join(' ')}\n`);
    return 0;
  },
});
