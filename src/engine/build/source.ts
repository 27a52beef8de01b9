import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { resolveIn } from '../runtime/scope.ts';
import { sentSize, transferBytes } from './transfer.ts';
import { unpackContext } from './unpack.ts';

/** Hears how many bytes of something have come so far. */
export type TransferProgress = (bytes: number) => Wait<void>;

/** A connection to a client's key agent. */
export interface AgentConnection {
  /** Bytes that the agent sends; undefined at the end. */
  read(sys: Sys): Wait<Uint8Array | undefined>;
  /** @returns false where the agent is gone */
  write(sys: Sys, bytes: Uint8Array): Wait<boolean>;
  close(sys: Sys): void;
}

/** What a client gives to its build. Everything is put below the build's folder: dockerfile/, context/, contexts/NAME/. */
export interface BuildSource {
  /** Brings what the client sends in any case, before anything else. */
  begin(sys: Sys): Wait<void>;
  /** Brings the Dockerfile, and the ignore file that is named after it. @returns bytes that were sent */
  dockerfile(sys: Sys, name: string): Wait<number>;
  /**
   * Brings the .dockerignore of a context.
   * @param dockerfile name of the Dockerfile, which may have an ignore file of its own
   * @param context undefined for the main one
   * @returns bytes that were sent; undefined where none is wanted
   */
  ignoreFile(sys: Sys, dockerfile: string, context: string | undefined): Wait<number | undefined>;
  /** Brings what a build reads of a folder. @param name undefined for the main context. @returns bytes that were sent */
  folder(
    sys: Sys,
    name: string | undefined,
    root: string,
    paths: ReadonlySet<string>,
    progress: TransferProgress,
  ): Wait<number>;
  /** Fetches what the client sends at an address of its own. @returns whether `url` is such an address */
  upload(sys: Sys, url: string, path: string): Wait<boolean>;
  /** @returns undefined where the client has no such secret */
  secret(sys: Sys, id: string): Wait<Uint8Array | undefined>;
  /** Whether the client has an agent of this name. */
  hasAgent(sys: Sys, id: string): Wait<boolean>;
  /** @returns undefined where there is none */
  agent(sys: Sys, id: string): Wait<AgentConnection | undefined>;
}

/** A client that sends one archive: context/…, dockerfile/NAME, contexts/NAME/…, secrets/ID. */
export class ArchiveSource implements BuildSource {
  #unpacked = false;

  constructor(
    /** Folder of the build. */
    readonly dir: string,
    readonly next: () => Wait<Uint8Array | undefined>,
  ) {}

  *begin(sys: Sys): Wait<void> {
    if (this.#unpacked) return;
    this.#unpacked = true;
    yield* unpackContext(sys, this.dir, this.next);
  }

  *dockerfile(sys: Sys, name: string): Wait<number> {
    yield* this.begin(sys);
    const bytes = yield* readFile(sys, resolveIn(sys, this.dir, `/dockerfile/${name}`));
    return 2 + (typeof bytes === 'number' ? 0 : sentSize(name, bytes.length));
  }

  *ignoreFile(sys: Sys, _dockerfile: string, context: string | undefined): Wait<number> {
    // the client has left out what the file of another context names
    if (context !== undefined) return 2;
    const name = '.dockerignore';
    const st = new Stat();
    return 2 + (sys.stat(`${this.dir}/dockerfile/${name}`, st) === 0 ? sentSize(name, st.size) : 0);
  }

  *folder(sys: Sys, _name: string | undefined, root: string, paths: ReadonlySet<string>): Wait<number> {
    return transferBytes(sys, root, paths);
  }

  *secret(sys: Sys, id: string): Wait<Uint8Array | undefined> {
    const bytes = yield* readFile(sys, `${this.dir}/secrets/${id}`);
    return typeof bytes === 'number' ? undefined : bytes;
  }

  *upload(): Wait<boolean> {
    return false;
  }

  *hasAgent(): Wait<boolean> {
    return false;
  }

  *agent(): Wait<AgentConnection | undefined> {
    return undefined;
  }
}
