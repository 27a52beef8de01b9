import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { basename, listDir, mkdirp } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const ADMIN = '/var/lib/dpkg/alternatives';
const LINKS = '/etc/alternatives';

/** A group of alternatives, as its file in /var/lib/dpkg/alternatives has it. */
interface Group {
  name: string;
  link: string;
  mode: 'auto' | 'manual';
  choices: { path: string; priority: number }[];
}

function* readGroup(ctx: Context, name: string): Wait<Group | undefined> {
  const bytes = yield* readFile(ctx.sys, `${ADMIN}/${name}`);
  if (typeof bytes === 'number') return undefined;
  const lines = decode(bytes).split('\n');
  const group: Group = { name, mode: lines[0] === 'manual' ? 'manual' : 'auto', link: lines[1] ?? '', choices: [] };
  let at = 2;
  // names and links of slaves end at an empty line; so do those of a choice
  while (at < lines.length && lines[at] !== '') at += 2;
  const slaves = Math.floor((at - 2) / 2);
  for (at++; at + 1 < lines.length && lines[at] !== ''; at += 2 + slaves)
    group.choices.push({ path: lines[at]!, priority: Number(lines[at + 1]) });
  return group;
}

function* writeGroup(ctx: Context, group: Group): Wait<void> {
  mkdirp(ctx.sys, ADMIN, 0o755);
  const choices = group.choices.map(({ path, priority }) => `${path}\n${priority}\n`).join('');
  yield* writeFile(ctx.sys, `${ADMIN}/${group.name}`, `${group.mode}\n${group.link}\n\n${choices}\n`, 0o644);
}

const best = (group: Group): string | undefined => [...group.choices].sort((a, b) => b.priority - a.priority)[0]?.path;

function current(ctx: Context, group: Group): string | undefined {
  const target = ctx.sys.readlink(`${LINKS}/${group.name}`);
  return typeof target === 'string' ? target : undefined;
}

/** Lets the links point to `path`, saying so. */
function* point(ctx: Context, group: Group, path: string): Wait<void> {
  const { sys } = ctx;
  if (current(ctx, group) !== path)
    yield* ctx.stdout.write(
      `update-alternatives: using ${path} to provide ${group.link} (${group.name}) in ${group.mode} mode\n`,
    );
  mkdirp(sys, LINKS, 0o755);
  for (const [link, target] of [
    [`${LINKS}/${group.name}`, path],
    [group.link, `${LINKS}/${group.name}`],
  ] as const) {
    sys.unlink(link);
    sys.symlink(target, link);
  }
}

function* fail(ctx: Context, text: string): Wait<number> {
  yield* ctx.stdout.flush();
  yield* ctx.stderr.write(`update-alternatives: error: ${text}\n`);
  return 2;
}

export default program({
  name: 'update-alternatives',
  at: ['/usr/bin/update-alternatives'],
  spec: 'dpkg 1.22.6 update-alternatives(1): slaves are taken and not kept',
  usage: '[<option> ...] <command>',
  about: 'Choose between programs that do the same.',
  options: {},
  raw: true,
  *main(ctx) {
    const args = ctx.args.filter((word) => !['--quiet', '--force', '--verbose', '--skip-auto'].includes(word));
    const [verb, ...rest] = args;
    if (verb === '--install') return yield* install(ctx, rest);
    if (verb === '--get-selections') return yield* selections(ctx);
    const name = rest[0];
    if (verb === undefined || !verb.startsWith('--'))
      return yield* fail(
        ctx,
        'need --display, --query, --list, --get-selections, --config,\n--set, --set-selections, --install, --remove, --all, \n--remove-all or --auto',
      );
    if (name === undefined) return yield* fail(ctx, `${verb} needs <name>`);
    const group = yield* readGroup(ctx, name);
    if (!group) {
      if (verb === '--remove' || verb === '--remove-all') return 0;
      return yield* fail(ctx, `no alternatives for ${name}`);
    }
    switch (verb) {
      case '--remove':
        return yield* remove(ctx, group, rest[1] ?? '');
      case '--remove-all':
        for (const choice of [...group.choices]) yield* remove(ctx, group, choice.path);
        return 0;
      case '--set':
        if (!group.choices.some((choice) => choice.path === rest[1]))
          return yield* fail(ctx, `alternative ${rest[1]} for ${name} not registered; not setting`);
        group.mode = 'manual';
        yield* writeGroup(ctx, group);
        yield* point(ctx, group, rest[1]!);
        return 0;
      case '--auto':
        group.mode = 'auto';
        yield* writeGroup(ctx, group);
        yield* point(ctx, group, best(group) ?? '');
        return 0;
      case '--list':
        for (const choice of group.choices) yield* ctx.stdout.write(`${choice.path}\n`);
        return 0;
      case '--display':
        return yield* display(ctx, group);
      case '--query':
        yield* ctx.stdout.write(
          `Name: ${name}\nLink: ${group.link}\nStatus: ${group.mode}\nBest: ${best(group)}\nValue: ${current(ctx, group)}\n${group.choices.map((one) => `\nAlternative: ${one.path}\nPriority: ${one.priority}\n`).join('')}`,
        );
        return 0;
      case '--config':
        return yield* configure(ctx, group);
      default:
        return yield* fail(ctx, `unknown argument '${verb}'`);
    }
  },
});

function* install(ctx: Context, args: readonly string[]): Wait<number> {
  const [link, name, path, priority] = args;
  if (!link || !name || !path || priority === undefined)
    return yield* fail(ctx, '--install needs <link> <name> <path> <priority>');
  if (!/^-?\d+$/.test(priority)) return yield* fail(ctx, 'priority must be an integer');
  if (ctx.sys.access(path, 0) < 0) return yield* fail(ctx, `alternative path ${path} doesn't exist`);
  const group = (yield* readGroup(ctx, name)) ?? { name, link, mode: 'auto' as const, choices: [] };
  const known = group.choices.find((choice) => choice.path === path);
  if (known) known.priority = Number(priority);
  else group.choices.push({ path, priority: Number(priority) });
  yield* writeGroup(ctx, group);
  if (group.mode === 'auto') yield* point(ctx, group, best(group)!);
  return 0;
}

function* remove(ctx: Context, group: Group, path: string): Wait<number> {
  group.choices = group.choices.filter((choice) => choice.path !== path);
  if (group.choices.length === 0) {
    for (const file of [group.link, `${LINKS}/${group.name}`, `${ADMIN}/${group.name}`]) ctx.sys.unlink(file);
    return 0;
  }
  if (current(ctx, group) === path) {
    group.mode = 'auto';
    yield* point(ctx, group, best(group)!);
  }
  yield* writeGroup(ctx, group);
  return 0;
}

function* display(ctx: Context, group: Group): Wait<number> {
  yield* ctx.stdout.write(
    `${group.name} - ${group.mode} mode\n  link best version is ${best(group)}\n  link currently points to ${current(ctx, group)}\n  link ${group.name} is ${group.link}\n${group.choices.map((one) => `${one.path} - priority ${one.priority}\n`).join('')}`,
  );
  return 0;
}

function* selections(ctx: Context): Wait<number> {
  const names = listDir(ctx.sys, ADMIN);
  for (const name of typeof names === 'number' ? [] : names.sort()) {
    const group = yield* readGroup(ctx, name);
    if (group) yield* ctx.stdout.write(`${name.padEnd(30)} ${group.mode.padEnd(8)} ${current(ctx, group) ?? ''}\n`);
  }
  return 0;
}

function* configure(ctx: Context, group: Group): Wait<number> {
  const { stdout } = ctx;
  if (group.choices.length === 1) {
    yield* stdout.write(
      `There is only one alternative in link group ${group.name} (providing ${group.link}): ${group.choices[0]!.path}\nNothing to configure.\n`,
    );
    return 0;
  }
  const now = current(ctx, group);
  const width = Math.max(...group.choices.map((choice) => choice.path.length)) + 3;
  const row = (mark: boolean, number: number, path: string, priority: number, mode: string): string =>
    `${mark ? '*' : ' '} ${String(number).padEnd(12)}${path.padEnd(width)}${String(priority).padEnd(11)}${mode}\n`;
  yield* stdout.write(
    `There are ${group.choices.length} choices for the alternative ${group.name} (providing ${group.link}).\n\n  Selection    ${'Path'.padEnd(width)}Priority   Status\n${'-'.repeat(width + 32)}\n`,
  );
  const top = best(group)!;
  const topPriority = group.choices.find((choice) => choice.path === top)!.priority;
  yield* stdout.write(row(group.mode === 'auto', 0, top, topPriority, 'auto mode'));
  for (const [at, choice] of group.choices.entries())
    yield* stdout.write(
      row(group.mode === 'manual' && choice.path === now, at + 1, choice.path, choice.priority, 'manual mode'),
    );
  yield* stdout.write('\nPress <enter> to keep the current choice[*], or type selection number: ');
  yield* stdout.flush();
  const line = (yield* ctx.stdin.line())?.trim() ?? '';
  if (line === '') return 0;
  const chosen =
    line === '0'
      ? top
      : (group.choices[Number(line) - 1]?.path ?? group.choices.find((one) => basename(one.path) === line)?.path);
  if (chosen === undefined) return yield* fail(ctx, `no alternatives for ${line}`);
  group.mode = line === '0' ? 'auto' : 'manual';
  yield* writeGroup(ctx, group);
  yield* point(ctx, group, chosen);
  return 0;
}
