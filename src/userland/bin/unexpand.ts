import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';
import { nextStop, readTabs, type TabStops } from '../../libc/tab-stops.ts';

export default program({
  name: 'unexpand',
  at: ['/usr/bin/unexpand'],
  spec: 'GNU coreutils 9.4 unexpand(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Convert blanks in each FILE to tabs, writing to standard output.',
  options: {
    all: { short: 'a', help: 'convert all blanks, instead of just initial blanks' },
    firstOnly: { short: 'f', busybox: false, help: 'convert only leading sequences of blanks (overrides -a)' },
    tabs: { short: 't', arg: 'N', help: 'have tabs N characters apart instead of 8 (enables -a)' },
  },
  busybox: {
    at: '/usr/bin/unexpand',
    usage: '[-fa][-t N] [FILE]...',
    help: 'Convert spaces to tabs, writing to stdout\n\n\t-a\tConvert all blanks\n\t-f\tConvert only leading blanks\n\t-t N\tTabstops every N chars\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const stops = readTabs(opts.tabs ?? '8');
    if (typeof stops === 'string') return yield* ctx.die(ctx.form === 'gnu' ? stops : `invalid number '${opts.tabs}'`);
    const all = (ctx.form === 'busybox' || opts.all || opts.tabs !== undefined) && !opts.firstOnly;
    return yield* eachInput(
      ctx,
      ctx.args,
      function* (input) {
        for (let line; (line = yield* input.line()) !== undefined; ) {
          yield* ctx.stdout.write(unexpandLine(line, stops, all) + (input.complete ? '\n' : ''));
          if (ctx.sys.tick()) yield;
        }
      },
      'plain',
    );
  },
});

function unexpandLine(line: string, stops: TabStops, all: boolean): string {
  let out = '';
  let column = 0;
  for (let at = 0; at < line.length; ) {
    const run = /^[ \t]+/.exec(line.slice(at))?.[0];
    if (run === undefined || (!all && /[^ \t]/.test(line.slice(0, at)))) {
      out += line[at++];
      column++;
      continue;
    }
    let end = column;
    for (const c of run) end = c === '\t' ? nextStop(stops, end) : end + 1;
    let here = column;
    let text = '';
    for (let stop = nextStop(stops, here); stop <= end; stop = nextStop(stops, here)) {
      // behind the last position nothing becomes a tab
      if (stops.every === 0 && !stops.at.some((place) => place > here)) break;
      // a single blank before a stop stays one
      text += stop - here === 1 && stop === end && !run.includes('\t') && text === '' && at > 0 ? ' ' : '\t';
      here = stop;
    }
    out += text + ' '.repeat(end - here);
    column = end;
    at += run.length;
  }
  return out;
}
