import { GoError } from './go-value.ts';

/**
 * The fields of one line of comma-separated values, with quotes as encoding/csv has them.
 * @throws GoError `parse error on line 1, column 3: bare " in non-quoted-field`
 */
export function splitCsv(line: string): string[] {
  if (line === '') return [];
  const fields: string[] = [];
  for (let at = 0; ; ) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at);
      const field = line.slice(at, comma < 0 ? line.length : comma);
      const quoted = field.indexOf('"');
      if (quoted >= 0) {
        throw new GoError(`parse error on line 1, column ${at + quoted + 1}: bare " in non-quoted-field`);
      }
      fields.push(field);
      if (comma < 0) return fields;
      at = comma + 1;
      continue;
    }
    let field = '';
    at++;
    for (;;) {
      const end = line.indexOf('"', at);
      if (end < 0)
        throw new GoError(`parse error on line 1, column ${line.length + 1}: extraneous or missing " in quoted-field`);
      field += line.slice(at, end);
      at = end + 1;
      if (line[at] !== '"') break;
      field += '"';
      at++;
    }
    fields.push(field);
    if (at >= line.length) return fields;
    if (line[at] !== ',') {
      throw new GoError(`parse error on line 1, column ${at}: extraneous or missing " in quoted-field`);
    }
    at++;
  }
}
