import { Accounts } from '../../libc/accounts.ts';
import { program } from '../../libc/program.ts';
import { commandLine, type ProcessRow, readProcesses } from '../proc/processes.ts';

export default program({
  name: 'pstree',
  at: ['/usr/bin/pstree'],
  spec: 'psmisc 23.7 pstree(1); options -a -A -c -p -l -n, a PID or a user',
  versionText: 'pstree (PSmisc) 23.7',
  usage: '[-acglpsStuZ] [ -h | -H PID ] [ -n | -N type ]\n              [ -A | -G | -U ] [ PID | USER ]',
  about: 'Display a tree of processes.',
  options: {
    arguments: { short: 'a', help: 'show command line arguments' },
    ascii: { short: 'A', help: 'use ASCII line drawing characters' },
    compactNot: { short: 'c', help: "don't compact identical subtrees" },
    long: { short: 'l', help: "don't truncate long lines" },
    numericSort: { short: 'n', help: 'sort output by PID' },
    showPids: { short: 'p', help: 'show PIDs; implies -c' },
    threadNames: { short: 'T', long: 'hide-threads', help: 'hide threads, show only processes' },
  },
  *main(ctx) {
    const { opts } = ctx;
    const rows = yield* readProcesses(ctx.sys);
    const children = new Map<number, ProcessRow[]>();
    for (const row of rows) children.set(row.ppid, [...(children.get(row.ppid) ?? []), row]);
    const ascii = opts.ascii || !/utf-?8/i.test(ctx.env.get('LC_ALL') ?? ctx.env.get('LANG') ?? '');
    const draw = ascii
      ? { single: '---', first: '-+-', next: '|-', last: '`-', down: '| ', blank: '  ' }
      : { single: '───', first: '─┬─', next: '├─', last: '└─', down: '│ ', blank: '  ' };
    const name = (p: ProcessRow): string => {
      const pid = opts.showPids ? (opts.arguments ? `,${p.pid}` : `(${p.pid})`) : '';
      if (!opts.arguments) return `${p.comm}${pid}`;
      const rest = commandLine(p).split(' ').slice(1).join(' ');
      return `${p.comm}${pid}${rest === '' ? '' : ` ${rest}`}`;
    };
    const kidsOf = (p: ProcessRow): ProcessRow[] => {
      const kids = [...(children.get(p.pid) ?? [])];
      return opts.numericSort || opts.showPids
        ? kids.sort((a, b) => a.pid - b.pid)
        : kids.sort((a, b) => (a.comm < b.comm ? -1 : a.comm > b.comm ? 1 : a.pid - b.pid));
    };
    const compact = !opts.compactNot && !opts.showPids && !opts.arguments;
    /** Lines of a subtree; the first begins with the name. */
    const tree = (p: ProcessRow): string[] => {
      let groups = kidsOf(p).map((kid) => ({ lines: tree(kid), times: 1 }));
      if (compact) {
        const merged: typeof groups = [];
        for (const group of groups) {
          const same = merged.find((other) => other.lines.join('\n') === group.lines.join('\n'));
          if (same) same.times++;
          else merged.push(group);
        }
        groups = merged;
      }
      const own = name(p);
      if (opts.arguments)
        return [
          own,
          ...groups.flatMap(({ lines }, i) =>
            lines.map((line, k) => {
              const last = i === groups.length - 1;
              return `  ${k === 0 ? (last ? draw.last : draw.next) : last ? draw.blank : draw.down}${line}`.slice(
                k === 0 ? 0 : 0,
              );
            }),
          ),
        ];
      const pad = ' '.repeat([...own].length);
      const out: string[] = [];
      for (const [i, { lines, times }] of groups.entries()) {
        const last = i === groups.length - 1;
        const joint = groups.length === 1 ? draw.single : i === 0 ? draw.first : ` ${last ? draw.last : draw.next}`;
        const below = ` ${last ? draw.blank : draw.down}`;
        const count = times > 1 ? `${times}*[` : '';
        const shift = ' '.repeat(count.length);
        for (const [k, line] of lines.entries())
          out.push(
            (i === 0 && k === 0 ? own : pad) +
              (k === 0 ? joint + count : below + shift) +
              line +
              (k === 0 && times > 1 ? ']' : ''),
          );
      }
      return out.length === 0 ? [own] : out;
    };
    let roots = rows.filter((row) => row.pid === 1);
    const [operand] = ctx.args;
    if (operand !== undefined) {
      if (/^\d+$/.test(operand)) roots = rows.filter((row) => row.pid === Number(operand));
      else {
        const user = yield* new Accounts(ctx.sys).byName(operand);
        if (!user) return yield* ctx.die(`No such user name: ${operand}`);
        const own = rows.filter((row) => row.uid === user.uid);
        roots = own.filter((row) => !own.some((other) => other.pid === row.ppid));
      }
      if (roots.length === 0) return yield* ctx.die('No processes found.');
    }
    for (const root of roots) yield* ctx.stdout.write(`${tree(root).join('\n')}\n`);
    return 0;
  },
});
