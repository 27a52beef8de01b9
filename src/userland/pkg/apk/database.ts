import type { Sys } from '../../../abi/sys.ts';
import { type ApkRecord, formatApkRecord, parseApkRecord } from '../../../lib/apk-index.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';

const DB = '/lib/apk/db';
export const WORLD = '/etc/apk/world';
export const LOCK = `${DB}/lock`;
const SCRIPTS = `${DB}/scripts`;

/** A package that is installed, with the paths that it brought (no leading slash). */
export interface Installed {
  record: ApkRecord;
  files: string[];
  /** Folders whose change runs its trigger. */
  triggers: string[];
}

/** What is installed, and what was asked for: /lib/apk/db/installed and /etc/apk/world. */
export class ApkDatabase {
  readonly installed = new Map<string, Installed>();
  world: string[] = [];

  private constructor(readonly sys: Sys) {}

  static *read(sys: Sys): Wait<ApkDatabase> {
    const database = new ApkDatabase(sys);
    const text = function* (path: string): Wait<string> {
      const bytes = yield* readFile(sys, path);
      return typeof bytes === 'number' ? '' : decode(bytes);
    };
    for (const block of (yield* text(`${DB}/installed`)).split('\n\n')) {
      const lines = block.split('\n');
      const record = parseApkRecord(lines.filter((line) => !/^[FRMaZ]:/.test(line)));
      if (!record) continue;
      const files: string[] = [];
      let folder = '';
      for (const line of lines) {
        if (line.startsWith('F:')) folder = line.slice(2);
        else if (line.startsWith('R:')) files.push(folder === '' ? line.slice(2) : `${folder}/${line.slice(2)}`);
      }
      database.installed.set(record.name, { record, files, triggers: [] });
    }
    for (const line of (yield* text(`${DB}/triggers`)).split('\n')) {
      const [name, ...folders] = line.split(' ');
      const pkg = name === undefined ? undefined : database.installed.get(name);
      if (pkg) pkg.triggers = folders;
    }
    database.world = (yield* text(WORLD)).split(/\s+/).filter((word) => word !== '');
    return database;
  }

  /** Bytes of all that is installed. */
  get size(): number {
    return [...this.installed.values()].reduce((n, { record }) => n + record.installed, 0);
  }

  sorted(): Installed[] {
    return [...this.installed.values()].sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  }

  owner(path: string): Installed | undefined {
    const wanted = path.replace(/^\/+/, '');
    return this.sorted().find((pkg) => pkg.files.includes(wanted));
  }

  *write(): Wait<number> {
    mkdirp(this.sys, DB, 0o755);
    let text = '';
    let triggers = '';
    for (const { record, files, triggers: folders } of this.sorted()) {
      text += formatApkRecord(record);
      let folder: string | undefined;
      for (const file of [...files].sort()) {
        const slash = file.lastIndexOf('/');
        const dir = slash < 0 ? '' : file.slice(0, slash);
        if (dir !== folder) text += `F:${dir}\n`;
        folder = dir;
        text += `R:${file.slice(slash + 1)}\n`;
      }
      text += '\n';
      if (folders.length > 0) triggers += `${[record.name, ...folders].join(' ')}\n`;
    }
    const r = yield* writeFile(this.sys, `${DB}/installed`, text, 0o644);
    if (r < 0) return r;
    yield* writeFile(this.sys, `${DB}/triggers`, triggers, 0o644);
    return yield* writeFile(this.sys, WORLD, this.world.map((name) => `${name}\n`).join(''), 0o644);
  }

  /** Where a package's script of a kind is kept. */
  scriptPath(name: string, kind: string): string {
    mkdirp(this.sys, SCRIPTS, 0o755);
    return `${SCRIPTS}/${name}.${kind}`;
  }
}
