import { beforeAll, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../../test/engine-bed.ts';
import { type BuildParams, BuildPrune, type BuildResult, type BuildVertex, ImageBuild } from '../../api/build.ts';
import { ContainerList } from '../../api/container.ts';
import { TarWriter, tarHeader } from '../../lib/tar.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { joinBytes } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await bootEngine();
}, 60_000);

function tarOf(files: Readonly<Record<string, string>>): Uint8Array {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  for (const [name, text] of Object.entries(files)) {
    const bytes = encode(text);
    pieces.push(writer.header(tarHeader({ name, type: 'file', mode: 0o644, size: bytes.length })), writer.data(bytes));
  }
  return joinBytes([...pieces, writer.finish()]);
}

interface Message {
  id?: string;
  aux?: unknown;
  stream?: string;
  error?: string;
}

async function messages(params: BuildParams, files: Readonly<Record<string, string>>): Promise<Message[]> {
  const tar = tarOf(files);
  return await engine.run(function* (_sys, client) {
    let sent = false;
    const answer = yield* client.stream(
      ImageBuild,
      params,
      function* () {
        if (sent) return undefined;
        sent = true;
        return tar;
      } as never,
      { headers: { 'Content-Type': 'application/x-tar' } },
    );
    const text = decode(yield* answer.readAll());
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Message);
  });
}

/** One build as BuildKit does it. */
async function build(dockerfile: string, context: Readonly<Record<string, string>> = {}, params: BuildParams = {}) {
  const files: Record<string, string> = { 'dockerfile/Dockerfile': dockerfile };
  for (const [name, text] of Object.entries(context))
    files[name.includes(':') ? name.replace(':', '/') : `context/${name}`] = text;
  const all = await messages({ version: '2', ...params }, files);
  const steps = new Map<string, BuildVertex>();
  let logs = '';
  const warnings: string[] = [];
  for (const { id, aux } of all) {
    if (id !== 'moby.buildkit.trace') continue;
    const status = aux as {
      vertexes?: BuildVertex[];
      logs?: { data: string }[];
      warnings?: { message: string }[];
    };
    for (const vertex of status.vertexes ?? []) steps.set(vertex.id, vertex);
    for (const log of status.logs ?? []) logs += log.data;
    for (const warning of status.warnings ?? []) warnings.push(warning.message);
  }
  const own = [...steps.values()].filter((step) => /^\[(?!internal)/.test(step.name));
  return {
    steps: own,
    cached: own.filter((step) => step.cached).map((step) => step.name),
    logs,
    warnings,
    error: all.find((m) => m.error !== undefined)?.error,
    result: all.find((m) => m.id === 'drydock.build.result')?.aux as BuildResult | undefined,
  };
}

test('a second build takes its steps from the cache, until what they read changes', async () => {
  const file = 'FROM busybox\nRUN echo one\nCOPY f /f\nRUN cat /f\n';
  const first = await build(file, { f: 'a\n' });
  expect(first.logs).toBe('one\na\n');
  const second = await build(file, { f: 'a\n', other: 'x' });
  expect(second.cached).toEqual(['[2/4] RUN echo one', '[3/4] COPY f /f', '[4/4] RUN cat /f']);
  expect(second.result?.image).toBe(first.result?.image);
  const third = await build(file, { f: 'b\n' });
  expect(third.cached).toEqual(['[2/4] RUN echo one']);
  expect(third.logs).toBe('b\n');
});

test('stages that need nothing of each other run at the same time, others are left out', async () => {
  const { steps, logs, error } = await build(
    [
      'FROM busybox AS a\nRUN sleep 1; echo a >/a',
      'FROM busybox AS b\nRUN sleep 1; echo b >/b',
      'FROM busybox AS unused\nRUN echo never',
      'FROM busybox\nRUN sleep 1\nCOPY --from=a /a /\nCOPY --from=b /b /\nRUN cat /a /b\n',
    ].join('\n'),
  );
  expect(error).toBeUndefined();
  expect(logs).toBe('a\nb\n');
  const sleeps = steps.filter((step) => step.name.includes('RUN sleep'));
  expect(sleeps).toHaveLength(3);
  const lastBegin = Math.max(...sleeps.map((step) => step.started!));
  const firstEnd = Math.min(...sleeps.map((step) => step.completed!));
  expect(lastBegin).toBeLessThan(firstEnd);
});

test('a step that fails ends those that run beside it', async () => {
  const { steps, error } = await build(
    'FROM busybox AS a\nRUN sleep 1; false\nFROM busybox\nRUN sleep 600\nCOPY --from=a / /\n',
  );
  expect(error).toBe('process "/bin/sh -c sleep 1; false" did not complete successfully: exit code: 1');
  expect(steps.find((step) => step.name.includes('sleep 600'))?.error).toBe('context canceled');
});

test('a stage whose files come out the same makes nothing new of what copies them', async () => {
  const file = (n: number): string =>
    `FROM busybox AS a\nRUN echo x >/a; echo ${n}\nFROM busybox\nCOPY --from=a /a /same\nRUN cat /same\n`;
  await build(file(1));
  const { cached } = await build(file(2));
  expect(cached).toContain('[stage-1 2/3] COPY --from=a /a /same');
  expect(cached).toContain('[stage-1 3/3] RUN cat /same');
});

test('mounts of RUN: the context, a cache, a secret; none of them stays in the image', async () => {
  const { logs, error } = await build(
    [
      'FROM busybox',
      'RUN --mount=type=bind,target=/src --mount=type=cache,target=/cache cat /src/f && echo kept >/cache/k',
      'RUN --mount=type=secret,id=s cat /run/secrets/s && echo again',
      'RUN --mount=type=cache,target=/cache cat /cache/k; ls -d /src /run/secrets /cache; true',
      '',
    ].join('\n'),
    { f: 'from the context\n', 'secrets:s': 'hidden\n' },
  );
  expect(error).toBeUndefined();
  expect(logs).toContain('from the context\nhidden\nagain\nkept\n');
  expect(logs).toContain('ls: /src: No such file or directory');
  expect(logs).toContain('ls: /run/secrets: No such file or directory');
});

test.each([
  ['FROM busybox\nRUN --mount=type=secret,id=no,required=true true\n', 'secret no: not found'],
  ['FROM busybox\nRUN --network=host true\n', 'failed to load LLB: network.host is not allowed'],
  ['FROM busybox\nEXPOSE abc\n', 'invalid containerPort: abc'],
  ['FROM busybox\nENV A=${X:?must be}\n', 'failed to process "${X:?must be}": X: must be'],
  [
    'FROM busybox\nCOPY --chmod=999 . /\n',
    "invalid chmod parameter: '999'. it should be octal string and between 0 and 07777",
  ],
  [
    'FROM busybox\nUSER nobodyhere\nRUN id\n',
    'process "/bin/sh -c id" did not complete successfully: unable to find user nobodyhere: no matching entries in passwd file',
  ],
])('%j fails', async (file, message) => {
  expect((await build(file)).error).toBe(message);
});

test('warnings have their lines, and end a build that wants none', async () => {
  const { warnings } = await build('FROM busybox as a\nCMD echo x\nWORKDIR rel\n');
  expect(warnings).toEqual([
    "FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)",
    'JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 2)',
    'WorkdirRelativePath: Relative workdir "rel" can have unexpected results if the base image changes (line 3)',
  ]);
  expect((await build('# check=error=true\nFROM busybox\nCMD echo x\n')).error).toBe(
    'lint violation found for rules: JSONArgsRecommended',
  );
});

test('the classic builder: a container and an image a step, and its cache', async () => {
  const files = { Dockerfile: 'FROM busybox\nENV A=1\nRUN echo $A\nCOPY f /f\n', f: 'x' };
  const lines = async (): Promise<string> =>
    (await messages({ t: ['classic'] }, files))
      .map((m) => m.stream ?? '')
      .join('')
      .replace(/\b[0-9a-f]{12}\b/g, 'ID');
  expect(await lines()).toBe(
    [
      'Step 1/4 : FROM busybox\n ---> ID',
      'Step 2/4 : ENV A=1\n ---> Running in ID\n ---> Removed intermediate container ID\n ---> ID',
      'Step 3/4 : RUN echo $A\n ---> Running in ID\n1\n ---> Removed intermediate container ID\n ---> ID',
      'Step 4/4 : COPY f /f\n ---> ID',
      'Successfully built ID\nSuccessfully tagged classic:latest\n',
    ].join('\n'),
  );
  expect(await lines()).toBe(
    'Step 1/4 : FROM busybox\n ---> ID\nStep 2/4 : ENV A=1\n ---> Using cache\n ---> ID\nStep 3/4 : RUN echo $A\n ---> Using cache\n ---> ID\nStep 4/4 : COPY f /f\n ---> Using cache\n ---> ID\nSuccessfully built ID\nSuccessfully tagged classic:latest\n',
  );
  expect(await engine.call(ContainerList, { all: true } as never)).toEqual([]);
});

test('the classic builder: a command that fails gives its status', async () => {
  const all = await messages({ rm: '1', forcerm: true }, { Dockerfile: 'FROM busybox\nRUN exit 4\n' });
  expect(all.at(-1)).toEqual({
    errorDetail: { code: 4, message: "The command '/bin/sh -c exit 4' returned a non-zero code: 4" },
    error: "The command '/bin/sh -c exit 4' returned a non-zero code: 4",
  });
});

test('a prune without --all leaves what images need', async () => {
  const file = 'FROM busybox\nRUN echo kept >/kept\n';
  await build(file, {}, { t: ['kept'] });
  await engine.call(BuildPrune, {});
  expect((await build(file)).cached).toContain('[2/2] RUN echo kept >/kept');
  await engine.call(BuildPrune, { all: true });
  expect((await build(file)).cached).toEqual([]);
});

test('the cache is there again after a restart of the engine, and what a build had unpacked is gone', async () => {
  const file = 'FROM busybox\nRUN echo lasting\n';
  await build(file);
  await engine.run(function* (sys) {
    sys.mkdir('/var/lib/docker/tmp/buildkit-mountleft', 0o700);
  });
  await engine.restart(15);
  expect((await build(file)).cached).toEqual(['[2/2] RUN echo lasting']);
  const left = await engine.run(function* (sys) {
    return listDir(sys, '/var/lib/docker/tmp');
  });
  expect(left).toEqual([]);
});
