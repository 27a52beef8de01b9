import { CLOCK_REALTIME, O_APPEND, O_CREAT, O_WRONLY } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { strftime } from '../../../lib/strftime.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Caddy's log: JSON, and words for a reader where standard error is a terminal. @see zap's encoders */
export class CaddyLog {
  constructor(private readonly sys: Sys) {}

  /** @param logger '' for the main one @param output a file, stdout, stderr */
  *write(level: Level, logger: string, msg: string, more: Record<string, unknown> = {}, output = 'stderr'): Wait<void> {
    const now = this.sys.now(CLOCK_REALTIME);
    const named = logger === '' ? {} : { logger };
    const plain = (output === 'stderr' || output === 'stdout') && this.sys.isatty(2);
    const fields = Object.keys(more).length > 0 ? `\t${JSON.stringify(more)}` : '';
    const time = strftime('%Y/%m/%d %H:%M:%S', Math.floor(now / 1000));
    const ms = String(Math.floor(now % 1000)).padStart(3, '0');
    const line = plain
      ? `${time}.${ms}\t${level.toUpperCase()}\t${logger === '' ? '' : `${logger}\t`}${msg}${fields}\n`
      : `${JSON.stringify({ level, ts: now / 1000, ...named, msg, ...more })}\n`;
    if (output === 'stderr' || output === 'stdout') {
      yield* writeAll(this.sys, output === 'stdout' ? 1 : 2, line);
      return;
    }
    const fd = yield* open(this.sys, output, O_WRONLY | O_CREAT | O_APPEND, 0o600);
    if (fd < 0) return;
    yield* writeAll(this.sys, fd, line);
    this.sys.close(fd);
  }
}
