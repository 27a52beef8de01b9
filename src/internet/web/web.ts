import type { Entry } from '../../abi/sys.ts';
import { type Site, serveHttp } from '../../libc/http-server.ts';
import { publicCertificate } from '../certificate.ts';
import { HTML, notThere, page } from '../page.ts';
import { addressSite, echoSite } from './echo.ts';
import { GitHub } from './github.ts';
import { ADDRESS_HOSTS, GIT_HOSTS, PLACES } from './names.ts';
import { readStock, typeOf } from './stock.ts';

/** Descriptors of the listening sockets that whoever started the program handed on. */
const PLAIN_FD = 3;
const SECURE_FD = 4;

/** Sites of the internet that are neither registries nor mirrors: one program for all, which looks at the Host field. */
export const web: Entry = function* (sys) {
  const stock = yield* readStock(sys);
  const github = new GitHub(stock);
  const site: Site = function* (own, request) {
    const host = (request.head.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
    if (GIT_HOSTS.includes(host)) return yield* github.serve(own, host, request.path);
    if (ADDRESS_HOSTS.includes(host)) return addressSite(host, request);
    if (host === 'httpbin.org') return yield* echoSite(host, request);
    const folder = host.replace(/^www\./, '');
    const path = `${folder}${request.path.endsWith('/') ? `${request.path}index.html` : request.path}`;
    const found = stock.get(path);
    if (found) return { status: 200, headers: [['Content-Type', typeOf(path)]], body: found.bytes };
    if (!Object.values(PLACES).flat().includes(host)) return notThere(`Nobody is called ${host} here.`);
    if (request.path !== '/') return notThere(request.path);
    return { ...page(folder, '<p>This site is part of a simulated internet.</p>'), headers: [HTML] };
  };
  sys.thread(function* (own) {
    return yield* serveHttp(own, PLAIN_FD, site);
  });
  return yield* serveHttp(sys, SECURE_FD, site, (name) => publicCertificate(sys, name));
};
