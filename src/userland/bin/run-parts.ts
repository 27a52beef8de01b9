import { isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { spawn, waitpid } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'run-parts',
  at: ['/usr/bin/run-parts', '/bin/run-parts'],
  spec: 'debianutils 5.17 run-parts(8): --report adds nothing where a script is silent, else its output as it comes',
  versionText: 'Debian run-parts program, version 5.17',
  usage: '[OPTION]... DIRECTORY',
  about: 'Run scripts or programs in a directory.',
  options: {
    test: { help: 'print script names which would run, but do not run them' },
    list: { help: 'print names of all valid files' },
    verbose: { short: 'v', help: 'print script names before running' },
    report: { help: 'print script names if they produce output' },
    reverse: { help: 'reverse execution order of scripts' },
    exitOnError: { help: 'exit as soon as a script returns with a non-zero exit code' },
    stdin: { help: 'multiplex stdin to scripts being run, using temporary file' },
    lsbsysinit: { help: 'validate filenames based on LSB sysinit specs' },
    newSession: { help: 'run each script in a separate process session' },
    regex: { arg: 'PATTERN', help: 'validate filenames based on POSIX ERE pattern PATTERN' },
    umask: { short: 'u', arg: 'UMASK', help: 'set umask to UMASK (octal), default is 022' },
    arg: { short: 'a', arg: 'ARGUMENT', many: true, help: 'pass ARGUMENT to scripts' },
  },
  busybox: {
    at: '/bin/run-parts',
    usage: '[-a ARG]... [-u UMASK] [--reverse] [--test] [--exit-on-error] [--list] DIRECTORY',
    help: 'Run a bunch of scripts in DIRECTORY\n\n\t-a ARG\t\tPass ARG as argument to scripts\n\t-u UMASK\tSet UMASK before running scripts\n\t--reverse\tReverse execution order\n\t--test\t\tDry run\n\t--exit-on-error\tExit if a script exits with non-zero\n\t--list\t\tPrint names of matching files even if they are not executable\n',
  },
  *main(ctx) {
    const { sys, opts, args } = ctx;
    const directory = args[0];
    if (directory === undefined || args.length > 1) {
      yield* ctx.warn('missing operand');
      return yield* ctx.usage();
    }
    const names = listDir(sys, directory);
    if (typeof names === 'number') {
      yield* ctx.warn(`failed to open directory ${directory}: ${ctx.strerror(names)}`);
      return 1;
    }
    const valid = opts.regex === undefined ? /^[a-zA-Z0-9_-]+$/ : new RegExp(opts.regex);
    const sorted = names.filter((name) => valid.test(name)).sort();
    if (opts.reverse) sorted.reverse();
    sys.umask(opts.umask === undefined ? 0o022 : Number.parseInt(opts.umask, 8));
    const st = new Stat();
    let status = 0;
    for (const name of sorted) {
      const path = `${directory}/${name}`;
      if (sys.stat(path, st) < 0 || isDirectory(st.mode) || !isRegular(st.mode)) continue;
      const runs = sys.access(path, 1) === 0;
      if (opts.list || (opts.test && runs)) {
        yield* ctx.stdout.write(`${path}\n`);
        continue;
      }
      if (!runs || opts.test) continue;
      if (opts.verbose) yield* ctx.stderr.write(`run-parts: executing ${[path, ...opts.arg].join(' ')}\n`);
      yield* ctx.stdout.flush();
      const pid = yield* spawn(sys, path, [path, ...opts.arg], sys.envp, opts.newSession ? { setsid: true } : {});
      if (pid < 0) {
        yield* ctx.warn(`failed to exec ${path}: ${ctx.strerror(pid)}`);
        status = 1;
        continue;
      }
      const result = new WaitResult();
      yield* waitpid(sys, pid, 0, result);
      const code = shellStatus(result.status);
      if (code === 0) continue;
      yield* ctx.warn(`${path} exited with return code ${code}`);
      status = code;
      if (opts.exitOnError) return code;
    }
    return status;
  },
});
