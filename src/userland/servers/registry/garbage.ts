import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { listDir, removeTree } from '../../../libc/paths.ts';
import type { Storage } from './storage.ts';

interface Options {
  dryRun: boolean;
  /** Manifests that no tag stands for go too. */
  deleteUntagged: boolean;
}

interface Descriptor {
  digest: string;
}

/** The digests that a manifest refers to. */
function referencesOf(bytes: Uint8Array): string[] {
  try {
    const document = JSON.parse(decode(bytes)) as Record<'manifests' | 'layers', Descriptor[] | undefined> & {
      config?: Descriptor;
    };
    const own = document.manifests ?? [...(document.config ? [document.config] : []), ...(document.layers ?? [])];
    return own.map(({ digest }) => digest);
  } catch {
    return [];
  }
}

const namesIn = (sys: Sys, path: string): string[] => {
  const names = listDir(sys, path);
  return typeof names === 'number' ? [] : names.sort();
};

/**
 * Removes blobs that no manifest of any repository refers to, after marking those that one does.
 * @param say takes the lines of its report
 * @see distribution registry/storage/garbagecollect.go
 */
export function* collectGarbage(
  sys: Sys,
  storage: Storage,
  options: Options,
  say: (line: string) => Wait<void>,
): Wait<void> {
  const marked = new Set<string>();
  const untagged: { name: string; digest: string }[] = [];
  for (const name of storage.repositories(sys)) {
    yield* say(name);
    const tagged = new Set<string>();
    for (const tag of storage.listTags(sys, name) ?? []) {
      const digest = yield* storage.resolveTag(sys, name, tag);
      if (digest !== undefined) tagged.add(digest);
    }
    for (const digest of storage.listRevisions(sys, name)) {
      if (options.deleteUntagged && !tagged.has(digest)) {
        yield* say(`manifest eligible for deletion: ${digest}`);
        untagged.push({ name, digest });
        continue;
      }
      yield* say(`${name}: marking manifest ${digest} `);
      marked.add(digest);
      for (const blob of referencesOf((yield* storage.readBlob(sys, digest)) ?? new Uint8Array(0))) {
        yield* say(`${name}: marking blob ${blob}`);
        marked.add(blob);
      }
    }
  }
  const unmarked = namesIn(sys, storage.blobs)
    .flatMap((prefix) => namesIn(sys, `${storage.blobs}/${prefix}`))
    .map((hex) => `sha256:${hex}`)
    .filter((digest) => !marked.has(digest));
  yield* say(
    `\n${marked.size} blobs marked, ${unmarked.length} blobs and ${untagged.length} manifests eligible for deletion`,
  );
  for (const { name, digest } of untagged) if (!options.dryRun) storage.unlinkRevision(sys, name, digest);
  for (const digest of unmarked) {
    yield* say(`blob eligible for deletion: ${digest}`);
    if (!options.dryRun) removeTree(sys, storage.blobDir(digest));
  }
}
