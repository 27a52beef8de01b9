import { EEXIST, EISDIR, ENOTDIR } from '../../src/abi/errno.ts';
import { O_APPEND, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, UTIME_NOW } from '../../src/abi/flags.ts';
import { encode } from '../../src/lib/utf8.ts';
import { chmod, closeFile, mkdir, type OpenFile, open, rmdir, utimens, type VfsContext } from '../../src/vfs/index.ts';
import { changeMode, changeOwner } from './attributes.ts';
import { CP, copyOperand, moveOperand } from './copy.ts';
import { linkOperand } from './ln.ts';
import { removeFile, removeTree } from './remove.ts';
import { cat, catFile, findFiles, ls, showLink, showStat } from './show.ts';
import { Tool, words } from './tool.ts';

/**
 * Runs the command forms of the overlay cases with what GNU coreutils 9.1 and bash do and say. It is no shell: it knows
 * lists with `;` and `&&`, redirections of echo, and `exec` with descriptors 5 and 6.
 */
export class CaseShell {
  private readonly fds = new Map<number, OpenFile>();
  private readonly ctx: VfsContext;

  constructor(ctx: VfsContext) {
    this.ctx = ctx;
  }

  /** Results of the lines that printed or failed: `STATUS OUTPUT` by line number from 1. */
  run(lines: readonly string[]): Record<string, string> {
    const results: Record<string, string> = {};
    lines.forEach((line, i) => {
      // bash counted one line of the recorder's before the first
      const { status, out } = this.line(line, i + 2);
      if (status !== 0 || out !== '') results[i + 1] = `${status} ${out.replace(/\n$/, '')}`;
    });
    return results;
  }

  private line(line: string, number: number): { status: number; out: string } {
    const find = /^find (\S+) -type f \| sort$/.exec(line);
    if (find) {
      const found: string[] = [];
      findFiles(new Tool(this.ctx, 'find'), find[1]!, found);
      return {
        status: 0,
        out: found
          .sort()
          .map((path) => `${path}\n`)
          .join(''),
      };
    }
    let out = '';
    let status = 0;
    for (const part of line.split('; ')) {
      for (const command of part.split(' && ')) {
        const done = this.command(command, number);
        out += done.out;
        status = done.status;
        if (status !== 0) break;
      }
    }
    return { status, out };
  }

  private command(text: string, number: number): { status: number; out: string } {
    if (text.startsWith('exec ')) return this.exec(text.slice(5), number);
    const redirected = /^echo (.*?) (>>|>)(?: (\S+)|&(\d))$/.exec(text);
    if (redirected) return this.echo(redirected, number);
    if (text === 'cat <&5') return this.catDescriptor(number);
    const argv = [...text.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2]!);
    const tool = new Tool(this.ctx, argv[0]!);
    const flags = argv.slice(1).filter((a) => a.startsWith('-'));
    const args = argv.slice(1).filter((a) => !a.startsWith('-'));
    PROGRAMS[argv[0]!]!(tool, args, (flag) => flags.includes(flag));
    return tool;
  }

  private complaint(number: number, what: string, code: number): { status: number; out: string } {
    return { status: 1, out: `bash: line ${number}: ${what}: ${words(code)}\n` };
  }

  private exec(text: string, number: number): { status: number; out: string } {
    const found = /^(\d)(<&-|>&-|<|>>)(\S*)$/.exec(text);
    if (!found) throw new Error(`exec ${text}`);
    const fd = Number(found[1]);
    const close = found[2]!.endsWith('-');
    if (close) {
      const file = this.fds.get(fd);
      if (file) closeFile(this.ctx, file);
      this.fds.delete(fd);
      return { status: 0, out: '' };
    }
    const file = open(this.ctx, found[3]!, found[2] === '<' ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND, 0o666);
    if (typeof file === 'number') return this.complaint(number, found[3]!, file);
    this.fds.set(fd, file);
    return { status: 0, out: '' };
  }

  private echo(found: RegExpExecArray, number: number): { status: number; out: string } {
    const bytes = encode(`${found[1]}\n`);
    if (found[4] !== undefined) {
      const file = this.fds.get(Number(found[4]));
      if (!file) return { status: 1, out: `bash: line ${number}: ${found[4]}: Bad file descriptor\n` };
      file.write(this.ctx, bytes);
      return { status: 0, out: '' };
    }
    const path = found[3]!;
    const file = open(this.ctx, path, O_WRONLY | O_CREAT | (found[2] === '>' ? O_TRUNC : O_APPEND), 0o666);
    if (typeof file === 'number') return this.complaint(number, path, file);
    file.write(this.ctx, bytes);
    closeFile(this.ctx, file);
    return { status: 0, out: '' };
  }

  private catDescriptor(number: number): { status: number; out: string } {
    const file = this.fds.get(5);
    if (!file) return { status: 1, out: `bash: line ${number}: 5: Bad file descriptor\n` };
    const tool = new Tool(this.ctx, 'cat');
    catFile(tool, '-', file);
    return tool;
  }
}

type Program = (tool: Tool, args: string[], has: (flag: string) => boolean) => void;

const PROGRAMS: Record<string, Program> = {
  mkdir: makeDirectory,
  rmdir: (tool, [path = '']) => {
    const status = rmdir(tool.ctx, path);
    if (status < 0) tool.fail(`failed to remove '${path}'`, status);
  },
  rm: (tool, [path = ''], has) => {
    if (has('-r') || has('-rf')) removeTree(tool, path, has('-rf'));
    else removeFile(tool, path, has('-f'));
  },
  mv: (tool, [from = '', to = ''], has) => moveOperand(tool, from, to, has('-T'), has('-n')),
  cp: (tool, [from = '', to = ''], has) => {
    const recursive = has('-r') || has('-a');
    const removeDestination = has('--remove-destination');
    const o = { ...CP, recursive, noDereference: recursive, preserve: has('-a'), removeDestination };
    copyOperand(tool, from, to, o);
  },
  ln: (tool, [from = '', to = ''], has) => {
    const all = has('-sfn');
    linkOperand(tool, from, to, { symbolic: has('-s') || all, force: has('-f') || all, noDereference: all });
  },
  chmod: (tool, [mode = '', path = ''], has) => changeMode(tool, mode, path, has('-R')),
  chown: (tool, [owner = '', path = ''], has) =>
    changeOwner(tool, owner, path, { recursive: has('-R'), links: has('-h') }),
  touch: (tool, args, has) => touch(tool, args, has('-h')),
  truncate: (tool, [length, path = '']) => truncateFile(tool, Number(length), path),
  cat: (tool, [path = '']) => cat(tool, path),
  ls: (tool, [path = '']) => ls(tool, path),
  readlink: (tool, [path = '']) => showLink(tool, path),
  stat: (tool, [, path = '']) => showStat(tool, path),
};

function makeDirectory(tool: Tool, args: string[], has: (flag: string) => boolean): void {
  const mode = has('-m') ? Number.parseInt(args[0]!, 8) : 0o777;
  const path = args[args.length - 1]!;
  if (has('-p')) {
    makeParents(tool, path);
    return;
  }
  const status = mkdir(tool.ctx, path, mode);
  if (status < 0) tool.fail(`cannot create directory '${path}'`, status);
  else if (has('-m')) chmod(tool.ctx, path, mode);
}

function makeParents(tool: Tool, path: string): void {
  const parts = path.split('/');
  for (let i = 1; i <= parts.length; i++) {
    const at = parts.slice(0, i).join('/');
    const status = mkdir(tool.ctx, at, 0o777);
    if (status >= 0 || tool.isDirectory(at)) continue;
    const there = tool.stat(at);
    const isFile = i < parts.length && status === -EEXIST && typeof there !== 'number';
    tool.fail(`cannot create directory '${at}'`, isFile ? -ENOTDIR : status);
    return;
  }
}

function touch(tool: Tool, args: string[], nofollow: boolean): void {
  const path = args[args.length - 1]!;
  if (nofollow) {
    const sec = Date.parse(args[0]!.replace(' ', 'T')) / 1000;
    const status = utimens(tool.ctx, path, sec, 0, sec, 0, true);
    if (status < 0) tool.fail(`setting times of '${path}'`, status);
    return;
  }
  const file = open(tool.ctx, path, O_WRONLY | O_CREAT, 0o666);
  if (typeof file !== 'number') closeFile(tool.ctx, file);
  else if (file !== -EISDIR) {
    tool.fail(`cannot touch '${path}'`, file);
    return;
  }
  utimens(tool.ctx, path, 0, UTIME_NOW, 0, UTIME_NOW);
}

function truncateFile(tool: Tool, length: number, path: string): void {
  const file = open(tool.ctx, path, O_WRONLY | O_CREAT, 0o666);
  if (typeof file === 'number') {
    tool.fail(`cannot open '${path}' for writing`, file);
    return;
  }
  file.ftruncate(tool.ctx, length);
  closeFile(tool.ctx, file);
}
