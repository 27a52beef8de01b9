import { HclError, type HclRange } from './hcl-syntax.ts';

/** Something that is wrong with a document. */
interface Problem {
  summary: string;
  detail: string;
  at: number;
  end: number;
}

/** What stands for a value that could not be read. */
const NOTHING = Symbol('nothing');

const KEYWORDS = ['true', 'false', 'null'];

/**
 * Reads JSON as HashiCorp's configuration language has it: the root is an object.
 * @throws HclError for the first thing that is wrong; its detail says how many more there are
 * @see hashicorp/hcl json/parser.go
 */
export function parseHclJson(text: string): Record<string, unknown> {
  const parser = new JsonParser(text);
  const root = parser.value();
  const { problems } = parser;
  if (root === NOTHING || typeof root !== 'object' || root === null)
    problems.push({
      summary: 'Root value must be object',
      detail: 'The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.',
      at: 0,
      end: 1,
    });
  const [first] = problems;
  if (!first) return root as Record<string, unknown>;
  const more = problems.length > 1 ? `, and ${problems.length - 1} other diagnostic(s)` : '';
  throw new HclError(first.summary, first.detail + more, rangeOf(text, first.at, first.end));
}

function rangeOf(text: string, at: number, end: number): HclRange {
  const before = text.slice(0, at);
  const column = at - before.lastIndexOf('\n');
  return { line: before.split('\n').length, column, endColumn: column + end - at };
}

class JsonParser {
  readonly problems: Problem[] = [];
  #at = 0;

  constructor(readonly text: string) {}

  #problem(summary: string, detail: string, at: number, end: number): typeof NOTHING {
    this.problems.push({ summary, detail, at, end });
    return NOTHING;
  }

  #peek(): string {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at++;
    return this.text[this.#at] ?? '';
  }

  value(): unknown {
    const c = this.#peek();
    const from = this.#at;
    if (c === '') return this.#problem('Missing value', 'The JSON data ends prematurely.', from, from);
    if (c === '{') return this.#object();
    if (c === '[') return this.#array();
    if (c === '"') return this.#string();
    const word = /^[\w.+-]+/.exec(this.text.slice(from))?.[0];
    if (word === undefined)
      return this.#problem(
        'Invalid start of value',
        `A JSON value must start with a brace, a bracket, a number, a string, or a keyword.`,
        from,
        from + 1,
      );
    this.#at += word.length;
    if (/^[-\d]/.test(word)) {
      if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word)) return Number(word);
      return this.#problem('Invalid JSON number', 'There is a syntax error in the given JSON number.', from, this.#at);
    }
    if (KEYWORDS.includes(word)) return word === 'null' ? null : word === 'true';
    const near = KEYWORDS.find(
      (keyword) => keyword.startsWith(word.slice(0, 2)) && Math.abs(keyword.length - word.length) < 2,
    );
    const hint = near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`;
    return this.#problem(
      'Invalid JSON keyword',
      `${JSON.stringify(word)} is not a valid JSON keyword.${hint}`,
      from,
      this.#at,
    );
  }

  #string(): unknown {
    const from = this.#at;
    const m = /^"(?:[^"\\\n]|\\.)*"/.exec(this.text.slice(from));
    if (!m) {
      this.#at = this.text.length;
      return this.#problem(
        'Invalid JSON string',
        'There is a syntax error in the given JSON string.',
        this.#at,
        this.#at + 1,
      );
    }
    this.#at += m[0].length;
    return JSON.parse(m[0]);
  }

  #object(): unknown {
    const open = this.#at++;
    const out: Record<string, unknown> = {};
    if (this.#peek() === '}') {
      this.#at++;
      return out;
    }
    for (;;) {
      const from = this.#at;
      const name = this.value();
      if (typeof name !== 'string')
        return this.#problem(
          'Invalid object property name',
          'A JSON object property name must be a string.',
          from,
          this.#at,
        );
      if (this.#peek() !== ':')
        return this.#problem(
          'Missing property value colon',
          "A colon must appear between an object property's name and its value.",
          this.#at - 1,
          this.#at,
        );
      this.#at++;
      out[name] = this.value();
      const next = this.#peek();
      if (next === '}') {
        this.#at++;
        return out;
      }
      if (next === '')
        return this.#problem('Unclosed object', 'No closing brace was found for this JSON object.', open, open + 1);
      if (next !== ',')
        return this.#problem(
          'Missing attribute seperator comma',
          'A comma must appear between each property definition in an object.',
          this.#at,
          this.#at,
        );
      const comma = this.#at++;
      if (this.#peek() === '}')
        return this.#problem(
          'Trailing comma in object',
          'JSON does not permit a trailing comma after the final property in an object.',
          comma,
          comma + 1,
        );
    }
  }

  #array(): unknown {
    const open = this.#at++;
    const out: unknown[] = [];
    if (this.#peek() === ']') {
      this.#at++;
      return out;
    }
    for (;;) {
      out.push(this.value());
      const next = this.#peek();
      if (next === ']') {
        this.#at++;
        return out;
      }
      if (next === '')
        return this.#problem('Unclosed array', 'No closing bracket was found for this JSON array.', open, open + 1);
      if (next !== ',')
        return this.#problem(
          'Missing attribute seperator comma',
          'A comma must appear between each value in an array.',
          this.#at,
          this.#at,
        );
      const comma = this.#at++;
      if (this.#peek() === ']')
        return this.#problem(
          'Trailing comma in array',
          'JSON does not permit a trailing comma after the final value in an array.',
          comma,
          comma + 1,
        );
    }
  }
}
