/**
 * The lines of a file of command lines: those that are compared, and those that only prepare. In a text, `#!` begins one that
 * prepares and `#` a comment; in a record (JSON, a row a line) a text alone is one that prepares.
 */
export function parseLines(text, recorded) {
  const lines = [];
  for (const row of text.split('\n')) {
    if (row.trim() === '') continue;
    if (recorded) {
      const value = JSON.parse(row);
      if (typeof value === 'string') lines.push({ text: value, tested: false });
      else lines.push({ text: value[0], tested: true, answer: value.slice(1) });
    } else if (row.startsWith('#!')) lines.push({ text: row.slice(2).trim(), tested: false });
    else if (!row.startsWith('#')) lines.push({ text: row, tested: true });
  }
  return lines;
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A script that runs each line in the same shell and prints its status and its two outputs in base64. */
export function scriptOf(lines) {
  const head = [
    'docker() { command timeout 20 docker "$@"; }',
    '__run() { eval "$1" >/root/.out 2>/root/.err </dev/null; __s=$?',
    'printf "@@ %d %s %s\\n" $__s "$(base64 -w0 </root/.out)" "$(base64 -w0 </root/.err)"; }',
  ];
  return [
    ...head,
    ...lines.map(({ text, tested }) => (tested ? `__run ${quote(text)}` : `${text} >/dev/null 2>&1 </dev/null`)),
    '',
  ].join('\n');
}

/** What such a script printed: [status, stdout, stderr] for each compared line. */
export function parseAnswers(output) {
  const decode = (text) => Buffer.from(text ?? '', 'base64').toString('utf8');
  return output
    .split('\n')
    .filter((line) => line.startsWith('@@ '))
    .map((line) => {
      const [, status, out, err] = line.split(' ');
      return [Number(status), decode(out), decode(err)];
    });
}
