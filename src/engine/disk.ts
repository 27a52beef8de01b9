import { O_CREAT, O_TRUNC, O_WRONLY } from '../abi/flags.ts';
import type { Sys } from '../abi/sys.ts';
import { decode } from '../lib/utf8.ts';
import { open, readFile, type Wait, writeAll } from '../libc/io.ts';

/** Makes or replaces a file in one step: a power cut leaves the old content or the new. @returns 0 or -errno */
export function* writeAtomic(sys: Sys, path: string, text: string | Uint8Array, mode = 0o600): Wait<number> {
  const slash = path.lastIndexOf('/') + 1;
  const temporary = `${path.slice(0, slash)}.tmp-${path.slice(slash)}${sys.gettid()}`;
  const fd = yield* open(sys, temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (fd < 0) return fd;
  const written = yield* writeAll(sys, fd, text);
  sys.close(fd);
  const r = written < 0 ? written : sys.rename(temporary, path);
  if (r < 0) sys.unlink(temporary);
  return r;
}

/** Makes a small file that nobody reads before the directory around it is complete. @returns 0 or -errno */
export function* writeNew(sys: Sys, path: string, text: string | Uint8Array, mode = 0o600): Wait<number> {
  const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (fd < 0) return fd;
  const r = text.length === 0 ? 0 : yield* writeAll(sys, fd, text);
  sys.close(fd);
  return r;
}

/** A file's text. @returns undefined where it cannot be read */
export function* readText(sys: Sys, path: string): Wait<string | undefined> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? undefined : decode(bytes);
}

/** A JSON file. @returns undefined where it is missing or damaged */
export function* readJson<T>(sys: Sys, path: string): Wait<T | undefined> {
  const text = yield* readText(sys, path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
