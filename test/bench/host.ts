import { nodeWorld } from '../../src/headless/world.ts';
import { HttpParser } from '../../src/lib/http.ts';
import { decode, encode } from '../../src/lib/utf8.ts';
import { loginEnvironment, Machine, shellStatus } from '../../src/machine/index.ts';

const DOCKER_SOCKET = '/var/run/docker.sock';

/** A host that runs by the real clock, with its engine up. */
export async function bootHost(): Promise<Machine> {
  const machine = await Machine.boot(nodeWorld('real'));
  if (!(await machine.socketAnswers(DOCKER_SOCKET))) throw new Error('the engine does not answer');
  return machine;
}

/** What a program took. */
export interface Run {
  /** Milliseconds by the clock. */
  ms: number;
  /** Milliseconds of processor time, of all threads of this process. */
  cpu: number;
  output: string;
}

/** Standard input and environment of a run; absent: none, and a login's. */
export interface RunOptions {
  stdin?: ReturnType<Machine['input']>;
  env?: readonly string[];
  /** What it prints is not looked at. */
  discard?: boolean;
}

/** Runs a program on the host and throws where it fails. */
export async function timed(machine: Machine, argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  let output = '';
  const sink = machine.output((bytes) => {
    if (!options.discard) output += decode(bytes);
    return bytes.length;
  });
  const stdin = options.stdin ?? machine.input();
  if (!options.stdin) stdin.end();
  const before = process.cpuUsage();
  const begun = performance.now();
  const started = machine.kernel.start(argv[0]!, {
    argv,
    envp: [...loginEnvironment(undefined), ...(options.env ?? [])],
    cwd: '/root',
    files: [stdin, sink, sink],
  });
  if (typeof started === 'number') throw new Error(`${argv.join(' ')}: errno ${-started}`);
  const status = shellStatus(await machine.ended(started));
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  if (status !== 0) throw new Error(`${argv.join(' ')}: status ${status}: ${output}`);
  return { ms, cpu: (user + system) / 1000, output };
}

/** Runs a script with the host's bash. @param fixtures the folder that the script knows as `$FIX` */
export const bash = (machine: Machine, script: string, fixtures = ''): Promise<Run> =>
  timed(machine, ['/bin/bash', '-c', script], { env: [`FIX=${fixtures}`] });

/** One kept connection to the Engine API. */
export class ApiConnection {
  readonly #stream: Exclude<ReturnType<Machine['kernel']['connectUnix']>, number>;
  readonly #parser = new HttpParser('response');

  constructor(machine: Machine) {
    const stream = machine.kernel.connectUnix(DOCKER_SOCKET);
    if (typeof stream === 'number') throw new Error(`docker.sock: errno ${-stream}`);
    this.#stream = stream;
  }

  /** @returns the answer's status, and what gives its body as text */
  request(method: string, path: string, body?: object): Promise<{ status: number; text: () => string }> {
    const content = body === undefined ? new Uint8Array(0) : encode(JSON.stringify(body));
    const type = body === undefined ? '' : 'Content-Type: application/json\r\n';
    const head = `${method} ${path} HTTP/1.1\r\nHost: docker\r\n${type}Content-Length: ${content.length}\r\n\r\n`;
    const bytes = new Uint8Array([...encode(head), ...content]);
    return new Promise((resolve, reject) => {
      const pieces: Uint8Array[] = [];
      const answer = { status: 0, text: () => pieces.map((piece) => decode(piece)).join('') };
      const take = (events: ReturnType<HttpParser['push']>): void => {
        for (const event of events) {
          if (event.type === 'head' && event.head.kind === 'response') answer.status = event.head.status;
          else if (event.type === 'data') pieces.push(event.bytes.slice());
          else if (event.type === 'error') reject(new Error(event.message));
          else if (event.type === 'end') resolve(answer);
        }
      };
      take(this.#parser.next());
      this.#stream.onReadable = () => {
        for (;;) {
          const chunk = this.#stream.read(65536);
          if (chunk === undefined) return;
          if (typeof chunk === 'number' || chunk.length === 0) {
            reject(new Error(`${method} ${path}: the connection ended`));
            return;
          }
          take(this.#parser.push(chunk));
        }
      };
      if (this.#stream.write(bytes) !== bytes.length) reject(new Error('the request did not fit'));
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}
