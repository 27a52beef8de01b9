import { isDirectory, Stat } from '../../../abi/stat.ts';
import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import type { ApkRecord } from '../../../lib/apk-index.ts';
import { toBase64 } from '../../../lib/base64.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { TarReader } from '../../../lib/tar.ts';
import { decode } from '../../../lib/utf8.ts';
import { joinBytes, read, readFile, spawn, type Wait, waitpid, writeFile } from '../../../libc/io.ts';
import { DataUnpacker } from '../deb/unpack.ts';
import type { Apk } from './apk.ts';
import type { ApkDatabase, Installed } from './database.ts';
import { trusted, why } from './repositories.ts';
import type { Step } from './solve.ts';

/** Folders whose change lets busybox put its links right. */
const BUSYBOX = ['bin', 'sbin', 'usr/bin', 'usr/sbin'];
const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '');

/** Carries out steps, then runs triggers. @returns how many failed */
export function* commit(apk: Apk, db: ApkDatabase, steps: readonly Step[]): Wait<number> {
  const changed = new Set<string>();
  let errors = 0;
  const width = String(steps.length).length;
  for (const [at, step] of steps.entries()) {
    const progress = `(${String(at + 1).padStart(width)}/${steps.length})`;
    if (step.kind === 'purge') {
      yield* apk.say(`${progress} Purging ${step.from.name} (${step.from.version})\n`);
      if (!apk.simulate) yield* purge(apk, db, step.from, changed);
      continue;
    }
    const { record } = step.to;
    const tag = step.to.repository.tag === undefined ? '' : `@${step.to.repository.tag}`;
    yield* apk.say(
      step.kind === 'install'
        ? `${progress} Installing ${record.name}${tag} (${record.version})\n`
        : `${progress} ${step.word} ${record.name}${tag} (${step.from.version} -> ${record.version})\n`,
    );
    if (apk.simulate) continue;
    const problem = yield* install(apk, db, step, changed);
    if (problem === undefined) continue;
    errors++;
    yield* apk.error(`${record.name}-${record.version}: ${problem}`);
  }
  apk.downloader.close();
  if (apk.simulate) return 0;
  yield* db.write();
  yield* runTriggers(apk, db, changed);
  return errors;
}

function* install(
  apk: Apk,
  db: ApkDatabase,
  step: Exclude<Step, { kind: 'purge' }>,
  changed: Set<string>,
): Wait<string | undefined> {
  const { record, repository } = step.to;
  const { sys } = apk;
  const file = `/tmp/.apk.${record.name}.${sys.getpid()}`;
  let bytes: Uint8Array | number;
  if (repository.url === '') {
    // a virtual package: nothing but its name
    db.installed.set(record.name, { record, files: [], triggers: [] });
    return undefined;
  }
  if (repository.url.endsWith('.apk')) bytes = yield* readFile(sys, repository.url);
  else {
    const url = `${repository.url}/x86_64/${record.name}-${record.version}.apk`;
    const result = yield* apk.downloader.fetch(url, file, { agent: 'apk-tools/2.14.9' });
    if (result.kind !== 'ok') return why(result);
    bytes = yield* readFile(sys, file);
    sys.unlink(file);
  }
  if (typeof bytes === 'number') return apk.ctx.strerror(bytes);
  const parts = segments(bytes);
  if (!(yield* trusted(apk, parts.key))) return 'UNTRUSTED signature';
  if (
    record.checksum !== '' &&
    record.checksum !== `Q1${toBase64(apk.hashes.sha1.create().update(parts.control).digest())}`
  )
    return 'BAD archive';
  for (const [kind, text] of parts.scripts) {
    const path = db.scriptPath(record.name, kind);
    yield* writeFile(sys, path, text, 0o755);
    sys.chmod(path, 0o755);
  }
  if (parts.scripts.has('pre-install')) yield* script(apk, db, record, 'pre-install');
  const old = db.installed.get(record.name)?.files ?? [];
  const unpacker = new DataUnpacker(sys, (path) => path);
  for (const piece of parts.data) {
    yield* unpacker.push(piece);
    if (sys.tick()) yield;
  }
  const { failed } = unpacker.result;
  if (failed) return `unable to install ${failed.path.slice(1)}: ${apk.ctx.strerror(failed.errno)}`;
  const st = new Stat();
  const files = unpacker.result.paths
    .filter((path) => sys.lstat(path, st) === 0 && !isDirectory(st.mode))
    .map((path) => path.slice(1));
  for (const gone of old) if (!files.includes(gone)) sys.unlink(`/${gone}`);
  db.installed.set(record.name, { record, files, triggers: parts.triggers });
  for (const path of files) changed.add(folderOf(path));
  if (parts.scripts.has('post-install')) yield* script(apk, db, record, 'post-install');
  return undefined;
}

interface Segments {
  key: string | undefined;
  control: Uint8Array;
  scripts: Map<string, string>;
  triggers: string[];
  data: Uint8Array[];
}

/** Takes an archive apart: gzip streams of a signature, of control data, of files. */
function segments(bytes: Uint8Array): Segments {
  const starts = memberStarts(bytes);
  const member = (n: number): Uint8Array => bytes.subarray(starts[n] ?? bytes.length, starts[n + 1] ?? bytes.length);
  const signed = starts.length > 2 ? 1 : 0;
  const out: Segments = {
    key: undefined,
    control: member(signed),
    scripts: new Map(),
    triggers: [],
    data: new Gunzip().push(bytes.subarray(starts[signed + 1] ?? bytes.length)),
  };
  const files = new Map<string, string[]>();
  let name = '';
  const reader = new TarReader();
  for (const event of reader.push(
    joinBytes(new Gunzip().push(bytes.subarray(0, starts[signed + 1] ?? bytes.length))),
  )) {
    if (event.type === 'header') {
      name = event.header.name;
      files.set(name, []);
    } else if (event.type === 'data') files.get(name)?.push(decode(event.bytes));
  }
  for (const [file, parts] of files) {
    const key = /^\.SIGN\.RSA\.(.*)$/.exec(file)?.[1];
    if (key !== undefined) out.key = key;
    else if (file === '.PKGINFO')
      out.triggers = (/^triggers = (.*)$/m.exec(parts.join(''))?.[1] ?? '').split(' ').filter((one) => one !== '');
    else if (file.startsWith('.')) out.scripts.set(file.slice(1), parts.join(''));
  }
  return out;
}

/** Offsets at which gzip members begin: each is unpacked to find its end. */
function memberStarts(bytes: Uint8Array): number[] {
  const starts = [0];
  for (let at = 1; at + 3 < bytes.length && starts.length < 3; at++) {
    if (bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b || bytes[at + 2] !== 8 || bytes[at + 3] !== 0) continue;
    const before = new Gunzip();
    before.push(bytes.subarray(starts.at(-1)!, at));
    before.finish();
    if (!before.error) starts.push(at);
  }
  return starts;
}

function* script(apk: Apk, db: ApkDatabase, record: ApkRecord, kind: string, args: readonly string[] = []): Wait<void> {
  yield* apk.say(`Executing ${record.name}-${record.version}.${kind}\n`);
  const path = db.scriptPath(record.name, kind);
  const argv = [path, ...(args.length > 0 ? args : [record.version])];
  const pid = yield* spawn(apk.sys, path, argv, ['PATH=/usr/sbin:/usr/bin:/sbin:/bin']);
  const result = new WaitResult();
  if (pid > 0) yield* waitpid(apk.sys, pid, 0, result);
  const status = pid < 0 ? 127 : shellStatus(result.status);
  if (status !== 0) yield* apk.error(`${record.name}-${record.version}.${kind}: script exited with error ${status}`);
}

function* purge(apk: Apk, db: ApkDatabase, record: ApkRecord, changed: Set<string>): Wait<void> {
  const { sys } = apk;
  const pkg = db.installed.get(record.name);
  if (!pkg) return;
  db.installed.delete(record.name);
  const folders = new Set<string>();
  for (const file of pkg.files) {
    sys.unlink(`/${file}`);
    for (let dir = folderOf(file); dir !== ''; dir = folderOf(dir)) folders.add(dir);
    changed.add(folderOf(file));
  }
  for (const dir of [...folders].sort().reverse()) if (!BUSYBOX.includes(dir)) sys.rmdir(`/${dir}`);
  for (const kind of ['pre-install', 'post-install', 'trigger']) sys.unlink(db.scriptPath(record.name, kind));
  yield* restoreLinks(apk, pkg);
}

/** A program of busybox that another stood in place of comes back. */
function* restoreLinks(apk: Apk, pkg: Installed): Wait<void> {
  const programs = pkg.files.filter((file) => BUSYBOX.includes(folderOf(file)));
  if (programs.length === 0) return;
  const applets = new Set(yield* appletNames(apk));
  for (const file of programs)
    if (applets.has(file.slice(file.lastIndexOf('/') + 1))) apk.sys.symlink('/bin/busybox', `/${file}`);
}

function* appletNames(apk: Apk): Wait<string[]> {
  const { sys } = apk;
  const ends = new Int32Array(2);
  if (sys.pipe2(ends) < 0) return [];
  const pid = yield* spawn(sys, '/bin/busybox', ['busybox', '--list'], [], { dup2: [[ends[1]!, 1]] });
  sys.close(ends[1]!);
  const pieces: Uint8Array[] = [];
  const buf = new Uint8Array(4096);
  for (let n: number; (n = yield* read(sys, ends[0]!, buf)) > 0; ) pieces.push(buf.slice(0, n));
  sys.close(ends[0]!);
  if (pid > 0) yield* waitpid(sys, pid, 0, new WaitResult());
  return decode(joinBytes(pieces)).split('\n');
}

function* runTriggers(apk: Apk, db: ApkDatabase, changed: ReadonlySet<string>): Wait<void> {
  const busybox = db.installed.get('busybox')?.record;
  if (busybox && [...changed].some((dir) => BUSYBOX.includes(dir)))
    yield* apk.say(`Executing busybox-${busybox.version}.trigger\n`);
  for (const { record, triggers } of db.sorted()) {
    const hit = triggers.filter((dir) => [...changed].some((one) => `/${one}`.startsWith(dir)));
    if (hit.length > 0) yield* script(apk, db, record, 'trigger', hit);
  }
}
