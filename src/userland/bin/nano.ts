import { isDirectory, Stat } from '../../abi/stat.ts';
import { program } from '../../libc/program.ts';
import { TtyScreen } from '../../libc/tty-screen.ts';
import { NanoEditor } from '../nano/editor.ts';

const VERSION = '7.2';

export default program({
  name: 'nano',
  at: ['/usr/bin/nano'],
  spec: 'GNU nano 7.2 nano(1): one buffer; ^O ^X ^K ^U ^W ^C ^/ and motions; no marking, undo, replace, justify, help and syntax colours',
  version: `, version ${VERSION}`,
  usage: '[OPTIONS] [[+LINE[,COLUMN]] FILE]...',
  about: "Nano's own, small text editor.",
  options: {
    lineNumbers: { short: 'l', long: 'linenumbers', help: 'show line numbers in front of the text' },
    view: { short: 'v', help: 'view mode (read-only)' },
    mouse: { short: 'm', help: 'accepted' },
    noWrap: { short: 'w', long: 'nowrap', help: 'accepted' },
    autoindent: { short: 'i', help: 'accepted' },
    tabsToSpaces: { short: 'E', long: 'tabstospaces', help: 'accepted' },
  },
  *main(ctx) {
    const { sys } = ctx;
    let line = 1;
    let file: string | undefined;
    for (const arg of ctx.args) {
      const m = /^\+(\d+)/.exec(arg);
      if (m) line = Number(m[1]);
      else file ??= arg;
    }
    const screen = sys.isatty(0) && sys.isatty(1) ? yield* TtyScreen.open(sys) : undefined;
    if (!screen) {
      yield* ctx.stderr.write('Standard input is not a terminal\n');
      return 1;
    }
    const st = new Stat();
    if (file !== undefined && sys.stat(file, st) === 0 && isDirectory(st.mode)) {
      yield* ctx.stderr.write(`"${file}" is a directory\n`);
      return 1;
    }
    yield* screen.enter();
    yield* screen.write('\x1b[?1049h');
    try {
      yield* new NanoEditor(screen, {
        file,
        readOnly: ctx.opts.view,
        numbers: ctx.opts.lineNumbers,
        line,
        version: VERSION,
        strerror: ctx.strerror,
      }).run();
    } finally {
      yield* screen.write('\x1b[?1049l');
      yield* screen.leave();
    }
    return 0;
  },
});
