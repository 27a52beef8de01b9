import { isDirectory, Stat } from '../../../abi/stat.ts';
import { goJson } from '../../../lib/go-json.ts';
import { strftime } from '../../../lib/strftime.ts';
import type { SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import { joinPath, listDir, normalizePath } from '../../../libc/paths.ts';
import { mediaType } from '../files/media-types.ts';
import { serveFile } from '../files/serve-file.ts';
import type { HandlerConfig } from './config.ts';
import type { Exchange } from './exchange.ts';

type FileServer = Extract<HandlerConfig, { handler: 'file_server' }>;

const INDEX = ['index.html', 'index.txt'];

const missing: SiteResponse = { status: 404, body: '' };

/** Files and folders below the root. @see Caddy, "file_server" */
export function* fileServer(config: FileServer, exchange: Exchange): Wait<SiteResponse> {
  const { sys, method } = exchange;
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: [['Allow', 'GET, HEAD']], body: '' };
  const root = exchange.fill(config.root ?? exchange.vars.get('root') ?? '.');
  const inside = normalizePath(exchange.path);
  const st = new Stat();
  let file = joinPath(root, inside.slice(1)).replace(/(.)\/$/, '$1');
  const found = sys.stat(file, st);
  if (found < 0) return found === -13 ? { status: 403, body: '' } : missing;
  if (isDirectory(st.mode)) {
    const folder = file;
    const index = (config.index_names ?? INDEX).find((name) => sys.stat(joinPath(folder, name), st) === 0);
    if (index === undefined && !config.browse) return missing;
    if (!exchange.path.endsWith('/'))
      return { status: 308, headers: [['Location', `${encodeURI(exchange.path)}/`]], body: '' };
    if (index === undefined) return browse(exchange, folder, config.hide ?? []);
    file = joinPath(folder, index);
  } else if (exchange.path.endsWith('/'))
    return { status: 308, headers: [['Location', encodeURI(exchange.path.replace(/\/+$/, ''))]], body: '' };
  if (isHidden(file, config.hide ?? [])) return missing;
  const tag = `"${(Math.floor(st.mtimeSec) * 1e9 + st.mtimeNsec).toString(36)}${st.size.toString(36)}"`;
  const type = mediaType(file);
  const text =
    type !== undefined && (type.startsWith('text/') || type === 'application/json') && type !== 'application/json';
  const answer = yield* serveFile(sys, exchange.request, file, st, tag, text ? `${type}; charset=utf-8` : type);
  if (typeof answer === 'number') return answer === -13 ? { status: 403, body: '' } : missing;
  return { ...answer, headers: [...(answer.headers ?? []), ['Vary', 'Accept-Encoding']] };
}

const isHidden = (path: string, hide: readonly string[]): boolean =>
  hide.some((each) => (each.includes('/') ? path === each : path.split('/').includes(each)));

interface Entry {
  name: string;
  size: number;
  url: string;
  mod_time: string;
  mode: number;
  is_dir: boolean;
  is_symlink: boolean;
}

/** A folder's list, as a page or JSON. */
function browse({ sys, path, headers }: Exchange, folder: string, hide: readonly string[]): SiteResponse {
  const names = listDir(sys, folder);
  if (typeof names === 'number') return { status: 403, body: '' };
  const entries: Entry[] = [];
  for (const name of names.sort()) {
    const st = new Stat();
    if (isHidden(joinPath(folder, name), hide) || sys.stat(joinPath(folder, name), st) < 0) continue;
    const directory = isDirectory(st.mode);
    const shown = directory ? `${name}/` : name;
    const time = strftime('%Y-%m-%dT%H:%M:%SZ', Math.floor(st.mtimeSec));
    const url = `./${encodeURIComponent(name)}${directory ? '/' : ''}`;
    entries.push({
      name: shown,
      size: st.size,
      url,
      mod_time: time,
      mode: st.mode,
      is_dir: directory,
      is_symlink: false,
    });
  }
  entries.sort((a, b) => Number(b.is_dir) - Number(a.is_dir));
  if ((headers.get('accept') ?? '').includes('application/json'))
    return {
      status: 200,
      headers: [['Content-Type', 'application/json; charset=utf-8']],
      body: `${goJson(entries.map((each) => ({ ...each })))}\n`,
    };
  const escape = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;');
  const rows = entries.map(
    ({ name, url, size, is_dir, mod_time }) =>
      `<tr><td><a href="${escape(url)}">${escape(name)}</a></td><td>${is_dir ? '—' : size}</td><td>${mod_time}</td></tr>\n`,
  );
  const up = path === '/' ? '' : '<tr><td><a href="..">Up</a></td><td></td><td></td></tr>\n';
  const body = `<!DOCTYPE html>\n<html>\n<head><title>${escape(path)}</title></head>\n<body>\n<h1>${escape(path)}</h1>\n<table>\n<tr><th>Name</th><th>Size</th><th>Modified</th></tr>\n${up}${rows.join('')}</table>\n</body>\n</html>\n`;
  return { status: 200, headers: [['Content-Type', 'text/html; charset=utf-8']], body };
}
