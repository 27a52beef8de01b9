// A static server for dist/: right types, no special headers, nothing outside the folder.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { extname, join, normalize, sep } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.gz': 'application/gzip',
};

/** The file that a URL's path names below `root`, or undefined. */
function fileOf(root, path) {
  let decoded;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const file = normalize(join(root, decoded));
  if (file !== root && !file.startsWith(root + sep)) return undefined;
  for (const candidate of [file, join(file, 'index.html')]) {
    const stat = statSync(candidate, { throwIfNoEntry: false });
    if (stat?.isFile()) return { path: candidate, size: stat.size, mtime: stat.mtime };
  }
  return undefined;
}

/** Bytes that a Range header asks for: [first, last], undefined for the whole, or null where there are none. */
function rangeOf(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const first = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return first > last ? null : [first, last];
}

/**
 * Serves `root` at the first free port from `port` up.
 * @returns {Promise<{server: import('node:http').Server, port: number}>}
 */
export function serve(root, { host = '127.0.0.1', port = 4321, tries = 50, prefix = '/' } = {}) {
  const base = normalize(root).replace(/[\\/]$/, '');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const file = pathname.startsWith(prefix) ? fileOf(base, `/${pathname.slice(prefix.length)}`) : undefined;
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
      return;
    }
    const tag = `"${file.size.toString(36)}-${file.mtime.getTime().toString(36)}"`;
    const headers = {
      'content-type': TYPES[extname(file.path)] ?? 'application/octet-stream',
      // What has its content's hash in its name never changes.
      'cache-control': /^\/(?:assets\/|blobs\/sha256\/)/.test(pathname.slice(prefix.length - 1))
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
      'accept-ranges': 'bytes',
      etag: tag,
    };
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, headers).end();
      return;
    }
    const range = rangeOf(request.headers.range, file.size);
    if (range === null) {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${file.size}` }).end();
      return;
    }
    const [start, end] = range ?? [0, file.size - 1];
    headers['content-length'] = String(Math.max(0, end - start + 1));
    if (range) headers['content-range'] = `bytes ${start}-${end}/${file.size}`;
    response.writeHead(range ? 206 : 200, headers);
    if (request.method === 'HEAD' || file.size === 0) response.end();
    else
      createReadStream(file.path, { start, end })
        .on('error', () => response.destroy())
        .pipe(response);
  });
  return new Promise((resolve, reject) => {
    let at = port;
    server.on('error', (error) => {
      if (error.code === 'EADDRINUSE' && at < port + tries) server.listen(++at, host);
      else reject(error);
    });
    server.on('listening', () => resolve({ server, port: server.address().port }));
    server.listen(at, host);
  });
}

/** IPv4 addresses under which other machines reach this one. */
export function lanAddresses() {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map((entry) => entry.address);
}
