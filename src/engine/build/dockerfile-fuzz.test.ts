import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../../test/engine-bed.ts';
import { type BuildResult, ImageBuild } from '../../api/build.ts';
import { TarWriter, tarHeader } from '../../lib/tar.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { joinBytes } from '../../libc/io.ts';
import { parseDockerfile } from './dockerfile.ts';
import { DockerfileError } from './dockerfile-error.ts';
import { Linter } from './lint.ts';
import { HOST_PLATFORM } from './platform.ts';
import { planStages } from './stages.ts';

// Dockerfiles from a grammar of right and wrong pieces: none crashes the builder, each error says something.

const full = process.env.DRYDOCK_FULL === '1';

const KEYWORDS =
  'FROM RUN COPY ADD ENV ARG LABEL WORKDIR USER EXPOSE VOLUME ENTRYPOINT CMD SHELL STOPSIGNAL HEALTHCHECK ONBUILD MAINTAINER from Copy ROM RUNN X'.split(
    ' ',
  );
const FLAGS = [
  '--from=s0 --from=zz --from= --chown=1:2 --chmod=755 --chmod=u+x --link --parents --exclude=*.x --checksum=sha256:x',
  '--mount=type=cache,target=/c --mount=type=zz --mount= --mount=target=/a,ro=maybe --network=none --network=zz',
  '--interval=5s --interval=x --retries=3 --retries=x --platform=linux/amd64 --platform=zz --nosuch --nosuch=1 --',
]
  .join(' ')
  .split(' ');
const WORDS = [
  'a /x . .. a.txt $A ${A} ${A:-d} ${B:+x} "q \'s a=b k="v \\ $ ${ ${A:?x} """ ["x","y"] [] ["a",] {"a":1} é a\\ b x=$A'.split(
    ' ',
  ),
  '<<E <<-E <<"E" / *.txt 0 80 80/tcp 8080-8090 99999 true user = a= =b NONE SIGTERM busybox scratch s0 AS s1 \u0000 \u{1f600}'.split(
    ' ',
  ),
].flat();

const several = (words: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...words), { maxLength }).map((list) => list.join(' '));
const line = fc
  .tuple(
    fc.constantFrom(...KEYWORDS),
    several(FLAGS, 2),
    several(WORDS, 4),
    fc.constantFrom('', '', '', ' \\', ' \\\n  x'),
  )
  .map(([keyword, flags, words, end]) => `${keyword} ${flags} ${words}${end}`);
const other = fc.constantFrom(
  '# comment',
  '',
  'E',
  '  text',
  '\t',
  'FROM busybox AS s0',
  'FROM s0',
  'ARG A=1',
  'FROM scratch',
);
const head = fc.constantFrom(
  '',
  '',
  '',
  '# escape=`\n',
  '# syntax=docker/dockerfile:1\n',
  '# check=error=true\n',
  '# check=zz\n',
);
const dockerfile = fc
  .tuple(
    head,
    fc.constantFrom('FROM busybox\n', 'FROM busybox\n', ''),
    fc.array(fc.oneof(line, line, line, other), { maxLength: 7 }),
  )
  .map(([first, from, lines]) => `${first}${from}${lines.join('\n')}\n`);

describe('a Dockerfile of any kind', () => {
  test('is a plan, or an error with words and lines', () => {
    fc.assert(
      fc.property(fc.oneof(dockerfile, dockerfile, fc.string({ maxLength: 80 })), (text) => {
        const lines = text.split('\n').length;
        try {
          const file = parseDockerfile(text);
          planStages(file, { A: '2' }, undefined, new Linter(file.check), HOST_PLATFORM);
        } catch (error) {
          expect(error).toBeInstanceOf(DockerfileError);
          const { message, first, last } = error as DockerfileError;
          expect(message).not.toBe('');
          expect(first).toBeLessThanOrEqual(last);
          expect(last).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: full ? 20_000 : 500 },
    );
  });

  let engine: TestEngine;
  beforeAll(async () => {
    engine = await bootEngine();
  });

  function archiveOf(text: string): Uint8Array {
    const writer = new TarWriter();
    const bytes = encode(text);
    const header = tarHeader({ name: 'dockerfile/Dockerfile', type: 'file', mode: 0o644, size: bytes.length });
    return joinBytes([writer.header(header), writer.data(bytes), writer.finish()]);
  }

  /** Asks the engine what it thinks of a Dockerfile. @returns its answer, or why there is none */
  const check = (text: string): Promise<{ result: BuildResult | undefined; error: string | undefined }> =>
    engine.run(function* (_, client) {
      let sent = false;
      const body = function* () {
        if (sent) return undefined;
        sent = true;
        return archiveOf(text);
      };
      const answer = yield* client.stream(ImageBuild, { version: '2', details: { call: 'lint' } }, body as never, {
        headers: { 'Content-Type': 'application/x-tar' },
      });
      let result: BuildResult | undefined;
      let error: string | undefined;
      for (const row of decode(yield* answer.readAll()).split('\n')) {
        if (row === '') continue;
        const document = JSON.parse(row) as { id?: string; aux?: BuildResult; error?: string };
        if (document.id === 'drydock.build.result') result = document.aux;
        if (document.error !== undefined) error = document.error;
      }
      return { result, error };
    });

  test('is answered by the engine, which lives on', async () => {
    await fc.assert(
      fc.asyncProperty(dockerfile, async (text) => {
        const { result, error } = await check(text);
        if (error !== undefined) expect(error).not.toBe('');
        else expect(result?.answer?.kind).toBe('lint');
      }),
      { numRuns: full ? 1500 : 60 },
    );
    expect((await check('FROM busybox\nRUN true\n')).result?.answer).toEqual({ kind: 'lint', warnings: [] });
  });
});

// Recorded: Engine 28.5.2, docker build --check.
test.each([
  ['FROM scratch\nCOPY a\nENV A\n', 'ENV must have two arguments', 3],
  ['FROM busybox\nONBUILD ENV A\n', 'ENV must have two arguments', 2],
  ['FROM busybox\nLABEL a=b c\n', 'Syntax error - can\'t find = in "c". Must be of the form: name=value', 2],
  [
    'FROM busybox\nCOPY --nosuch a\n',
    'dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined',
    2,
  ],
  ['FROM busybox\nrom a\n', 'dockerfile parse error on line 2: unknown instruction: rom (did you mean from?)', 2],
  ['FROM busybox\nSHELL\n', 'dockerfile parse error on line 2: SHELL requires at least one argument', 2],
  ['FROM busybox\nVOLUME []\n', 'dockerfile parse error on line 2: VOLUME requires at least one argument', 2],
  ['FROM busybox\nLABEL --x=1\n', 'dockerfile parse error on line 2: unknown flag: --x', 2],
  ['FROM --x a b\n', 'dockerfile parse error on line 1: FROM requires either one or three arguments', 1],
])('%j: %s', (text, message, line) => {
  let error: unknown;
  try {
    planStages(parseDockerfile(text), {}, undefined, new Linter(), HOST_PLATFORM);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ message, first: line });
});
