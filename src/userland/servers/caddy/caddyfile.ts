/** A word of a Caddyfile and where it stands. */
interface Token {
  text: string;
  line: number;
  quoted: boolean;
}

/** A line of words, and what stands in braces after it. */
export interface Segment {
  name: string;
  args: string[];
  block: Segment[] | undefined;
  line: number;
}

/** A Caddyfile that cannot be read; the message is the program's. */
export class CaddyfileError extends Error {}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let i = 0; i < text.length; ) {
    const c = text[i]!;
    if (c === '\n') line++;
    if (/\s/.test(c)) {
      i++;
      continue;
    }
    if (c === '#') {
      while (i < text.length && text[i] !== '\n') i++;
      continue;
    }
    const begun = line;
    if (c === '"' || c === '`') {
      let word = '';
      for (i++; i < text.length && text[i] !== c; i++) {
        if (c === '"' && text[i] === '\\' && text[i + 1] === '"') i++;
        if (text[i] === '\n') line++;
        word += text[i];
      }
      i++;
      tokens.push({ text: word, line: begun, quoted: true });
      continue;
    }
    const end = text.slice(i).search(/\s/);
    const word = end < 0 ? text.slice(i) : text.slice(i, i + end);
    i += word.length;
    if (word === '\\' && text[i] === '\n') {
      // the line goes on
      i++;
      continue;
    }
    tokens.push({ text: word, line: begun, quoted: false });
  }
  return tokens;
}

/**
 * Reads a Caddyfile into lines and blocks; variables `{$NAME:otherwise}` are replaced, snippets are put where they are imported.
 * @throws CaddyfileError
 * @see Caddy, "Caddyfile Concepts"
 */
export function parseCaddyfile(text: string, file: string, env: ReadonlyMap<string, string>): Segment[] {
  const filled = text.replace(/\{\$([^}:]+)(?::([^}]*))?\}/g, (_, name: string, other = '') => env.get(name) ?? other);
  const tokens = tokenize(filled);
  let at = 0;
  const block = (inner: boolean): Segment[] => {
    const found: Segment[] = [];
    while (at < tokens.length) {
      const first = tokens[at]!;
      if (!first.quoted && first.text === '}') {
        if (!inner) throw new CaddyfileError(`${file}:${first.line}: unexpected '}' because no matching opening brace`);
        at++;
        return found;
      }
      const words: Token[] = [];
      // addresses of a site may go on after a comma
      let more = true;
      while (at < tokens.length && more) {
        const token = tokens[at]!;
        const goesOn = words.at(-1)?.text.endsWith(',') === true;
        if (words.length > 0 && token.line !== words.at(-1)!.line && !goesOn) break;
        if (!token.quoted && (token.text === '{' || token.text === '}')) more = false;
        else {
          words.push(token);
          at++;
        }
      }
      const opens = tokens[at];
      const sameLine = words.length === 0 || opens?.line === words.at(-1)!.line;
      const opened = opens !== undefined && !opens.quoted && opens.text === '{' && sameLine;
      if (opened) at++;
      const [name = '', ...args] = words.map((word) => word.text);
      found.push({ name, args, block: opened ? block(true) : undefined, line: first.line });
    }
    if (inner) throw new CaddyfileError(`${file}:${tokens.at(-1)?.line ?? 1}: Unexpected EOF, missing closing brace`);
    return found;
  };
  return expandImports(block(false), file);
}

function expandImports(segments: Segment[], file: string): Segment[] {
  const snippets = new Map(
    segments
      .filter(({ name, args }) => /^\(.+\)$/.test(name) && args.length === 0)
      .map((each) => [each.name.slice(1, -1), each]),
  );
  const expand = (list: readonly Segment[], depth: number): Segment[] =>
    list.flatMap((segment) => {
      if (segment.name !== 'import') return [{ ...segment, block: segment.block && expand(segment.block, depth) }];
      const snippet = snippets.get(segment.args[0] ?? '');
      if (!snippet || depth > 10)
        throw new CaddyfileError(`${file}:${segment.line}: File to import not found: ${segment.args[0] ?? ''}`);
      const given = segment.args.slice(1);
      const put = (word: string): string =>
        word.replace(/\{args\[(\d+)\]\}/g, (_, i: string) => given[Number(i)] ?? '');
      const filled = (each: Segment): Segment => ({
        ...each,
        name: put(each.name),
        args: each.args.map(put),
        block: each.block?.map(filled),
      });
      return expand((snippet.block ?? []).map(filled), depth + 1);
    });
  return expand(
    segments.filter((each) => !snippets.has(each.name.slice(1, -1)) || !each.name.startsWith('(')),
    0,
  );
}
