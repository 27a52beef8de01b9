import { O_RDONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readFile, type Wait, writeFile } from '../../libc/io.ts';
import { basename, dirname } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { Input } from '../../libc/stdio.ts';
import { applyPatch, linesOf, type Placed, rejectText, textOf } from '../patch/apply.ts';
import { type FilePatch, PatchError, parsePatch, reversed } from '../patch/parse.ts';

const options = {
  strip: { short: 'p', arg: 'NUM', help: 'strip NUM leading components from file names' },
  fuzz: { short: 'F', arg: 'LINES', busybox: false, help: 'set the fuzz factor to LINES for inexact matching' },
  ignoreWhitespace: { short: 'l', busybox: false, help: 'ignore white space changes between patch and input' },
  context: { short: 'c', busybox: false, help: 'interpret the patch as a context difference' },
  normal: { short: 'n', busybox: false, help: 'interpret the patch as a normal difference' },
  unified: { short: 'u', help: 'interpret the patch as a unified difference' },
  forward: { short: 'N', help: 'ignore patches that appear to be reversed or already applied' },
  reverse: { short: 'R', help: 'assume patches were created with old and new files swapped' },
  input: { short: 'i', arg: 'PATCHFILE', help: 'read patch from PATCHFILE instead of stdin' },
  output: { short: 'o', arg: 'FILE', busybox: false, help: 'output patched files to FILE' },
  rejectFile: { short: 'r', arg: 'FILE', busybox: false, help: 'output rejects to FILE' },
  removeEmptyFiles: { short: 'E', help: 'remove output files that are empty after patching' },
  dryRun: { help: 'do not actually change any files; just print what would happen' },
  backup: { short: 'b', busybox: false, help: 'back up the original contents of each file' },
  noBackupIfMismatch: { busybox: false, help: 'back up mismatches only if otherwise requested' },
  suffix: { short: 'z', arg: 'SUFFIX', busybox: false, help: 'append SUFFIX to backup file names' },
  batch: { short: 't', busybox: false, help: 'ask no questions; skip bad patches; assume reversed' },
  force: { short: 'f', busybox: false, help: 'like -t, but ignore bad patches, and assume unreversed' },
  silent: { short: 's', busybox: false, help: 'work silently unless an error occurs' },
  quiet: { busybox: false, help: 'work silently unless an error occurs' },
  verbose: { busybox: false, help: 'output extra information about the work being done' },
  directory: { short: 'd', arg: 'DIR', busybox: false, help: 'change the working directory to DIR first' },
  showVersion: { short: 'v', long: false, busybox: false, help: 'output version info' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'patch',
  at: ['/usr/bin/patch'],
  spec: 'GNU patch 2.7.6; without ed scripts, git extensions, -D, -B, -Y, -V',
  version: '2.7.6',
  usage: '[OPTION]... [ORIGFILE [PATCHFILE]]',
  about: 'Apply a diff file to an original.',
  options,
  usageStatus: 2,
  busybox: {
    at: '/usr/bin/patch',
    usage: '[-RNE] [-p N] [-i DIFF] [ORIGFILE [PATCHFILE]]',
    help: "\t-p N\tStrip N leading components from file names\n\t-i DIFF\tRead DIFF instead of stdin\n\t-R\tReverse patch\n\t-N\tIgnore already applied patches\n\t-E\tRemove output files if they become empty\n\t--dry-run\tDon't actually change files\n",
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (opts.showVersion) {
      yield* ctx.stdout.write('GNU patch 2.7.6\n');
      return 0;
    }
    if (opts.directory !== undefined && sys.chdir(opts.directory) < 0)
      return yield* ctx.die(`**** Can't change to directory ${opts.directory} : ${ctx.strerror(2)}`, 2);
    const from = opts.input ?? ctx.args[1] ?? '-';
    const bytes = from === '-' ? undefined : yield* readFile(sys, from);
    if (typeof bytes === 'number')
      return yield* ctx.form === 'gnu'
        ? ctx.die(`**** Can't open patch file ${from} : ${ctx.strerror(bytes)}`, 2)
        : ctx.die(`can't open '${from}': ${ctx.strerror(bytes)}`);
    const text = bytes === undefined ? yield* ctx.stdin.text() : decode(bytes);
    const patches = parsePatch(text);
    if (patches instanceof PatchError) return yield* ctx.die(`**** ${patches.message}`, 2);
    if (patches.length === 0) {
      if (text === '' || ctx.form === 'busybox') return 0;
      return yield* ctx.die('**** Only garbage was found in the patch input.', 2);
    }
    const patcher = new Patcher(ctx);
    for (const patch of patches) {
      yield* patcher.apply(opts.reverse ? reversed(patch) : patch);
      if (sys.tick()) yield;
    }
    return patcher.status;
  },
});

class Patcher {
  status = 0;
  private readonly quiet: boolean;

  constructor(private readonly ctx: Ctx) {
    this.quiet = ctx.opts.silent || ctx.opts.quiet;
  }

  *apply(patch: FilePatch): Wait<void> {
    const { ctx } = this;
    const { opts, sys } = ctx;
    const target = yield* this.targetOf(patch);
    if (target === undefined) return;
    const creates = isNothing(patch.oldName, patch.oldStamp) && patch.hunks[0]?.oldStart === 0;
    const bytes = yield* readFile(sys, target);
    if (typeof bytes === 'number' && !creates) {
      yield* this.missing(patch, target, bytes);
      return;
    }
    const old = typeof bytes === 'number' ? '' : decode(bytes);
    const output = opts.output ?? target;
    const verb = opts.dryRun && ctx.form === 'gnu' ? 'checking' : 'patching';
    if (!this.quiet)
      yield* ctx.stdout.write(`${verb} file ${output}${opts.output === undefined ? '' : ` (read from ${target})`}\n`);
    let used = patch;
    let result = yield* this.tryPatch(old, patch);
    if (result.placed[0]?.at === undefined || (creates && typeof bytes !== 'number' && old !== '')) {
      const decision = yield* this.reversal(old, patch, result.placed[0]?.at === undefined);
      if (decision === 'skip') {
        yield* this.ignore(patch, output);
        return;
      }
      if (decision === 'reverse') {
        used = reversed(patch);
        result = yield* this.tryPatch(old, used);
      }
    }
    yield* this.report(used, result.placed);
    const failed = used.hunks.filter((_, i) => result.placed[i]!.at === undefined);
    if (!opts.dryRun) yield* this.write(used, target, output, typeof bytes === 'number' ? undefined : old, result);
    if (failed.length === 0) return;
    this.status = Math.max(this.status, 1);
    const total = used.hunks.length;
    if (ctx.form === 'busybox') {
      yield* ctx.stdout.write(`${failed.length} out of ${total} hunk${total === 1 ? '' : 's'} FAILED\n`);
      return;
    }
    const rejects = opts.rejectFile ?? `${output}.rej`;
    yield* ctx.stdout.write(
      `${failed.length} out of ${total} hunk${total === 1 ? '' : 's'} FAILED${opts.dryRun ? '' : ` -- saving rejects to file ${rejects}`}\n`,
    );
    if (!opts.dryRun) yield* writeFile(sys, rejects, rejectText(used, failed));
  }

  private *tryPatch(old: string, patch: FilePatch) {
    const { opts, sys } = this.ctx;
    return yield* applyPatch(
      linesOf(old),
      patch,
      { fuzz: opts.fuzz === undefined ? 2 : Number(opts.fuzz), ignoreBlanks: opts.ignoreWhitespace },
      () => sys.tick(),
    );
  }

  /** The first hunk does not fit: perhaps the patch was applied already. */
  private *reversal(old: string, patch: FilePatch, failed: boolean): Wait<'go' | 'skip' | 'reverse'> {
    const { ctx } = this;
    const { opts } = ctx;
    if (opts.force || !failed) return 'go';
    const back = yield* this.tryPatch(old, reversed(patch));
    if (
      back.placed[0]?.at === undefined ||
      (patch.hunks[0]!.lines.every(({ op }) => op !== '-') && back.placed[0].fuzz > 0)
    )
      return 'go';
    if (ctx.form === 'busybox') {
      if (opts.forward) yield* ctx.stdout.write('Possibly reversed hunk 1 at 1\n');
      return opts.forward ? 'skip' : 'go';
    }
    const words = `${opts.reverse ? 'Unreversed' : 'Reversed'} (or previously applied) patch detected!  `;
    if (opts.forward) {
      yield* ctx.stdout.write(`${words}Skipping patch.\n`);
      return 'skip';
    }
    if (opts.batch) {
      yield* ctx.stdout.write(`${words}${opts.reverse ? 'Ignoring' : 'Assuming'} -R.\n`);
      return 'reverse';
    }
    yield* ctx.stdout.write(`${words}${opts.reverse ? 'Ignore' : 'Assume'} -R? [n] `);
    if (yield* this.yes()) return 'reverse';
    yield* ctx.stdout.write('Apply anyway? [n] ');
    if (yield* this.yes()) return 'go';
    yield* ctx.stdout.write('Skipping patch.\n');
    return 'skip';
  }

  private *yes(): Wait<boolean> {
    const { ctx } = this;
    yield* ctx.stdout.flush();
    const tty = yield* open(ctx.sys, '/dev/tty', O_RDONLY);
    if (tty < 0) {
      yield* ctx.stdout.write('\n');
      return false;
    }
    const answer = yield* new Input(ctx.sys, tty).line();
    ctx.sys.close(tty);
    if (answer === undefined) yield* ctx.stdout.write('\n');
    return /^[yY]/.test(answer ?? '');
  }

  private *ignore(patch: FilePatch, output: string): Wait<void> {
    const { ctx } = this;
    this.status = Math.max(this.status, 1);
    const total = patch.hunks.length;
    if (ctx.form === 'busybox') return;
    const rejects = ctx.opts.rejectFile ?? `${output}.rej`;
    yield* ctx.stdout.write(
      `${total} out of ${total} hunk${total === 1 ? '' : 's'} ignored${ctx.opts.dryRun ? '' : ` -- saving rejects to file ${rejects}`}\n`,
    );
    if (!ctx.opts.dryRun) yield* writeFile(ctx.sys, rejects, rejectText(patch, patch.hunks));
  }

  private *report(patch: FilePatch, placed: readonly Placed[]): Wait<void> {
    const { ctx } = this;
    for (const [i, { at, offset, fuzz }] of placed.entries()) {
      if (at === undefined) {
        yield* ctx.stdout.write(
          ctx.form === 'gnu'
            ? `Hunk #${i + 1} FAILED at ${patch.hunks[i]!.oldStart}.\n`
            : `Hunk ${i + 1} FAILED ${patch.hunks[i]!.oldStart}/${patch.hunks[i]!.newStart}.\n`,
        );
        continue;
      }
      if (this.quiet || ctx.form === 'busybox' || (offset === 0 && fuzz === 0 && !ctx.opts.verbose)) continue;
      const far = offset === 0 ? '' : ` (offset ${offset} line${Math.abs(offset) === 1 ? '' : 's'})`;
      yield* ctx.stdout.write(`Hunk #${i + 1} succeeded at ${at}${fuzz > 0 ? ` with fuzz ${fuzz}` : ''}${far}.\n`);
    }
  }

  private *write(
    patch: FilePatch,
    target: string,
    output: string,
    old: string | undefined,
    result: { lines: Parameters<typeof textOf>[0]; placed: readonly Placed[] },
  ): Wait<void> {
    const { ctx } = this;
    const { opts, sys } = ctx;
    if (result.placed.every(({ at }) => at === undefined) && opts.output === undefined && old === undefined) return;
    const inexact = result.placed.some(({ at, offset, fuzz }) => at === undefined || offset !== 0 || fuzz !== 0);
    const backup = opts.backup || (inexact && !opts.noBackupIfMismatch && ctx.form === 'gnu');
    const st = new Stat();
    const mode = sys.stat(target, st) === 0 ? st.mode & 0o7777 : 0o666;
    if (backup && old !== undefined && opts.output === undefined)
      yield* writeFile(sys, `${target}${opts.suffix ?? '.orig'}`, old, mode);
    const text = textOf(result.lines);
    const removes = text === '' && (opts.removeEmptyFiles || isNothing(patch.newName, patch.newStamp));
    if (removes && opts.output === undefined) {
      sys.unlink(target);
      for (let dir = dirname(target); dir !== '.' && dir !== '/' && sys.rmdir(dir) === 0; dir = dirname(dir));
      return;
    }
    const parts = output.split('/').slice(0, -1);
    for (let i = 1; i <= parts.length; i++) if (parts[i - 1] !== '') sys.mkdir(parts.slice(0, i).join('/'), 0o777);
    const r = yield* writeFile(sys, output, text, mode);
    if (r < 0) yield* ctx.die(`**** Can't create file ${output} : ${ctx.strerror(r)}`, 2);
  }

  private *missing(patch: FilePatch, target: string, errno: number): Wait<void> {
    const { ctx } = this;
    this.status = Math.max(this.status, 1);
    if (ctx.form === 'busybox') {
      yield* ctx.die(`can't open '${target}': ${ctx.strerror(errno)}`);
      return;
    }
    const total = patch.hunks.length;
    yield* ctx.stdout.write(
      `can't find file to patch at input line ${patch.line}\n${
        ctx.opts.strip === undefined
          ? 'Perhaps you should have used the -p or --strip option?\n'
          : 'Perhaps you used the wrong -p or --strip option?\n'
      }The text leading up to this was:\n--------------------------\n${patch.lead.map((line) => `|${line}\n`).join('')}--------------------------\n`,
    );
    if (!ctx.opts.batch && !ctx.opts.force) {
      yield* ctx.stdout.write('File to patch: \nSkip this patch? [y] ');
      yield* this.yes();
      yield* ctx.stdout.write('Skipping patch.\n');
    } else yield* ctx.stdout.write('No file to patch.  Skipping patch.\n');
    yield* ctx.stdout.write(`${total} out of ${total} hunk${total === 1 ? '' : 's'} ignored\n`);
  }

  /** The file that a patch is for: the operand, or the best of the names in its header. */
  private *targetOf(patch: FilePatch): Wait<string | undefined> {
    const { ctx } = this;
    const { args, opts, sys } = ctx;
    if (args[0] !== undefined) return args[0];
    const names: string[] = [];
    for (const name of [patch.oldName, patch.newName, patch.index]) {
      if (name === undefined || name === '/dev/null') continue;
      const stripped = strip(name, opts.strip);
      if (stripped !== undefined && stripped !== '') names.push(stripped);
    }
    const st = new Stat();
    const there = names.filter((name) => sys.stat(name, st) === 0);
    const creates = isNothing(patch.oldName, patch.oldStamp) && patch.hunks[0]?.oldStart === 0;
    const best = [...(there.length > 0 && !(creates && there.length < names.length) ? there : names)].sort(
      (a, b) =>
        a.split('/').length - b.split('/').length || basename(a).length - basename(b).length || a.length - b.length,
    )[0];
    if (best !== undefined) return best;
    yield* this.missing(patch, '', 2);
    return undefined;
  }
}

/** -pNUM; without it only the last component counts. */
function strip(name: string, count: string | undefined): string | undefined {
  if (count === undefined) return basename(name);
  const parts = name.split(/\/+/);
  return parts.length > Number(count) ? parts.slice(Number(count)).join('/') : undefined;
}

/** A side that is no file: /dev/null, or of the time 0. */
const isNothing = (name: string | undefined, stamp: string): boolean =>
  name === '/dev/null' || /\b(1970-01-01 00:00:00|1969-12-31 \d\d:00:00)/.test(stamp);
