import { isDirectory, isSymlink, Stat } from '../../abi/stat.ts';
import { Accounts } from '../../libc/accounts.ts';
import type { Wait } from '../../libc/io.ts';
import { modeString, typeLetter } from '../../libc/mode.ts';
import { dirname, joinPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  mountpoints: { short: 'x', help: "show mount point directories with a 'D'" },
  modes: { short: 'm', help: 'show the mode bits of each file' },
  owners: { short: 'o', help: 'show owner and group name of each file' },
  long: { short: 'l', help: 'use a long listing format (-m -o -v)' },
  nosymlinks: { short: 'n', help: "don't follow symlinks" },
  vertical: { short: 'v', help: 'vertical align of modes and owners' },
} as const;
type Ctx = Context<typeof options>;

/** How many links are followed. */
const MAX_LINKS = 256;

interface Step {
  name: string;
  depth: number;
  st: Stat | undefined;
  target?: string;
  error?: number;
  mount: boolean;
}

export default program({
  name: 'namei',
  at: ['/usr/bin/namei'],
  style: 'util-linux',
  spec: 'util-linux 2.39 namei(1)',
  version: 'from util-linux 2.39.3',
  usage: '[options] <pathname>...',
  about: 'Follow a pathname until a terminal point is found.',
  options,
  *main(ctx) {
    if (ctx.args.length === 0) return yield* ctx.usage('pathname argument is missing');
    let status = 0;
    for (const path of ctx.args) {
      const steps: Step[] = [];
      const error = follow(ctx, path, 0, '', steps, { left: MAX_LINKS });
      yield* ctx.stdout.write(`f: ${path}\n`);
      yield* print(ctx, steps);
      if (error === 'links') yield* ctx.warn(`${path}: exceeded limit of symlinks`);
      if (error !== undefined) status = 1;
    }
    return status;
  },
});

function follow(
  ctx: Ctx,
  path: string,
  depth: number,
  from: string,
  steps: Step[],
  links: { left: number },
): 'links' | 'error' | undefined {
  const names = path.split('/').filter((name) => name !== '');
  if (path.startsWith('/')) names.unshift('/');
  let at = path.startsWith('/') ? '' : from;
  for (const name of names) {
    const full = name === '/' ? '/' : at === '' ? name : joinPath(at, name);
    const st = new Stat();
    const r = ctx.sys.lstat(full, st);
    if (r < 0) {
      steps.push({ name, depth, st: undefined, error: r, mount: false });
      return 'error';
    }
    const above = new Stat();
    const mount =
      isDirectory(st.mode) && (full === '/' || (ctx.sys.stat(dirname(full), above) === 0 && above.dev !== st.dev));
    const step: Step = { name, depth, st, mount };
    steps.push(step);
    if (isSymlink(st.mode)) {
      const target = ctx.sys.readlink(full);
      if (typeof target === 'string') step.target = target;
      if (!ctx.opts.nosymlinks && typeof target === 'string') {
        if (links.left-- <= 0) return 'links';
        const error = follow(ctx, target, depth + 1, at === '' ? '' : at, steps, links);
        if (error !== undefined) return error;
      }
    }
    at = full;
  }
  return undefined;
}

function* print(ctx: Ctx, steps: readonly Step[]): Wait<void> {
  const { opts, stdout } = ctx;
  const [modes, owners, vertical] = [opts.modes || opts.long, opts.owners || opts.long, opts.vertical || opts.long];
  const accounts = new Accounts(ctx.sys);
  const rows: { step: Step; owner: string; group: string }[] = [];
  for (const step of steps)
    rows.push({
      step,
      owner: step.st && owners ? yield* accounts.userName(step.st.uid) : '',
      group: step.st && owners ? yield* accounts.groupName(step.st.gid) : '',
    });
  const ownerWidth = Math.max(...rows.map(({ owner }) => owner.length));
  const groupWidth = Math.max(...rows.map(({ group }) => group.length));
  for (const { step, owner, group } of rows) {
    const { st } = step;
    const indent = '  '.repeat(step.depth);
    const gap = vertical ? '' : indent;
    let line = vertical ? '' : ` ${gap}`;
    if (!st) {
      const blank = (modes ? (vertical ? 10 : 10) : 1) + (owners ? ownerWidth + groupWidth + 2 : 0);
      yield* stdout.write(
        `${line}${' '.repeat(blank)} ${vertical ? indent : ''}${step.name} - ${ctx.strerror(step.error!)}\n`,
      );
      continue;
    }
    const letter = typeLetter(st.mode);
    if (modes) {
      const text = modeString(st.mode);
      line += opts.mountpoints && step.mount ? `D${text.slice(1)}` : text;
    } else line += opts.mountpoints && step.mount ? 'D' : letter;
    if (owners) line += ` ${owner.padEnd(ownerWidth)} ${group.padEnd(groupWidth)}`;
    line += ` ${vertical ? indent : ''}${step.name}`;
    if (step.target !== undefined) line += ` -> ${step.target}`;
    yield* stdout.write(`${line}\n`);
  }
}
