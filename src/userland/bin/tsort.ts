import { openInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded } from '../../libc/shell-quote.ts';

interface Item {
  name: string;
  /** How many must come before it. */
  before: number;
  after: Item[];
}

export default program({
  name: 'tsort',
  at: ['/usr/bin/tsort'],
  spec: 'GNU coreutils 9.4 tsort(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION] [FILE]',
  about: 'Write a totally ordered list that agrees with the partial order of the pairs in FILE.',
  options: {},
  busybox: { at: '/usr/bin/tsort', usage: '[FILE]', help: 'Topological sort\n' },
  *main(ctx) {
    const { sys, stdout } = ctx;
    if (ctx.args.length > 1) return yield* ctx.usage(`extra operand ${localeQuote(ctx.args[1]!)}`);
    const file = ctx.args[0] ?? '-';
    const input = yield* openInput(ctx, file, 'plain');
    if (!input) return 1;
    const words = (yield* input.text()).split(/[ \t\n]+/).filter((word) => word !== '');
    if (words.length % 2 === 1) return yield* ctx.die(`${quoteIfNeeded(file)}: input contains an odd number of tokens`);
    const items = new Map<string, Item>();
    const item = (name: string): Item => {
      let found = items.get(name);
      if (!found) {
        found = { name, before: 0, after: [] };
        items.set(name, found);
      }
      return found;
    };
    for (let i = 0; i < words.length; i += 2) {
      const [first, second] = [item(words[i]!), item(words[i + 1]!)];
      if (first === second) continue;
      first.after.push(second);
      second.before++;
      if (sys.tick()) yield;
    }
    const left = new Set([...items.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
    const ready = [...left].filter(({ before }) => before === 0);
    let status = 0;
    while (left.size > 0) {
      for (let next; (next = ready.shift()); ) {
        left.delete(next);
        yield* stdout.write(`${next.name}\n`);
        // the successor that was named last comes first
        for (const successor of next.after.toReversed()) if (--successor.before === 0) ready.push(successor);
        if (sys.tick()) yield;
      }
      if (left.size === 0) break;
      status = 1;
      yield* ctx.warn(`${file}: input contains a loop:`);
      const loop = findLoop(left);
      for (const { name } of loop) yield* ctx.warn(name);
      // one relation of the loop is left out
      const [from, to] = [loop.at(-1)!, loop[0]!];
      from.after.splice(from.after.lastIndexOf(to), 1);
      if (--to.before === 0) ready.push(to);
    }
    return status;
  },
});

/** Items each of which has to come before the next, and the last before the first. */
function findLoop(left: ReadonlySet<Item>): Item[] {
  const way: Item[] = [];
  let at: Item = [...left].find((item) => item.after.some((next) => left.has(next)))!;
  for (;;) {
    const seen = way.indexOf(at);
    if (seen >= 0) return way.slice(seen);
    way.push(at);
    const next: Item | undefined = at.after.find((item) => left.has(item));
    if (next) at = next;
    else {
      // a dead end: it is in no loop
      const dead = way.pop()!;
      at = [...left].find((item) => item !== dead && item.after.includes(dead) && left.has(item))!;
      way.length = 0;
    }
  }
}
