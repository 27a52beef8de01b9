import type { Sys } from '../../../abi/sys.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import type { ValueOf } from '../../../lib/protobuf.ts';
import type { Wait } from '../../../libc/io.ts';
import type { ActiveBuilds } from './builds.ts';
import { failed } from './errors.ts';
import { type Definition, Op } from './gateway-proto.ts';

const SCHEME = 'drydock-build://';

/** The result of a build as a client may hand it to another: one step that names the build. */
export function definitionOf(sha256: HashFactory, build: string): ValueOf<typeof Definition> {
  const source = Op.encode({ source: { identifier: `${SCHEME}${build}` } });
  const last = Op.encode({ inputs: [{ digest: `sha256:${sha256.hex(source)}`, index: 0 }] });
  return { def: [source, last] };
}

/** The build whose result a definition names. @throws RpcError */
function buildOf(name: string, { def }: ValueOf<typeof Definition>): string {
  for (const bytes of def) {
    const identifier = Op.decode(bytes).source?.identifier ?? '';
    if (identifier.startsWith(SCHEME)) return identifier.slice(SCHEME.length);
  }
  throw failed(`input ${name} is no result of a build`);
}

/**
 * Images that other builds of the client gave, by the names of the inputs that they are; waits for those that are not done.
 * @throws RpcError
 */
export function* inputImages(
  sys: Sys,
  builds: ActiveBuilds,
  inputs: ReadonlyMap<string, ValueOf<typeof Definition>>,
): Wait<Map<string, string>> {
  const images = new Map<string, string>();
  for (const [name, definition] of inputs) {
    const build = builds.get(buildOf(name, definition));
    const image = build && (yield* build.image(sys));
    if (image === undefined) throw failed(`input ${name} gave no image`);
    images.set(name, image);
  }
  return images;
}
