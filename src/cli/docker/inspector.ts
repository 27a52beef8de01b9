import { GoTemplate, TemplateError } from '../../lib/go-template.ts';
import type { GoValue } from '../../lib/go-value.ts';
import type { Wait } from '../../libc/io.ts';
import type { Cli } from './command.ts';
import { CliError, joined, messageOf } from './errors.ts';
import { executeTemplate } from './format/formatter.ts';
import { indentJson } from './format/json-indent.ts';
import { INSPECTED, typedValue } from './typed/value.ts';

/** The JSON of an object, and what kind of object it is where its Go type is known. */
export interface Inspected {
  text: string;
  kind?: string;
  /** What templates see, where that is not the JSON. */
  value?: GoValue;
}

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
  get: (name: string) => Wait<Inspected>,
): Wait<void> {
  const template = format === '' || format === 'json' ? undefined : parse(format);
  const errors: string[] = [];
  const found: string[] = [];
  let printed = false;
  for (const name of names) {
    try {
      const { text, kind, value } = yield* get(name);
      if (!template) {
        found.push(text);
        continue;
      }
      const { output, error } =
        value === undefined ? run(template, JSON.parse(text), kind) : executeTemplate(template.typed, value);
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

/** The typed value first, as the client decodes it; what that has not may stand in the answer itself. */
function run(template: Templates, value: unknown, kind: string | undefined): ReturnType<typeof executeTemplate> {
  const type = kind === undefined ? undefined : INSPECTED[kind];
  if (type !== undefined) {
    const typed = executeTemplate(template.typed, typedValue(value, type));
    if (typed.error === undefined) return typed;
  }
  return executeTemplate(template.raw, value as GoValue);
}

/** One template with the two ways of missing keys. */
interface Templates {
  typed: GoTemplate;
  raw: GoTemplate;
}

function parse(format: string): Templates {
  try {
    return { typed: new GoTemplate(format), raw: new GoTemplate(format, { missingKey: 'error' }) };
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`template parsing error: ${error.message}`, 64);
    throw error;
  }
}

/** A list of JSON texts, indented by four spaces. */
const indentList = (texts: readonly string[]): string => indentJson(`[${texts.join(',')}]`, '', '    ');
