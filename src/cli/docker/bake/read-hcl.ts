import { parseHcl, parseHclTemplate } from '../../../lib/hcl.ts';
import { type HclBlock, type HclBody, HclError, type HclExpression } from '../../../lib/hcl-syntax.ts';
import { type BakeFile, type Definition, emptyFile } from './model.ts';

/** Reads a bake file in HCL. @throws HclError */
export function readHcl(text: string): BakeFile {
  const file = emptyFile();
  const body = parseHcl(text);
  for (const [name, e] of body.attributes) file.locals.set(name, e);
  for (const block of body.blocks) readBlock(file, block);
  return file;
}

function readBlock(file: BakeFile, block: HclBlock): void {
  const [name] = block.labels;
  const { body } = block;
  // other blocks are of no concern here
  if (!['target', 'group', 'variable', 'function'].includes(block.type)) return;
  if (name === undefined)
    throw new HclError(
      `Missing name for ${block.type}`,
      `All ${block.type} blocks must have 1 labels (name).`,
      block.at,
    );
  if (block.type === 'variable') {
    file.variables.set(name, {
      name,
      value: body.attributes.get('default'),
      type: body.attributes.get('type'),
      description: body.attributes.get('description'),
      validations: body.blocks
        .filter((inner) => inner.type === 'validation')
        .map((inner) => ({
          condition: inner.body.attributes.get('condition') ?? literal(true),
          message: inner.body.attributes.get('error_message'),
        })),
    });
    return;
  }
  if (block.type === 'function') {
    readFunction(file, name, body);
    return;
  }
  add(block.type === 'target' ? file.targets : file.groups, name, body.attributes);
}

function readFunction(file: BakeFile, name: string, body: HclBody): void {
  const names = (e: HclExpression | undefined): string[] =>
    e?.kind === 'list'
      ? e.items.map((item) => (item.kind === 'variable' ? item.name : String((item as { value?: unknown }).value)))
      : [];
  const variadic = body.attributes.get('variadic_params');
  const result = body.attributes.get('result');
  if (result)
    file.functions.set(name, {
      name,
      params: names(body.attributes.get('params')),
      variadic: variadic?.kind === 'variable' ? variadic.name : undefined,
      result,
    });
}

/** A definition that is there already keeps what the new one does not say. */
function add(into: Map<string, Definition>, name: string, attributes: Map<string, HclExpression>): void {
  const known = into.get(name);
  into.set(name, { name, attributes: known ? new Map([...known.attributes, ...attributes]) : attributes });
}

const NOWHERE = { line: 1, column: 1, endColumn: 2 };

export const literal = (value: string | number | boolean | null): HclExpression => ({
  kind: 'literal',
  value,
  at: NOWHERE,
});

/** A value of JSON as an expression: texts are templates. @throws HclError */
export function expressionOf(value: unknown, templates = true): HclExpression {
  if (typeof value === 'string') return templates ? parseHclTemplate(value) : literal(value);
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => expressionOf(item, templates)), at: NOWHERE };
  if (value !== null && typeof value === 'object')
    return {
      kind: 'object',
      items: Object.entries(value).map(([key, item]) => [literal(key), expressionOf(item, templates)]),
      at: NOWHERE,
    };
  return literal((value ?? null) as number | boolean | null);
}

/** Reads a bake file in JSON. */
export function readJson(document: Record<string, unknown>): BakeFile {
  const file = emptyFile();
  const each = (value: unknown, take: (name: string, attributes: Record<string, unknown>) => void): void => {
    for (const one of Array.isArray(value) ? value : [value])
      for (const [name, body] of Object.entries((one ?? {}) as Record<string, unknown>))
        for (const attributes of Array.isArray(body) ? body : [body]) take(name, attributes as Record<string, unknown>);
  };
  const attributesOf = (from: Record<string, unknown>): Map<string, HclExpression> =>
    new Map(Object.entries(from).map(([key, value]) => [key, expressionOf(value)]));
  for (const [key, value] of Object.entries(document)) {
    if (key === 'target') each(value, (name, from) => add(file.targets, name, attributesOf(from)));
    else if (key === 'group') each(value, (name, from) => add(file.groups, name, attributesOf(from)));
    else if (key === 'variable')
      each(value, (name, from) => {
        const own = attributesOf(from);
        file.variables.set(name, {
          name,
          value: own.get('default'),
          type: own.get('type'),
          description: own.get('description'),
          validations: [],
        });
      });
    else file.locals.set(key, expressionOf(value));
  }
  return file;
}

/** Puts a later file over an earlier one. */
export function mergeFiles(earlier: BakeFile, later: BakeFile): BakeFile {
  for (const name of ['targets', 'groups'] as const)
    for (const definition of later[name].values()) mergeDefinition(earlier[name], definition);
  for (const variable of later.variables.values()) earlier.variables.set(variable.name, variable);
  for (const f of later.functions.values()) earlier.functions.set(f.name, f);
  for (const [name, e] of later.locals) earlier.locals.set(name, e);
  return earlier;
}

const MAPS = new Set(['args', 'labels', 'contexts']);

function mergeDefinition(into: Map<string, Definition>, later: Definition): void {
  const known = into.get(later.name);
  if (!known) {
    into.set(later.name, later);
    return;
  }
  const attributes = new Map(known.attributes);
  for (const [name, e] of later.attributes) {
    const before = attributes.get(name);
    attributes.set(
      name,
      MAPS.has(name) && before ? { kind: 'call', name: 'merge', args: [before, e], spread: false, at: e.at } : e,
    );
  }
  into.set(later.name, { name: later.name, attributes });
}
