import { decode } from '../../lib/utf8.ts';
import { readFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { capsFromHex, capsToText } from '../caps/text.ts';

export default program({
  name: 'getpcaps',
  at: ['/usr/sbin/getpcaps'],
  spec: 'libcap 2.66 getpcaps(8); without --ugly, --verbose and --iab',
  usage: '[opts] <pid> [<pid> ...]',
  about: 'Show the capabilities of processes.',
  options: {},
  *main(ctx) {
    if (ctx.args.length === 0) {
      yield* ctx.stderr.write(
        'usage: getcaps [opts] <pid> [<pid> ...]\n\n  This program displays the capabilities on the queried process(es).\n  The capabilities are displayed in the cap_from_text(3) format.\n',
      );
      return 1;
    }
    let status = 0;
    for (const pid of ctx.args) {
      const bytes = /^\d+$/.test(pid) ? yield* readFile(ctx.sys, `/proc/${pid}/status`) : -3;
      if (typeof bytes === 'number') {
        yield* ctx.stderr.write(`Failed to get cap's for process ${pid}: (${ctx.strerror(3)})\n`);
        status = 1;
        continue;
      }
      const text = decode(bytes);
      const set = (name: string) => capsFromHex(new RegExp(`^${name}:\\t(.*)$`, 'm').exec(text)?.[1] ?? '0');
      yield* ctx.stdout.write(
        `${pid}: ${capsToText({ permitted: set('CapPrm'), effective: set('CapEff'), inheritable: set('CapInh') })}\n`,
      );
    }
    return status;
  },
});
