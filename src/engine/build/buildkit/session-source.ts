import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { NOT_FOUND } from '../../../lib/grpc.ts';
import { readIgnoreFile } from '../../../lib/pattern-matcher.ts';
import { decode } from '../../../lib/utf8.ts';
import { open, readFile, type Wait, writeAll } from '../../../libc/io.ts';
import { normalizePath } from '../../../libc/paths.ts';
import { BuildError } from '../context.ts';
import { RpcError, type RpcStream } from '../rpc/peer.ts';
import type { AgentConnection, BuildSource, TransferProgress } from '../source.ts';
import { syncFolder } from './file-sync.ts';
import { metadataOf } from './metadata.ts';
import type { Session } from './session.ts';
import { BytesMessage, CheckAgentRequest, SecretRequest, SecretResponse } from './session-proto.ts';

const GET_SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const CHECK_AGENT = '/moby.sshforward.v1.SSH/CheckAgent';
const FORWARD_AGENT = '/moby.sshforward.v1.SSH/ForwardAgent';
const PULL = '/moby.upload.v1.Upload/Pull';
const IGNORE_FILE = '.dockerignore';
const quiet: TransferProgress = function* () {};

/** Names under which a client's session has a build's folders. */
export interface FolderNames {
  dockerfile: string;
  /** undefined: the main context is somewhere else. */
  context: string | undefined;
  /** Contexts by name. */
  others: ReadonlyMap<string, string>;
}

/** A client whose session is asked for what a build needs, when it needs it. */
export class SessionSource implements BuildSource {
  #excludes: string[] = [];
  readonly #otherExcludes = new Map<string, string[]>();

  constructor(
    readonly dir: string,
    readonly session: Session,
    readonly names: FolderNames,
  ) {}

  *begin(): Wait<void> {}

  *dockerfile(sys: Sys, name: string): Wait<number> {
    const followPaths = [name, `${name}${IGNORE_FILE}`, ...(name === 'Dockerfile' ? ['dockerfile'] : [])];
    const dir = `${this.dir}/dockerfile`;
    return yield* syncFolder(sys, this.session, {
      name: this.names.dockerfile,
      dir,
      followPaths,
      excludes: [],
      progress: quiet,
    });
  }

  *ignoreFile(sys: Sys, name: string, context: string | undefined): Wait<number | undefined> {
    if (context !== undefined) return yield* this.#ignoreOf(sys, context);
    if (this.names.context === undefined) return undefined;
    const own = yield* readFile(sys, `${this.dir}/dockerfile/${name}${IGNORE_FILE}`);
    if (typeof own !== 'number') {
      this.#excludes = readIgnoreFile(decode(own));
      return undefined;
    }
    const dir = `${this.dir}/ignore`;
    const size = yield* syncFolder(sys, this.session, {
      name: this.names.context,
      dir,
      followPaths: [IGNORE_FILE],
      excludes: [],
      progress: quiet,
    });
    const bytes = yield* readFile(sys, `${dir}/${IGNORE_FILE}`);
    if (typeof bytes !== 'number') this.#excludes = readIgnoreFile(decode(bytes));
    return size;
  }

  *folder(
    sys: Sys,
    name: string | undefined,
    root: string,
    paths: ReadonlySet<string>,
    progress: TransferProgress,
  ): Wait<number> {
    const theirs = name === undefined ? this.names.context : this.names.others.get(name);
    if (theirs === undefined) return 0;
    const followPaths = wantedPaths(paths);
    const excludes = name === undefined ? this.#excludes : (this.#otherExcludes.get(name) ?? []);
    return yield* syncFolder(sys, this.session, { name: theirs, dir: root, followPaths, excludes, progress });
  }

  /** A context by name has an ignore file of its own. */
  *#ignoreOf(sys: Sys, name: string): Wait<number | undefined> {
    const theirs = this.names.others.get(name);
    if (theirs === undefined) return undefined;
    const dir = `${this.dir}/ignore-${name.replace(/[^a-z0-9]/g, '-')}`;
    const size = yield* syncFolder(sys, this.session, {
      name: theirs,
      dir,
      followPaths: [IGNORE_FILE],
      excludes: [],
      progress: quiet,
    });
    const bytes = yield* readFile(sys, `${dir}/${IGNORE_FILE}`);
    if (typeof bytes !== 'number') this.#otherExcludes.set(name, readIgnoreFile(decode(bytes)));
    return size;
  }

  *upload(sys: Sys, url: string, path: string): Wait<boolean> {
    const place = /^https?:\/\/(buildkit-session)(\/.*)$/.exec(url);
    if (!place) return false;
    const stream = this.session.open(sys, PULL, metadataOf({ urlpath: [place[2]!], urlhost: [place[1]!] }));
    const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
    try {
      for (let bytes: Uint8Array | undefined; (bytes = yield* stream.receive(sys)) !== undefined; )
        yield* writeAll(sys, fd, BytesMessage.decode(bytes).data);
    } catch (error) {
      throw asBuildError(error);
    } finally {
      sys.close(fd);
      stream.cancel(sys);
    }
    return true;
  }

  *secret(sys: Sys, id: string): Wait<Uint8Array | undefined> {
    if (!this.session.supports(GET_SECRET)) return undefined;
    try {
      return SecretResponse.decode(yield* this.session.unary(sys, GET_SECRET, SecretRequest.encode({ ID: id }))).data;
    } catch (error) {
      if (error instanceof RpcError && error.status.code === NOT_FOUND) return undefined;
      throw asBuildError(error);
    }
  }

  *hasAgent(sys: Sys, id: string): Wait<boolean> {
    if (!this.session.supports(CHECK_AGENT)) return false;
    try {
      yield* this.session.unary(sys, CHECK_AGENT, CheckAgentRequest.encode({ ID: id === 'default' ? '' : id }));
      return true;
    } catch (error) {
      if (error instanceof RpcError) return false;
      throw error;
    }
  }

  *agent(sys: Sys, id: string): Wait<AgentConnection | undefined> {
    return new ForwardedAgent(this.session.open(sys, FORWARD_AGENT, [['buildkit.ssh.id', id]]));
  }
}

/** The paths to ask for; none where all is wanted. */
function wantedPaths(paths: ReadonlySet<string>): string[] {
  const wanted = [...paths].map((path) => normalizePath(`/${path}`).slice(1));
  return wanted.includes('') ? [] : wanted.sort();
}

const asBuildError = (error: unknown): unknown => (error instanceof RpcError ? new BuildError(error.message) : error);

class ForwardedAgent implements AgentConnection {
  constructor(readonly stream: RpcStream) {}

  *read(sys: Sys): Wait<Uint8Array | undefined> {
    try {
      const message = yield* this.stream.receive(sys);
      return message && BytesMessage.decode(message).data;
    } catch (error) {
      if (error instanceof RpcError) return undefined;
      throw error;
    }
  }

  write(sys: Sys, bytes: Uint8Array): Wait<boolean> {
    return this.stream.send(sys, BytesMessage.encode({ data: bytes }));
  }

  close(sys: Sys): void {
    this.stream.cancel(sys);
  }
}
