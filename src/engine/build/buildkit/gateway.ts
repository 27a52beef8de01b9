import { O_RDONLY } from '../../../abi/flags.ts';
import { Stat as FileStat, isDirectory, isSymlink } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { goMatch } from '../../../lib/go-match.ts';
import { NOT_FOUND, UNKNOWN } from '../../../lib/grpc.ts';
import { open, pread, type Wait } from '../../../libc/io.ts';
import { basename, listDir } from '../../../libc/paths.ts';
import { resolveIn } from '../../runtime/scope.ts';
import { RpcError, type RpcStream } from '../rpc/peer.ts';
import { type ActiveBuilds, Asked, type GatewayQuestion } from './builds.ts';
import type { WorkerRecord } from './control-proto.ts';
import { failed } from './errors.ts';
import { toGoMode } from './file-mode.ts';
import {
  EvaluateRequest,
  GatewaySolveRequest,
  PongResponse,
  ReadDirRequest,
  ReadDirResponse,
  ReadFileRequest,
  ReadFileResponse,
  ReturnRequest,
  StatFileRequest,
  StatFileResponse,
} from './gateway-proto.ts';
import type { Stat } from './session-proto.ts';
import { FRONTEND_CAPS, STEP_CAPS } from './worker.ts';

/** How long a question waits for its build to begin: milliseconds. */
const PATIENCE = 3000;
const READ_MAX = 4 * 1024 * 1024;
const BUILD_ID = 'buildkit-controlapi-buildid';

/** Answers a call of a frontend that runs in the client. @returns the answer; undefined: no such call. @throws RpcError */
export function* gatewayCall(
  sys: Sys,
  builds: ActiveBuilds,
  worker: WorkerRecord,
  method: string,
  stream: RpcStream,
  request: Uint8Array,
): Wait<Uint8Array | undefined> {
  // a frontend in the client has no inputs of its own
  if (method === 'Inputs') return new Uint8Array(0);
  const question = questionOf(method, request);
  if (question === undefined && method !== 'Ping') return undefined;
  const ref = stream.field(BUILD_ID) ?? '';
  const build = yield* builds.find(sys, ref, PATIENCE);
  if (!build) throw failed(`no such job ${ref}`, NOT_FOUND);
  if (question === undefined) return pong(worker);
  const asked = new Asked(question);
  stream.onCancel(() => asked.settle(sys, { code: UNKNOWN, message: 'context canceled' }));
  if (!(yield* build.questions.send(sys, asked))) throw failed(`no such job ${ref}`, NOT_FOUND);
  const answer = yield* asked.answer(sys);
  if (answer instanceof Uint8Array) return answer;
  throw new RpcError(answer);
}

function questionOf(method: string, bytes: Uint8Array): GatewayQuestion | undefined {
  switch (method) {
    case 'Solve':
      return { kind: 'solve', request: GatewaySolveRequest.decode(bytes) };
    case 'Return':
      return { kind: 'return', request: ReturnRequest.decode(bytes) };
    case 'Evaluate':
      return { kind: 'evaluate', ref: EvaluateRequest.decode(bytes).Ref };
    case 'ReadFile': {
      const { Ref, FilePath, Range } = ReadFileRequest.decode(bytes);
      const { Offset, Length } = Range ?? { Offset: 0, Length: 0 };
      return {
        kind: 'read',
        ref: Ref,
        *read(sys, root) {
          return ReadFileResponse.encode({ Data: yield* readPart(sys, root, FilePath, Offset, Length || READ_MAX) });
        },
      };
    }
    case 'ReadDir': {
      const { Ref, DirPath, IncludePattern } = ReadDirRequest.decode(bytes);
      return {
        kind: 'read',
        ref: Ref,
        *read(sys, root) {
          const names = listDir(sys, resolveIn(sys, root, `/${DirPath}`));
          if (typeof names === 'number') throw failed(`open ${DirPath}: no such file or directory`);
          const wanted = names.filter((name) => IncludePattern === '' || goMatch(IncludePattern, name)).sort();
          return ReadDirResponse.encode({ entries: wanted.map((name) => statOf(sys, root, `${DirPath}/${name}`)) });
        },
      };
    }
    case 'StatFile': {
      const { Ref, Path } = StatFileRequest.decode(bytes);
      return {
        kind: 'read',
        ref: Ref,
        *read(sys, root) {
          return StatFileResponse.encode({ stat: statOf(sys, root, Path) });
        },
      };
    }
    default:
      return undefined;
  }
}

const pong = (worker: WorkerRecord): Uint8Array => {
  const cap = (ID: string): { ID: string; Enabled: boolean; Deprecated: boolean; DisabledReasonMsg: string } => ({
    ID,
    Enabled: true,
    Deprecated: false,
    DisabledReasonMsg: '',
  });
  return PongResponse.encode({
    FrontendAPICaps: FRONTEND_CAPS.map(cap),
    LLBCaps: STEP_CAPS.map(cap),
    Workers: [{ ...worker, GCPolicy: [], BuildkitVersion: undefined }],
  });
};

function* readPart(sys: Sys, root: string, path: string, offset: number, length: number): Wait<Uint8Array> {
  const fd = yield* open(sys, resolveIn(sys, root, `/${path}`), O_RDONLY, 0);
  if (fd < 0) throw failed(`open ${path}: no such file or directory`);
  const st = new FileStat();
  sys.fstat(fd, st);
  const buffer = new Uint8Array(Math.max(0, Math.min(length, READ_MAX, st.size - offset)));
  const n = yield* pread(sys, fd, buffer, offset);
  sys.close(fd);
  return buffer.subarray(0, Math.max(0, n));
}

function statOf(sys: Sys, root: string, path: string): Stat {
  const place = resolveIn(sys, root, `/${path}`);
  const st = new FileStat();
  if (sys.lstat(place, st) < 0) throw failed(`lstat ${path}: no such file or directory`);
  const target = isSymlink(st.mode) ? sys.readlink(place) : '';
  return {
    path: basename(path),
    mode: toGoMode(st.mode),
    uid: st.uid,
    gid: st.gid,
    size: isDirectory(st.mode) ? 0 : st.size,
    modTime: BigInt(st.mtimeSec) * 1_000_000_000n + BigInt(st.mtimeNsec),
    linkname: typeof target === 'string' ? target : '',
    devmajor: 0,
    devminor: 0,
    xattrs: new Map(),
  };
}
