import { SIGTERM } from '../../abi/signal.ts';
import { program } from '../../libc/program.ts';
import { type HtopSort, type HtopState, htopKeys, htopScreen } from '../proc/htop-screen.ts';
import { Terminal } from '../screen/terminal.ts';

const SORTS: readonly HtopSort[] = ['PID', 'USER', 'CPU%', 'MEM%', 'TIME+'];

export default program({
  name: 'htop',
  at: ['/usr/bin/htop'],
  spec: 'htop 3.3.0: keys F4 \\ (filter) F5 t (tree) F6 > (sort) P M T N F9 k (SIGTERM) q F10, arrows; without setup, other signals, mouse',
  version: '3.3.0',
  usage: '[options]',
  about: 'Interactive process viewer.',
  options: {
    noColor: { short: 'C', help: 'Use a monochrome color scheme' },
    delay: { short: 'd', arg: 'DELAY', help: 'Set the delay between updates, in tenths of seconds' },
    filter: { short: 'F', arg: 'FILTER', help: 'Show only the commands matching the given filter' },
    sortKey: { short: 's', arg: 'COLUMN', help: 'Sort by COLUMN in list view' },
    tree: { short: 't', help: 'Show the tree view by default' },
    maxIterations: { short: 'n', arg: 'NUMBER', help: 'Exit htop after NUMBER iterations/frame updates' },
  },
  *main(ctx) {
    const { sys, opts } = ctx;
    const terminal = sys.isatty(1) ? yield* Terminal.take(sys) : undefined;
    if (!terminal) {
      yield* ctx.stderr.write('Error opening terminal: unknown.\n');
      return 1;
    }
    const wanted = opts.sortKey
      ?.toUpperCase()
      .replace('PERCENT_CPU', 'CPU%')
      .replace('PERCENT_MEM', 'MEM%')
      .replace('TIME', 'TIME+');
    const state: HtopState = {
      sort: SORTS.find((sort) => sort === wanted) ?? 'CPU%',
      tree: opts.tree,
      filter: opts.filter ?? '',
      selected: 0,
      ticks: new Map(),
      cpu: [],
      time: 0,
    };
    const plain = (line: string): string => (opts.noColor ? line.replace(/\x1b\[[\d;]*m/g, '') : line);
    yield* terminal.write('\x1b[?1049h\x1b[?25l');
    let asking: 'filter' | undefined;
    for (let left = Number(opts.maxIterations ?? Number.POSITIVE_INFINITY); left > 0; left--) {
      const { rows, cols } = terminal.size();
      const { lines, shown } = yield* htopScreen(sys, state, rows, cols);
      const foot = asking ? `Filter: ${state.filter}` : htopKeys();
      const body = lines.slice(0, rows - 1);
      while (body.length < rows - 1) body.push('');
      yield* terminal.write(`\x1b[H${body.map((line) => `${plain(line)}\x1b[K`).join('\r\n')}\r\n${plain(foot)}\x1b[K`);
      const key = yield* terminal.key(Number(opts.delay ?? 15) * 100);
      if (asking && key !== undefined) {
        if (key === 'Enter' || key === 'Esc') asking = undefined;
        else if (key === 'Backspace') state.filter = state.filter.slice(0, -1);
        else if (key.length === 1) state.filter += key;
        if (key === 'Esc') state.filter = '';
        continue;
      }
      if (key === 'q' || key === 'C-c' || key === 'F10' || key === 'End-of-file') break;
      if (key === 'Up') state.selected--;
      else if (key === 'Down') state.selected++;
      else if (key === 'PageUp') state.selected -= rows - 10;
      else if (key === 'PageDown') state.selected += rows - 10;
      else if (key === 'Home') state.selected = 0;
      else if (key === 'End') state.selected = shown.length;
      else if (key === 'F4' || key === '\\') asking = 'filter';
      else if (key === 'F5' || key === 't') state.tree = !state.tree;
      else if (key === 'F6' || key === '>') state.sort = SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length]!;
      else if (key === 'P') state.sort = 'CPU%';
      else if (key === 'M') state.sort = 'MEM%';
      else if (key === 'T') state.sort = 'TIME+';
      else if (key === 'N') state.sort = 'PID';
      else if (key === 'F9' || key === 'k') {
        const victim = shown[state.selected];
        if (victim) sys.kill(victim.pid, SIGTERM);
      }
    }
    yield* terminal.write('\x1b[?25h\x1b[?1049l');
    yield* terminal.release();
    return 0;
  },
});
