import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import type { Stat } from '../../abi/stat.ts';
import { open, type Wait } from '../../libc/io.ts';
import { dirname, joinPath } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';
import { Output } from '../../libc/stdio.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A file that is edited in place: a temporary one beside it takes the output and its name at the end. */
export class InPlace {
  private constructor(
    private readonly ctx: Context,
    private readonly target: string,
    private readonly path: string,
    private readonly owner: { mode: number; uid: number; gid: number },
    private readonly suffix: string,
    readonly out: Output,
  ) {}

  /** @param suffix of the copy that is kept, '' for none; `*` stands for the name. @returns the words of an error */
  static *begin(ctx: Context, target: string, st: Stat, suffix: string): Wait<InPlace | string> {
    const random = new Uint8Array(6);
    ctx.sys.getrandom(random);
    const name = [...random].map((b) => LETTERS[b % LETTERS.length]).join('');
    const path = joinPath(dirname(target), `sed${name}`);
    const fd = yield* open(ctx.sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
    if (fd < 0) return `couldn't open temporary file ${path}: ${ctx.strerror(fd)}`;
    const { mode, uid, gid } = st;
    return new InPlace(ctx, target, path, { mode, uid, gid }, suffix, new Output(ctx.sys, fd));
  }

  *finish(): Wait<void> {
    const { sys } = this.ctx;
    const { fd } = this.out;
    yield* this.out.flush();
    sys.fchown(fd, this.owner.uid, this.owner.gid);
    sys.fchmod(fd, this.owner.mode & 0o7777);
    sys.close(fd);
    if (this.suffix !== '') {
      const base = this.target.slice(this.target.lastIndexOf('/') + 1);
      const copy = this.suffix.includes('*') ? this.suffix.replaceAll('*', base) : base + this.suffix;
      sys.rename(this.target, copy.includes('/') ? copy : joinPath(dirname(this.target), copy));
    }
    sys.rename(this.path, this.target);
  }
}
