import { ApiError } from '../../api/errors.ts';
import type { ImageContainerConfig } from '../../api/image.ts';
import { parseDuration } from '../../lib/go-duration.ts';

type Config = Partial<ImageContainerConfig>;

/** `["a", "b"]` as JSON, or a text for the shell. */
function commandOf(text: string, shell: readonly string[] | undefined): string[] {
  if (text.trim().startsWith('[')) {
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return value;
    } catch {
      // no JSON: a text for the shell
    }
  }
  return [...(shell ?? ['/bin/sh', '-c']), text];
}

/** `NAME=value` pairs of ENV and LABEL, quotes taken out; `NAME value` in the old form. */
function pairs(text: string): [string, string][] {
  const old = /^([^\s=]+)\s+(.*)$/.exec(text);
  if (old) return [[old[1]!, old[2]!]];
  const out: [string, string][] = [];
  for (const m of text.matchAll(/([^\s=]+)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'])*)/g))
    out.push([unquote(m[1]!), unquote(m[2]!)]);
  return out;
}

const unquote = (text: string): string =>
  text.replace(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
    (_, d: string | undefined, s: string | undefined, c: string | undefined) =>
      d !== undefined ? d.replace(/\\(["\\$])/g, '$1') : (s ?? c ?? ''),
  );

const TIMES = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
} as const;

/** `--interval=5s … CMD command`, or `NONE`. @throws ApiError */
function healthcheckOf(text: string): NonNullable<Config['Healthcheck']> {
  const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);
  const check: NonNullable<Config['Healthcheck']> = {};
  let rest = text;
  for (let m; (m = /^--([a-z-]+)=(\S*)\s*/.exec(rest)); rest = rest.slice(m[0].length)) {
    const [, name = '', value = ''] = m;
    if (name === 'retries' && /^\d+$/.test(value)) check.Retries = Number(value);
    else if (name in TIMES) check[TIMES[name as keyof typeof TIMES]] = durationOf(value);
    else throw invalid(`unknown flag: ${name}`);
  }
  const kind = /^\S*/.exec(rest)![0];
  const command = rest.slice(kind.length).trim();
  if (kind.toUpperCase() === 'NONE') return { Test: ['NONE'] };
  if (kind.toUpperCase() !== 'CMD') throw invalid(`Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  if (command === '') throw invalid('Missing command after HEALTHCHECK CMD');
  const [first, ...words] = commandOf(command, ['CMD-SHELL']);
  return { Test: first === 'CMD-SHELL' ? [first, ...words] : ['CMD', first!, ...words], ...check };
}

/** @throws ApiError in Go's words */
function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new ApiError('invalid-parameter', error instanceof Error ? error.message : String(error));
  }
}

/** Sets a variable in an environment, at its place if it is there. */
export function setEnv(env: readonly string[] | null | undefined, name: string, value: string): string[] {
  const list = [...(env ?? [])];
  const at = list.findIndex((pair) => pair.startsWith(`${name}=`));
  if (at < 0) list.push(`${name}=${value}`);
  else list[at] = `${name}=${value}`;
  return list;
}

/**
 * Applies the instructions of `--change` (commit, import) to a configuration.
 * @throws ApiError for an instruction that is not allowed there
 * @see moby builder/dockerfile/dispatchers.go
 */
export function applyChanges(config: Config, changes: readonly string[]): void {
  for (const line of changes) {
    const m = /^\s*(\w+)\s*([\s\S]*)$/.exec(line);
    const keyword = (m?.[1] ?? '').toUpperCase();
    const rest = (m?.[2] ?? '').trim();
    switch (keyword) {
      case 'CMD':
        config.Cmd = commandOf(rest, config.Shell);
        break;
      case 'ENTRYPOINT':
        config.Entrypoint = commandOf(rest, config.Shell);
        break;
      case 'ENV':
        for (const [name, value] of pairs(rest)) config.Env = setEnv(config.Env, name, value);
        break;
      case 'LABEL':
        config.Labels = { ...config.Labels, ...Object.fromEntries(pairs(rest)) };
        break;
      case 'EXPOSE':
        for (const port of rest.split(/\s+/))
          config.ExposedPorts = { ...config.ExposedPorts, [port.includes('/') ? port : `${port}/tcp`]: {} };
        break;
      case 'VOLUME':
        for (const path of rest.startsWith('[') ? (JSON.parse(rest) as string[]) : rest.split(/\s+/))
          config.Volumes = { ...config.Volumes, [path]: {} };
        break;
      case 'USER':
        config.User = rest;
        break;
      case 'WORKDIR':
        config.WorkingDir = rest.startsWith('/') ? rest : `${config.WorkingDir ?? ''}/${rest}`.replace(/\/+/g, '/');
        break;
      case 'ONBUILD':
        config.OnBuild = [...(config.OnBuild ?? []), rest];
        break;
      case 'STOPSIGNAL':
        config.StopSignal = rest;
        break;
      case 'HEALTHCHECK':
        config.Healthcheck = healthcheckOf(rest);
        break;
      case '':
        break;
      default:
        throw new ApiError('invalid-parameter', `${keyword} is not a valid change command`);
    }
  }
}
