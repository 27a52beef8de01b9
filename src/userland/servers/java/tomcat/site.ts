import { isDirectory, isRegular, Stat } from '../../../../abi/stat.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { statusText } from '../../../../lib/http.ts';
import { decode } from '../../../../lib/utf8.ts';
import type { SiteRequest, SiteResponse } from '../../../../libc/http-server.ts';
import { readFile, type Wait } from '../../../../libc/io.ts';
import { normalizePath } from '../../../../libc/paths.ts';
import { mediaType } from '../../files/media-types.ts';
import { serveFile } from '../../files/serve-file.ts';
import type { Webapps } from './webapps.ts';

const WELCOME = ['index.html', 'index.htm', 'index.jsp'];
const METHODS = ['GET', 'HEAD', 'POST'];

const STYLE =
  'body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} .line {height:1px;background-color:#525D76;border:none;}';

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  404: 'The origin server did not find a current representation for the target resource or is not willing to disclose that one exists.',
  405: 'The method received in the request-line is known by the origin server but not supported by the target resource.',
  500: 'The server encountered an unexpected condition that prevented it from fulfilling the request.',
};

const escape = (text: string): string =>
  text.replace(/[&<>"'/]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : `&#${c.charCodeAt(0)};`));

/** The page of an error. @see Tomcat's ErrorReportValve */
function errorPage(server: string, status: number, message: string): SiteResponse {
  const title = `HTTP Status ${status} – ${statusText(status)}`;
  const said = message === '' ? '' : `<p><b>Message</b> ${escape(message)}</p>`;
  const body = `<!doctype html><html lang="en"><head><title>${title}</title><style type="text/css">${STYLE}</style></head><body><h1>${title}</h1><hr class="line" /><p><b>Type</b> Status Report</p>${said}<p><b>Description</b> ${DESCRIPTIONS[status] ?? ''}</p><hr class="line" /><h3>${server}</h3></body></html>`;
  const headers = [
    ['Content-Type', 'text/html;charset=utf-8'],
    ['Content-Language', 'en'],
  ] as const;
  return { status, headers, body };
}

/** The files of web applications as the default servlet gives them; a JSP is text as long as it has no code. */
export function* tomcatAnswer(sys: Sys, request: SiteRequest, webapps: Webapps, server: string): Wait<SiteResponse> {
  const path = normalizePath(request.path);
  const missing = (): SiteResponse =>
    errorPage(server, 404, `The requested resource [${request.path}] is not available`);
  const context = [...webapps.contexts.keys()]
    .filter((each) => path === each || path.startsWith(`${each}/`))
    .sort((a, b) => b.length - a.length)[0];
  // without a context nobody has words for it
  if (context === undefined) return errorPage(server, 404, '');
  const folder = webapps.contexts.get(context)!;
  const inside = path.slice(context.length);
  if (/^\/(WEB-INF|META-INF)(\/|$)/i.test(inside)) return missing();
  const st = new Stat();
  let file = folder + (inside === '/' ? '' : inside);
  if (sys.stat(file, st) < 0) return missing();
  if (isDirectory(st.mode)) {
    if (!request.path.endsWith('/')) return { status: 302, headers: [['Location', `${request.path}/`]] };
    const name = WELCOME.find((each) => sys.stat(`${file}/${each}`, st) === 0 && isRegular(st.mode));
    if (name === undefined) return missing();
    file = `${file}/${name}`;
  } else if (request.path.endsWith('/')) return missing();
  if (!METHODS.includes(request.head.method))
    return { ...errorPage(server, 405, ''), headers: [['Allow', 'GET, HEAD, POST, OPTIONS']] };
  if (file.endsWith('.jsp')) return yield* page(sys, file, server);
  const tag = `W/"${st.size}-${Math.floor(st.mtimeSec) * 1000 + Math.floor(st.mtimeNsec / 1e6)}"`;
  const answer = yield* serveFile(sys, request, file, st, tag, mediaType(file));
  return typeof answer === 'number' ? missing() : answer;
}

/** A JSP whose directives and comments are left out; one with code or expressions says that nobody runs them. */
function* page(sys: Sys, file: string, server: string): Wait<SiteResponse> {
  const bytes = yield* readFile(sys, file);
  const source = typeof bytes === 'number' ? '' : decode(bytes);
  const body = source.replace(/<%@.*?%>/gs, '').replace(/<%--.*?--%>/gs, '');
  if (/<%|\$\{|<\w+:/.test(body)) return errorPage(server, 500, `The code of [${file}] is not simulated in Drydock`);
  return { status: 200, headers: [['Content-Type', 'text/html;charset=UTF-8']], body };
}
