/** Hides what differs from run to run: ids, times, addresses of hardware. */
const RULES = [
  [/\bsha256:[0-9a-f]{64}\b/g, 'sha256:ID'],
  [/\b[0-9a-f]{64}\b/g, 'ID64'],
  [/\b[0-9a-f]{12}\b/g, 'ID12'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} [A-Z]+/g, 'TIME'],
  [/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MAC'],
  [/(About a|About an|Less than a|\d+) (second|minute|hour|day|week|month|year)s?( ago)?/g, 'AGO'],
];

/** An answer `[status, stdout, stderr]` without what may differ. */
export function normalize([status, stdout, stderr]) {
  return [status, hide(stdout), hide(stderr)];
}

function hide(text) {
  const hidden = RULES.reduce((t, [from, to]) => t.replace(from, to), withoutDescriptions(text));
  // the widths of columns change with what was hidden
  return hidden.includes('AGO') ? hidden.replace(/ {2,}/g, '  ') : hidden;
}

/** A help text without its descriptions, which are in our own words: usage, aliases, names, types and defaults are left. */
function withoutDescriptions(text) {
  if (!/^(Flag shorthand .*\n)?Usage: {2}docker/.test(text)) return text;
  const kept = [];
  let part = 'head';
  for (const line of text.split('\n')) {
    const title = /^(Aliases|(Global )?Options|.*Commands):$/.exec(line);
    if (title || /^(Usage: |Run '|For more)/.test(line)) part = title?.[1] ?? 'line';
    if (part === 'head') continue;
    if (/Options$/.test(part) && !title) {
      const flag = /^ {2}(-\w, | {4})(--\S+( \S+)?) {2,}(.*)$/.exec(line);
      if (flag) kept.push(`  ${flag[1]}${flag[2]}: ${flag[4]}`);
      else if (line !== '') kept[kept.length - 1] += ` ${line.trim()}`;
    } else if (/Commands$/.test(part) && !title) kept.push(line.replace(/^( {2}\S+).*/, '$1'));
    else kept.push(line);
    if (part === 'line') part = 'head';
  }
  return kept.map((line) => line.replace(/^( {2}(?:-\w, | {4})--[^:]*): .*?(\(default .*\))?$/, '$1 $2')).join('\n');
}
