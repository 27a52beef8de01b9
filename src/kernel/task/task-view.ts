import type { Credentials } from '../../abi/credentials.ts';
import type { Timespec } from '../../abi/sys.ts';
import type { Inode, MountNamespace, OpenFile, Path, VfsContext } from '../../vfs/index.ts';
import type { Task } from './task.ts';

/** A task with another working directory or other credentials, for one call. */
export class TaskView implements VfsContext {
  readonly task: Task;
  readonly cred: Credentials;
  readonly cwd: Path;
  constructor(task: Task, changes: { cred?: Credentials; cwd?: Path }) {
    this.task = task;
    this.cred = changes.cred ?? task.cred;
    this.cwd = changes.cwd ?? task.cwd;
  }
  get root(): Path {
    return this.task.root;
  }
  get umask(): number {
    return this.task.umask;
  }
  get ns(): MountNamespace {
    return this.task.ns;
  }
  now(): Readonly<Timespec> {
    return this.task.now();
  }
  waker(): () => void {
    return this.task.waker();
  }
  openSpecial(path: Path, inode: Inode, flags: number): OpenFile | number {
    return this.task.openSpecial(path, inode, flags);
  }
}

/** The task behind what the VFS hands to an inode or open file: all contexts of this kernel are tasks, or views of one. */
export const taskOf = (ctx: VfsContext): Task => (ctx instanceof TaskView ? ctx.task : (ctx as Task));
