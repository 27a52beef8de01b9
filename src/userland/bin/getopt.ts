import { type OptionSpec, parseOptions, UsageError } from '../../libc/options.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'getopt',
  at: ['/usr/bin/getopt'],
  spec: 'util-linux 2.39 getopt(1): -o, -l, -n, -q, -u, -T, the old form, POSIXLY_CORRECT by +; -s and -a are accepted',
  version: 'from util-linux 2.39.3',
  usage:
    '<optstring> <parameters>\n getopt [options] [--] <optstring> <parameters>\n getopt [options] -o|--options <optstring> [options] [--] <parameters>',
  about: 'Parse command options.',
  options: {
    alternative: { short: 'a', help: 'allow long options starting with single -' },
    longoptions: { short: 'l', arg: 'longopts', many: true, help: 'the long options to be recognized' },
    name: { short: 'n', arg: 'progname', help: 'the name under which errors are reported' },
    options: { short: 'o', arg: 'optstring', help: 'the short options to be recognized' },
    quiet: { short: 'q', help: 'disable error reporting by getopt(3)' },
    quietOutput: { short: 'Q', help: 'no normal output' },
    shell: { short: 's', arg: 'shell', help: 'set quoting conventions to those of <shell>' },
    test: { short: 'T', help: 'test for getopt(1) version' },
    unquoted: { short: 'u', help: 'do not quote the output' },
  },
  stopAtOperand: true,
  usageStatus: 2,
  busybox: {
    at: '/bin/getopt',
    usage: '[OPTIONS] [--] OPTSTRING PARAMS',
    help: '\t-a\t\tAllow long options starting with single -\n\t-l LOPT[,...]\tLong options to recognize\n\t-n PROGNAME\tThe name under which errors are reported\n\t-o OPTSTRING\tShort options to recognize\n\t-q\t\tNo error messages on unrecognized options\n\t-Q\t\tNo normal output\n\t-s SHELL\tSet shell quoting conventions\n\t-T\t\tVersion test (exits with 4)\n\t-u\t\tDon\'t quote output\n\nExample:\n\nO=`getopt -l bb: -- ab:c:: "$@"` || exit 1\neval set -- "$O"\nwhile true; do\n\tcase "$1" in\n\t-a)\techo A; shift;;\n\t-b|--bb) echo "B:\'$2\'"; shift 2;;\n\t-c)\tcase "$2" in\n\t\t"")\techo C; shift 2;;\n\t\t*)\techo "C:\'$2\'"; shift 2;;\n\t\tesac;;\n\t--)\tshift; break;;\n\t*)\techo Error; exit 1;;\n\tesac\ndone\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    if (opts.test) return 4;
    const args = [...ctx.args];
    const old = opts.options === undefined;
    const short = opts.options ?? args.shift();
    if (short === undefined) return yield* ctx.usage('missing optstring argument');
    const specs: Record<string, OptionSpec> = {};
    for (const m of short.replace(/^[+-]/, '').matchAll(/([^:])(:{0,2})/g))
      specs[`-${m[1]}`] = {
        short: m[1]!,
        long: false,
        help: '',
        ...(m[2] === '' ? {} : { arg: 'x' }),
        ...(m[2] === '::' ? { optional: true as const } : {}),
      };
    for (const name of opts.longoptions.flatMap((l) => l.split(/[,\s]+/)).filter((l) => l !== '')) {
      const plain = name.replace(/:+$/, '');
      const colons = name.length - plain.length;
      specs[`--${plain}`] = {
        long: plain,
        help: '',
        ...(colons === 0 ? {} : { arg: 'x' }),
        ...(colons === 2 ? { optional: true as const } : {}),
      };
    }
    // options that are wrong are reported one by one, the others still come out
    let status = 0;
    let words = args;
    const name = opts.name ?? (ctx.form === 'gnu' ? 'getopt' : ctx.name);
    let parsed = parseOptions(specs, words, {
      words: 'gnu',
      stopAtOperand: short.startsWith('+') || ctx.env.has('POSIXLY_CORRECT'),
    });
    while (parsed instanceof UsageError) {
      status = 1;
      if (!opts.quiet) yield* ctx.stderr.write(`${name}: ${parsed.message}\n`);
      const bad = /'([^']+)'/.exec(parsed.message)?.[1] ?? '';
      const at = words.findIndex(
        (w) => w === bad || (bad.length === 1 && /^-[^-]/.test(w) && w.includes(bad)) || w.startsWith(`${bad}=`),
      );
      if (at < 0) break;
      const rest = bad.length === 1 ? words[at]!.replace(bad, '') : '-';
      words = [
        ...words.slice(0, at),
        ...(rest === '-' || /requires/.test(parsed.message) ? [] : [rest]),
        ...words.slice(at + 1),
      ];
      parsed = parseOptions(specs, words, { words: 'gnu', stopAtOperand: short.startsWith('+') });
    }
    const quote = (text: string): string => (old || opts.unquoted ? text : `'${text.replaceAll("'", "'\\''")}'`);
    let out = '';
    if (!(parsed instanceof UsageError)) {
      for (const { key, value } of parsed.order) {
        out += ` ${key}`;
        if (specs[key]!.arg !== undefined) out += ` ${quote(value ?? '')}`;
      }
      out += ` --${parsed.args.map((a) => ` ${quote(a)}`).join('')}`;
    }
    if (!opts.quietOutput) yield* ctx.stdout.write(`${out}\n`);
    return status;
  },
});
