import type { BuildAnswer, BuildLint } from '../../../api/build.ts';
import { toBase64 } from '../../../lib/base64.ts';
import { encode } from '../../../lib/utf8.ts';

const VERSION = '1.0.0';

/**
 * What a question about a Dockerfile is answered by: the document, and how a terminal may show it.
 * @see moby/buildkit frontend/subrequests
 */
export function callResult(
  answer: BuildAnswer,
  dockerfile: { filename: string; text: string },
): Map<string, Uint8Array> {
  const texts: [string, string][] = [
    ['result.json', JSON.stringify(documentOf(answer, dockerfile), null, 2)],
    ['result.txt', ''],
    ['version', VERSION],
  ];
  if (answer.kind === 'lint') texts.push(['result.statuscode', lintStatus(answer)]);
  return new Map(texts.map(([name, text]) => [name, encode(text)]));
}

const lintStatus = ({ warnings, buildError }: BuildLint): string =>
  warnings.length > 0 || buildError !== undefined ? '1' : '0';

const errorOf = ({ message, first, last }: NonNullable<BuildLint['buildError']>): unknown => ({
  message,
  location: first === 0 ? {} : { ranges: [{ start: { line: first }, end: { line: last } }] },
});

function documentOf(answer: BuildAnswer, { filename, text }: { filename: string; text: string }): unknown {
  const source = toBase64(encode(text));
  switch (answer.kind) {
    case 'lint':
      return {
        warnings: answer.warnings.map((warning) => ({ ...warning, location: { sourceIndex: 0, ...warning.location } })),
        sources: [{ filename, language: 'Dockerfile', data: source }],
        ...(answer.buildError === undefined ? {} : { buildError: errorOf(answer.buildError) }),
      };
    case 'outline': {
      const { kind: _, ...rest } = answer;
      return { ...rest, sources: [source] };
    }
    case 'targets': {
      const { kind: _, ...rest } = answer;
      return { ...rest, sources: [source] };
    }
    default:
      return answer.requests;
  }
}
