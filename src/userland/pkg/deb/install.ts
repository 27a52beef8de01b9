import { ENOENT } from '../../../abi/errno.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import { shellStatus, WaitResult, wifsignaled, wtermsig } from '../../../abi/wait.ts';
import { compareDebianVersions } from '../../../lib/debian-version.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { readFile, spawn, type Wait, waitpid, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import { DebFile } from './archive.ts';
import { type Database, fullName, INFO, isInstalled, type Known } from './database.ts';
import { dependenciesOf, providesOf, type Relation, satisfies } from './relations.ts';
import { Triggers } from './triggers.ts';
import { DataUnpacker } from './unpack.ts';

/** What the run was asked to do besides. */
export interface InstallOptions {
  /** The action's name in messages: `--install`, `--unpack`, `--configure`, `--remove`, `--purge`. */
  action: string;
  forceDepends: boolean;
  noTriggers: boolean;
}

/** A package or archive that could not be dealt with: its name for the list at the end. */
export class Failure {
  constructor(readonly name: string) {}
}

const SCRIPT_WORDS: Readonly<Record<string, string>> = {
  preinst: 'new NAME package pre-installation script',
  postinst: 'installed NAME package post-installation script',
  prerm: 'installed NAME package pre-removal script',
  postrm: 'installed NAME package post-removal script',
};

/** Path of an archive in messages: what is long loses its folders. */
export function shortPath(path: string): string {
  let short = path;
  while (short.length > 30) {
    const slash = short.indexOf('/', 1);
    if (slash < 0) break;
    short = short.slice(slash);
  }
  return short === path ? path : `...${short}`;
}

/** Installs, configures and removes packages, saying what it does as dpkg does. */
export class Installer {
  readonly failed: string[] = [];
  readonly triggers: Triggers;
  private owners: Map<string, Known[]> | undefined;

  constructor(
    readonly ctx: Context,
    readonly db: Database,
    readonly md5: HashFactory,
    readonly options: InstallOptions,
  ) {
    this.triggers = new Triggers(ctx, db);
  }

  private *say(text: string): Wait<void> {
    yield* this.ctx.stdout.write(text);
    yield* this.ctx.stdout.flush();
  }

  /** Writes an error about a package or archive, and remembers it for the end. */
  *fail(what: 'archive' | 'package', name: string, message: string): Wait<Failure> {
    yield* this.ctx.stdout.flush();
    yield* this.ctx.stderr.write(`dpkg: error processing ${what} ${name} (${this.options.action}):\n ${message}\n`);
    this.failed.push(name);
    return new Failure(name);
  }

  /** The count of paths, said once a run. */
  private *readDatabase(): Wait<Map<string, Known[]>> {
    if (this.owners) return this.owners;
    this.owners = yield* this.db.owners();
    const tty = this.ctx.sys.isatty(1);
    if (tty) for (let percent = 5; percent <= 100; percent += 5) yield* this.say(`(Reading database ... ${percent}%\r`);
    yield* this.say(`(Reading database ... ${this.owners.size} files and directories currently installed.)\n`);
    return this.owners;
  }

  /** Unpacks an archive. @returns the package, or what failed */
  *unpack(path: string): Wait<Known | Failure> {
    const { ctx, db } = this;
    const deb = yield* DebFile.open(ctx.sys, path);
    if (typeof deb === 'number')
      return yield* this.fail('archive', path, `cannot access archive '${path}': ${ctx.strerror(deb)}`);
    const control = deb === 'format' ? undefined : yield* deb.control();
    if (deb === 'format' || !control?.has('control')) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(`dpkg-deb: error: '${path}' is not a Debian format archive\n`);
      return yield* this.fail('archive', path, 'dpkg-deb --control subprocess returned error exit status 2');
    }
    const fields = (yield* deb.fields())!;
    const name = fields.get('Package') ?? '';
    const arch = fields.get('Architecture') ?? '';
    const full = fullName(fields);
    const version = fields.get('Version') ?? '';
    if (arch !== 'all' && arch !== 'amd64') {
      deb.close();
      return yield* this.fail('archive', path, `package architecture (${arch}) does not match system (amd64)`);
    }
    const old = db.get(name);
    const installed = isInstalled(old) ? old : undefined;
    if (!installed) yield* this.say(`Selecting previously unselected package ${full}.\n`);
    const owners = yield* this.readDatabase();
    yield* this.say(`Preparing to unpack ${shortPath(path)} ...\n`);
    if (installed) {
      const prerm = yield* this.script(installed, 'prerm', ['upgrade', version]);
      if (prerm) return prerm;
    }
    const lower = installed && compareDebianVersions(version, installed.version) < 0;
    if (lower) yield* ctx.stderr.write(`dpkg: warning: downgrading ${full} from ${installed.version} to ${version}\n`);
    yield* this.say(`Unpacking ${full} (${version}) ${installed ? `over (${installed.version}) ` : ''}...\n`);
    const conffiles = new Set((control.get('conffiles')?.text ?? '').split('\n').filter((line) => line !== ''));
    const oldFiles = installed ? yield* db.files(installed) : [];
    const kept = yield* this.changedConffiles(conffiles, old);
    const clash = { path: '', owner: '' };
    const unpacker = new DataUnpacker(ctx.sys, (file) => {
      const other = owners.get(file)?.find((one) => one.name !== name && isInstalled(one));
      if (other && !isDirectoryPath(ctx, file) && !replaces(fields, other)) {
        clash.path ||= file;
        clash.owner ||= `${other.full} ${other.version}`;
        return undefined;
      }
      return kept.has(file) ? undefined : file;
    });
    const whole = yield* deb.member('data.tar', (bytes) => unpacker.push(bytes));
    deb.close();
    if (clash.path !== '')
      return yield* this.fail(
        'archive',
        path,
        `trying to overwrite '${clash.path}', which is also in package ${clash.owner}`,
      );
    const { failed, paths } = unpacker.result;
    if (failed || !whole)
      return yield* this.fail(
        'archive',
        path,
        failed
          ? `unable to install new version of '${failed.path}': ${ctx.strerror(failed.errno)}`
          : 'unexpected end of file in archive',
      );
    const recorded: string[] = [];
    for (const file of conffiles) {
      const bytes = yield* readFile(ctx.sys, file);
      if (typeof bytes !== 'number') recorded.push(`\n ${file} ${this.md5.hex(bytes)}`);
    }
    if (recorded.length > 0) fields.set('Conffiles', recorded.join(''));
    yield* this.writeInfo(full, control, paths);
    const pkg = db.set(fields, 'install', 'unpacked');
    for (const file of paths) if (!owners.has(file)) owners.set(file, [pkg]);
    yield* this.removeFiles(
      oldFiles.filter((file) => !paths.includes(file) && !conffiles.has(file)),
      name,
    );
    yield* this.triggers.activate(pkg, paths);
    yield* db.write();
    return pkg;
  }

  /** Conffiles on the disk that are not as the package left them: they stay. */
  private *changedConffiles(conffiles: ReadonlySet<string>, old: Known | undefined): Wait<Set<string>> {
    const sums = new Map(
      (old?.fields.get('Conffiles') ?? '').split('\n').map((line) => line.trim().split(' ') as [string, string]),
    );
    const kept = new Set<string>();
    for (const file of conffiles) {
      const bytes = yield* readFile(this.ctx.sys, file);
      if (typeof bytes === 'number') continue;
      if (this.md5.hex(bytes) !== sums.get(file)) kept.add(file);
    }
    return kept;
  }

  private *writeInfo(full: string, control: Map<string, { text: string; mode: number }>, paths: string[]): Wait<void> {
    const { sys } = this.ctx;
    mkdirp(sys, INFO, 0o755);
    yield* writeFile(sys, `${INFO}/${full}.list`, `${paths.join('\n')}\n`, 0o644);
    for (const [name, { text, mode }] of control) {
      if (name === 'control') continue;
      const path = `${INFO}/${full}.${name}`;
      yield* writeFile(sys, path, text, mode & 0o777);
      sys.chmod(path, mode & 0o777);
    }
  }

  /** Runs a maintainer script if the package has it. @returns what failed */
  *script(pkg: Known, name: string, args: readonly string[]): Wait<Failure | undefined> {
    const { ctx } = this;
    const path = `${INFO}/${pkg.full}.${name}`;
    if (ctx.sys.stat(path, new Stat()) < 0) return undefined;
    yield* ctx.stdout.flush();
    const envp = [
      ...ctx.sys.envp.filter((line) => !line.startsWith('PATH=')),
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `DPKG_MAINTSCRIPT_PACKAGE=${pkg.name}`,
      `DPKG_MAINTSCRIPT_NAME=${name}`,
      `DPKG_MAINTSCRIPT_ARCH=${pkg.arch}`,
    ];
    const pid = yield* spawn(ctx.sys, path, [path, ...args], envp);
    const words = (SCRIPT_WORDS[name] ?? name).replace('NAME', pkg.full);
    if (pid < 0)
      return yield* this.fail('package', pkg.full, `unable to execute ${words} (${path}): ${ctx.strerror(pid)}`);
    const result = new WaitResult();
    yield* waitpid(ctx.sys, pid, 0, result);
    const status = shellStatus(result.status);
    if (status === 0) return undefined;
    return yield* this.fail(
      'package',
      pkg.full,
      wifsignaled(result.status)
        ? `${words} subprocess was killed by signal (signal ${wtermsig(result.status)})`
        : `${words} subprocess returned error exit status ${status}`,
    );
  }

  /** Configures a package that is unpacked. @param circular it and others need each other: one has to be the first */
  *configure(pkg: Known, circular = false): Wait<void> {
    const { ctx, db } = this;
    const problems = this.options.forceDepends || circular ? [] : this.missing(pkg);
    if (problems.length > 0) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(
        `dpkg: dependency problems prevent configuration of ${pkg.full}:\n${problems.join('')}\ndpkg: error processing package ${pkg.full} (${this.options.action}):\n dependency problems - leaving unconfigured\n`,
      );
      this.failed.push(pkg.full);
      return;
    }
    yield* this.say(`Setting up ${pkg.full} (${pkg.version}) ...\n`);
    db.mark(pkg, 'install', 'half-configured');
    if (yield* this.script(pkg, 'postinst', ['configure', ''])) {
      yield* db.write();
      return;
    }
    db.mark(pkg, 'install', 'installed');
    yield* db.write();
  }

  /** Lines about dependencies of a package that nothing installed satisfies. */
  missing(pkg: Known): string[] {
    const lines: string[] = [];
    for (const group of dependenciesOf(pkg.fields)) {
      if (group.some((relation) => this.satisfied(relation))) continue;
      const text = group
        .map((one) => (one.operator ? `${one.name} (${one.operator} ${one.version})` : one.name))
        .join(' | ');
      lines.push(` ${pkg.full} depends on ${text}; however:\n`);
      for (const { name } of group) {
        const known = this.db.get(name);
        lines.push(
          isInstalled(known)
            ? known.state === 'installed'
              ? `  Version of ${known.full} on system is ${known.version}.\n`
              : `  Package ${known.full} is not configured yet.\n`
            : `  Package ${name} is not installed.\n`,
        );
      }
    }
    return lines;
  }

  private satisfied(relation: Relation): boolean {
    for (const pkg of this.db.packages.values()) {
      if (pkg.state !== 'installed' && pkg.state !== 'triggers-pending') continue;
      if (satisfies(relation, pkg.name, pkg.version, providesOf(pkg.fields))) return true;
    }
    return false;
  }

  /** Removes a package; its configuration stays unless it is purged. */
  *remove(pkg: Known, purge: boolean): Wait<void> {
    const { db } = this;
    yield* this.readDatabase();
    if (isInstalled(pkg)) {
      yield* this.say(`Removing ${pkg.full} (${pkg.version}) ...\n`);
      if (yield* this.script(pkg, 'prerm', ['remove'])) return;
      const files = yield* db.files(pkg);
      const conffiles = conffilesOf(pkg);
      yield* this.removeFiles(
        files.filter((file) => !conffiles.includes(file)),
        pkg.name,
      );
      if (yield* this.script(pkg, 'postrm', ['remove'])) return;
      yield* this.triggers.activate(pkg, files);
      const stays = conffiles.length > 0 || db.infoNames(pkg).includes('postrm');
      for (const name of db.infoNames(pkg))
        if (!stays || (name !== 'list' && name !== 'postrm')) this.ctx.sys.unlink(`${INFO}/${pkg.full}.${name}`);
      if (stays) db.mark(pkg, purge ? 'purge' : 'deinstall', 'config-files');
      else db.forget(pkg.name);
      yield* db.write();
      if (!stays) return;
    }
    if (purge) yield* this.purge(pkg);
  }

  private *purge(pkg: Known): Wait<void> {
    const { db, ctx } = this;
    yield* this.say(`Purging configuration files for ${pkg.full} (${pkg.version}) ...\n`);
    const files = yield* db.files(pkg);
    yield* this.removeFiles([...conffilesOf(pkg), ...files.filter((file) => file.startsWith('/etc/'))], pkg.name);
    if (yield* this.script(pkg, 'postrm', ['purge'])) return;
    yield* this.removeFiles(files, pkg.name);
    for (const name of db.infoNames(pkg)) ctx.sys.unlink(`${INFO}/${pkg.full}.${name}`);
    db.forget(pkg.name);
    yield* db.write();
  }

  /** Takes files away, and directories that are empty then and nobody else's. */
  private *removeFiles(files: readonly string[], name: string): Wait<void> {
    const { sys } = this.ctx;
    const st = new Stat();
    for (const file of [...new Set(files)].sort().reverse()) {
      if (file === '/.' || file === '/') continue;
      const others = this.owners?.get(file)?.some((one) => one.name !== name && isInstalled(one));
      const r = sys.lstat(file, st);
      if (r === -ENOENT || r < 0) continue;
      if (!isDirectory(st.mode)) {
        if (!others) sys.unlink(file);
      } else if (!others) {
        const gone = sys.rmdir(file);
        if (gone === -39 && !file.startsWith('/etc'))
          yield* this.ctx.stderr.write(
            `dpkg: warning: while removing ${name}, directory '${file}' not empty so not removed\n`,
          );
      }
      if (!others) this.owners?.delete(file);
      if (sys.tick()) yield;
    }
  }

  /** What is said at the end where something failed. @returns the exit status */
  *finish(): Wait<number> {
    if (!this.options.noTriggers) yield* this.triggers.run((pkg, names) => this.triggered(pkg, names));
    yield* this.ctx.stdout.flush();
    if (this.failed.length === 0) return 0;
    yield* this.ctx.stderr.write(
      `Errors were encountered while processing:\n${this.failed.map((name) => ` ${name}\n`).join('')}`,
    );
    return 1;
  }

  private *triggered(pkg: Known, names: string): Wait<void> {
    yield* this.say(`Processing triggers for ${pkg.full} (${pkg.version}) ...\n`);
    yield* this.script(pkg, 'postinst', ['triggered', names]);
  }
}

const isDirectoryPath = (ctx: Context, path: string): boolean => {
  const st = new Stat();
  return ctx.sys.stat(path, st) === 0 && isDirectory(st.mode);
};

const replaces = (fields: Known['fields'], other: Known): boolean =>
  (fields.get('Replaces') ?? '').split(',').some((one) => one.trim().split(' ')[0] === other.name);

const conffilesOf = (pkg: Known): string[] =>
  (pkg.fields.get('Conffiles') ?? '')
    .split('\n')
    .map((line) => line.trim().split(' ')[0]!)
    .filter((path) => path !== '');
