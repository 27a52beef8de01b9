import { BLOCKED, E2BIG, ELOOP, ENOENT, ENOEXEC, EPERM } from '../../abi/errno.ts';
import { FILE_CAPS, type FileCaps, parseFileCaps } from '../../abi/file-caps.ts';
import type { Entry, Image } from '../../abi/sys.ts';
import { ELF_HEADER_MAX, readElf } from '../../lib/elf.ts';
import { byteLength, decode } from '../../lib/utf8.ts';
import { dPath, mayExec, type Path, pinPath, resolve, setIds, unpinPath, type VfsContext } from '../../vfs/index.ts';
import { credentialsAfterExec, mayHold } from './capabilities.ts';
import { endThread, stopProgram } from './exit.ts';
import { PROCESS_MEMORY, type Task } from './task.ts';

/** Bytes of one argument (MAX_ARG_STRLEN), and of all with the environment. */
const ARGUMENT_MAX = 131_072;
const ARGUMENTS_MAX = 2_097_152;
/** Interpreters that may follow one another. */
const SCRIPTS_MAX = 4;
/** Bytes of a `#!` line that count (BINPRM_BUF_SIZE). */
const LINE_MAX = 255;

/** An executable that was found, checked and loaded. */
export interface Prepared {
  /** The file's capabilities. */
  caps: FileCaps | undefined;
  entry: Entry;
  image: Image;
  argv: readonly string[];
  envp: readonly string[];
  exe: Path;
  /** The last component of the path that was given. */
  comm: string;
}

/**
 * Finds what execve(2) would run: `#!` lines are followed, the program is loaded. May block.
 * @param ctx whose working directory counts
 */
export function prepareExec(
  task: Task,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
  ctx: VfsContext = task,
): Prepared | number {
  if (path === '') return -ENOENT;
  if (!fits(argv, envp)) return -E2BIG;
  let at = path;
  let args: readonly string[] = argv.length === 0 ? [''] : argv;
  for (let depth = 0; ; depth++) {
    if (depth > SCRIPTS_MAX) return -ELOOP;
    const place = resolve(ctx, at);
    if (typeof place === 'number') return place;
    const allowed = mayExec(ctx, place);
    if (allowed < 0) return allowed;
    const head = new Uint8Array(ELF_HEADER_MAX);
    const n = place.inode.read(ctx, head, 0);
    if (n < 0) return n;
    const script = scriptLine(head, n);
    if (script === undefined) {
      const elf = readElf(head.subarray(0, n));
      if (elf === undefined) return -ENOEXEC;
      const entry = task.kernel.loadProgram(task, elf.program);
      if (typeof entry === 'number') return entry;
      const image: Image = { ...elf, path: dPath(place, task.root) };
      const held = place.inode.getxattr(ctx, FILE_CAPS);
      const caps = typeof held === 'number' ? undefined : parseFileCaps(held);
      if (caps && !mayHold(ctx.cred, caps)) return -EPERM;
      return { entry, image, argv: args, envp, exe: place, comm: basename(path), caps };
    }
    if (script.interpreter === '') return -ENOEXEC;
    const [, ...rest] = args;
    args = [script.interpreter, ...(script.argument === undefined ? [] : [script.argument]), at, ...rest];
    at = script.interpreter;
  }
}

function fits(argv: readonly string[], envp: readonly string[]): boolean {
  let total = 0;
  for (const list of [argv, envp]) {
    for (const text of list) {
      const n = byteLength(text) + 1;
      if (n > ARGUMENT_MAX) return false;
      total += n + 8;
    }
  }
  return total <= ARGUMENTS_MAX;
}

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The `#!` line of a script: everything after the interpreter is one argument. */
function scriptLine(
  head: Uint8Array,
  length: number,
): { interpreter: string; argument: string | undefined } | undefined {
  if (length < 2 || head[0] !== 0x23 || head[1] !== 0x21) return undefined;
  let end = head.subarray(0, Math.min(length, LINE_MAX)).indexOf(10);
  if (end < 0) end = Math.min(length, LINE_MAX);
  const line = decode(head, 2, end).replace(/^[ \t]+|[ \t]+$/g, '');
  const space = line.search(/[ \t]/);
  if (space < 0) return { interpreter: line, argument: undefined };
  return { interpreter: line.slice(0, space), argument: line.slice(space).replace(/^[ \t]+/, '') };
}

/** A name as TASK_COMM_LEN cuts it: 15 bytes. */
export function cutComm(name: string): string {
  let out = name;
  while (byteLength(out) > 15) out = out.slice(0, -1);
  return out;
}

/** The process becomes the prepared image: threads end, descriptors close, handlers go. The program begins when the task yields. */
export function commitExec(task: Task, prepared: Prepared): void {
  const { process, kernel } = task;
  const { leader } = process;
  for (const other of process.threads.slice(1)) if (other !== task) endThread(other);
  process.fds.closeOnExec(task);
  process.cred = credentialsAfterExec(process.cred, setIds(prepared.exe), prepared.caps);
  process.actions = process.actions.map((action) => (typeof action?.handler === 'function' ? undefined : action));
  pinPath(prepared.exe);
  if (process.exe) unpinPath(process.exe);
  process.exe = prepared.exe;
  process.image = prepared.image;
  process.argv = prepared.argv;
  process.envp = prepared.envp;
  process.execed = true;
  process.dumpable = true;
  process.cgroup.chargeMemory(PROCESS_MEMORY - process.charged);
  process.charged = PROCESS_MEMORY;
  leader.comm = cutComm(prepared.comm);
  leader.savedMask = undefined;
  const old = task.sys;
  if (old) kernel.silenceSys(old);
  if (leader === task) {
    task.sys = kernel.makeSys(task, prepared.image, prepared.argv, prepared.envp);
    task.nextImage = { entry: prepared.entry, old };
    return;
  }
  // another thread than the first executes: the first takes its place
  stopProgram(leader);
  leader.blocked = task.blocked;
  leader.sys = kernel.makeSys(leader, prepared.image, prepared.argv, prepared.envp);
  leader.program = prepared.entry(leader.sys);
  leader.waiting = false;
  leader.wake();
  task.ending = true;
}

/** execve(2). */
export function execute(task: Task, path: string, argv: readonly string[], envp: readonly string[]): number {
  const prepared = prepareExec(task, path, argv, envp);
  if (typeof prepared === 'number') return prepared;
  commitExec(task, prepared);
  return BLOCKED;
}
