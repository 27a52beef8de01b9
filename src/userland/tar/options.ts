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
  bzip2: { short: 'j', help: 'not simulated' },
  xz: { short: 'J', help: 'not simulated' },
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
