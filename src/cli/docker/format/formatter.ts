import { goJson } from '../../../lib/go-json.ts';
import { GoTemplate, TemplateError, TemplateExecError } from '../../../lib/go-template.ts';
import { HEADER_FUNCTIONS } from '../../../lib/go-template-functions.ts';
import { GoFunc, GoStruct, type GoValue, scalarOf } from '../../../lib/go-value.ts';
import { CliError } from '../errors.ts';
import { alignColumns } from './tab-writer.ts';

/** A row as templates see it: every method without parameters is also a key of its JSON. */
export interface RowShape {
  /** Go type in messages, `*formatter.ContainerContext`. */
  type: string;
  /** What each name gives. */
  methods: Readonly<Record<string, () => GoValue>>;
  /** Methods with parameters. */
  more?: Readonly<Record<string, GoFunc>>;
  /** Names that JSON leaves out. */
  hidden?: readonly string[];
}

/** The row as a value for templates. */
export function rowValue(shape: RowShape): GoStruct {
  return new GoStruct(
    shape.type,
    {},
    {
      methods: { ...shape.methods, ...shape.more },
      marshalJSON: () => {
        const names = Object.keys(shape.methods).filter((n) => !shape.hidden?.includes(n));
        return goJson(new Map(names.sort().map((n) => [n, shape.methods[n]!()])));
      },
    },
  );
}

/** One kind of list: what its columns are called and how it looks by itself. */
export interface Listing {
  /** Titles by template name. */
  headers: Readonly<Record<string, string>>;
}

export const JSON_FORMAT = 'json';

/** `table`, `table TEMPLATE`. */
export const isTable = (format: string): boolean => format.startsWith('table');

/**
 * Formats rows with a format that is resolved already (`table {{.ID}}\t…`, `json`, `{{.ID}}`).
 * @throws CliError with the texts of docker/cli
 */
export function formatRows(format: string, listing: Listing, rows: readonly GoStruct[]): string {
  const table = isTable(format);
  let source = format;
  if (table) source = source.slice('table'.length);
  source = sourceOf(source);
  const template = parseFormat(source);
  let body = '';
  for (const row of rows) body += `${executeRow(template, row)}\n`;
  if (!table) return body;
  // What fails at the titles fails in silence.
  const head = executeTemplate(parseFormat(source, true), headerValue(listing, source)).output;
  return alignColumns(`${head}\n${body}`, 10, 3);
}

/** The template of a format: `json` is one, `\\t` and `\\n` are what they stand for. */
export function sourceOf(format: string): string {
  if (format === JSON_FORMAT) return '{{json .}}';
  return format
    .replace(/^ +| +$/g, '')
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n');
}

/** What the head of a table is made from: titles by name; of a label, the last part of its name. */
function headerValue({ headers }: Listing, source: string): GoValue {
  if (!source.includes('.Label ')) return new Map(Object.entries(headers));
  const label = new GoFunc(['string'], (name) => String(scalarOf(name)).split('.').at(-1)!.replace(/[-_]/g, ' '));
  return new GoStruct('formatter.SubHeaderContext', headers, { methods: { Label: label } });
}

function parseFormat(source: string, header = false): GoTemplate {
  try {
    return new GoTemplate(source, header ? { functions: HEADER_FUNCTIONS } : {});
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`template parsing error: ${error.message}`);
  }
}

function executeRow(template: GoTemplate, row: GoValue): string {
  try {
    return template.execute(row);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`template parsing error: ${error.message}`);
  }
}

/** What a template wrote before it failed, with the failure. */
export function executeTemplate(template: GoTemplate, value: GoValue): { output: string; error: string | undefined } {
  try {
    return { output: template.execute(value), error: undefined };
  } catch (error) {
    if (error instanceof TemplateExecError) return { output: error.output, error: error.message };
    if (error instanceof TemplateError) return { output: '', error: error.message };
    throw error;
  }
}
