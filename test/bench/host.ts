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

/** Runs a program on the host and throws where it fails. @returns milliseconds and what it printed */
export async function timed(machine: Machine, argv: readonly string[]): Promise<{ ms: number; output: string }> {
  let output = '';
  const sink = machine.output((bytes) => {
    output += decode(bytes);
    return bytes.length;
  });
  const stdin = machine.input();
  stdin.end();
  const begun = performance.now();
  const started = machine.kernel.start(argv[0]!, {
    argv,
    envp: loginEnvironment(undefined),
    cwd: '/root',
    files: [stdin, sink, sink],
  });
  if (typeof started === 'number') throw new Error(`${argv.join(' ')}: errno ${-started}`);
  const status = shellStatus(await machine.ended(started));
  const ms = performance.now() - begun;
  if (status !== 0) throw new Error(`${argv.join(' ')}: status ${status}: ${output}`);
  return { ms, output };
}

export const bash = (machine: Machine, script: string): Promise<{ ms: number; output: string }> =>
  timed(machine, ['/bin/bash', '-c', script]);

/** One kept connection to the Engine API. */
export class ApiConnection {
  readonly #stream: Exclude<ReturnType<Machine['kernel']['connectUnix']>, number>;
  readonly #parser = new HttpParser('response');

  constructor(machine: Machine) {
    const stream = machine.kernel.connectUnix(DOCKER_SOCKET);
    if (typeof stream === 'number') throw new Error(`docker.sock: errno ${-stream}`);
    this.#stream = stream;
  }

  /** @returns the answer's status and body */
  request(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const content = body === undefined ? new Uint8Array(0) : encode(JSON.stringify(body));
    const type = body === undefined ? '' : 'Content-Type: application/json\r\n';
    const head = `${method} ${path} HTTP/1.1\r\nHost: docker\r\n${type}Content-Length: ${content.length}\r\n\r\n`;
    const bytes = new Uint8Array([...encode(head), ...content]);
    return new Promise((resolve, reject) => {
      const answer = { status: 0, text: '' };
      const take = (events: ReturnType<HttpParser['push']>): void => {
        for (const event of events) {
          if (event.type === 'head' && event.head.kind === 'response') answer.status = event.head.status;
          else if (event.type === 'data') answer.text += decode(event.bytes);
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
