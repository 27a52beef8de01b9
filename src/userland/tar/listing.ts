import type { TarHeader } from '../../lib/tar.ts';
import { calendar, two } from '../../libc/clock-text.ts';
import { modeString } from '../../libc/mode.ts';

const TYPE_BITS: Readonly<Record<string, number>> = {
  dir: 0o040000,
  symlink: 0o120000,
  char: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
};

/** A line of `tar tv`. `width` grows with the longest owner and size so far, as GNU tar's does. */
export class Listing {
  private width = 19;

  constructor(
    private readonly busybox: boolean,
    private readonly numeric: boolean,
    /** Seconds too. */
    private readonly full = false,
  ) {}

  line(h: TarHeader): string {
    const mode = modeString((TYPE_BITS[h.type] ?? 0o100000) | h.mode);
    const shown = h.type === 'link' ? `h${mode.slice(1)}` : mode;
    const owner = (name: string | undefined, id: number): string => (this.numeric || !name ? String(id) : name);
    const names = `${owner(h.uname, h.uid)}/${owner(h.gname, h.gid)}`;
    const size = h.type === 'char' || h.type === 'block' ? `${h.devmajor},${h.devminor}` : String(h.size);
    const c = calendar(h.mtimeSec);
    const day = `${c.year}-${two(c.month)}-${two(c.day)} ${two(c.hour)}:${two(c.minute)}`;
    const target =
      h.type === 'symlink'
        ? ` -> ${h.linkname}`
        : h.type === 'link'
          ? this.busybox
            ? ` -> ${h.linkname}`
            : ` link to ${h.linkname}`
          : '';
    if (this.busybox)
      return `${shown} ${names}${size.padStart(Math.max(10, 19 - names.length + 0)).slice(0)} ${day}:${two(c.second)} ${h.name}${target}`;
    this.width = Math.max(this.width, names.length + size.length + 1);
    return `${shown} ${names}${size.padStart(this.width - names.length)} ${day}${this.full ? `:${two(c.second)}` : ''} ${h.name}${target}`;
  }
}
