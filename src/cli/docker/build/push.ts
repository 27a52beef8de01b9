import { familiarString, formatReference, parseReference } from '../../../lib/reference.ts';
import type { Wait } from '../../../libc/io.ts';
import { segment } from '../client.ts';
import type { Cli } from '../command.ts';
import { DaemonError } from '../errors.ts';
import { registryAuthOrEmpty } from '../registry-auth.ts';
import type { BuildProgress } from '../stream/build-progress.ts';

/** Pushes each name of an image as a step of the build. @returns why it failed */
export function* pushTags(cli: Cli, tags: readonly string[], progress: BuildProgress): Wait<string | undefined> {
  const client = yield* cli.client();
  for (const tag of tags) {
    const reference = parseReference(tag);
    const vertex = { id: `push ${tag}`, name: `pushing ${formatReference(reference)} with docker`, started: 0 };
    yield* progress.show({ vertexes: [vertex] });
    let error: string | undefined;
    try {
      const path = familiarString({ domain: reference.domain, path: reference.path });
      const response = yield* client.call('POST', `/images/${segment(path)}/push`, {
        query: { tag: reference.tag ?? 'latest' },
        headers: registryAuthOrEmpty(cli, reference.domain),
      });
      yield* client.documents(response, function* (document) {
        const message = document as { error?: string; status?: string };
        if (message.error !== undefined) error = message.error;
      });
    } catch (failure) {
      if (!(failure instanceof DaemonError)) throw failure;
      error = failure.text;
    }
    yield* progress.show({ vertexes: [{ ...vertex, completed: 0, ...(error === undefined ? {} : { error }) }] });
    if (error !== undefined) return error;
  }
  return undefined;
}
