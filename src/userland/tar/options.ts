export const TAR_OPTIONS = {
  create: { short: 'c', help: 'create a new archive' },
  extract: { short: 'x', long: 'extract', help: 'extract files from an archive' },
  get: { busybox: false, help: 'extract files from an archive' },
  list: { short: 't', help: 'list the contents of an archive' },
  append: { short: 'r', busybox: false, help: 'append files to the end of an archive' },
  update: { short: 'u', busybox: false, help: 'only append files newer than copy in archive' },
  file: { short: 'f', arg: 'ARCHIVE', help: 'use archive file ARCHIVE' },
  directory: { short: 'C', arg: 'DIR', many: true, help: 'change to directory DIR' },
  verbose: { short: 'v', many: true, help: 'verbosely list files processed' },
  gzip: { short: 'z', help: 'filter the archive through gzip' },
  gunzip: { busybox: false, help: 'filter the archive through gzip' },
  autoCompress: { short: 'a', help: 'use archive suffix to determine the compression program' },
  bzip2: { short: 'j', help: 'filter the archive through bzip2' },
  xz: { short: 'J', help: 'filter the archive through xz' },
  zstd: { busybox: false, help: 'filter the archive through zstd' },
  lzma: { help: 'filter the archive through lzma' },
  lzip: { busybox: false, help: 'filter the archive through lzip' },
  lzop: { busybox: false, help: 'filter the archive through lzop' },
  compress: { short: 'Z', busybox: false, help: 'filter the archive through compress' },
  useCompressProgram: { short: 'I', arg: 'PROG', busybox: false, help: 'filter through PROG, which must know -d' },
  noAutoCompress: { busybox: false, help: 'do not use the suffix of the archive' },
  diff: { short: 'd', busybox: false, help: 'find differences between archive and file system' },
  compare: { busybox: false, help: 'find differences between archive and file system' },
  delete: { busybox: false, help: 'delete from the archive' },
  concatenate: { short: 'A', long: 'concatenate', busybox: false, help: 'append tar files to an archive' },
  catenate: { busybox: false, help: 'append tar files to an archive' },
  fullTime: { busybox: false, help: 'print times with all their digits' },
  removeFiles: { busybox: false, help: 'remove files after adding them to the archive' },
  skipOldFiles: { busybox: false, help: 'leave existing files as they are, without an error' },
  keepNewerFiles: { busybox: false, help: 'leave existing files that are newer than those of the archive' },
  toCommand: { arg: 'COMMAND', help: 'pipe extracted files to another program' },
  null: { busybox: false, help: '-T reads names that end with NUL' },
  oneFileSystem: { busybox: false, help: 'stay in the local file system' },
  newer: { short: 'N', arg: 'DATE-OR-FILE', busybox: false, help: 'only store files newer than DATE-OR-FILE' },
  excludeVcs: { busybox: false, help: 'leave out directories of version control' },
  showDefaults: { busybox: false, help: "show tar's defaults" },
  recursion: { busybox: false, help: 'go down into directories (default)' },
  showTransformedNames: { busybox: false, help: 'show names as they are after transformation' },
  ignoreFailedRead: { busybox: false, help: 'do not end with a failure for files that cannot be read' },
  toStdout: { short: 'O', help: 'extract files to standard output' },
  touch: { short: 'm', help: "don't extract file modified time" },
  samePermissions: { short: 'p', long: 'preserve-permissions', help: 'extract information about file permissions' },
  noSameOwner: { short: 'o', help: 'extract files as yourself' },
  sameOwner: { busybox: false, help: 'try extracting files with the same ownership' },
  keepOldFiles: { short: 'k', help: "don't replace existing files when extracting" },
  overwrite: { help: 'overwrite existing files when extracting' },
  dereference: { short: 'h', help: 'follow symlinks' },
  absoluteNames: { short: 'P', busybox: false, help: "don't strip leading '/'s from file names" },
  stripComponents: { arg: 'NUMBER', help: 'strip NUMBER leading components from file names on extraction' },
  exclude: { arg: 'PATTERN', many: true, help: 'exclude files, given as a PATTERN' },
  excludeFrom: { short: 'X', arg: 'FILE', many: true, help: 'exclude patterns listed in FILE' },
  filesFrom: { short: 'T', arg: 'FILE', many: true, help: 'get names to extract or create from FILE' },
  noRecursion: { help: 'avoid descending automatically in directories' },
  numericOwner: { help: 'always use numbers for user/group names' },
  owner: { arg: 'NAME', busybox: false, help: 'force NAME as owner for added files' },
  group: { arg: 'NAME', busybox: false, help: 'force NAME as group for added files' },
  mtime: { arg: 'DATE', busybox: false, help: 'set mtime for added files' },
  mode: { arg: 'CHANGES', busybox: false, help: 'force (symbolic) mode CHANGES for added files' },
  transform: { arg: 'EXPRESSION', busybox: false, help: 'use sed replace EXPRESSION to transform file names' },
  sort: { arg: 'ORDER', busybox: false, help: 'directory sorting order: none, name or inode' },
  format: { short: 'H', arg: 'FORMAT', busybox: false, help: 'accepted' },
  noSamePermissions: { help: "apply the user's umask when extracting" },
  sparse: { short: 'S', busybox: false, help: 'accepted' },
  xattrs: { busybox: false, help: 'accepted' },
  wildcards: { busybox: false, help: 'use wildcards' },
  warning: { arg: 'KEYWORD', busybox: false, help: 'accepted' },
  checkpoint: { arg: 'NUMBER', optional: true, busybox: false, help: 'accepted' },
  blockingFactor: { short: 'b', arg: 'BLOCKS', busybox: false, help: 'accepted' },
  unlinkFirst: { short: 'U', busybox: false, help: 'remove each file prior to extracting over it' },
} as const;

/** Begins an operand that is no name but a change of the directory. */
export const CHDIR = '\0';

/** `-C DIR` behind the first name takes effect there: it becomes an operand of its own. */
export function placeDirectories(argv: readonly string[]): string[] {
  const out: string[] = [];
  let names = false;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === '--') return [...out, ...argv.slice(i)];
    const takes =
      /^-[a-zA-Z]*[fCTXHNIb]$|^--(?:file|directory|files-from|exclude|exclude-from|owner|group|mtime|mode|transform|sort|format|strip-components|warning|blocking-factor|use-compress-program|to-command|newer)$/.test(
        arg,
      );
    const long = /^--directory=(.*)$/s.exec(arg);
    if (names && (arg === '-C' || arg === '--directory') && i + 1 < argv.length) out.push(CHDIR + argv[++i]!);
    else if (names && long) out.push(CHDIR + long[1]!);
    else {
      out.push(arg);
      if (takes && i + 1 < argv.length) out.push(argv[++i]!);
      else if (!arg.startsWith('-')) names = true;
    }
  }
  return out;
}

/** `tar xzf FILE`: letters without a dash, whose arguments follow in their order. */
export function oldStyle(argv: string[]): string[] {
  const first = argv[0];
  if (first === undefined || first.startsWith('-') || !/^[a-zA-Z]+$/.test(first)) return argv;
  const rest = argv.slice(1);
  const out: string[] = [];
  for (const letter of first) {
    out.push(`-${letter}`);
    const spec = Object.values(TAR_OPTIONS).find((s) => 'short' in s && s.short.includes(letter));
    if (spec && 'arg' in spec && rest.length > 0) out.push(rest.shift()!);
  }
  return [...out, ...rest];
}
