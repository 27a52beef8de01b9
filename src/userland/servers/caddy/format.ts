/** A Caddyfile as `caddy fmt` writes it: a tab for each brace, one blank between words. */
export function formatCaddyfile(text: string): string {
  const out: string[] = [];
  let depth = 0;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' && (out.length === 0 || out.at(-1) === '')) continue;
    if (line.startsWith('}')) depth = Math.max(0, depth - 1);
    const words = line.match(/"(?:\\.|[^"\\])*"|`[^`]*`|#.*$|\S+/g) ?? [];
    out.push(line === '' ? '' : '\t'.repeat(depth) + words.join(' '));
    if (/(^|\s)\{$/.test(line)) depth++;
  }
  while (out.at(-1) === '') out.pop();
  return `${out.join('\n')}\n`;
}
