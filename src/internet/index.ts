import type { Entry } from '../abi/sys.ts';

export { dns } from './dns.ts';
export { HOSTS, type InternetHost, zoneText } from './hosts.ts';
export { hub } from './hub.ts';
export { inetd } from './inetd.ts';

/** The mirrors of distributions, with the tables of their packages: loaded when somebody connects to one. */
export async function loadMirror(): Promise<Entry> {
  const { loadStock, makeMirror } = await import('./mirror/site.ts');
  return makeMirror(await loadStock());
}
