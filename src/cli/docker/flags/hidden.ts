import type { FlagSpec } from '../tree.ts';

/** A flag that help does not show. */
export interface HiddenFlag {
  readonly name: string;
  readonly short?: string;
  readonly type: string;
  /** The flag whose value it sets. */
  readonly like?: string;
  /** What is wrong with it at this daemon. */
  readonly refused?: string;
  /** What is said where it is used. */
  readonly deprecated?: string;
}

const windows = (name: string, type: string): HiddenFlag => ({
  name,
  type,
  refused: `"--${name}" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux`,
});
const experimental = (name: string): HiddenFlag => ({
  name,
  type: 'string',
  refused: `"--${name}" is only supported on a Docker daemon with experimental features enabled`,
});
const oldTime: HiddenFlag = { name: 'time', type: 'int', like: 'timeout', deprecated: 'use --timeout instead' };
const container: readonly HiddenFlag[] = [
  { name: 'net', type: 'network', like: 'network' },
  { name: 'net-alias', type: 'list', like: 'network-alias' },
  { name: 'dns-opt', type: 'list', like: 'dns-option' },
  windows('cpu-count', 'int64'),
  windows('cpu-percent', 'int64'),
  windows('io-maxbandwidth', 'bytes'),
  windows('io-maxiops', 'uint64'),
];
const stack: readonly HiddenFlag[] = [{ name: 'orchestrator', type: 'string', deprecated: 'option will be ignored' }];

/** What only the classic builder heeds. */
const classicBuild: readonly HiddenFlag[] = [
  { name: 'compress', type: 'bool' },
  { name: 'cpu-period', type: 'int64' },
  { name: 'cpu-quota', type: 'int64' },
  { name: 'cpu-shares', short: 'c', type: 'int64' },
  { name: 'cpuset-cpus', type: 'string' },
  { name: 'cpuset-mems', type: 'string' },
  { name: 'force-rm', type: 'bool' },
  { name: 'isolation', type: 'string' },
  { name: 'memory', short: 'm', type: 'bytes' },
  { name: 'memory-swap', type: 'bytes' },
  { name: 'rm', type: 'bool' },
  { name: 'security-opt', type: 'list' },
  { name: 'squash', type: 'bool' },
];

const FLAGS: Readonly<Record<string, readonly HiddenFlag[]>> = {
  build: classicBuild,
  'container run': container,
  'container create': container,
  'container start': [experimental('checkpoint'), experimental('checkpoint-dir')],
  'container stop': [oldTime],
  'container restart': [oldTime],
  'volume create': [
    { name: 'name', type: 'string' },
    ...['availability', 'group', 'scope', 'sharing', 'type'].map((name) => ({ name, type: 'string' })),
    ...['limit-bytes', 'required-bytes'].map((name) => ({ name, type: 'bytes' })),
    ...['secret', 'topology-preferred', 'topology-required'].map((name) => ({ name, type: 'list' })),
  ],
  'volume ls': [{ name: 'cluster', type: 'bool' }],
  'container update': [{ name: 'kernel-memory', type: 'bytes' }],
  ...Object.fromEntries(
    ['config', 'deploy', 'ls', 'ps', 'rm', 'services'].map((verb) => [`stack ${verb}`, stack] as const),
  ),
};

/** The hidden flags of a command by its place in the tree. */
export const hiddenFlags = (path: string): readonly HiddenFlag[] => FLAGS[path] ?? [];

/** A hidden flag as the parser takes it. */
export const specOfHidden = (flag: HiddenFlag): FlagSpec => ({
  name: flag.name,
  short: flag.short ?? '',
  type: flag.type,
  default: undefined,
  about: '',
  global: false,
});
