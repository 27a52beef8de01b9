/** A host of the simulated internet. */
export interface InternetHost {
  /** Public address. */
  address: string;
  /** Names that the name server gives for it. */
  names: readonly string[];
  /** Program that serves it, by its name in this room. */
  program: 'hub' | 'dns';
  /** Holds the catalogue's blobs. */
  catalogue?: true;
}

/** All hosts; any other name does not resolve, as on a machine without a route. */
export const HOSTS: readonly InternetHost[] = [
  {
    address: '44.208.254.194',
    names: [
      'registry-1.docker.io',
      'auth.docker.io',
      'index.docker.io',
      'docker.io',
      'hub.docker.com',
      'production.cloudflare.docker.com',
    ],
    program: 'hub',
    catalogue: true,
  },
];

/** The zone that the name server reads: a line a name. */
export const zoneText = (): string =>
  HOSTS.flatMap((host) => host.names.map((name) => `${name} A ${host.address}\n`)).join('');
