import type { Wait } from '../../libc/io.ts';
import type { Cli } from './command.ts';
import { CliError } from './errors.ts';

/**
 * Asks before something is removed: `WARNING! … Are you sure you want to continue? [y/N] `.
 * @throws CliError without a text and with status 0 that ends the command in silence, where the answer is no
 */
export function* confirm(cli: Cli, warning: string): Wait<void> {
  yield* ask(cli, `${warning}\nAre you sure you want to continue?`);
}

/** Asks a question; as `confirm` where the answer is no. */
export function* ask(cli: Cli, question: string): Wait<void> {
  yield* cli.out.write(`${question} [y/N] `);
  yield* cli.out.flush();
  const answer = (yield* cli.stdin.line()) ?? '';
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('', 0);
}
