import type { Entry } from '../abi/sys.ts';

export { dns } from './dns.ts';
export { HOSTS, type InternetHost, zoneText } from './hosts.ts';
export { inetd } from './inetd.ts';

/** The mirrors of distributions, with the tables of their packages: loaded when somebody connects to one. */
export async function loadMirror(): Promise<Entry> {
  const { loadStock, makeMirror } = await import('./mirror/site.ts');
  return makeMirror(await loadStock());
}

/** Docker Hub: loaded when somebody connects to it. */
export async function loadHub(): Promise<Entry> {
  const [{ makeHub }, { loadSha256 }] = await Promise.all([import('./hub/hub.ts'), import('../lib/sha256.ts')]);
  return makeHub({ sha256: await loadSha256() });
}

/** Sites that are neither registries nor mirrors: loaded when somebody connects to one. */
export async function loadWeb(): Promise<Entry> {
  return (await import('./web/web.ts')).web;
}
