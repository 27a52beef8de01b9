import type { Sys } from '../../../abi/sys.ts';
import { PatternMatcher } from '../../../lib/pattern-matcher.ts';
import { joinPath, normalizePath } from '../../../libc/paths.ts';
import { BuildError } from '../context.ts';
import { treeDigest } from '../digest.ts';
import { type Instruction, jsonForm } from '../dockerfile.ts';
import { DockerfileError, parseError } from '../dockerfile-error.ts';
import { expand } from '../expand.ts';
import { InstructionFlags } from '../flags.ts';
import { isGit } from '../git.ts';
import type { Scope } from '../graph.ts';
import type { LayerOp, Op } from '../ops.ts';
import { fetchOf, isRemote } from '../remote.ts';
import { FLAGS } from './check.ts';
import { chmodOf } from './chmod.ts';
import { Copier } from './copier.ts';
import { allIn, type Found, findSources } from './find-sources.ts';
import { ownerOf } from './owner.ts';

/** One source: which input it is in, and where there. */
interface Source {
  input: number;
  /** A path or a pattern; undefined: the file that was fetched. */
  path: string | undefined;
}

/** COPY and ADD: files of the context, of a stage, of an image or from elsewhere, as a layer. */
export function copy(scope: Scope, instruction: Instruction): void {
  const { state, build } = scope;
  const { keyword, first, last } = instruction;
  const flags = new InstructionFlags(instruction, FLAGS[keyword]!);
  const value = (name: string): string | undefined => {
    const text = flags.text(name);
    return text === undefined ? undefined : scope.expand(instruction, text);
  };
  const words =
    jsonForm(instruction.rest)?.map((word) => scope.expand(instruction, word)) ??
    scope.expandEach(instruction, instruction.rest);
  if (words.length < 2)
    throw parseError(
      instruction,
      `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
  const dest = words.at(-1)!;
  const names = words.slice(0, -1).filter((word) => !word.startsWith('<<'));
  const docs = instruction.heredocs.map((doc) => ({
    name: doc.name,
    content: doc.expand ? expand(doc.content, state.lookup, build.escape, { keepQuotes: true }) : doc.content,
  }));
  const chown = value('chown');
  const chmod = value('chmod');
  const mode = chmod === undefined ? undefined : chmodOf(chmod);
  const exclude = flags.list('exclude').map((text) => scope.expand(instruction, text));
  const excluded = exclude.length > 0 ? new PatternMatcher(exclude) : undefined;
  const unpackFlag = flags.text('unpack');
  const from = flags.text('from');
  if (from?.includes('$'))
    throw new DockerfileError(
      'variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround',
    );
  const target = normalizePath(dest.startsWith('/') ? dest : `${state.config.WorkingDir || '/'}/${dest}`);
  const intoDir = /(^|\/)\.{0,2}$/.test(dest) || names.length + docs.length > 1;
  const parents = flags.bool('parents');
  const checksum = value('checksum');

  const label = scope.label(instruction, [...instruction.flags, ...words].join(' '));
  const inputs: Op[] = [];
  const sources: Source[] = [];
  for (const name of names) {
    const op =
      from !== undefined
        ? scope.graph.source(state, instruction, from, name)
        : keyword === 'ADD' && isRemote(name)
          ? fetchOf({
              build,
              url: name,
              name: label,
              checksum,
              keepGitDir: flags.bool('keep-git-dir'),
              at: instruction,
            })
          : scope.graph.local(undefined, name);
    if (checksum !== undefined && op.kind !== 'fetch')
      throw new DockerfileError('checksum requires HTTP(S) or Git sources');
    let input = inputs.indexOf(op);
    if (input < 0) input = inputs.push(op) - 1;
    sources.push({ input, path: op.kind !== 'fetch' ? name : isGit(name) ? '/' : undefined });
  }
  const missing = (roots: readonly string[], source: Source): BuildError => {
    const why = `failed to calculate checksum of ref ${build.host.id}::${build.cache.key('ref', [roots[source.input], source.path]).slice(0, 25)}: "${normalizePath(`/${source.path}`)}": not found`;
    return new BuildError(`failed to compute cache key: ${why}`, first, last, why);
  };
  const find = (sys: Sys, roots: readonly string[]): { source: Source; found: Found[] }[] =>
    sources.map((source) => {
      const root = roots[source.input]!;
      const found = source.path === undefined ? allIn(sys, root) : findSources(sys, root, source.path, parents);
      if (found.length === 0 && !/[*?[]/.test(source.path ?? '')) throw missing(roots, source);
      return { source, found };
    });
  const include = (relative: string, isDir: boolean): boolean =>
    !excluded || (isDir && excluded.hasExclusions) || !excluded.matches(relative);
  const keepsOwner = from !== undefined;

  const op: LayerOp = {
    kind: 'layer',
    name: label,
    parent: state.op,
    inputs,
    documents: docs.length,
    identity: [keyword, chown, chmod, target, intoDir, parents, exclude, unpackFlag, sources.map((s) => s.path), docs],
    ignoreCache: scope.ignoreCache,
    at: instruction,
    *content(sys, roots) {
      const trees = find(sys, roots).flatMap(({ source, found }) =>
        found.map(({ path }) => ({ path, name: path.slice(roots[source.input]!.length) })),
      );
      return yield* treeDigest(sys, build.host.sha256, trees, include);
    },
    *work({ sys, merged, roots }) {
      const owner =
        chown === undefined ? (keepsOwner ? undefined : { uid: 0, gid: 0 }) : yield* ownerOf(sys, merged, chown);
      if (typeof owner === 'string') throw new BuildError(owner, first, last);
      const put = (unpack: boolean, fetched: boolean): Copier =>
        new Copier(sys, merged, { owner, mode: mode ?? (fetched ? () => 0o600 : undefined), include, unpack });
      for (const { source, found } of find(sys, roots)) {
        const fetched = source.path === undefined;
        const copier = put(unpackFlag === undefined ? keyword === 'ADD' && !fetched : flags.bool('unpack'), fetched);
        for (const { path, parents: above } of found)
          if (parents) yield* copier.source(path, joinPath(target, above), true);
          else yield* copier.source(path, target, intoDir || found.length > 1);
      }
      for (const doc of docs) yield* put(false, false).text(doc.name, doc.content, target, intoDir);
    },
  };
  const option = (name: string, text: string | undefined): string => (text === undefined ? '' : ` --${name}=${text}`);
  state.noteLayer(op, `${keyword}${option('chown', chown)}${option('chmod', chmod)} ${words.join(' ')} # buildkit`);
}
