import { NO_CAPS } from '../../abi/credentials.ts';
import { FILE_CAPS, parseFileCaps } from '../../abi/file-caps.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Wait } from '../../libc/io.ts';
import { joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { capsToText } from '../caps/text.ts';

const options = {
  help: { short: 'h', long: false, help: 'show the usage' },
  licence: { short: 'l', long: false, help: 'show the licence' },
  rootid: { short: 'n', long: false, help: 'print the root id of namespaces too (there is none)' },
  recursive: { short: 'r', long: false, help: 'go through directories' },
  verbose: { short: 'v', long: false, help: 'print files without capabilities too' },
} as const;
type Ctx = Context<typeof options>;

const USAGE =
  'usage: getcap [-h] [-l] [-n] [-r] [-v] <filename> [<filename> ...]\n\n\tdisplays the capabilities on the queried file(s).\n';

export default program({
  name: 'getcap',
  at: ['/usr/sbin/getcap'],
  spec: 'libcap 2.66 getcap(8)',
  usage: '[-h] [-l] [-n] [-r] [-v] <filename> [<filename> ...]',
  about: 'Show the capabilities of files.',
  options,
  hint: () => USAGE,
  *main(ctx) {
    if (ctx.opts.help) {
      yield* ctx.stdout.write(USAGE);
      return 0;
    }
    if (ctx.args.length === 0) {
      yield* ctx.stderr.write(USAGE);
      return 1;
    }
    for (const path of ctx.args) yield* show(ctx, path, true);
    return 0;
  },
});

function* show(ctx: Ctx, path: string, operand: boolean): Wait<void> {
  const { sys, opts } = ctx;
  const st = new Stat();
  const found = sys.lstat(path, st);
  if (found < 0) {
    if (operand) yield* ctx.stderr.write(`${path} (${ctx.strerror(found)})\n`);
    return;
  }
  const bytes = sys.getxattr(path, FILE_CAPS, true);
  const caps = typeof bytes === 'number' ? undefined : parseFileCaps(bytes);
  if (caps) {
    const { permitted, inheritable } = caps;
    const effective = caps.effective ? new Set([...permitted, ...inheritable]) : NO_CAPS;
    yield* ctx.stdout.write(`${path} ${capsToText({ permitted, inheritable, effective })}\n`);
  } else if (opts.verbose) yield* ctx.stdout.write(`${path}\n`);
  if (!opts.recursive || !isDirectory(st.mode)) return;
  const names = listDir(sys, path);
  for (const name of typeof names === 'number' ? [] : names) {
    yield* show(ctx, joinPath(path, name), false);
    if (sys.tick()) yield;
  }
}
