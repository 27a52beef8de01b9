import type { Wait } from '../../libc/io.ts';
import { type OptionSpecs, type Options, type Parsed, parseOptions, UsageError } from '../../libc/options.ts';
import { exitWith } from '../../libc/program.ts';
import type { Git } from './repo.ts';

/** A command of git. */
export interface GitCommand {
  usage: string;
  run(git: Git, argv: string[]): Wait<number>;
}

export interface Arguments<S extends OptionSpecs> {
  opts: Options<S>;
  order: Parsed<S>['order'];
  args: string[];
  /** What stands after `--`; undefined where there is none. */
  paths: string[] | undefined;
}

/** Reads options as git's parse-options does; a wrong one ends the command with status 129. */
export function* readArguments<S extends OptionSpecs>(
  git: Git,
  usage: string,
  specs: S,
  argv: string[],
): Wait<Arguments<S>> {
  const dashes = argv.indexOf('--');
  const before = dashes < 0 ? argv : argv.slice(0, dashes);
  const parsed = parseOptions(specs, before, { words: 'gnu', stopAtOperand: false });
  if (parsed instanceof UsageError) {
    const long = /^unrecognized option '--([^=']*)/.exec(parsed.message);
    const short = /^invalid option -- '(.)'/.exec(parsed.message);
    const missing = /^option requires an argument -- '(.)'|^option '--([^']*)' requires/.exec(parsed.message);
    const words = long
      ? `unknown option \`${long[1]}'`
      : short
        ? `unknown switch \`${short[1]}'`
        : missing
          ? `${missing[1] ? `switch \`${missing[1]}'` : `option \`${missing[2]}'`} requires a value`
          : parsed.message;
    yield* git.err(`error: ${words}\nusage: ${usage}\n`);
    return exitWith(129);
  }
  return {
    opts: parsed.opts,
    order: parsed.order,
    args: parsed.args,
    paths: dashes < 0 ? undefined : argv.slice(dashes + 1),
  };
}
