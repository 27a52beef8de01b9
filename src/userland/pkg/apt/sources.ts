import type { Sys } from '../../../abi/sys.ts';
import { parseDeb822 } from '../../../lib/deb822.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { listDir } from '../../../libc/paths.ts';

/** A suite of a repository, as sources.list names it. */
export interface Source {
  /** Without a slash at the end. */
  uri: string;
  suite: string;
  components: readonly string[];
  /** Paths of keyrings, or a key itself. */
  signedBy: string | undefined;
  trusted: boolean;
}

/** What is wrong with a file of sources. */
export class SourceError extends Error {}

const trim = (uri: string): string => uri.replace(/\/+$/, '');

/** Reads the one-line form. @throws SourceError in apt's words */
export function parseSourcesList(text: string, path: string): Source[] {
  const sources: Source[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    const fail = (what: string): never => {
      throw new SourceError(`Malformed entry ${at + 1} in list file ${path} (${what})`);
    };
    const m = /^(\S+)\s+(?:\[([^\]]*)\]\s+)?(\S+)(?:\s+(\S+))?\s*(.*)$/.exec(line);
    const type = /^\S+/.exec(line)![0];
    if (type !== 'deb' && type !== 'deb-src')
      throw new SourceError(`Type '${type}' is not known on line ${at + 1} in source list ${path}`);
    if (!m) return fail('URI');
    const [, , options, uri, suite, rest] = m;
    if (!/^[a-z+]+:/.test(uri!)) fail('URI parse');
    if (!suite) fail('Suite');
    const components = (rest ?? '').split(/\s+/).filter((word) => word !== '');
    if (components.length === 0 && !suite!.endsWith('/')) fail('Component');
    if (type === 'deb-src') continue;
    const values = new Map(
      (options ?? '')
        .trim()
        .split(/\s+/)
        .map((option) => option.split('=') as [string, string]),
    );
    const arch = values.get('arch');
    if (arch !== undefined && !arch.split(',').includes('amd64')) continue;
    sources.push({
      uri: trim(uri!),
      suite: suite!,
      components,
      signedBy: values.get('signed-by'),
      trusted: values.get('trusted') === 'yes',
    });
  }
  return sources;
}

/** Reads the deb822 form. @throws SourceError in apt's words */
export function parseSourcesFile(text: string, path: string): Source[] {
  const sources: Source[] = [];
  for (const [at, fields] of parseDeb822(text).entries()) {
    if (fields.get('Enabled') === 'no' || !(fields.get('Types') ?? '').split(/\s+/).includes('deb')) continue;
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (words('URIs').length === 0)
      throw new SourceError(`Malformed stanza ${at + 1} in source list ${path} (URI parse)`);
    if (words('Suites').length === 0)
      throw new SourceError(`Malformed stanza ${at + 1} in source list ${path} (Suite)`);
    const archs = words('Architectures');
    if (archs.length > 0 && !archs.includes('amd64')) continue;
    for (const uri of words('URIs'))
      for (const suite of words('Suites'))
        sources.push({
          uri: trim(uri),
          suite,
          components: words('Components'),
          signedBy: fields.get('Signed-By'),
          trusted: fields.get('Trusted') === 'yes',
        });
  }
  return sources;
}

/** All sources of a system. @throws SourceError */
export function* readSources(sys: Sys): Wait<Source[]> {
  const names = listDir(sys, '/etc/apt/sources.list.d');
  const files = (typeof names === 'number' ? [] : names)
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort()
    .map((name) => `/etc/apt/sources.list.d/${name}`);
  const sources: Source[] = [];
  for (const path of ['/etc/apt/sources.list', ...files]) {
    const bytes = yield* readFile(sys, path);
    if (typeof bytes === 'number') continue;
    sources.push(...(path.endsWith('.sources') ? parseSourcesFile : parseSourcesList)(decode(bytes), path));
  }
  return sources;
}

/** Name of a file under /var/lib/apt/lists: the address without its scheme, slashes as underscores. */
export const listName = (url: string): string =>
  url
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replaceAll('_', '%5f')
    .replaceAll('/', '_');

/** Address of the folder of a suite; one whose name ends with a slash has no components. */
export const suiteUrl = (source: Source): string =>
  source.suite.endsWith('/')
    ? `${source.uri}/${source.suite}`.replace(/\/+$/, '')
    : `${source.uri}/dists/${source.suite}`;
