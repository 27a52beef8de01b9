import { encode } from '../../lib/utf8.ts';
import { joinBytes, readFile, type Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import type { CurlOptions } from './options.ts';

/** The bytes of a request and their type; a string is the error (curl's exit status 26). */
export interface RequestBody {
  bytes: Uint8Array;
  type: string | undefined;
}

function* fileOrStdin(ctx: Context, name: string): Wait<Uint8Array | number> {
  return name === '-' ? encode(yield* ctx.stdin.text()) : yield* readFile(ctx.sys, name);
}

/** What -d, --json, -F and -T make. @returns undefined where nothing is sent */
export function* requestBody(ctx: Context, o: CurlOptions): Wait<RequestBody | undefined | string> {
  const upload = o.last('upload-file');
  if (upload !== undefined) {
    const bytes = yield* fileOrStdin(ctx, upload);
    return typeof bytes === 'number' ? `Can't open '${upload}'!` : { bytes, type: undefined };
  }
  if (o.forms.length > 0) return yield* multipart(ctx, o);
  if (o.data.length === 0) return undefined;
  const pieces: Uint8Array[] = [];
  for (const { kind, text } of o.data) {
    const piece = yield* dataPiece(ctx, kind, text);
    if (typeof piece === 'string') return piece;
    if (pieces.length > 0 && kind !== 'json') pieces.push(encode('&'));
    pieces.push(piece);
  }
  const json = o.data.some((d) => d.kind === 'json');
  return { bytes: joinBytes(pieces), type: json ? 'application/json' : 'application/x-www-form-urlencoded' };
}

function* dataPiece(ctx: Context, kind: string, text: string): Wait<Uint8Array | string> {
  if (kind === 'data-urlencode') {
    const m = /^([^=@]*)([=@])([\s\S]*)$/.exec(text);
    if (!m) return encode(encodeURIComponent(text));
    const prefix = m[1] === '' ? '' : `${m[1]}=`;
    if (m[2] === '=') return encode(prefix + encodeURIComponent(m[3]!));
    const bytes = yield* fileOrStdin(ctx, m[3]!);
    if (typeof bytes === 'number') return `Failed to open ${m[3]}`;
    return encode(prefix + encodeURIComponent(String.fromCharCode(...bytes)));
  }
  if (!text.startsWith('@') || kind === 'data-raw') return encode(text);
  const bytes = yield* fileOrStdin(ctx, text.slice(1));
  if (typeof bytes === 'number') return `Failed to open ${text.slice(1)}`;
  return kind === 'data-binary' || kind === 'json' ? bytes : bytes.filter((b) => b !== 10 && b !== 13 && b !== 0);
}

function* multipart(ctx: Context, o: CurlOptions): Wait<RequestBody | string> {
  const random = new Uint8Array(8);
  ctx.sys.getrandom(random);
  const boundary = `------------------------${[...random].map((b) => b.toString(16).padStart(2, '0')).join('')}`;
  const pieces: Uint8Array[] = [];
  for (const { text, literal } of o.forms) {
    const equals = text.indexOf('=');
    const name = text.slice(0, equals);
    let value = text.slice(equals + 1);
    let head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    let bytes: Uint8Array | number = encode(value);
    if (!literal && /^[@<]/.test(value)) {
      const [path = '', ...settings] = value.slice(1).split(';');
      bytes = yield* fileOrStdin(ctx, path);
      if (typeof bytes === 'number') return `Failed to open/read local data from file/application`;
      const setting = (key: string): string | undefined =>
        settings.find((s) => s.startsWith(`${key}=`))?.slice(key.length + 1);
      if (value.startsWith('@')) {
        head += `; filename="${setting('filename') ?? path.slice(path.lastIndexOf('/') + 1)}"`;
        head += `\r\nContent-Type: ${setting('type') ?? guess(path)}`;
      }
      value = '';
    }
    pieces.push(encode(`${head}\r\n\r\n`), bytes, encode('\r\n'));
  }
  pieces.push(encode(`--${boundary}--\r\n`));
  return { bytes: joinBytes(pieces), type: `multipart/form-data; boundary=${boundary}` };
}

function guess(path: string): string {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  const known: Readonly<Record<string, string>> = {
    gif: 'image/gif',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    png: 'image/png',
    svg: 'image/svg+xml',
    txt: 'text/plain',
    htm: 'text/html',
    html: 'text/html',
    pdf: 'application/pdf',
    xml: 'application/xml',
  };
  return known[ending] ?? 'application/octet-stream';
}
