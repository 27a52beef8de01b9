import { program } from '../../libc/program.ts';
import { Terminal } from '../screen/terminal.ts';
import { Editor } from '../vi/editor.ts';
import { runEx } from '../vi/ex.ts';

export default program({
  name: 'vi',
  at: ['/usr/bin/vi', '/usr/bin/vim', '/usr/bin/vim.tiny', '/usr/bin/view', '/usr/bin/ex'],
  spec: 'A small vi in the manner of vim.tiny and of busybox vi; without windows, macros, named registers and syntax',
  versionText: 'VIM - Vi IMproved 9.1 (2024 Jan 02)',
  usage: '[OPTION]... [FILE]...',
  about: 'Edit a text file.',
  options: {
    command: { short: 'c', long: false, arg: 'CMD', many: true, help: 'run CMD after the first file is loaded' },
    readonly: { short: 'R', long: false, help: 'read-only' },
    noSwap: { short: 'n', long: false, busybox: false, help: 'accepted' },
    compatible: { short: 'C', long: false, busybox: false, help: 'accepted' },
    noCompatible: { short: 'N', long: false, busybox: false, help: 'accepted' },
    rc: { short: 'u', long: false, arg: 'FILE', busybox: false, help: 'accepted' },
  },
  rewrite: (argv) =>
    argv.flatMap((word) => (/^\+./.test(word) ? ['-c', word.slice(1)] : word === '+' ? ['-c', '$'] : [word])),
  busybox: {
    at: '/bin/vi',
    usage: '[-c CMD] [-R] [-H] [FILE]...',
    help: 'Edit FILE\n\n\t-c CMD\tInitial command to run ($EXINIT and ~/.exrc also available)\n\t-R\tRead-only\n\t-H\tList available features\n',
  },
  *main(ctx) {
    const terminal = yield* Terminal.take(ctx.sys);
    if (!terminal || !ctx.sys.isatty(1)) {
      if (terminal) yield* terminal.release();
      yield* ctx.stderr.write(
        ctx.form === 'gnu' ? 'Vim: Warning: Output is not to a terminal\n' : 'vi: standard output: Not a tty\n',
      );
      return 1;
    }
    yield* terminal.write('\x1b[?1049h');
    const editor = new Editor(ctx, terminal);
    for (const [at, name] of (ctx.args.length === 0 ? [undefined] : ctx.args).entries()) {
      editor.done = false;
      if (name !== undefined) yield* editor.open(name);
      if (ctx.opts.readonly) editor.readonly = true;
      if (at === 0) for (const command of ctx.opts.command) yield* runEx(editor, command);
      yield* editor.run();
    }
    yield* terminal.write(`\x1b[${terminal.size().rows};1H\x1b[K\x1b[?1049l`);
    yield* terminal.release();
    return 0;
  },
});
