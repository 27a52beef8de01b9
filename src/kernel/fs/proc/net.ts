import type { Inode } from '../../../vfs/index.ts';
import type { NetNamespace } from '../../net/door.ts';
import { FixedDirectory, MadeDirectory, type Origin, TextInode } from '../generated.ts';

/** /proc/PID/net: what the process's network namespace says of itself. */
export class NetDirectory extends MadeDirectory {
  readonly #find: () => NetNamespace;

  constructor(fs: Origin, find: () => NetNamespace) {
    super(fs);
    this.#find = find;
  }

  override names(): Iterable<string> {
    return [...this.#find().procNames(), 'stat'];
  }

  override make(name: string): Inode | undefined {
    if (name === 'stat') return new FixedDirectory(this.origin, {});
    if (!this.#find().procNames().includes(name)) return undefined;
    return new TextInode(this.origin, 0o444, { read: () => this.#find().proc(name) ?? '' });
  }
}
