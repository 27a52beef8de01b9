import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBuilt, type ServedEngine, serveEngine } from './serve.ts';

// The real buildx builds against `drydock serve`: DRYDOCK_FULL=1, where there is a docker CLI with buildx.

function hasBuildx(): boolean {
  if (process.env.DRYDOCK_FULL !== '1' || !isBuilt) return false;
  try {
    execFileSync('docker', ['buildx', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Run {
  status: number;
  stdout: string;
  stderr: string;
}

let engine: ServedEngine;
let agent: Server;

function docker(args: readonly string[], signalAfter?: number): Promise<Run> {
  const env = {
    ...process.env,
    DOCKER_HOST: `unix://${engine.socket}`,
    SSH_AUTH_SOCK: join(engine.folder, 'agent.sock'),
    BUILDX_METADATA_PROVENANCE: 'disabled',
  };
  return new Promise((resolve) => {
    const child = execFile('docker', args, { cwd: engine.folder, env }, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
    if (signalAfter !== undefined) setTimeout(() => child.kill('SIGINT'), signalAfter);
  });
}

/** A folder with a Dockerfile and files. */
function context(name: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    const place = join(engine.folder, name, path);
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, text);
  }
  return name;
}

const PLAIN = ['buildx', 'build', '--progress', 'plain', '--no-cache'];

describe.skipIf(!hasBuildx())('the real buildx', () => {
  beforeAll(async () => {
    engine = await serveEngine();
    // an agent that says what every agent may: no keys
    agent = createServer((socket) => {
      socket.on('data', () => socket.write(Uint8Array.of(0, 0, 0, 5, 12, 0, 0, 0, 0)));
    }).listen(join(engine.folder, 'agent.sock'));
    await docker(['pull', '-q', 'busybox']);
  });
  afterAll(() => {
    agent?.close();
    engine?.stop();
  });

  test('builds, and the image runs', async () => {
    const dir = context('first', { Dockerfile: 'FROM busybox\nCOPY a /a\nCMD ["cat","/a"]\n', a: 'hello\n' });
    const { status, stderr } = await docker(['build', '--progress', 'plain', '-t', 'first', dir]);
    expect(stderr).toContain('#1 [internal] load build definition from Dockerfile\n');
    expect(stderr).toMatch(/#\d+ naming to docker.io\/library\/first/);
    expect(status).toBe(0);
    expect((await docker(['run', '--rm', 'first'])).stdout).toBe('hello\n');
    expect((await docker(['build', '--progress', 'plain', dir])).stderr).toMatch(
      /#\d+ \[2\/2\] COPY a \/a\n#\d+ CACHED/,
    );
  });

  test('shows the lines of the Dockerfile where a step fails', async () => {
    const { status, stderr } = await docker([...PLAIN, context('bad', { Dockerfile: 'FROM busybox\nRUN exit 3\n' })]);
    expect(stderr).toContain('   2 | >>> RUN exit 3\n');
    expect(stderr).toContain(
      'ERROR: failed to build: failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
    );
    expect(status).toBe(1);
  });

  test('secrets, the key agent, contexts by name, ignored files', async () => {
    const dir = context('more', {
      Dockerfile: [
        'FROM busybox',
        'RUN --mount=type=secret,id=s cat /run/secrets/s',
        'RUN --mount=type=ssh test -S $SSH_AUTH_SOCK && echo agent',
        'COPY --from=other o /o',
        'COPY . /c',
        'RUN find /c -type f | sort | xargs echo; cat /o',
      ].join('\n'),
      '.dockerignore': '*.log\n',
      'a.log': '',
      kept: '',
    });
    const other = context('other', { o: 'from another context\n' });
    const secret = context('secrets', { s: 'the secret\n' });
    const more = ['--secret', `id=s,src=${secret}/s`, '--ssh', 'default', '--build-context', `other=${other}`];
    const { status, stderr } = await docker([...PLAIN, ...more, dir]);
    for (const words of ['the secret', 'agent', '/c/.dockerignore /c/Dockerfile /c/kept\n', 'from another context'])
      expect(stderr).toContain(words);
    expect(status).toBe(0);
  });

  test('files of the result come back as a folder and as an archive', async () => {
    const dir = context('out', {
      Dockerfile: 'FROM busybox AS b\nRUN echo made > /made\nFROM scratch\nCOPY --from=b /made /\n',
    });
    expect((await docker([...PLAIN, '--output', 'result', dir])).status).toBe(0);
    expect(execFileSync('cat', [join(engine.folder, 'result/made')]).toString()).toBe('made\n');
    expect((await docker([...PLAIN, '--output', 'type=tar,dest=result.tar', dir])).status).toBe(0);
    expect(execFileSync('tar', ['-xOf', join(engine.folder, 'result.tar'), 'made']).toString()).toBe('made\n');
  });

  test('a context of a thousand files', async () => {
    const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, `file ${i}\n`]));
    const dir = context('many', { ...files, Dockerfile: 'FROM busybox\nCOPY . /c/\nRUN cat /c/f* | wc -l\n' });
    expect((await docker([...PLAIN, dir])).stderr).toMatch(/#\d+ [\d.]+ 1000\n/);
  });

  test('bake, with a target that another begins with', async () => {
    context('base', { Dockerfile: 'FROM busybox\nRUN echo base > /base\n' });
    context('app', { Dockerfile: 'FROM base\nRUN cat /base\n' });
    context('.', {
      'docker-bake.hcl':
        'target "base" { context = "base" }\ntarget "default" {\n  context = "app"\n  contexts = { base = "target:base" }\n}\n',
    });
    const { status, stderr } = await docker(['buildx', 'bake', '--progress', 'plain', '--no-cache']);
    expect(stderr).toMatch(/RUN cat \/base\n#\d+ [\d.]+ base\n/);
    expect(status).toBe(0);
  });

  test('a signal ends the build and its step', async () => {
    const dir = context('slow', { Dockerfile: 'FROM busybox\nRUN sleep 1000\n' });
    const { status, stderr } = await docker([...PLAIN, dir], 2000);
    expect(stderr).toContain('ERROR: failed to build: failed to solve: Canceled: context canceled');
    expect(status).not.toBe(0);
  });

  test('history, disk usage, prune', async () => {
    expect((await docker(['buildx', 'history', 'ls'])).stdout).toMatch(/slow +Error/);
    expect((await docker(['buildx', 'history', 'logs'])).stderr).toContain('[2/2] RUN sleep 1000');
    expect((await docker(['buildx', 'du'])).stdout).toMatch(/^ID +RECLAIMABLE +SIZE +LAST ACCESSED\n/);
    expect((await docker(['buildx', 'prune', '-af'])).stdout).toMatch(/Total:\t[\d.]+[kM]?B\n$/);
  });

  test('questions about a Dockerfile', async () => {
    const dir = context('asked', { Dockerfile: 'from busybox AS one\nARG A=1\nFROM busybox AS two\n' });
    expect((await docker(['build', '--check', dir])).stdout).toContain('WARNING: ConsistentInstructionCasing');
    expect((await docker(['build', '--call', 'targets', dir])).stdout).toContain('two (default)');
  });
});
