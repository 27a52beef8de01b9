import { parseReference, tagNameOnly } from '../../../lib/reference.ts';
import { type Wait, writeFile } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { directoryOf, isDirectoryAt, pathError } from '../files.ts';
import type { BuildRequest } from './request.ts';
import type { BuildOutcome } from './run.ts';

/** What --metadata-file says of a build. */
export function metadataOf(request: BuildRequest, { result, names, ref }: BuildOutcome): Record<string, unknown> {
  const digest =
    result.image === undefined
      ? {}
      : { 'containerimage.config.digest': result.image, 'containerimage.digest': result.image };
  const args = Object.entries(request.buildArgs)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [`build-arg:${name}`, value]);
  return {
    'buildx.build.provenance': {
      builder: { id: '' },
      buildType: 'https://mobyproject.org/buildkit@v1',
      materials: materialsOf(result.text),
      invocation: {
        configSource: { entryPoint: result.filename },
        parameters: {
          frontend: 'dockerfile.v0',
          ...(args.length > 0 ? { args: Object.fromEntries(args) } : {}),
          locals: [{ name: 'context' }, { name: 'dockerfile' }],
        },
        environment: { platform: request.platforms[0] ?? 'linux/amd64' },
      },
    },
    'buildx.build.ref': `default/default/${ref}`,
    ...digest,
    ...(names === '' || result.image === undefined ? {} : { 'image.name': names }),
  };
}

/** The images that a Dockerfile begins with. */
function materialsOf(text: string): { uri: string }[] {
  const found = new Set<string>();
  for (const m of text.matchAll(/^\s*from\s+(?:--\S+\s+)*([^\s$]+)/gim)) {
    if (m[1] === 'scratch') continue;
    try {
      const { path, tag, domain } = tagNameOnly(parseReference(m[1]!));
      const name = domain === 'docker.io' ? path.replace(/^library\//, '') : `${domain}/${path}`;
      found.add(`pkg:docker/${name}@${tag}?platform=linux%2Famd64`);
    } catch {
      // no image
    }
  }
  return [...found].map((uri) => ({ uri }));
}

/** @throws CliError where the file could not be written, before the build */
export function checkMetadataFile(cli: Cli, path: string): void {
  const folder = directoryOf(path);
  if (path !== '' && !isDirectoryAt(cli.sys, folder || '.'))
    throw new CliError(`ERROR: invalid output path: stat ${folder}: no such file or directory`);
}

/** @throws CliError */
export function* writeMetadata(cli: Cli, path: string, document: unknown): Wait<void> {
  if (path === '') return;
  const r = yield* writeFile(cli.sys, path, JSON.stringify(document, null, 2), 0o644);
  if (r < 0) throw new CliError(`ERROR: ${pathError('open', path, r)}`);
}
