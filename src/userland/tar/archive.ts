import type { Sys } from '../../abi/sys.ts';
import { Glob } from '../../lib/glob.ts';
import { Gzip } from '../../lib/gzip.ts';
import { compileRegex, RegexError } from '../../lib/regex/regex.ts';
import { type Wait, writeAll } from '../../libc/io.ts';

/** Where an archive goes, compressed or not. */
export class ArchiveOutput {
  error = 0;
  /** Bytes of the archive so far. */
  total = 0;
  private readonly gzip: Gzip | undefined;

  constructor(
    private readonly sys: Sys,
    /** Where bytes are written to. */
    private readonly fd: number,
    /** The archive itself: `fd`, or what is behind a packing command. */
    readonly archive: number,
    compress: boolean,
  ) {
    if (compress) this.gzip = new Gzip();
  }

  *write(bytes: Uint8Array): Wait<void> {
    this.total += bytes.length;
    if (!this.gzip) {
      yield* this.put(bytes);
      return;
    }
    for (const piece of this.gzip.push(bytes)) yield* this.put(piece);
  }

  *end(): Wait<void> {
    for (const piece of this.gzip?.finish() ?? []) yield* this.put(piece);
  }

  private *put(bytes: Uint8Array): Wait<void> {
    if (this.error !== 0 || bytes.length === 0) return;
    const r = yield* writeAll(this.sys, this.fd, bytes);
    if (r < 0) this.error = -r;
  }
}

/** --exclude, --transform, --strip-components and the names asked for. */
export class NameFilter {
  private readonly patterns: Glob[];
  private readonly transforms: ((name: string) => string)[];

  constructor(excludes: readonly string[], transforms: readonly string[]) {
    this.patterns = excludes.flatMap((p) => {
      const pattern = p.replace(/(.)\/+$/, '$1');
      return [new Glob(pattern), new Glob(`*/${pattern}`)];
    });
    this.transforms = transforms.map(transform).filter((t) => t !== undefined);
  }

  /** GNU: a pattern matches the name, or a part that begins after a slash, and everything below. */
  excludes(name: string): boolean {
    if (this.patterns.length === 0) return false;
    const parts = name.replace(/\/+$/, '').split('/');
    for (let n = parts.length; n > 0; n--) {
      const path = parts.slice(0, n).join('/');
      if (this.patterns.some((g) => g.match(path))) return true;
    }
    return false;
  }

  renamed(name: string): string {
    return this.transforms.reduce((n, t) => t(n), name);
  }
}

/** `s/REGEX/TEXT/FLAGS` */
function transform(expression: string): ((name: string) => string) | undefined {
  const delimiter = expression[1] ?? '/';
  const [source = '', text = '', flags = ''] = expression.slice(2).split(delimiter);
  const regex = compileRegex(source, { dialect: flags.includes('x') ? 'ere' : 'bre', icase: flags.includes('i') });
  if (expression[0] !== 's' || regex instanceof RegexError) return undefined;
  return (name) => {
    let out = '';
    let at = 0;
    for (;;) {
      const m = regex.exec(name, at);
      if (!m) break;
      out +=
        name.slice(at, m[0]) +
        text.replace(/\\(\d)|&/g, (all, d: string) =>
          name.slice(m[all === '&' ? 0 : Number(d) * 2], m[all === '&' ? 1 : Number(d) * 2 + 1]),
        );
      at = m[1]!;
      if (!flags.includes('g') || m[1] === m[0]) break;
    }
    return out + name.slice(at);
  };
}
