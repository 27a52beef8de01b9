import { isDirectory, Stat } from '../../../abi/stat.ts';
import { strftime } from '../../../lib/strftime.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { joinPath, listDir } from '../../../libc/paths.ts';
import { errnoText } from './config-file.ts';
import { bytesReply } from './pages.ts';
import { type Log, type Outcome, special } from './reply.ts';
import type { Request } from './request.ts';
import { escapeHtml, escapeSegment } from './request-line.ts';

/** Width of the column of names. */
const NAME = 50;

interface Entry {
  name: string;
  directory: boolean;
  size: number;
  sec: number;
}

/** The listing of a directory, as HTML or JSON. */
export function* autoindex(request: Request, path: string, log: Log): Wait<Outcome> {
  const names = listDir(request.sys, path);
  if (typeof names === 'number') {
    yield* log('error', `opendir() "${path}" failed ${errnoText(request.sys, names)}`);
    return special(names === -2 ? 404 : 403);
  }
  const entries: Entry[] = [];
  const st = new Stat();
  for (const name of names) {
    if (name.startsWith('.') || request.sys.stat(joinPath(path, name), st) < 0) continue;
    entries.push({ name, directory: isDirectory(st.mode), size: st.size, sec: st.mtimeSec });
  }
  entries.sort((a, b) => Number(b.directory) - Number(a.directory) || (a.name < b.name ? -1 : 1));
  if (request.scope.value('autoindex_format') === 'json')
    return bytesReply(200, 'application/json', encode(asJson(entries)));
  const exact = request.scope.flag('autoindex_exact_size', true);
  const rows = entries.map((entry) => row(entry, exact)).join('');
  const title = `Index of ${escapeHtml(request.uri)}`;
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n${rows}</pre><hr></body>\r\n</html>\r\n`;
  return bytesReply(200, 'text/html', encode(page));
}

function row(entry: Entry, exact: boolean): string {
  const slash = entry.directory ? '/' : '';
  const full = [...entry.name, ...slash];
  const shown = full.length > NAME ? `${full.slice(0, NAME - 3).join('')}..&gt;` : escapeHtml(full.join(''));
  const pad = ' '.repeat(Math.max(0, NAME - full.length));
  const size = entry.directory ? '-' : exact ? String(entry.size) : human(entry.size);
  const width = exact ? 20 : 8;
  return `<a href="${escapeSegment(entry.name)}${slash}">${shown}</a>${pad} ${strftime('%d-%b-%Y %H:%M', entry.sec)}${size.padStart(width)}\r\n`;
}

function human(size: number): string {
  if (size > 1024 ** 3 - 1) return `${Math.round(size / 1024 ** 3)}G`;
  if (size > 1024 ** 2 - 1) return `${Math.round(size / 1024 ** 2)}M`;
  return size > 9999 ? `${Math.round(size / 1024)}K` : String(size);
}

function asJson(entries: readonly Entry[]): string {
  const rows = entries.map((entry) => {
    const time = strftime('%a, %d %b %Y %H:%M:%S GMT', entry.sec);
    const size = entry.directory ? '' : `, "size":${entry.size}`;
    return `{ "name":${JSON.stringify(entry.name)}, "type":"${entry.directory ? 'directory' : 'file'}", "mtime":"${time}"${size} }`;
  });
  return `[\r\n${rows.join(',\r\n')}\r\n]`;
}
