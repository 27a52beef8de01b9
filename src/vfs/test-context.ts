import { type Credentials, NO_CAPS, ROOT } from '../abi/credentials.ts';
import { ENXIO } from '../abi/errno.ts';
import { createNamespace, namespaceRoot } from './mount.ts';
import type { Inode, MountNamespace, OpenFile, Path, VfsContext } from './objects.ts';
import { VfsState } from './objects.ts';
import { TmpFs } from './tmpfs.ts';
import type { TmpFsOptions } from './tmpfs-data.ts';

/** A caller for tests: root of a namespace over one memory filesystem, with a clock that moves 1 s a reading. */
export class TestContext implements VfsContext {
  cred: Credentials = ROOT;
  umask = 0o022;
  ns: MountNamespace;
  root: Path;
  cwd: Path;
  /** Calls of wakers. */
  wakes = 0;
  readonly time = { sec: 1_700_000_000, nsec: 0 };

  constructor(ns: MountNamespace) {
    this.ns = ns;
    this.root = this.cwd = namespaceRoot(ns);
  }

  now(): { sec: number; nsec: number } {
    this.time.sec++;
    return this.time;
  }

  waker(): () => void {
    return () => {
      this.wakes++;
    };
  }

  openSpecial(_path: Path, _inode: Inode, _flags: number): OpenFile | number {
    return -ENXIO;
  }

  /** The same place and namespace for somebody without privileges. */
  as(uid: number, gid = uid, groups: number[] = []): TestContext {
    const other = new TestContext(this.ns);
    other.root = this.root;
    other.cwd = this.cwd;
    other.cred = user(uid, gid, groups);
    return other;
  }
}

export function user(uid: number, gid = uid, groups: number[] = []): Credentials {
  return {
    ...ROOT,
    uid,
    euid: uid,
    suid: uid,
    gid,
    egid: gid,
    sgid: gid,
    groups,
    permitted: NO_CAPS,
    effective: NO_CAPS,
    bounding: NO_CAPS,
  };
}

export function testFs(options: Partial<TmpFsOptions> = {}): TmpFs {
  return new TmpFs({ type: 'tmpfs', bytes: 2 ** 30, inodes: 1e6, now: { sec: 1_600_000_000, nsec: 0 }, ...options });
}

export function testContext(fs: TmpFs = testFs()): TestContext {
  return new TestContext(createNamespace(fs, 'root', new VfsState()));
}
