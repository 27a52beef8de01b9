import type { BuildAnswer, BuildLint, BuildOutline, BuildResult, BuildTargets } from '../../../api/build.ts';
import { toBase64 } from '../../../lib/base64.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { excerpt } from '../stream/build-excerpt.ts';
import { columns } from './columns.ts';

/** Prints what `--call` asked for. @returns the exit status. @throws CliError */
export function* printAnswer(cli: Cli, result: BuildResult, format: string): Wait<number> {
  const { answer } = result;
  if (!answer) return 0;
  if (format === 'json') {
    yield* cli.out.write(`${JSON.stringify(jsonOf(answer, result), null, 2)}\n`);
    return answer.kind === 'lint' && (answer.warnings.length > 0 || answer.buildError !== undefined) ? 1 : 0;
  }
  switch (answer.kind) {
    case 'lint':
      return yield* printLint(cli, answer, result);
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

function jsonOf(answer: BuildAnswer, result: BuildResult): unknown {
  const source = toBase64(encode(result.text));
  const { kind, ...rest } = answer;
  if (kind === 'lint')
    return { ...rest, sources: [{ filename: result.filename, data: source, language: 'Dockerfile' }] };
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
  if (answer.buildError !== undefined) throw new CliError(`\nERROR: ${answer.buildError}`);
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
