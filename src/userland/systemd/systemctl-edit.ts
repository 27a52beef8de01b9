import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, spawn, type Wait, waitpid, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { askManager } from './control.ts';
import { type Ctx, plain } from './systemctl-context.ts';
import { CONFIG_DIRECTORY, loadUnit, unitName } from './unit-load.ts';

const ABOVE = '### Anything between here and the comment below will become the contents of the drop-in file';
const BELOW = '### Edits below this comment will be discarded';

/** `systemctl edit`: a drop-in of the unit, or with --full a copy of its file, in the user's editor. */
export function* editUnits(ctx: Ctx, words: string[]): Wait<number> {
  const { sys } = ctx;
  for (const name of words.map(unitName)) {
    const unit = yield* loadUnit(sys, name);
    if (unit.path === '' && !(ctx.opts.force > 0 && ctx.opts.full)) {
      yield* plain(
        ctx,
        `No files found for ${name}.\nRun 'systemctl edit --force --full ${name}' to create a new unit.`,
        1,
      );
      return 1;
    }
    const { full } = ctx.opts;
    const target = full ? `${CONFIG_DIRECTORY}/${name}` : `${CONFIG_DIRECTORY}/${name}.d/override.conf`;
    const old = yield* fileText(ctx, target);
    const whole = yield* fileText(ctx, unit.path);
    const quoted = whole.replace(/^/gm, '# ').trimEnd();
    const text = full
      ? old || whole
      : `### Editing ${target}\n${ABOVE}\n\n${old}\n\n${BELOW}\n\n### ${unit.path}\n${quoted}\n`;
    const temporary = `${target}.tmp${sys.getpid()}`;
    mkdirp(sys, target.slice(0, target.lastIndexOf('/')), 0o755);
    const r = yield* writeFile(sys, temporary, text, 0o644);
    if (r < 0) return yield* plain(ctx, `Failed to create "${target}": ${ctx.strerror(r)}`, 1);
    const edited = yield* inEditor(ctx, temporary);
    sys.unlink(temporary);
    if (edited === undefined) return yield* plain(ctx, 'Editing failed.', 1);
    const content = full ? edited : between(edited);
    if (content.trim() === '') {
      yield* plain(ctx, `${target}: after editing, new contents are empty, not writing file.`, 0);
      continue;
    }
    yield* writeFile(sys, target, `${content.trim()}\n`, 0o644);
    yield* plain(ctx, `Successfully installed edited file '${target}'.`, 0);
    yield* askManager(sys, { verb: 'daemon-reload', units: [] });
  }
  return 0;
}

function between(text: string): string {
  const from = text.indexOf(ABOVE);
  const to = text.indexOf(BELOW);
  return text.slice(from < 0 ? 0 : from + ABOVE.length, to < 0 ? text.length : to);
}

function* fileText({ sys }: Ctx, path: string): Wait<string> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? '' : decode(bytes);
}

function* inEditor(ctx: Ctx, path: string): Wait<string | undefined> {
  const { sys, env } = ctx;
  const usual = ['/usr/bin/editor', '/usr/bin/nano', '/usr/bin/vim', '/usr/bin/vi'].find(
    (each) => sys.access(each, 1) === 0,
  );
  const editor = env.get('SYSTEMD_EDITOR') ?? env.get('EDITOR') ?? env.get('VISUAL') ?? usual ?? 'vi';
  yield* ctx.stdout.flush();
  const pid = yield* spawn(sys, '/bin/sh', ['sh', '-c', `${editor} "$1"`, 'sh', path], sys.envp);
  const result = new WaitResult();
  if (pid > 0) yield* waitpid(sys, pid, 0, result);
  return pid > 0 && shellStatus(result.status) === 0 ? yield* fileText(ctx, path) : undefined;
}
