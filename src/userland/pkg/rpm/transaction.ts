import type { Wait } from '../../../libc/io.ts';
import { compareEvr, evrText, nevra, type RpmPackage } from './database.ts';
import { eraseRpm, installRpm } from './install.ts';
import { CACHE, failureText, type RemotePackage } from './repositories.ts';
import { progress, type Yum, yumSize } from './yum.ts';

const LINE = '='.repeat(80);

/** A package to install or update: what for, and what it takes the place of. */
export interface Step {
  pkg: RemotePackage;
  asked: boolean;
  old: RpmPackage | undefined;
}

/** What is to be done. */
export class Transaction {
  readonly steps: Step[] = [];
  readonly erased: { pkg: RpmPackage; asked: boolean }[] = [];
  private log = '';
  readonly problems: string[] = [];
  /** Versions that were asked for by name: what needs such a package gets this one. */
  readonly wanted = new Map<string, RemotePackage>();

  constructor(private readonly yum: Yum) {}

  get empty(): boolean {
    return this.steps.length === 0 && this.erased.length === 0;
  }

  /** Wants a package with all it needs. */
  add(pkg: RemotePackage, asked: boolean): void {
    if (this.steps.some((step) => step.pkg.name === pkg.name)) return;
    const old = this.yum.db.get(pkg.name);
    this.steps.push({ pkg, asked, old });
    const { epoch, version, release, arch, name } = pkg;
    const id = `${name}.${arch}`;
    this.log += old
      ? `---> Package ${id} ${old.epoch}:${old.version}-${old.release} will be updated\n---> Package ${id} ${epoch}:${version}-${release} will be an update\n`
      : `---> Package ${id} ${epoch}:${version}-${release} will be installed\n`;
    for (const need of pkg.requires) {
      if (this.yum.db.provider(need)) continue;
      if (this.steps.some((step) => step.pkg.name === need || step.pkg.provides.includes(need))) continue;
      this.log += `--> Processing Dependency: ${need} for package: ${epoch > 0 ? `${epoch}:` : ''}${nevra(pkg)}\n`;
      const found = this.wanted.get(need) ?? this.yum.best(need);
      if (found) this.add(found, this.wanted.has(need));
      else
        this.problems.push(
          `Error: Package: ${epoch > 0 ? `${epoch}:` : ''}${nevra(pkg)} (${pkg.repo})\n           Requires: ${need}\n`,
        );
    }
  }

  /** Wants a package away, with those that need it. */
  erase(pkg: RpmPackage, asked: boolean): void {
    if (this.erased.some((one) => one.pkg === pkg)) return;
    this.erased.push({ pkg, asked });
    this.log += `---> Package ${pkg.name}.${pkg.arch} ${pkg.epoch}:${pkg.version}-${pkg.release} will be erased\n`;
    for (const other of this.yum.db.packages) {
      if (this.erased.some((one) => one.pkg === other)) continue;
      const lost = other.requires.find(
        (need) =>
          (need === pkg.name || pkg.provides.includes(need)) &&
          !this.yum.db.packages.some(
            (one) =>
              !this.erased.some((gone) => gone.pkg === one) && (one.name === need || one.provides.includes(need)),
          ),
      );
      if (lost === undefined) continue;
      this.log += `--> Processing Dependency: ${lost} for package: ${nevra(other)}\n`;
      this.erase(other, false);
    }
  }

  /** Shows, asks, fetches and does it. @returns the exit status */
  *run(): Wait<number> {
    const { yum } = this;
    yield* yum.say(
      `Resolving Dependencies\n--> Running transaction check\n${this.log}--> Finished Dependency Resolution\n`,
    );
    if (this.problems.length > 0)
      return yield* yum.fail(
        `${this.problems.join('')} You could try using --skip-broken to work around the problem\n You could try running: rpm -Va --nofiles --nodigest\n`,
      );
    const protectedOne = this.erased.find((one) =>
      ['yum', 'systemd', 'glibc', 'bash', 'filesystem'].includes(one.pkg.name),
    );
    if (protectedOne)
      return yield* yum.fail(`Error: Trying to remove "${protectedOne.pkg.name}", which is protected\n`);
    yield* yum.out(`\nDependencies Resolved\n\n${this.table()}`);
    if (!(yield* this.agreed())) {
      yield* yum.out(
        'Exiting on user command\nYour transaction was saved, rerun it with:\n yum load-transaction /tmp/yum_save_tx.2025-11-05.09-00.yumtx\n',
      );
      return 1;
    }
    const paths = yield* this.download();
    if (!paths) return 1;
    if (yum.options.downloadOnly) {
      yield* yum.say('exiting because "Download Only" specified\n');
      return 0;
    }
    return yield* this.commit(paths);
  }

  private table(): string {
    const updates = this.steps.filter((step) => step.old && compareEvr(step.pkg, step.old) > 0);
    const down = this.steps.filter((step) => step.old && compareEvr(step.pkg, step.old) < 0);
    const again = this.steps.filter((step) => step.old && compareEvr(step.pkg, step.old) === 0);
    const fresh = this.steps.filter((step) => !step.old);
    const rowOf = ({ pkg }: { pkg: RemotePackage }): string[] => [
      pkg.name,
      pkg.arch,
      evrText(pkg),
      pkg.repo,
      yumSize(pkg.size),
    ];
    const goneRow = ({ pkg }: { pkg: RpmPackage }): string[] => [
      pkg.name,
      pkg.arch,
      evrText(pkg),
      `@${pkg.repo}`,
      yumSize(pkg.size),
    ];
    const groups: [string, string[][]][] = [
      ['Installing', fresh.filter((step) => step.asked).map(rowOf)],
      ['Updating', updates.filter((step) => step.asked).map(rowOf)],
      ['Reinstalling', again.map(rowOf)],
      ['Downgrading', down.map(rowOf)],
      ['Removing', this.erased.filter((one) => one.asked).map(goneRow)],
      ['Installing for dependencies', fresh.filter((step) => !step.asked).map(rowOf)],
      ['Updating for dependencies', updates.filter((step) => !step.asked).map(rowOf)],
      ['Removing for dependencies', this.erased.filter((one) => !one.asked).map(goneRow)],
    ];
    const rows = groups.flatMap(([, list]) => list);
    const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]!.length), [7, 4, 7, 10][at]!));
    const spare = Math.max(0, 80 - 1 - 4 - 5 - widths.reduce((n, width) => n + width, 0));
    for (let at = 0; at < 4; at++) widths[at]! += Math.floor(spare / 4);
    const line = (cells: readonly string[]): string =>
      ` ${cells.map((cell, at) => (at === 4 ? cell.padStart(Math.max(5, 79 - widths.reduce((n, w) => n + w + 1, 0))) : cell.padEnd(widths[at]!))).join(' ')}\n`;
    let text = `${LINE}\n${line(['Package', 'Arch', 'Version', 'Repository', 'Size'])}${LINE}\n`;
    for (const [title, list] of groups) {
      if (list.length === 0) continue;
      text += `${title}:\n${list
        .sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
        .map(line)
        .join('')}`;
    }
    text += `\nTransaction Summary\n${LINE}\n`;
    const count = (word: string, asked: number, rest: number): string => {
      if (asked + rest === 0) return '';
      const dependents = rest > 0 ? ` (+${rest} Dependent package${rest === 1 ? '' : 's'})` : '';
      return `${word.padEnd(8)} ${asked} Package${asked === 1 ? '' : 's'}${dependents}\n`;
    };
    const split = (list: readonly { asked: boolean }[]): [number, number] => [
      list.filter((one) => one.asked).length,
      list.filter((one) => !one.asked).length,
    ];
    text +=
      count('Install', ...split(fresh)) +
      count('Upgrade', ...split(updates)) +
      count('Reinstall', again.length, 0) +
      count('Downgrade', down.length, 0) +
      count('Remove', ...split(this.erased));
    const total = this.steps.reduce((n, step) => n + step.pkg.size, 0);
    const size = this.steps.reduce((n, step) => n + step.pkg.installed, 0);
    if (this.steps.length > 0)
      text += `\nTotal download size: ${yumSize(total)}\n${updates.length > 0 ? '' : `Installed size: ${yumSize(size)}\n`}`;
    else text += `\nInstalled size: ${yumSize(this.erased.reduce((n, one) => n + one.pkg.size, 0))}\n`;
    return text;
  }

  private *agreed(): Wait<boolean> {
    const { yum } = this;
    if (yum.options.yes) return true;
    yield* yum.out(this.steps.length > 0 ? 'Is this ok [y/d/N]: ' : 'Is this ok [y/N]: ');
    yield* yum.ctx.stdout.flush();
    if (yum.options.no) {
      yield* yum.out('N\n');
      return false;
    }
    const line = yield* yum.ctx.stdin.line();
    if (line !== undefined && /^y(es)?$/i.test(line.trim())) return true;
    if (line === undefined) yield* yum.out('\n');
    return false;
  }

  private *download(): Wait<Map<Step, string> | undefined> {
    const { yum } = this;
    const paths = new Map<Step, string>();
    if (this.steps.length === 0) return paths;
    yield* yum.say('Downloading packages:\n');
    const many = this.steps.length > 1;
    for (const [at, step] of this.steps.entries()) {
      const { pkg } = step;
      const path = `${CACHE}/${pkg.repo}/packages/${nevra(pkg)}.rpm`;
      const url = `${pkg.base}/${pkg.location}`;
      const result = yield* yum.fetcher.get(url, path);
      if (result.kind !== 'ok' || result.sha256 !== pkg.checksum) {
        const why =
          result.kind === 'ok'
            ? `${url}: [Errno -1] Package does not match intended download.`
            : failureText(url, result);
        yield* yum.fail(
          `${why}\nTrying other mirror.\n\n\nError downloading packages:\n  ${nevra(pkg)}: [Errno 256] No more mirrors to try.\n\n`,
        );
      }
      yield* yum.say(
        progress(`${many ? `(${at + 1}/${this.steps.length}): ` : ''}${nevra(pkg)}.rpm`, `${yumSize(pkg.size)}B`),
      );
      paths.set(step, path);
    }
    if (many) {
      const total = this.steps.reduce((n, step) => n + step.pkg.size, 0);
      yield* yum.say(
        `${'-'.repeat(80)}\nTotal${' '.repeat(39)}${`${yumSize(total)}B/s`.padStart(12)} | ${yumSize(total)}B  00:01     \n`,
      );
    }
    return paths;
  }

  private *commit(paths: ReadonlyMap<Step, string>): Wait<number> {
    const { yum } = this;
    yield* yum.say(
      'Running transaction check\nRunning transaction test\nTransaction test succeeded\nRunning transaction\n',
    );
    const order = this.ordered();
    const cleaned = order.filter((step) => step.old);
    const total = order.length + cleaned.length + this.erased.length;
    let count = 0;
    const line = (verb: string, what: string): string => {
      const left = `  ${verb.padEnd(10)} : ${what}`;
      const right = `${count}/${total} `;
      return `${left.slice(0, 79 - right.length).padEnd(80 - right.length)}${right}\n`;
    };
    const id = (pkg: Parameters<typeof nevra>[0]): string => `${pkg.epoch > 0 ? `${pkg.epoch}:` : ''}${nevra(pkg)}`;
    for (const step of order) {
      count++;
      yield* yum.say(line(step.old ? 'Updating' : 'Installing', id(step.pkg)));
      const done = yield* installRpm(yum.ctx, yum.db, paths.get(step)!, step.pkg.repo);
      if (typeof done === 'string') yield* yum.fail(`error: unpacking of archive failed: ${done}\n`);
    }
    for (const step of cleaned) {
      count++;
      yield* yum.say(line('Cleanup', id(step.old!)));
    }
    for (const { pkg } of this.erased) {
      count++;
      yield* yum.say(line('Erasing', id(pkg)));
      yield* eraseRpm(yum.ctx, yum.db, pkg);
    }
    yield* yum.db.write();
    count = 0;
    for (const pkg of [
      ...order.map((step) => step.pkg),
      ...this.erased.map((one) => one.pkg),
      ...cleaned.map((step) => step.old!),
    ]) {
      count++;
      yield* yum.say(line('Verifying', id(pkg)));
    }
    for (const path of paths.values()) yum.ctx.sys.unlink(path);
    const list = (title: string, packages: readonly (RemotePackage | RpmPackage)[]): string => {
      if (packages.length === 0) return '';
      const cells = packages
        .map((pkg) => `${pkg.name}.${pkg.arch} ${pkg.epoch}:${pkg.version}-${pkg.release}`)
        .sort()
        .map((cell) => `  ${cell.padEnd(78)}\n`);
      return `\n${title}:\n${cells.join('')}`;
    };
    const steps = (asked: boolean, old: boolean): RemotePackage[] =>
      this.steps.filter((step) => step.asked === asked && (step.old !== undefined) === old).map((step) => step.pkg);
    yield* yum.out(
      `${list('Installed', steps(true, false))}${list(
        'Removed',
        this.erased.filter((one) => one.asked).map((one) => one.pkg),
      )}${list('Dependency Installed', steps(false, false))}${list('Updated', steps(true, true))}${list('Dependency Updated', steps(false, true))}${list(
        'Dependency Removed',
        this.erased.filter((one) => !one.asked).map((one) => one.pkg),
      )}\nComplete!\n`,
    );
    return 0;
  }

  /** What others need comes first. */
  private ordered(): Step[] {
    const done = new Set<Step>();
    const out: Step[] = [];
    const visit = (step: Step): void => {
      if (done.has(step)) return;
      done.add(step);
      for (const need of step.pkg.requires) {
        const other = this.steps.find((one) => one.pkg.name === need || one.pkg.provides.includes(need));
        if (other) visit(other);
      }
      out.push(step);
    };
    for (const step of this.steps) visit(step);
    return out;
  }
}
