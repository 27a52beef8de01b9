import { ApiError } from '../../api/errors.ts';
import { GoTemplate, TemplateError } from '../../lib/go-template.ts';
import { GoStruct } from '../../lib/go-value.ts';
import type { Container } from '../container/container.ts';
import { sorted } from '../container/defaults.ts';

/** Labels, variables and the tag that a log's options want beside each entry; undefined where there are none. @throws ApiError */
export function logAttributes(c: Container): Record<string, string> | undefined {
  const options = c.hostConfig.LogConfig.Config ?? {};
  const out: Record<string, string> = {};
  const pick = (values: ReadonlyMap<string, string>, list: string | undefined, pattern: string | undefined): void => {
    for (const name of (list ?? '').split(',')) if (values.has(name)) out[name] = values.get(name)!;
    const regexp = pattern ? goPattern(pattern) : undefined;
    for (const [name, value] of values) if (regexp?.test(name)) out[name] = value;
  };
  pick(new Map(Object.entries(c.config.Labels ?? {})), options.labels, options['labels-regex']);
  pick(variables(c), options.env, options['env-regex']);
  if (options.tag) out.tag = logTag(c, options.tag);
  return Object.keys(out).length > 0 ? sorted(out) : undefined;
}

function variables(c: Container): Map<string, string> {
  const out = new Map<string, string>();
  for (const pair of c.config.Env ?? []) {
    const at = pair.indexOf('=');
    if (at > 0) out.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return out;
}

/** @throws ApiError in the words of Go's regexp for what is no pattern */
function goPattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    const open = (text.match(/(?<!\\)\(/g) ?? []).length - (text.match(/(?<!\\)\)/g) ?? []).length;
    const why =
      open > 0
        ? `missing closing ): \`${text}\``
        : open < 0
          ? `unexpected ): \`${text}\``
          : text.includes('[')
            ? `missing closing ]: \`${text.slice(text.indexOf('['))}\``
            : `missing argument to repetition operator: \`${/[*+?{]/.exec(text)?.[0] ?? text}\``;
    throw new ApiError('internal', `error parsing regexp: ${why}`);
  }
}

/** The log option `tag`: a template over what the engine knows of the container. @throws ApiError */
function logTag(c: Container, source: string): string {
  const name = c.name.slice(1);
  const info = new GoStruct(
    '*logger.Info',
    {
      Config: c.hostConfig.LogConfig.Config ?? {},
      ContainerID: c.id,
      ContainerName: c.name,
      ContainerEntrypoint: c.path,
      ContainerArgs: c.args,
      ContainerImageID: c.image,
      ContainerImageName: c.config.Image,
      ContainerEnv: c.config.Env ?? [],
      ContainerLabels: c.config.Labels ?? {},
      LogPath: c.logPath,
      DaemonName: 'docker',
    },
    {
      methods: {
        ID: () => c.id.slice(0, 12),
        FullID: () => c.id,
        Name: () => name,
        ImageID: () => c.image.replace('sha256:', '').slice(0, 12),
        ImageFullID: () => c.image,
        ImageName: () => c.config.Image,
        Command: () => [c.path, ...c.args].join(' '),
      },
    },
  );
  try {
    return new GoTemplate(source, { name: 'log-tag' }).execute(info);
  } catch (error) {
    if (error instanceof TemplateError) throw new ApiError('internal', error.message);
    throw error;
  }
}
