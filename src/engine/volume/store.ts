import { O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Volume, VolumeCreateBody } from '../../api/volume.ts';
import { formatRfc3339, parseRfc3339 } from '../../lib/go-time.ts';
import { quote } from '../../lib/quote.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import { listDir, mkdirp, removeTree } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import { now } from '../clock.ts';
import { readText, writeAtomic } from '../disk.ts';
import type { Events } from '../events/events.ts';
import { newId } from '../ids.ts';
import { bind, unmount } from '../runtime/mounts.ts';

export const ANONYMOUS_LABEL = 'com.docker.volume.anonymous';
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const NAME_CHARS = '[a-zA-Z0-9][a-zA-Z0-9_.-]';
/** Options of the driver `local`. */
const OPTIONS = new Set(['type', 'o', 'device', 'size']);

interface StoredVolume {
  name: string;
  createdAt: string;
  labels: Record<string, string> | null;
  options: Record<string, string> | null;
}

/** A volume of the driver `local`. */
export interface LocalVolume extends StoredVolume {
  /** Ids of the containers that refer to it. */
  readonly users: Set<string>;
  /** How many of them have it mounted. */
  mounted: number;
}

/** All volumes: volumes/NAME/_data, and metadata.db, to which a line is added for each volume made or removed. */
export class Volumes {
  readonly #root: string;
  readonly #events: Events;
  readonly #byName: Map<string, LocalVolume> = new Map();

  constructor(root: string, events: Events) {
    this.#root = `${root}/volumes`;
    this.#events = events;
  }

  *restore(sys: Sys): Wait<void> {
    mkdirp(sys, this.#root, 0o701);
    const text = (yield* readText(sys, `${this.#root}/metadata.db`)) ?? '';
    const known = new Map<string, StoredVolume>();
    for (const line of text.split('\n')) {
      const row = parseRow(line);
      if (row?.removed) known.delete(row.name);
      else if (row) known.set(row.name, row);
    }
    for (const name of listDirectories(sys, this.#root)) {
      const stored = known.get(name) ?? this.#fromDisk(sys, name);
      this.#byName.set(name, { ...stored, users: new Set(), mounted: 0 });
    }
    const lines = [...this.#byName.values()].map((v) => `${JSON.stringify(rowOf(v))}\n`).join('');
    if (lines !== text) yield* writeAtomic(sys, `${this.#root}/metadata.db`, lines, 0o600);
  }

  /** A directory that stands there without a record: somebody made it by hand. */
  #fromDisk(sys: Sys, name: string): StoredVolume {
    const st = new Stat();
    sys.stat(`${this.#root}/${name}`, st);
    return { name, createdAt: formatRfc3339(st.mtimeSec), labels: null, options: null };
  }

  get size(): number {
    return this.#byName.size;
  }

  all(): IterableIterator<LocalVolume> {
    return this.#byName.values();
  }

  find(name: string): LocalVolume | undefined {
    return this.#byName.get(name);
  }

  /** @throws ApiError `get x: no such volume` */
  get(name: string): LocalVolume {
    const volume = this.#byName.get(name);
    if (!volume) throw noSuchVolume(name);
    return volume;
  }

  mountpoint(v: StoredVolume): string {
    return `${this.#root}/${v.name}/_data`;
  }

  /** Makes a volume, or gives the one that has the name. @throws ApiError */
  *create(sys: Sys, body: VolumeCreateBody): Wait<LocalVolume> {
    const name = body.Name || newId(sys);
    const given = body.Labels && Object.keys(body.Labels).length > 0 ? body.Labels : null;
    const labels = body.Name ? given : { ...body.Labels, [ANONYMOUS_LABEL]: '' };
    const driver = body.Driver || 'local';
    const options = body.DriverOpts && Object.keys(body.DriverOpts).length > 0 ? body.DriverOpts : null;
    const known = this.#byName.get(name);
    if (driver !== 'local')
      throw new ApiError(
        'not-found',
        `create ${name}: error looking up volume plugin ${driver}: plugin ${quote(driver)} not found`,
      );
    if (known) return known;
    checkName(name);
    for (const option of Object.keys(options ?? {}))
      if (!OPTIONS.has(option))
        throw new ApiError('invalid-parameter', `create ${name}: invalid option: ${quote(option)}`);
    if (options && (options.type || options.o) && !options.device)
      throw new ApiError('invalid-parameter', `create ${name}: missing required option: "device"`);
    const volume: LocalVolume = {
      name,
      createdAt: formatRfc3339(now(sys).sec),
      labels,
      options,
      users: new Set(),
      mounted: 0,
    };
    this.#byName.set(name, volume);
    const made = mkdirp(sys, this.mountpoint(volume), 0o755);
    if (made < 0) {
      this.#byName.delete(name);
      throw new ApiError('internal', `create ${name}: mkdir ${this.#root}/${name}: ${strerror(-made, 'go')}`);
    }
    sys.chmod(`${this.#root}/${name}`, 0o701);
    if (options)
      yield* writeAtomic(sys, `${this.#root}/${name}/opts.json`, JSON.stringify(localOptions(options)), 0o600);
    yield* this.#append(sys, rowOf(volume));
    this.#events.log(sys, 'volume', 'create', name, { driver: 'local' });
    return volume;
  }

  /** Removes a volume that nobody uses. @throws ApiError `remove x: volume is in use - [id]` */
  *remove(sys: Sys, volume: LocalVolume): Wait<void> {
    if (volume.users.size > 0)
      throw new ApiError('conflict', `remove ${volume.name}: volume is in use - [${[...volume.users].join(', ')}]`);
    this.#byName.delete(volume.name);
    yield* this.#append(sys, { name: volume.name, removed: true });
    removeTree(sys, `${this.#root}/${volume.name}`);
    this.#events.log(sys, 'volume', 'destroy', volume.name, { driver: 'local' });
  }

  /** Makes a volume's files visible at its mount point: one with a device of its own is mounted by its first user. */
  mount(sys: Sys, volume: LocalVolume): void {
    volume.mounted++;
    const options = volume.options;
    if (volume.mounted > 1 || !options?.device) return;
    const target = this.mountpoint(volume);
    const flags = (options.o ?? '').split(',');
    const r =
      flags.includes('bind') || flags.includes('rbind')
        ? bind(sys, options.device, target)
        : sys.mount(options.device, target, options.type ?? '', 0, (options.o ?? '').replace(/(^|,)addr=[^,]*/, ''));
    if (r < 0) {
      volume.mounted--;
      throw new ApiError(
        'internal',
        `error while mounting volume '${target}': failed to mount local volume: mount ${options.device}:${target}${options.o ? `, ${flags.includes('bind') ? 'flags: 0x1000' : `data: ${options.o}`}` : ''}: ${strerror(-r, 'go')}`,
      );
    }
  }

  unmount(sys: Sys, volume: LocalVolume): void {
    volume.mounted--;
    if (volume.mounted === 0 && volume.options?.device) unmount(sys, this.mountpoint(volume), 0);
  }

  /** What the API shows. */
  shown(v: LocalVolume): Volume {
    return {
      CreatedAt: v.createdAt,
      Driver: 'local',
      Labels: v.labels,
      Mountpoint: this.mountpoint(v),
      Name: v.name,
      Options: v.options,
      Scope: 'local',
    };
  }

  *#append(sys: Sys, row: object): Wait<void> {
    const fd = yield* open(sys, `${this.#root}/metadata.db`, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600);
    if (fd < 0) return;
    yield* writeAll(sys, fd, `${JSON.stringify(row)}\n`);
    sys.close(fd);
  }
}

export const noSuchVolume = (name: string): ApiError => new ApiError('not-found', `get ${name}: no such volume`);

const rowOf = (v: StoredVolume): StoredVolume => ({
  name: v.name,
  createdAt: v.createdAt,
  labels: v.labels,
  options: v.options,
});

function parseRow(line: string): (StoredVolume & { removed?: boolean }) | undefined {
  if (line === '') return undefined;
  try {
    const row = JSON.parse(line) as StoredVolume & { removed?: boolean };
    if (row.createdAt) parseRfc3339(row.createdAt);
    return row;
  } catch {
    return undefined;
  }
}

const localOptions = (o: Readonly<Record<string, string>>): object => ({
  MountType: o.type ?? '',
  MountOpts: o.o ?? '',
  MountDevice: o.device ?? '',
  Quota: { Size: 0 },
});

function listDirectories(sys: Sys, root: string): string[] {
  const names = listDir(sys, root);
  if (typeof names === 'number') return [];
  return names.filter((name) => sys.access(`${root}/${name}/_data`, 0) === 0);
}

/** @throws ApiError */
export function checkName(name: string): void {
  if (name.length === 1)
    throw new ApiError(
      'invalid-parameter',
      `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
    );
  if (!NAME.test(name))
    throw new ApiError(
      'invalid-parameter',
      `create ${name}: ${quote(name)} includes invalid characters for a local volume name, only "${NAME_CHARS}" are allowed. If you intended to pass a host directory, use absolute path`,
    );
}
