import type { Wait } from '../../libc/io.ts';
import type { Cli } from './command.ts';
import { joined, messageOf } from './errors.ts';

/**
 * Does one thing for every operand and goes on after an error; the errors come at the end, one a line.
 * @param act does it; what it returns is printed on a line of its own
 * @throws CliError with all messages, status 1
 */
export function* forEach(
  cli: Cli,
  operands: readonly string[],
  act: (operand: string) => Wait<string | undefined>,
): Wait<void> {
  const errors: string[] = [];
  for (const operand of operands) {
    try {
      const line = yield* act(operand);
      if (line !== undefined) {
        yield* cli.out.write(`${line}\n`);
        yield* cli.out.flush();
      }
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  if (errors.length > 0) throw joined(errors);
}
