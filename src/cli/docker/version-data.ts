/** What the client says of itself. */
export const CLIENT = {
  version: '28.5.2',
  apiVersion: '1.51',
  goVersion: 'go1.25.3',
  gitCommit: 'ecc6942',
  buildTime: 'Wed Nov  5 14:43:33 2025',
  os: 'linux',
  arch: 'amd64',
  userAgent: 'Docker-Client/28.5.2 (linux)',
} as const;
