import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { Stat } from '../../../abi/stat.ts';
import { fromBase64, toBase64 } from '../../../lib/base64.ts';
import { formatRfc3339 } from '../../../lib/go-time.ts';
import type { Hash } from '../../../lib/hash.ts';
import { toHex } from '../../../lib/hex.ts';
import { hmac } from '../../../lib/hmac.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import type { SiteResponse } from '../../../libc/http-server.ts';
import { open, read, type Wait, writeAll, writeFile } from '../../../libc/io.ts';
import { mkdirp, removeTree } from '../../../libc/paths.ts';
import { type Call, now } from './call.ts';
import { refuse } from './errors.ts';
import { newUuid } from './ids.ts';
import { isDigest } from './storage.ts';

/** What a client carries from one request of an upload to the next, signed. */
interface UploadState {
  Name: string;
  UUID: string;
  Offset: number;
  StartedAt: string;
}

const MAC = 32;

function packState(call: Call, state: UploadState): string {
  const body = encode(JSON.stringify(state));
  const mac = hmac(call.registry.hash, encode(call.registry.secret), body);
  const whole = new Uint8Array(MAC + body.length);
  whole.set(mac);
  whole.set(body, MAC);
  return toBase64(whole).replaceAll('+', '-').replaceAll('/', '_');
}

/** @returns undefined for what this registry did not sign */
function unpackState(call: Call, token: string): UploadState | undefined {
  const whole = fromBase64(token.replaceAll('-', '+').replaceAll('_', '/').replaceAll(' ', '+'));
  if (!whole || whole.length < MAC) return undefined;
  const body = whole.subarray(MAC);
  const mac = hmac(call.registry.hash, encode(call.registry.secret), body);
  return toHex(mac) === toHex(whole.subarray(0, MAC)) ? (JSON.parse(decode(body)) as UploadState) : undefined;
}

const folder = (call: Call, uuid: string): string => `${call.registry.storage.uploads(call.name)}/${uuid}`;

/** The answer that tells where the next piece goes. */
function progress(call: Call, status: number, state: UploadState): SiteResponse {
  const path = `/v2/${call.name}/blobs/uploads/${state.UUID}`;
  return {
    status,
    headers: [
      ...(status === 204 ? [] : [['Content-Length', '0'] as const]),
      ['Docker-Upload-Uuid', state.UUID],
      ['Location', `${call.origin}${path}?_state=${encodeURIComponent(packState(call, state))}`],
      ['Range', `0-${Math.max(0, state.Offset - 1)}`],
    ],
  };
}

function created(call: Call, digest: string): SiteResponse {
  return {
    status: 201,
    headers: [
      ['Content-Length', '0'],
      ['Docker-Content-Digest', digest],
      ['Location', `${call.origin}/v2/${call.name}/blobs/${digest}`],
    ],
  };
}

/** POST: begins an upload, or takes a blob that another repository has. */
export function* beginUpload(call: Call): Wait<SiteResponse> {
  const { sys, registry, request } = call;
  const mount = request.query.get('mount') ?? '';
  const from = request.query.get('from') ?? '';
  if (isDigest(mount) && from !== '' && registry.storage.hasLayer(sys, from, mount)) {
    yield* registry.storage.linkLayer(sys, call.name, mount);
    return created(call, mount);
  }
  const state: UploadState = {
    Name: call.name,
    UUID: newUuid(sys),
    Offset: 0,
    StartedAt: formatRfc3339(Math.floor(now(sys))),
  };
  const dir = folder(call, state.UUID);
  const made = mkdirp(sys, dir);
  const wrote = made < 0 ? made : yield* writeFile(sys, `${dir}/startedat`, state.StartedAt, 0o644);
  const fd = wrote < 0 ? wrote : yield* open(sys, `${dir}/data`, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
  if (fd < 0) throw refuse('UNKNOWN', { DriverName: 'filesystem' });
  sys.close(fd);
  return progress(call, 202, state);
}

/** Finds the upload that a request goes on with. @throws RegistryError where its state is not the one it has */
function resume(call: Call): UploadState {
  const { sys, registry, request } = call;
  const state = unpackState(call, request.query.get('_state') ?? '');
  if (!state || state.Name !== call.name || state.UUID !== call.reference) throw refuse('BLOB_UPLOAD_INVALID', {});
  const st = new Stat();
  if (sys.stat(`${folder(call, state.UUID)}/data`, st) < 0) throw refuse('BLOB_UPLOAD_UNKNOWN', {});
  if (st.size !== state.Offset) throw refuse(registry.major >= 3 ? 'RANGE_INVALID' : 'BLOB_UPLOAD_INVALID');
  return state;
}

/** GET: how far an upload came. */
export function* uploadStatus(call: Call): Wait<SiteResponse> {
  return progress(call, 204, resume(call));
}

/** Appends the request's body. @returns the new length */
function* append(call: Call, state: UploadState): Wait<number> {
  const { sys, request } = call;
  const fd = yield* open(sys, `${folder(call, state.UUID)}/data`, O_WRONLY);
  if (fd < 0) throw refuse('BLOB_UPLOAD_UNKNOWN', {});
  try {
    sys.lseek(fd, state.Offset, 0);
    let at = state.Offset;
    for (let piece; (piece = yield* request.body.next()) !== undefined; ) {
      if ((yield* writeAll(sys, fd, piece)) < 0) throw refuse('UNKNOWN', { DriverName: 'filesystem' });
      at += piece.length;
    }
    if (request.body.broken) throw refuse('UNKNOWN', 'client disconnected');
    return at;
  } finally {
    sys.close(fd);
  }
}

/** PATCH: one more piece. */
export function* patchUpload(call: Call): Wait<SiteResponse> {
  const { headers } = call.request.head;
  const state = resume(call);
  const type = headers.get('content-type') ?? '';
  if (type !== '' && type !== 'application/octet-stream') throw refuse('UNKNOWN', {});
  const range = headers.get('content-range');
  const length = headers.get('content-length');
  if (call.registry.major >= 3 && range !== undefined && length !== undefined) {
    const parts = /^(\d+)-(\d+)$/.exec(range);
    if (!parts) throw refuse('UNKNOWN', 'invalid content range format');
    const [from, to] = [Number(parts[1]), Number(parts[2])];
    if (from > to || from !== state.Offset) throw refuse('RANGE_INVALID');
    if (Number(length) !== to - from + 1) throw refuse('SIZE_INVALID');
  }
  return progress(call, 202, { ...state, Offset: yield* append(call, state) });
}

/** PUT: the last piece, if any, and the digest that the whole must have. */
export function* finishUpload(call: Call): Wait<SiteResponse> {
  const { sys, registry, request } = call;
  const state = resume(call);
  const digest = request.query.get('digest') ?? '';
  if (digest === '') throw refuse('DIGEST_INVALID', 'digest missing');
  if (!isDigest(digest)) throw refuse('DIGEST_INVALID', 'digest parsing failed');
  // Go reads a form's body for its fields before the handler does: such a body is not content
  if (!request.head.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded'))
    yield* append(call, state);
  const dir = folder(call, state.UUID);
  const hash = yield* hashFile(call, `${dir}/data`);
  if (`sha256:${hash.digestHex()}` !== digest) {
    removeTree(sys, dir);
    throw refuse('DIGEST_INVALID', { Digest: digest, Reason: {} });
  }
  registry.storage.moveBlob(sys, `${dir}/data`, digest);
  yield* registry.storage.linkLayer(sys, call.name, digest);
  removeTree(sys, dir);
  return created(call, digest);
}

function* hashFile(call: Call, path: string): Wait<Hash> {
  const { sys, registry } = call;
  const hash = registry.hash.create();
  const fd = yield* open(sys, path, O_RDONLY);
  if (fd < 0) throw refuse('BLOB_UPLOAD_UNKNOWN', {});
  const buf = new Uint8Array(65536);
  for (let n; (n = yield* read(sys, fd, buf)) > 0; ) {
    hash.update(buf.subarray(0, n));
    if (sys.tick()) yield;
  }
  sys.close(fd);
  return hash;
}

/** DELETE: the upload is given up. */
export function* cancelUpload(call: Call): Wait<SiteResponse> {
  const state = resume(call);
  removeTree(call.sys, folder(call, state.UUID));
  return { status: 204, headers: [['Docker-Upload-Uuid', state.UUID]] };
}
