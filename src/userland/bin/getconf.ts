import { program } from '../../libc/program.ts';

/** Values that scripts ask for, of Linux on x86-64 with glibc. */
const VALUES: Readonly<Record<string, string>> = {
  ARG_MAX: '2097152',
  CHAR_BIT: '8',
  CLK_TCK: '100',
  GNU_LIBC_VERSION: 'glibc 2.39',
  HOST_NAME_MAX: '64',
  INT_MAX: '2147483647',
  LINE_MAX: '2048',
  LOGIN_NAME_MAX: '256',
  LONG_BIT: '64',
  NAME_MAX: '255',
  NGROUPS_MAX: '65536',
  OPEN_MAX: '1024',
  PAGESIZE: '4096',
  PAGE_SIZE: '4096',
  PATH: '/bin:/usr/bin',
  PATH_MAX: '4096',
  PIPE_BUF: '4096',
  POSIX_VERSION: '200809',
  _POSIX_VERSION: '200809',
  UINT_MAX: '4294967295',
  WORD_BIT: '32',
};
const PER_PATH = new Set(['NAME_MAX', 'PATH_MAX', 'PIPE_BUF']);

export default program({
  name: 'getconf',
  at: ['/usr/bin/getconf'],
  spec: 'glibc 2.39 getconf(1): the variables that scripts ask for',
  soleHelp: 0,
  version: '(Ubuntu GLIBC 2.39-0ubuntu8.6) 2.39',
  usage: '[-v SPEC] VAR\n  or:  getconf [-v SPEC] PATH_VAR PATH',
  about: 'Get the configuration value for a variable.',
  options: {},
  raw: true,
  *main({ sys, args, stdout, stderr, name }) {
    const words = args[0] === '-v' ? args.slice(2) : args;
    const [key, path] = words;
    if (key === undefined) {
      yield* stderr.write(`Usage: ${name} [-v SPEC] VAR\n  or:  ${name} [-v SPEC] PATH_VAR PATH\n`);
      return 2;
    }
    const info = sys.sysinfo();
    const own: Readonly<Record<string, string>> = {
      _NPROCESSORS_ONLN: String(info.cpus),
      _NPROCESSORS_CONF: String(info.cpus),
      NPROCESSORS_ONLN: String(info.cpus),
      _PHYS_PAGES: String(Math.floor(info.totalram / 4096)),
      _AVPHYS_PAGES: String(Math.floor(info.freeram / 4096)),
    };
    if (key === '-a') {
      for (const [each, value] of Object.entries({ ...VALUES, ...own }).sort(([a], [b]) => (a < b ? -1 : 1)))
        yield* stdout.write(`${each.padEnd(34)} ${value}\n`);
      return 0;
    }
    const value = VALUES[key] ?? own[key];
    if (value === undefined) {
      yield* stderr.write(`${name}: Unrecognized variable \`${key}'\n`);
      return 2;
    }
    if (path !== undefined && PER_PATH.has(key) && sys.access(path, 0) < 0) {
      yield* stderr.write(`${name}: ${path}: No such file or directory\n`);
      return 1;
    }
    yield* stdout.write(`${value}\n`);
    return 0;
  },
});
