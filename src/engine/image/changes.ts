import { ApiError } from '../../api/errors.ts';
import type { ImageContainerConfig } from '../../api/image.ts';

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
      case '':
        break;
      default:
        throw new ApiError(
          'invalid-parameter',
          `${keyword.toLowerCase() === keyword ? keyword : keyword} is not a valid change command`,
        );
    }
  }
}
