import { type History, historyWords } from './history.ts';

/** What became of a line: the text to run, whether it changed, or what is wrong. */
export type Expanded = { text: string; changed: boolean; printOnly: boolean } | { error: string };

/** History expansion of a line: `!!`, `!n`, `!text`, `!?text?`, `^a^b`, word designators and modifiers. @see bash(1) */
export function expandHistory(line: string, history: History): Expanded {
  if (line.startsWith('^')) {
    const m = /^\^([^^]*)\^([^^\n]*)\^?([\s\S]*)$/.exec(line);
    const last = history.at(history.length - 1);
    if (m && last !== undefined) {
      if (!last.includes(m[1]!)) return { error: `:s${line.replace(/\n$/, '')}: substitution failed` };
      return { text: last.replace(m[1]!, () => m[2]!) + m[3]!, changed: true, printOnly: false };
    }
  }
  let out = '';
  let changed = false;
  let printOnly = false;
  let quote = '';
  for (let i = 0; i < line.length; ) {
    const c = line[i]!;
    if (c === '\\' && i + 1 < line.length) {
      out += line.slice(i, i + 2);
      i += 2;
      continue;
    }
    if (c === "'" && quote === '') {
      const end = line.indexOf("'", i + 1);
      const to = end < 0 ? line.length : end + 1;
      out += line.slice(i, to);
      i = to;
      continue;
    }
    if (c === '"') quote = quote === '' ? '"' : '';
    if (c !== '!' || /^(?:[\s=(]|$)/.test(line.slice(i + 1)) || (quote === '"' && line[i + 1] === '"')) {
      out += c;
      i++;
      continue;
    }
    const event = designator(line, i, history, out);
    if ('error' in event) return event;
    out += event.text;
    i = event.end;
    changed = true;
    printOnly ||= event.printOnly;
  }
  return { text: out, changed, printOnly };
}

function designator(
  line: string,
  at: number,
  history: History,
  before: string,
): { text: string; end: number; printOnly: boolean } | { error: string } {
  const rest = line.slice(at);
  const m = /^!(?:!|#|-?\d+|\?[^?\n]*\??|[^\s:;&|<>()^$*%"'-][^\s:;&|<>()"']*|(?=[$^*:-]))/.exec(rest);
  if (!m) return { error: `${rest.split(/\s/)[0]}: event not found` };
  const text = eventText(m[0].slice(1), history, before);
  if (text === undefined) return { error: `${m[0]}: event not found` };
  let end = at + m[0].length;
  let value = text;
  const words = /^:?(\d+-\d+|\d+-\$|\d+-|\d+\*|-\d+|[\^$*]|(?<=:)\d+)/.exec(
    line.slice(end).startsWith(':') || /^[\^$*]/.test(line.slice(end)) || m[0] === '!' ? line.slice(end) : '',
  );
  const numbered = /^:(\d+)(?![-*\d])/.exec(line.slice(end));
  const pick = numbered ?? words;
  if (pick) {
    const picked = pickWords(historyWords(text.trimEnd()), pick[1]!);
    if (picked === undefined) return { error: `${pick[0]}: bad word specifier` };
    value = picked;
    end += pick[0].length;
  }
  let printOnly = false;
  for (;;) {
    const mod = /^:(?:([hrtepqx])|(g?)s(.)((?:(?!\3).)*)\3((?:(?!\3)[^\n])*)\3?)/.exec(line.slice(end));
    if (!mod) break;
    end += mod[0].length;
    switch (mod[1]) {
      case 'h':
        value = value.replace(/\/[^/]*$/, '');
        break;
      case 't':
        value = value.replace(/^.*\//, '');
        break;
      case 'r':
        value = value.replace(/\.[^./]*$/, '');
        break;
      case 'e':
        value = /\.[^./]*$/.exec(value)?.[0] ?? '';
        break;
      case 'p':
        printOnly = true;
        break;
      case 'q':
      case 'x':
        value = `'${value.replaceAll("'", "'\\''")}'`;
        break;
      default:
        value = mod[2] === 'g' ? value.replaceAll(mod[4]!, () => mod[5]!) : value.replace(mod[4]!, () => mod[5]!);
    }
  }
  return { text: value, end, printOnly };
}

function eventText(event: string, history: History, before: string): string | undefined {
  if (event === '' || event === '!') return history.at(history.length - 1);
  if (event === '#') return before;
  if (/^-\d+$/.test(event)) return history.at(history.length + Number(event));
  if (/^\d+$/.test(event)) return history.byNumber(Number(event));
  const test = event.startsWith('?')
    ? (text: string) => text.includes(event.replace(/^\?|\?$/g, ''))
    : (text: string) => text.startsWith(event);
  const at = history.search(history.length, test);
  return at < 0 ? undefined : history.at(at);
}

function pickWords(words: readonly string[], spec: string): string | undefined {
  const last = words.length - 1;
  const range = /^(\d*)-(\d+|\$)?$/.exec(spec);
  let from: number;
  let to: number;
  if (spec === '^') from = to = 1;
  else if (spec === '$') from = to = last;
  else if (spec === '*') {
    from = 1;
    to = last;
    if (last < 1) return '';
  } else if (/^\d+\*$/.test(spec)) {
    from = Number.parseInt(spec, 10);
    to = last;
  } else if (range) {
    from = Number(range[1] || '0');
    to = range[2] === undefined ? last - 1 : range[2] === '$' ? last : Number(range[2]);
  } else from = to = Number(spec);
  if (from > last || to > last || from > to + 1) return undefined;
  return words.slice(from, to + 1).join(' ');
}
