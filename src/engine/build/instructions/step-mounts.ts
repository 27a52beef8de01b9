import { MNT_DETACH } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { quote } from '../../../lib/quote.ts';
import { decode } from '../../../lib/utf8.ts';
import { type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp, normalizePath, removeTree } from '../../../libc/paths.ts';
import { strerror } from '../../../libc/strerror.ts';
import { randomHex } from '../../ids.ts';
import { mountOverlay } from '../../runtime/mounts.ts';
import { resolveIn } from '../../runtime/scope.ts';
import type { RuntimeMount } from '../../runtime/spec.ts';
import { BuildError, type BuildWork } from '../context.ts';
import type { Instruction } from '../dockerfile.ts';
import type { StepMount } from '../mounts.ts';
import { AgentSocket } from './agent-socket.ts';
import { copyTreeInto } from './seed.ts';

const SECRET_MODE = 0o400;
const CACHE_MODE = 0o755;
const SOCKET_MODE = 0o600;

/** Makes the mounts of one RUN, and takes them away again. */
export class MountSetup {
  readonly mounts: RuntimeMount[] = [];
  /** Variables that secrets are given in. */
  readonly env: string[] = [];
  readonly #dir: string;
  readonly #overlays: string[] = [];
  readonly #unlock: (() => void)[] = [];
  readonly #sockets: AgentSocket[] = [];
  #count = 0;
  #agents = 0;

  constructor(
    readonly sys: Sys,
    readonly build: BuildWork,
    readonly at: Instruction,
  ) {
    this.#dir = `${build.host.root}/tmp/buildkit-step${randomHex(sys, 5)}`;
  }

  /** @param root the tree of the mount's input, if it has one. @throws BuildError */
  *add(mount: StepMount, root: string | undefined): Wait<void> {
    switch (mount.type) {
      case 'bind':
        this.#bind(mount, root!);
        break;
      case 'cache':
        yield* this.#cache(mount, root);
        break;
      case 'tmpfs':
        this.mounts.push({
          destination: mount.target,
          source: 'tmpfs',
          type: 'tmpfs',
          options: ['nosuid', ...(mount.size === undefined ? [] : [`size=${mount.size}`])],
        });
        break;
      case 'secret':
        yield* this.#secret(mount);
        break;
      default:
        yield* this.#agent(mount);
    }
  }

  /** A script that is a program of its own. */
  *script(path: string, content: string): Wait<void> {
    const file = this.#place();
    yield* writeFile(this.sys, file, content, 0o755);
    this.sys.chmod(file, 0o755);
    this.mounts.push({ destination: path, source: file, type: 'bind', options: ['bind', 'ro'] });
  }

  #place(): string {
    mkdirp(this.sys, this.#dir, 0o700);
    return `${this.#dir}/${++this.#count}`;
  }

  #bind(mount: StepMount, root: string): void {
    const path = resolveIn(this.sys, root, normalizePath(`/${mount.source}`));
    if (mount.readOnly) {
      this.mounts.push({ destination: mount.target, source: path, type: 'bind', options: ['rbind', 'ro'] });
      return;
    }
    // what is written is thrown away after the step
    const base = this.#place();
    for (const name of ['upper', 'work', 'merged']) mkdirp(this.sys, `${base}/${name}`, 0o755);
    const merged = `${base}/merged`;
    const r = mountOverlay(this.sys, merged, { lower: [path], upper: `${base}/upper`, work: `${base}/work` });
    if (r < 0) throw new BuildError(`failed to mount ${merged}: ${strerror(-r, 'go')}`, this.at.first, this.at.last);
    this.#overlays.push(merged);
    this.mounts.push({ destination: mount.target, source: merged, type: 'bind', options: ['rbind'] });
  }

  *#cache(mount: StepMount, root: string | undefined): Wait<void> {
    const { sys } = this;
    const { cache } = this.build;
    const busy = cache.lockOf(mount.id);
    if (mount.sharing === 'locked') {
      yield* busy.lock(sys);
      this.#unlock.push(() => busy.unlock(sys));
    }
    const id = mount.sharing === 'private' ? cache.takePrivate(mount.id, (free) => this.#unlock.push(free)) : mount.id;
    const description = `cached mount ${mount.target} from exec ${this.at.original.replace(/^\S+\s*/, '')}`;
    const folder = yield* cache.folder(sys, id, description, function* (dir) {
      if (root !== undefined) yield* copyTreeInto(sys, resolveIn(sys, root, normalizePath(`/${mount.source}`)), dir);
      sys.chown(dir, mount.uid ?? 0, mount.gid ?? 0);
      sys.chmod(dir, mount.mode ?? CACHE_MODE);
    });
    this.mounts.push({
      destination: mount.target,
      source: folder,
      type: 'bind',
      options: ['rbind', ...(mount.readOnly ? ['ro'] : [])],
    });
  }

  *#secret(mount: StepMount): Wait<void> {
    const bytes = yield* this.build.source.secret(this.sys, mount.id);
    if (!bytes) {
      if (mount.required) throw new BuildError(`secret ${mount.id}: not found`, this.at.first, this.at.last);
      return;
    }
    if (mount.env !== undefined) this.env.push(`${mount.env}=${decode(bytes)}`);
    if (mount.target === '') return;
    const file = this.#place();
    yield* writeFile(this.sys, file, bytes, SECRET_MODE);
    this.sys.chown(file, mount.uid ?? 0, mount.gid ?? 0);
    this.sys.chmod(file, mount.mode ?? SECRET_MODE);
    this.mounts.push({ destination: mount.target, source: file, type: 'bind', options: ['bind', 'ro'] });
  }

  /** A socket at which the client's key agent answers. */
  *#agent(mount: StepMount): Wait<void> {
    const { sys } = this;
    const { source } = this.build;
    if (!(yield* source.hasAgent(sys, mount.id))) {
      if (!mount.required) return;
      throw new BuildError(`no SSH key ${quote(mount.id)} forwarded from the client`, this.at.first, this.at.last);
    }
    const path = this.#place();
    const socket = new AgentSocket(source, mount.id);
    const r = socket.open(sys, path);
    this.#sockets.push(socket);
    if (r < 0) throw new BuildError(`failed to listen on ${path}: ${strerror(-r, 'go')}`, this.at.first, this.at.last);
    sys.chown(path, mount.uid ?? 0, mount.gid ?? 0);
    sys.chmod(path, mount.mode ?? SOCKET_MODE);
    const destination = mount.target || `/run/buildkit/ssh_agent.${this.#agents++}`;
    this.mounts.push({ destination, source: path, type: 'bind', options: ['bind'] });
    if (!this.env.some((pair) => pair.startsWith('SSH_AUTH_SOCK='))) this.env.push(`SSH_AUTH_SOCK=${destination}`);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close(this.sys);
    for (const path of this.#overlays) this.sys.umount2(path, MNT_DETACH);
    for (const unlock of this.#unlock) unlock();
    removeTree(this.sys, this.#dir);
  }
}
