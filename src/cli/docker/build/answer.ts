import type { BuildAnswer, BuildLint, BuildOutline, BuildResult, BuildTargets } from '../../../api/build.ts';
import { toBase64 } from '../../../lib/base64.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { excerpt } from '../stream/build-excerpt.ts';
import { columns } from './columns.ts';
import type { BuildRequest } from './request.ts';

/**
 * Prints what `--call` asked for.
 * @param request what was asked: its Dockerfile is shown by its path
 * @returns the exit status
 * @throws CliError
 */
export function* printAnswer(cli: Cli, result: BuildResult, request: BuildRequest): Wait<number> {
  const { format } = request;
  const { answer } = result;
  if (!answer) return 0;
  if (format === 'json') {
    yield* cli.out.write(`${JSON.stringify(jsonOf(answer, result), null, 2)}\n`);
    return answer.kind === 'lint' && (answer.warnings.length > 0 || answer.buildError !== undefined) ? 1 : 0;
  }
  switch (answer.kind) {
    case 'lint':
      return yield* printLint(cli, answer, { ...result, filename: shownPath(request, result.filename) });
    case 'outline':
      yield* cli.out.write(outlineText(answer));
      return 0;
    case 'targets':
      yield* cli.out.write(targetsText(answer));
      return 0;
    default:
      yield* cli.out.write(
        columns(
          [['NAME', 'VERSION', 'DESCRIPTION'], ...answer.requests.map((r) => [r.name, r.version, r.description])],
          1,
        ),
      );
      return 0;
  }
}

/** The Dockerfile as the command line leads to it. */
function shownPath({ context, dockerfile, inline }: BuildRequest, filename: string): string {
  if (inline !== undefined || dockerfile === '-') return filename;
  if (dockerfile !== '') return dockerfile;
  if (context === '-' || /^(https?|git|ssh):|^git@/.test(context)) return filename;
  const dir = context.replace(/^\.\/+/, '').replace(/\/+$/, '');
  return dir === '.' || dir === '' ? filename : `${dir}/${filename}`;
}

function jsonOf(answer: BuildAnswer, result: BuildResult): unknown {
  const source = toBase64(encode(result.text));
  if (answer.kind === 'lint') {
    const { warnings, buildError } = answer;
    const sources = [{ filename: result.filename, data: source, language: 'Dockerfile' }];
    if (!buildError) return { warnings, sources };
    const { message, first, last } = buildError;
    const location = first > 0 ? { ranges: [{ start: { line: first }, end: { line: last } }] } : {};
    return { warnings, sources, buildError: { message, location } };
  }
  const { kind, ...rest } = answer;
  if (kind === 'requests') return answer.requests;
  if (kind === 'outline') {
    const { kind: _, args, secrets, ...names } = answer;
    return {
      ...names,
      ...(args.length > 0 ? { args } : {}),
      ...(secrets.length > 0 ? { secrets } : {}),
      sources: [source],
    };
  }
  return { ...rest, sources: [source] };
}

function* printLint(cli: Cli, answer: BuildLint, result: BuildResult): Wait<number> {
  const line = (w: BuildLint['warnings'][number]): number => w.location.ranges[0]?.start.line ?? 0;
  const warnings = answer.warnings.map((w, i) => ({ w, i })).sort((a, b) => line(a.w) - line(b.w) || a.i - b.i);
  const n = warnings.length;
  if (n > 0 || answer.buildError === undefined)
    yield* cli.out.write(
      n === 0
        ? 'Check complete, no warnings found.\n'
        : `Check complete, ${n} warning${n === 1 ? '' : 's'} ${n === 1 ? 'has' : 'have'} been found!\n`,
    );
  for (const { w } of warnings) {
    const range = w.location.ranges[0];
    const lines = range ? excerpt(result.filename, result.text, range.start.line, range.end.line) : '';
    yield* cli.out.write(`\nWARNING: ${w.ruleName} - ${w.url}\n${w.detail}\n${lines}`);
  }
  const { buildError } = answer;
  if (buildError) {
    if (n > 0) yield* cli.out.write('\n');
    const { message, first, last } = buildError;
    const lines = first > 0 ? excerpt(result.filename, result.text, first, last) : '';
    throw new CliError(`ERROR: ${message}\n${lines}`);
  }
  return n > 0 ? 1 : 0;
}

function outlineText(answer: BuildOutline): string {
  let text = '';
  if (answer.name !== undefined || answer.description !== undefined) {
    const rows: string[][] = [];
    if (answer.name !== undefined) rows.push(['TARGET:', answer.name]);
    if (answer.description !== undefined) rows.push(['DESCRIPTION:', answer.description]);
    text += `${columns(rows, 1)}\n`;
  }
  if (answer.args.length > 0) {
    const rows = answer.args.map((arg) => [arg.name, arg.value ?? '', arg.description ?? '']);
    text += `${columns([['BUILD ARG', 'VALUE', 'DESCRIPTION'], ...rows], 3)}\n`;
  }
  if (answer.secrets.length > 0) {
    const rows = answer.secrets.map((secret) => [secret.name, secret.required ? 'true' : '']);
    text += `${columns([['SECRET', 'REQUIRED'], ...rows], 3)}\n`;
  }
  return text;
}

function targetsText(answer: BuildTargets): string {
  const rows = answer.targets.map((target) => {
    const name = target.name ?? '(default)';
    return [target.default && target.name !== undefined ? `${name} (default)` : name, target.description ?? ''];
  });
  return columns([['TARGET', 'DESCRIPTION'], ...rows], 1);
}
