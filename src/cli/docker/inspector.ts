import { GoTemplate, TemplateError } from '../../lib/go-template.ts';
import type { GoValue } from '../../lib/go-value.ts';
import type { Wait } from '../../libc/io.ts';
import type { Cli } from './command.ts';
import { CliError, joined, messageOf } from './errors.ts';
import { executeTemplate } from './format/formatter.ts';

/**
 * `inspect`: prints the raw objects as one JSON list, or each through a template. Objects that are not found are said at the end.
 * @param get fetches the JSON text of one; throws what the message is
 * @throws CliError; status 64 for a template that cannot be read
 * @see docker/cli cli/command/inspect
 */
export function* inspect(
  cli: Cli,
  names: readonly string[],
  format: string,
  get: (name: string) => Wait<string>,
): Wait<void> {
  const template = format === '' || format === 'json' ? undefined : parse(format);
  const errors: string[] = [];
  const found: string[] = [];
  let printed = false;
  for (const name of names) {
    try {
      const text = yield* get(name);
      if (!template) {
        found.push(text);
        continue;
      }
      const { output, error } = executeTemplate(template, JSON.parse(text) as GoValue);
      if (error !== undefined) {
        errors.push(`template parsing error: ${error}`);
        break;
      }
      yield* cli.out.write(`${output}\n`);
      printed = true;
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  if (!template)
    yield* cli.out.write(
      format === 'json' ? `[${found.join(',')}]\n`.replace(/\n(?=.)/g, '') : `${indentList(found)}\n`,
    );
  else if (!printed) yield* cli.out.write('\n');
  yield* cli.out.flush();
  if (errors.length > 0) throw joined(errors);
}

function parse(format: string): GoTemplate {
  try {
    return new GoTemplate(format.replaceAll('\\t', '\t').replaceAll('\\n', '\n'), { missingKey: 'error' });
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}

/** A list of JSON texts, indented by four spaces, as json.Indent does. */
function indentList(texts: readonly string[]): string {
  if (texts.length === 0) return '[]';
  return `[\n${texts.map((text) => `    ${JSON.stringify(JSON.parse(text), null, 4).replaceAll('\n', '\n    ')}`).join(',\n')}\n]`;
}
