import type { Sys } from '../../abi/sys.ts';
import { gunzip } from '../../lib/gzip.ts';
import { TarReader } from '../../lib/tar.ts';
import { joinBytes, readFile, type Wait } from '../../libc/io.ts';

/** What the build made of sites/: read when somebody asks for the first time. */
const ARCHIVE = '/srv/web.tar.gz';

export interface StockFile {
  bytes: Uint8Array;
  mode: number;
}

/** The files of all sites by `HOST/PATH`. */
export type Stock = ReadonlyMap<string, StockFile>;

/** @returns no files where there is no archive, or a broken one */
export function* readStock(sys: Sys): Wait<Stock> {
  const files = new Map<string, StockFile>();
  const packed = yield* readFile(sys, ARCHIVE);
  const tar = typeof packed === 'number' ? undefined : gunzip(packed);
  if (tar === undefined || typeof tar === 'string') return files;
  let name = '';
  let mode = 0;
  let pieces: Uint8Array[] = [];
  for (const event of new TarReader().push(tar)) {
    if (event.type === 'header') {
      name = event.header.type === 'file' ? event.header.name : '';
      ({ mode } = event.header);
      pieces = [];
    } else if (event.type === 'data') pieces.push(event.bytes.slice());
    else if (event.type === 'end-entry' && name !== '') files.set(name, { bytes: joinBytes(pieces), mode });
  }
  return files;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
};

/** The media type of a file by its name; plain text where it is of no known kind. */
export const typeOf = (path: string): string =>
  TYPES[/\.([a-z]+)$/.exec(path)?.[1] ?? ''] ?? 'text/plain; charset=utf-8';
