import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import { type FindNode, FindParser } from '../../libc/find-expression.ts';
import { FindRunner } from '../../libc/find-run.ts';
import type { Wait } from '../../libc/io.ts';
import { basename, joinPath, listDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'find',
  at: ['/usr/bin/find'],
  spec: 'GNU findutils 4.9 find(1); -ls, -fprintf, -context, -inum tests as listed in libc/find-expression.ts',
  version: '(GNU findutils) 4.9.0',
  usage: '[-H] [-L] [-P] [path...] [expression]',
  about: 'Search directory trees.',
  options: {},
  raw: true,
  busybox: {
    at: '/usr/bin/find',
    usage: '[-HL] [PATH]... [OPTIONS] [ACTIONS]',
    help: "Search for files and perform actions on them.\nFirst failed action stops processing of current file.\nDefaults: PATH is current directory, action is '-print'\n\n\t-L,-follow\tFollow symlinks\n\t-H\t\t...on command line only\n\t-xdev\t\tDon't descend directories on other filesystems\n\t-maxdepth N\tDescend at most N levels. -maxdepth 0 applies\n\t\t\tactions to command line arguments only\n\t-mindepth N\tDon't act on first N levels\n\t-depth\t\tAct on directory *after* traversing it\n\nActions:\n\t( ACTIONS )\tGroup actions for -o / -a\n\t! ACT\t\tInvert ACT's success/failure\n\tACT1 [-a] ACT2\tIf ACT1 fails, stop, else do ACT2\n\tACT1 -o ACT2\tIf ACT1 succeeds, stop, else do ACT2\n\t\t\tNote: -a has higher priority than -o\n\t-name PATTERN\tMatch file name (w/o directory name) to PATTERN\n\t-iname PATTERN\tCase insensitive -name\n\t-path PATTERN\tMatch path to PATTERN\n\t-ipath PATTERN\tCase insensitive -path\n\t-regex PATTERN\tMatch path to regex PATTERN\n\t-type X\t\tFile type is X (one of: f,d,l,b,c,s,p)\n\t-executable\tFile is executable\n\t-perm MASK\tAt least one mask bit (+MASK), all bits (-MASK),\n\t\t\tor exactly MASK bits are set in file's mode\n\t-mtime DAYS\tmtime is greater than (+N), less than (-N),\n\t\t\tor exactly N days in the past\n\t-atime DAYS\tatime +N/-N/N days in the past\n\t-ctime DAYS\tctime +N/-N/N days in the past\n\t-mmin MINS\tmtime is greater than (+N), less than (-N),\n\t\t\tor exactly N minutes in the past\n\t-amin MINS\tatime +N/-N/N minutes in the past\n\t-cmin MINS\tctime +N/-N/N minutes in the past\n\t-newer FILE\tmtime is more recent than FILE's\n\t-inum N\t\tFile has inode number N\n\t-samefile FILE\tFile is same as FILE\n\t-user NAME/ID\tFile is owned by given user\n\t-group NAME/ID\tFile is owned by given group\n\t-size N[bck]\tFile size is N (c:bytes,k:kbytes,b:512 bytes(def.))\n\t\t\t+/-N: file size is bigger/smaller than N\n\t-links N\tNumber of links is greater than (+N), less than (-N),\n\t\t\tor exactly N\n\t-empty\t\tMatch empty file/directory\n\t-prune\t\tIf current file is directory, don't descend into it\nIf none of the following actions is specified, -print is assumed\n\t-print\t\tPrint file name\n\t-print0\t\tPrint file name, NUL terminated\n\t-exec CMD ARG ;\tRun CMD with all instances of {} replaced by\n\t\t\tfile name. Fails if CMD exits with nonzero\n\t-exec CMD ARG + Run CMD with {} replaced by list of file names\n\t-quit\t\tExit\n",
  },
  *main(ctx) {
    const { sys, form } = ctx;
    const argv = ctx.args.slice();
    if (argv[0] === '--help' || argv[0] === '--version') {
      yield* ctx.stdout.write(
        argv[0] === '--version'
          ? 'find (GNU findutils) 4.9.0\n'
          : `Usage: ${ctx.name} [-H] [-L] [-P] [path...] [expression]\n`,
      );
      return 0;
    }
    let follow = 'P' as 'P' | 'L' | 'H';
    while (argv[0] === '-H' || argv[0] === '-L' || argv[0] === '-P') follow = argv.shift()![1] as 'P';
    const paths: string[] = [];
    while (argv.length > 0 && !/^(-.+|[()!,])$/.test(argv[0]!)) paths.push(argv.shift()!);
    const parser = new FindParser(argv, form);
    const expression = parser.parse();
    if (typeof expression === 'string')
      return yield* form === 'busybox' && expression.startsWith('unrecognized: ')
        ? ctx.usage(expression)
        : ctx.die(expression);
    const runner = new FindRunner(ctx, sys.now(CLOCK_REALTIME) / 1000);
    const prepared = yield* runner.prepare(expression);
    if (prepared !== undefined) return yield* ctx.die(prepared);
    let status = 0;
    /** Directories that are being walked, by device and inode: with -L a link may lead back to one. */
    const above = new Map<string, string>();
    const walk = function* (
      path: string,
      name: string,
      depth: number,
      dev: number,
      node: FindNode,
      start: string,
    ): Wait<void> {
      if (sys.tick()) yield;
      const st = new Stat();
      const deref = follow === 'L' || (follow === 'H' && depth === 0);
      let r = deref ? sys.stat(path, st) : sys.lstat(path, st);
      if (r < 0 && deref) r = sys.lstat(path, st);
      if (r < 0) {
        status = 1;
        yield* ctx.warn(
          form === 'gnu'
            ? `${shellQuote(path).replace(/^'(.*)'$/, '\u2018$1\u2019')}: ${ctx.strerror(r)}`
            : `${path}: ${ctx.strerror(r)}`,
        );
        return;
      }
      const key = `${st.dev}:${st.ino}`;
      const loop = follow === 'L' && isDirectory(st.mode) ? above.get(key) : undefined;
      if (loop !== undefined) {
        status = 1;
        if (form === 'gnu')
          yield* ctx.warn(
            `File system loop detected; \u2018${path}\u2019 is part of the same file system loop as \u2018${loop}\u2019.`,
          );
        return;
      }
      const file = { path, name, depth, st, start, prune: false };
      const visit = depth >= parser.minDepth;
      if (visit && !parser.depthFirst) yield* runner.test(node, file);
      if (runner.quit) return;
      const below =
        isDirectory(st.mode) &&
        depth < parser.maxDepth &&
        !(file.prune && !parser.depthFirst) &&
        !(parser.sameDevice && depth > 0 && st.dev !== dev);
      if (below) {
        if (follow === 'L') above.set(key, path);
        const names = listDir(sys, path);
        if (typeof names === 'number') {
          status = 1;
          yield* ctx.warn(
            form === 'gnu' ? `\u2018${path}\u2019: ${ctx.strerror(names)}` : `${path}: ${ctx.strerror(names)}`,
          );
        } else
          for (const child of names) {
            yield* walk(joinPath(path, child), child, depth + 1, depth === 0 ? st.dev : dev, node, start);
            if (runner.quit) return;
          }
        above.delete(key);
      }
      if (visit && parser.depthFirst) yield* runner.test(node, file);
    };
    for (const path of paths.length === 0 ? ['.'] : paths) {
      yield* walk(path, basename(path) || path, 0, 0, expression, path);
      if (runner.quit) break;
    }
    yield* runner.finish();
    return runner.status || status;
  },
});
