import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'strings',
  at: ['/usr/bin/strings'],
  spec: 'GNU binutils 2.42 strings(1); 7-bit and 8-bit encodings, whole files',
  versionText: 'GNU strings (GNU Binutils for Ubuntu) 2.42',
  usage: '[option(s)] [file(s)]',
  about: 'Display printable strings in [file(s)] (stdin by default)',
  options: {
    all: { short: 'a', busybox: false, help: 'scan the entire file, not just the data section' },
    printFileName: { short: 'f', help: 'print the name of the file before each string' },
    bytes: { short: 'n', arg: 'number', help: 'print any sequence of at least <number> characters (default 4)' },
    radix: { short: 't', arg: '{o,d,x}', help: 'print the location of the string in base 8, 10 or 16' },
    o: { short: 'o', long: false, help: 'an alias for --radix=o' },
    includeAllWhitespace: { short: 'w', busybox: false, help: 'include all whitespace as valid string characters' },
    encoding: { short: 'e', arg: '{s,S}', busybox: false, help: 's = 7-bit, S = 8-bit characters' },
  },
  rewrite: (argv) => argv.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-n', arg.slice(1)] : [arg])),
  busybox: {
    at: '/usr/bin/strings',
    long: [],
    usage: '[-fo] [-t o|d|x] [-n LEN] [FILE]...',
    help: 'Display printable strings in a binary file\n\n\t-f\t\tPrecede strings with filenames\n\t-o\t\tPrecede strings with octal offsets\n\t-t o|d|x\tPrecede strings with offsets in base 8/10/16\n\t-n LEN\t\tAt least LEN characters form a string (default 4)\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const least = Number(opts.bytes ?? 4);
    if (!(least > 0))
      return yield* ctx.die(
        ctx.form === 'gnu' ? `minimum string length is too small: ${opts.bytes}` : `invalid number '${opts.bytes}'`,
      );
    const radix = opts.o ? 'o' : opts.radix;
    const base = { o: 8, d: 10, x: 16 }[radix ?? 'd'];
    if (base === undefined) return yield* ctx.usage();
    const eight = opts.encoding === 'S';
    const good = (b: number): boolean =>
      (b >= 32 && b < 127) || b === 9 || (eight && b > 127) || (opts.includeAllWhitespace && b >= 10 && b <= 13);
    const words = {
      ...ctx,
      warn: (message: string) =>
        ctx.warn(
          ctx.form === 'gnu' ? message.replace(/^(.*): No such file or directory$/, "'$1': No such file") : message,
        ),
    };
    return yield* eachInput(
      words,
      ctx.args,
      function* (input, name) {
        let offset = 0;
        let run: number[] = [];
        let start = 0;
        const end = function* (): Generator<void, void, void> {
          if (run.length >= least) {
            const file = opts.printFileName ? `${name === '-' ? '{standard input}' : name}: ` : '';
            const place = radix === undefined ? '' : `${start.toString(base).padStart(7)} `;
            yield* ctx.stdout.write(file + place);
            yield* ctx.stdout.write(Uint8Array.from([...run, 10]));
          }
          run = [];
        };
        for (let part; (part = yield* input.chunk()) !== undefined; offset += part.length) {
          for (let i = 0; i < part.length; i++) {
            if (good(part[i]!)) {
              if (run.length === 0) start = offset + i;
              run.push(part[i]!);
            } else yield* end();
          }
          if (ctx.sys.tick()) yield;
        }
        yield* end();
      },
      'plain',
    );
  },
});
