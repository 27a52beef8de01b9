import { parseBuildArgs, parseCall } from '../build/options.ts';
import { type BuildRequest, EMPTY_REQUEST, type OutputSpec, type Secret } from '../build/request.ts';
import type { Cli } from '../command.ts';
import { entryText } from './entries.ts';
import type { Entry, Target } from './model.ts';

/** What is asked of all targets. */
export interface BakeFlags {
  noCache: boolean;
  pull: boolean;
  push: boolean;
  load: boolean;
  call: string;
  allow: readonly string[];
}

/** A target as a build. @throws CliError */
export function requestOf(cli: Cli, target: Target, flags: BakeFlags): BuildRequest {
  const context = target.context ?? '.';
  const dockerfile = target.dockerfile ?? 'Dockerfile';
  const inline = target['dockerfile-inline'];
  const call = flags.call !== '' ? flags.call : (target.call ?? 'build');
  return {
    ...EMPTY_REQUEST,
    context,
    dockerfile:
      dockerfile === 'Dockerfile' || inline !== undefined
        ? ''
        : dockerfile.startsWith('/') || context === '.'
          ? dockerfile
          : `${context}/${dockerfile}`,
    inline,
    tags: target.tags ?? [],
    buildArgs: parseBuildArgs(
      cli,
      Object.entries(target.args ?? {}).map(([name, value]) => `${name}=${value}`),
    ),
    labels: Object.fromEntries(Object.entries(target.labels ?? {}).map(([name, value]) => [name, value ?? ''])),
    noCache: flags.noCache || (target['no-cache'] ?? false),
    noCacheFilter: target['no-cache-filter'] ?? [],
    pull: flags.pull || (target.pull ?? false),
    target: target.target ?? '',
    network: target.network ?? '',
    platforms: target.platforms ?? [],
    secrets: (target.secret ?? []).map((entry) => secretOf(cli, entry)),
    ssh: (target.ssh ?? []).map((entry) =>
      entry['paths'] === undefined ? (entry['id'] ?? '') : `${entry['id']}=${entry['paths']}`,
    ),
    contexts: Object.fromEntries(
      Object.entries(target.contexts ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    outputs: (target.output ?? []).map(outputOf),
    cacheFrom: (target['cache-from'] ?? []).map(entryText),
    cacheTo: (target['cache-to'] ?? []).map(entryText),
    annotations: target.annotations ?? [],
    attests: (target.attest ?? []).filter((entry) => entry['disabled'] !== 'true').map(entryText),
    extraHosts: Object.entries(target['extra-hosts'] ?? {}).map(([name, address]) => `${name}:${address}`),
    shmSize: target['shm-size'] ?? '',
    ulimits: target.ulimits ?? [],
    allow: [...flags.allow, ...(target.entitlements ?? [])],
    push: flags.push,
    load: flags.load,
    ...parseCall(call),
  };
}

function outputOf(entry: Entry): OutputSpec {
  const { type = '', dest = '', ...attributes } = entry;
  return { type, dest, attributes };
}

function secretOf(cli: Cli, entry: Entry): Secret {
  const id = entry['id'] ?? '';
  const file = entry['src'] ?? entry['source'];
  const env = entry['env'] ?? (file === undefined && cli.env.has(id) ? id : undefined);
  return { id, file: file ?? (env === undefined ? id : undefined), env };
}
