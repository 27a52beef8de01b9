import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { isDir, listDir } from '../../../libc/paths.ts';

/** One directive: its words, and the directives inside of a section. */
export interface Directive {
  name: string;
  args: string[];
  inner: Directive[];
  file: string;
  line: number;
}

/** The configuration cannot be used: what httpd says on stderr. */
export class ConfigError extends Error {}

/** Directives that this server acts on, in lower case, with the least and the most words they take. */
const KNOWN: Readonly<Record<string, readonly [number, number]>> = {
  addtype: [2, 99],
  alias: [2, 2],
  allowoverride: [1, 99],
  customlog: [2, 3],
  directoryindex: [1, 99],
  documentroot: [1, 1],
  errordocument: [2, 2],
  errorlog: [1, 2],
  group: [1, 1],
  include: [1, 1],
  includeoptional: [1, 1],
  listen: [1, 2],
  loadmodule: [2, 2],
  logformat: [1, 2],
  loglevel: [1, 99],
  options: [1, 99],
  pidfile: [1, 1],
  proxypass: [1, 9],
  proxypassreverse: [1, 2],
  redirect: [2, 3],
  require: [1, 99],
  serveradmin: [1, 1],
  serveralias: [1, 99],
  servername: [1, 1],
  serverroot: [1, 1],
  servertokens: [1, 1],
  serversignature: [1, 1],
  typesconfig: [1, 1],
  user: [1, 1],
};

/** Directives that change nothing that can be seen here: connection limits, workers, and what belongs to modules that are not loaded. */
const WITHOUT_EFFECT = [
  'addhandler',
  'addicon',
  'define',
  'enablemmap',
  'enablesendfile',
  'hostnamelookups',
  'keepalive',
  'keepalivetimeout',
  'maxconnectionsperchild',
  'maxkeepaliverequests',
  'maxrequestworkers',
  'maxsparethreads',
  'minsparethreads',
  'mutex',
  'proxypreservehost',
  'proxyrequests',
  'proxyvia',
  'scriptalias',
  'scriptsock',
  'startservers',
  'threadsperchild',
  'timeout',
  'usecanonicalname',
];

const SECTIONS = ['directory', 'files', 'location', 'virtualhost', 'ifmodule', 'ifdefine', 'proxy'];

const CONDITIONS = ['ifmodule', 'ifdefine'];

/** Whether what a condition asks for is there: a module by its name or its file; nothing is ever defined. */
function holds({ modules }: Reading, kind: string, what: string): boolean {
  const wanted = what.replace(/^!/, '').replace(/^mod_(\w+)\.c$/, '$1_module');
  return (/^ifmodule$/i.test(kind) && modules.has(wanted)) !== what.startsWith('!');
}

/** The words of a line: quoted ones keep their blanks. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    (m) => m[1]?.replace(/\\(["\\])/g, '$1') ?? m[2] ?? m[3]!,
  );
}

interface Reading {
  sys: Sys;
  root: string;
  env: ReadonlyMap<string, string>;
  modules: Set<string>;
}

const absolute = (root: string, path: string): string => (path.startsWith('/') ? path : `${root}/${path}`);

function fail(file: string, line: number, message: string): never {
  throw new ConfigError(`AH00526: Syntax error on line ${line} of ${file}:\n${message}\n`);
}

/** Reads a file and all that it includes. @throws ConfigError */
export function* readConfig(sys: Sys, path: string, root: string, env: ReadonlyMap<string, string>): Wait<Directive[]> {
  return yield* readOne({ sys, root, env, modules: new Set() }, path, true);
}

function* readOne(reading: Reading, path: string, must: boolean): Wait<Directive[]> {
  const bytes = yield* readFile(reading.sys, path);
  if (typeof bytes === 'number') {
    if (!must) return [];
    throw new ConfigError(`httpd: Could not open configuration file ${path}: No such file or directory\n`);
  }
  const stack: Directive[] = [{ name: '', args: [], inner: [], file: path, line: 0 }];
  const lines = decode(bytes).split('\n');
  let skipped = 0;
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let text = lines[at]!.trim();
    while (text.endsWith('\\') && at + 1 < lines.length) text = text.slice(0, -1) + lines[++at]!.trim();
    text = text.replace(/\$\{(\w+)\}/g, (whole, name: string) => reading.env.get(name) ?? whole);
    if (text === '' || text.startsWith('#')) continue;
    const close = /^<\/(\w+)>$/.exec(text);
    const open = /^<(\w+)\s*(.*)>$/.exec(text);
    if (skipped > 0) {
      // what stands below a condition that does not hold is not even read
      if (open && CONDITIONS.includes(open[1]!.toLowerCase())) skipped++;
      else if (close && CONDITIONS.includes(close[1]!.toLowerCase())) skipped--;
      continue;
    }
    if (open && CONDITIONS.includes(open[1]!.toLowerCase()) && !holds(reading, open[1]!, open[2]!)) {
      skipped = 1;
      continue;
    }
    if (close) {
      const section = stack.pop()!;
      if (stack.length === 0 || section.name !== close[1]!.toLowerCase())
        fail(path, line, `</${close[1]}> without matching <${close[1]}> section`);
      continue;
    }
    const [word = '', ...args] = open ? [open[1]!, ...wordsOf(open[2]!)] : wordsOf(text);
    const directive: Directive = { name: word.toLowerCase(), args, inner: [], file: path, line };
    if (open) {
      if (!SECTIONS.includes(directive.name)) unknown(path, line, `<${word}`);
      stack.at(-1)!.inner.push(directive);
      stack.push(directive);
      continue;
    }
    yield* plain(reading, directive, word, stack.at(-1)!);
  }
  if (stack.length > 1) {
    const open = stack.at(-1)!;
    fail(open.file, open.line, `<${open.name}> was not closed.`);
  }
  return stack[0]!.inner;
}

function unknown(file: string, line: number, word: string): never {
  fail(
    file,
    line,
    `Invalid command '${word}', perhaps misspelled or defined by a module not included in the server configuration`,
  );
}

function* plain(reading: Reading, directive: Directive, word: string, into: Directive): Wait<void> {
  const { name, args, file, line } = directive;
  if (WITHOUT_EFFECT.includes(name)) return;
  const bounds = KNOWN[name];
  if (!bounds) unknown(file, line, word);
  if (args.length < bounds[0] || args.length > bounds[1])
    fail(
      file,
      line,
      `${word} takes ${bounds[0] === bounds[1] ? ['no', 'one', 'two'][bounds[0]] : 'other'} argument${bounds[0] === 1 ? '' : 's'}`,
    );
  if (name === 'loadmodule') reading.modules.add(args[0]!);
  if (name === 'serverroot') reading.root = args[0]!;
  if (name !== 'include' && name !== 'includeoptional') {
    into.inner.push(directive);
    return;
  }
  for (const path of filesOf(reading, args[0]!))
    into.inner.push(...(yield* readOne(reading, path, name === 'include')));
}

/** A pattern of file names with * and ?. */
export const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );

/** The files that an Include names: one, all below a folder, or those that fit a pattern in their last part. */
function filesOf({ sys, root }: Reading, given: string): string[] {
  const path = absolute(root, given);
  const [dir, pattern] = isDir(sys, path)
    ? [path, '*']
    : [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  if (!/[*?]/.test(pattern)) return [path];
  const names = listDir(sys, dir);
  const glob = globOf(pattern);
  return typeof names === 'number'
    ? []
    : names
        .filter((name) => glob.test(name))
        .sort()
        .map((name) => `${dir}/${name}`);
}
