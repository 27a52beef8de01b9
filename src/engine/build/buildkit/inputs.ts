import type { Sys } from '../../../abi/sys.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import type { ValueOf } from '../../../lib/protobuf.ts';
import { decode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { RpcError } from '../rpc/peer.ts';
import { type ActiveBuilds, Asked } from './builds.ts';
import { failed } from './errors.ts';
import { type Definition, Op } from './gateway-proto.ts';

const SCHEME = 'drydock-build://';

/** The result of a build as a client may hand it to another: one step that names the build and the result. */
export function definitionOf(sha256: HashFactory, build: string, ref: string): ValueOf<typeof Definition> {
  const source = Op.encode({ source: { identifier: `${SCHEME}${build}/${ref}` } });
  const digest = `sha256:${sha256.hex(source)}`;
  const last = Op.encode({ inputs: [{ digest, index: 0 }] });
  return { def: [source, last], metadata: new Map([[digest, { ignore_cache: false }]]) };
}

/** The build and the result that a definition names. @throws RpcError */
function resultOf(name: string, { def }: ValueOf<typeof Definition>): string[] {
  for (const bytes of def) {
    const identifier = Op.decode(bytes).source?.identifier ?? '';
    if (identifier.startsWith(SCHEME)) return identifier.slice(SCHEME.length).split('/');
  }
  throw failed(`input ${name} is no result of a build`);
}

/**
 * Images that other builds of the client give, by the names of the inputs that they are: those builds do their steps now,
 * as their client waits until all that begin with them are known.
 * @throws RpcError
 */
export function* inputImages(
  sys: Sys,
  builds: ActiveBuilds,
  inputs: ReadonlyMap<string, ValueOf<typeof Definition>>,
): Wait<Map<string, string>> {
  const images = new Map<string, string>();
  for (const [name, definition] of inputs) {
    const [build = '', ref = ''] = resultOf(name, definition);
    const answer = yield* builds.get(build)?.ask(sys, new Asked({ kind: 'image', ref })) ?? nothing();
    if (!answer) throw failed(`input ${name} is over`);
    if (!(answer instanceof Uint8Array)) throw new RpcError(answer);
    images.set(name, decode(answer));
  }
  return images;
}

function* nothing(): Wait<undefined> {}
