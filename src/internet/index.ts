export { dns } from './dns.ts';
export { HOSTS, type InternetHost, zoneText } from './hosts.ts';
export { hub } from './hub.ts';
