import { goJsonProblem } from '../../../../lib/go-json-syntax.ts';
import { decode } from '../../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../../libc/io.ts';
import type { Cli } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { pathError } from '../../files.ts';

export interface Security {
  options: string[];
  maskedPaths: string[] | null;
  readonlyPaths: string[] | null;
}

/** `--security-opt`: profiles of seccomp are read, `systempaths=unconfined` empties two lists. @throws CliError */
export function* securityOf(cli: Cli, list: readonly string[]): Wait<Security> {
  const security: Security = { options: [], maskedPaths: null, readonlyPaths: null };
  for (const option of list) {
    if (option === 'systempaths=unconfined') {
      security.maskedPaths = [];
      security.readonlyPaths = [];
      continue;
    }
    if (option === 'no-new-privileges') {
      security.options.push(option);
      continue;
    }
    // The old separator is a colon.
    const at = option.includes('=') ? option.indexOf('=') : option.indexOf(':');
    if (at < 0 || (at === option.length - 1 && option.slice(0, at) !== 'no-new-privileges'))
      throw new CliError(`Invalid --security-opt: ${JSON.stringify(option)}`);
    const name = option.slice(0, at);
    const value = option.slice(at + 1);
    if (name !== 'seccomp' || value === 'unconfined' || value === 'builtin') {
      security.options.push(option);
      continue;
    }
    const bytes = yield* readFile(cli.sys, value);
    if (typeof bytes === 'number') {
      throw new CliError(`opening seccomp profile (${value}) failed: ${pathError('open', value, bytes)}`);
    }
    security.options.push(`seccomp=${compact(decode(bytes), value)}`);
  }
  return security;
}

function compact(text: string, file: string): string {
  const wrong = goJsonProblem(text);
  if (wrong !== undefined) throw new CliError(`compacting json for seccomp profile (${file}) failed: ${wrong}`);
  return JSON.stringify(JSON.parse(text));
}
