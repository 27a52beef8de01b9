import { isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { readZip, ZipWriter, zipContent } from '../../lib/zip.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { basename, joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  recurse: { short: 'r', long: 'recurse-paths', help: 'travel the directory structure recursively' },
  junk: { short: 'j', long: 'junk-paths', help: 'store just the names of the files' },
  quiet: { short: 'q', help: 'quiet mode' },
  noDirs: { short: 'D', long: 'no-dir-entries', help: 'do not add entries for directories' },
  move: { short: 'm', help: 'move the files into the archive' },
  delete: { short: 'd', help: 'remove entries from the archive' },
  level0: { short: '0', long: false, help: 'store only' },
  level1: { short: '1', long: false, help: 'compress faster' },
  level9: { short: '9', long: false, help: 'compress better' },
  symlinks: { short: 'y', help: 'accepted: links are always followed' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'zip',
  at: ['/usr/bin/zip'],
  spec: 'Info-ZIP Zip 3.0: -r -j -q -D -m -d -x -0 -1 -9; links are followed, an archive is written anew',
  versionText: 'This is Zip 3.0 (July 5th 2008), by Info-ZIP.',
  usage: '[-options] zipfile [file ...] [-x list]',
  about: 'Package and compress files.',
  options,
  usageStatus: 16,
  rewrite: (argv) => {
    const at = argv.findIndex((word) => word === '-x' || word === '--exclude');
    return at < 0 ? argv : [...argv.slice(0, at), ...argv.slice(at + 1).map((name) => `\0${name}`)];
  },
  *main(ctx) {
    const { args, opts, sys } = ctx;
    const given = args.shift();
    if (given === undefined) return yield* ctx.usage();
    const target = /\.[^/]*$/.test(basename(given)) ? given : `${given}.zip`;
    const excluded = args.filter((word) => word.startsWith('\0')).map((word) => new Glob(word.slice(1)));
    const names = args.filter((word) => !word.startsWith('\0'));
    const old = yield* readFile(sys, target);
    const kept = typeof old === 'number' ? [] : (readZip(old) ?? []);
    const writer = new ZipWriter();
    const level = opts.level0 ? 0 : opts.level1 ? 1 : opts.level9 ? 9 : 6;
    if (opts.delete) {
      let gone = 0;
      for (const member of kept) {
        if (names.some((name) => new Glob(name).match(member.name))) {
          gone++;
          if (!opts.quiet) yield* ctx.stdout.write(`deleting: ${member.name}\n`);
        } else writer.add(member.name, zipContent(old as Uint8Array, member)!, member.mode, member.time, 6);
      }
      if (gone === 0) {
        yield* ctx.stdout.write(`\nzip error: Nothing to do! (${target})\n`);
        return 12;
      }
      yield* writeFile(sys, target, writer.finish());
      return 0;
    }
    const paths: string[] = [];
    let missing = 0;
    for (const name of names) if (!(yield* collect(ctx, name, paths))) missing++;
    const chosen = paths.filter((path) => !excluded.some((g) => g.match(path.replace(/^\/+/, ''))) && path !== target);
    const stored = chosen.map((path) => storedName(ctx, path)).filter((path) => path !== '');
    if (stored.length === 0) {
      yield* ctx.stdout.write(`\nzip error: Nothing to do! (${target})\n`);
      return 12;
    }
    const replaced = new Set(stored);
    for (const member of kept)
      if (!replaced.has(member.name)) {
        const content = zipContent(old as Uint8Array, member);
        if (content) writer.add(member.name, content, member.mode, member.time, 6);
      }
    for (const path of chosen) {
      const name = storedName(ctx, path);
      if (name === '') continue;
      const st = new Stat();
      sys.stat(path, st);
      const bytes = isDirectory(st.mode) ? new Uint8Array(0) : yield* readFile(sys, path);
      if (typeof bytes === 'number') {
        yield* ctx.stdout.write(`\tzip warning: could not open for reading: ${path}\n`);
        missing++;
        continue;
      }
      const date = new Date(st.mtimeSec * 1000);
      const { packed, deflated } = writer.add(
        name,
        bytes,
        st.mode,
        {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          hour: date.getUTCHours(),
          minute: date.getUTCMinutes(),
          second: date.getUTCSeconds(),
        },
        level,
      );
      const verb = kept.some((member) => member.name === name) ? 'updating' : '  adding';
      const saved = bytes.length === 0 ? 0 : Math.round(100 - (100 * packed) / bytes.length);
      if (!opts.quiet)
        yield* ctx.stdout.write(`${verb}: ${name} (${deflated ? 'deflated' : 'stored'} ${deflated ? saved : 0}%)\n`);
      if (sys.tick()) yield;
    }
    const r = yield* writeFile(sys, target, writer.finish());
    if (r < 0) {
      yield* ctx.stdout.write(
        `zip I/O error: ${ctx.strerror(r)}\nzip error: Could not create output file (${target})\n`,
      );
      return 15;
    }
    if (opts.move) for (const path of chosen.toReversed()) if (sys.unlink(path) < 0) sys.rmdir(path);
    return missing > 0 ? 18 : 0;
  },
});

const storedName = (ctx: Ctx, path: string): string =>
  ctx.opts.junk ? (path.endsWith('/') ? '' : basename(path)) : path.replace(/^\/+/, '').replace(/^(?:\.\/)+/, '');

/** An operand and, with -r, what is below it. @returns false where it is not there */
function* collect(ctx: Ctx, path: string, out: string[]): Wait<boolean> {
  const { sys, opts } = ctx;
  const st = new Stat();
  if (sys.stat(path, st) < 0) {
    yield* ctx.stdout.write(`\tzip warning: name not matched: ${path}\n`);
    return false;
  }
  if (!isDirectory(st.mode)) {
    if (isRegular(st.mode)) out.push(path);
    return true;
  }
  if (!opts.noDirs && !/^\.?\/*$/.test(path)) out.push(`${path.replace(/\/+$/, '')}/`);
  if (!opts.recurse) return true;
  const names = listDir(sys, path);
  if (typeof names === 'number') return true;
  for (const name of names) yield* collect(ctx, joinPath(path, name), out);
  return true;
}
