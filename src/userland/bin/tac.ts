import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'tac',
  at: ['/usr/bin/tac'],
  spec: 'GNU coreutils 9.4 tac(1); without -r',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Write each FILE, last line first.',
  options: {
    before: { short: 'b', busybox: false, help: 'put the separator before' },
    separator: { short: 's', arg: 'STRING', busybox: false, help: 'use STRING instead of newline' },
  },
  busybox: { at: '/usr/bin/tac', usage: '[FILE]...', help: 'Concatenate FILEs and print them in reverse\n' },
  *main(ctx) {
    const separator = ctx.opts.separator || '\n';
    return yield* eachInput(
      ctx,
      ctx.args,
      function* (input) {
        const text = yield* input.text();
        const parts = text.split(separator);
        const tail = parts.pop()!;
        const lines = parts.map((part) => (ctx.opts.before ? separator + part : part + separator));
        if (tail !== '') lines.push(tail);
        for (const line of lines.reverse()) if (ctx.stdout.put(line)) yield* ctx.stdout.flush();
      },
      'plain',
    );
  },
});
