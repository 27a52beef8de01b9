import type { Bindings } from './bound.ts';

/**
 * readline's functions that the editor has, each with the keys that it has in emacs mode, the first of which the editor
 * knows it by.
 * @see bash(1), READLINE
 */
export const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  abort: ['C-g'],
  'accept-line': ['enter', 'C-j'],
  'backward-char': ['C-b', 'left'],
  'backward-delete-char': ['backspace', 'C-h'],
  'backward-kill-line': ['C-x backspace'],
  'backward-kill-word': ['M-backspace', 'M-C-h'],
  'backward-word': ['M-b', 'C-left', 'M-left'],
  'beginning-of-history': ['M-<'],
  'beginning-of-line': ['C-a', 'home'],
  'bracketed-paste-begin': ['paste'],
  'capitalize-word': ['M-c'],
  'character-search': ['C-]'],
  'character-search-backward': ['M-C-]'],
  'clear-screen': ['C-l'],
  complete: ['tab'],
  'delete-char': ['C-d', 'delete'],
  'delete-horizontal-space': ['M-\\'],
  'downcase-word': ['M-l'],
  'end-of-history': ['M->'],
  'end-of-line': ['C-e', 'end'],
  'exchange-point-and-mark': ['C-x C-x'],
  'forward-char': ['C-f', 'right'],
  'forward-search-history': ['C-s'],
  'forward-word': ['M-f', 'C-right', 'M-right'],
  'history-search-backward': ['pageup'],
  'history-search-forward': ['pagedown'],
  'insert-comment': ['M-#'],
  'kill-line': ['C-k'],
  'kill-word': ['M-d'],
  'next-history': ['C-n', 'down'],
  'operate-and-get-next': ['C-o'],
  'possible-completions': ['M-?', 'M-='],
  'previous-history': ['C-p', 'up'],
  'quoted-insert': ['C-v', 'C-q'],
  'reverse-search-history': ['C-r'],
  'revert-line': ['M-r'],
  'set-mark': ['C-@'],
  'transpose-chars': ['C-t'],
  'transpose-words': ['M-t'],
  undo: ['C-_', 'C-x C-u'],
  'unix-line-discard': ['C-u'],
  'unix-word-rubout': ['C-w'],
  'upcase-word': ['M-u'],
  yank: ['C-y'],
  'yank-last-arg': ['M-.', 'M-_'],
  'yank-pop': ['M-y'],
};

/** Key sequences of the terminal's special keys, as they are written in bindings. */
const SPECIAL: Readonly<Record<string, string>> = {
  up: '\\e[A',
  down: '\\e[B',
  right: '\\e[C',
  left: '\\e[D',
  home: '\\e[H',
  end: '\\e[F',
  delete: '\\e[3~',
  pageup: '\\e[5~',
  pagedown: '\\e[6~',
  'C-right': '\\e[1;5C',
  'C-left': '\\e[1;5D',
  'M-right': '\\e[1;3C',
  'M-left': '\\e[1;3D',
  paste: '\\e[200~',
  enter: '\\C-m',
  tab: '\\C-i',
  backspace: '\\C-?',
  SPC: ' ',
};

/** A key's name as a binding shows it. */
export function shownKeys(names: string): string {
  return names
    .split(' ')
    .map((name) => {
      const meta = name.startsWith('M-') && SPECIAL[name] === undefined;
      const plain = meta ? name.slice(2) : name;
      const control = /^C-(.)$/.exec(plain);
      const text = SPECIAL[plain] ?? (control ? `\\C-${control[1]}` : plain.replace(/["\\]/, '\\$&'));
      return meta ? `\\e${text}` : text;
    })
    .join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  d: '\x7f',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The characters of a sequence as it is written in a binding: `\C-x\e[A`, `Control-a` is not taken. */
export function keySequence(source: string): string {
  return source.replace(
    /\\(?:(M-|C-|M-C-|C-M-)(\\?.)|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))/gs,
    (_, modifier: string | undefined, key: string, hex: string, octal: string, plain: string) => {
      if (modifier !== undefined) {
        const c = key.length > 1 ? key[1]! : key;
        const control = modifier.includes('C-') ? (c === '?' ? '\x7f' : String.fromCharCode(c.charCodeAt(0) & 31)) : c;
        return modifier.includes('M-') ? `\x1b${control}` : control;
      }
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      return ESCAPES[plain] ?? plain;
    },
  );
}

const FINAL: Readonly<Record<string, string>> = { A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end' };
const NUMBERED: Readonly<Record<string, string>> = {
  '1': 'home',
  '2': 'insert',
  '3': 'delete',
  '4': 'end',
  '5': 'pageup',
  '6': 'pagedown',
};

/** The names of the keys that send these characters, separated by blanks. */
export function keyNames(characters: string): string {
  const names: string[] = [];
  let rest = characters;
  while (rest !== '') {
    const special = /^\x1b[[O](?:1;([35]))?([A-FH])|^\x1b\[([1-6])~/.exec(rest);
    if (special) {
      const prefix = special[1] === '5' ? 'C-' : special[1] === '3' ? 'M-' : '';
      names.push(special[3] !== undefined ? NUMBERED[special[3]]! : prefix + FINAL[special[2]!]!);
      rest = rest.slice(special[0].length);
    } else if (rest[0] === '\x1b' && rest.length > 1) {
      names.push(`M-${nameOf(rest[1]!)}`);
      rest = rest.slice(2);
    } else {
      names.push(nameOf(rest[0]!));
      rest = rest.slice(1);
    }
  }
  return names.join(' ');
}

function nameOf(c: string): string {
  const code = c.charCodeAt(0);
  if (c === ' ') return 'SPC';
  if (code === 127) return 'backspace';
  if (code === 9) return 'tab';
  if (code === 13) return 'enter';
  if (code === 27) return 'escape';
  if (code === 0) return 'C-@';
  if (code === 31) return 'C-_';
  return code < 32 ? `C-${String.fromCharCode(code + (code < 27 ? 96 : 64))}` : c;
}

/** `Control-a`, `Meta-x`, `Rubout` and their like as a sequence. */
function namedKey(name: string): string {
  const m = /^(?:(control|ctrl|c)-|(meta|m)-)(.)$/i.exec(name);
  if (m) return m[1] !== undefined ? `\\C-${m[3]}` : `\\M-${m[3]}`;
  const keys: Readonly<Record<string, string>> = {
    del: '\\C-?',
    rubout: '\\C-?',
    esc: '\\e',
    escape: '\\e',
    lfd: '\\n',
    newline: '\\n',
    return: '\\r',
    ret: '\\r',
    spc: ' ',
    space: ' ',
    tab: '\\t',
  };
  return keys[name.toLowerCase()] ?? name;
}

/** The keys that a function has now. */
export function keysOf(bindings: Bindings, name: string): string[] {
  const own = (FUNCTIONS[name] ?? []).filter((key) => !bindings.keys.has(key));
  const bound = [...bindings.keys].filter(([, b]) => b.does === 'function' && b.name === name).map(([key]) => key);
  return [...own, ...bound];
}

/**
 * Takes one line of an inputrc or an argument of bind: `"\\C-x": function`, `"x": "text"`, `set name value`.
 * @returns what is wrong with it
 */
export function takeBinding(bindings: Bindings, line: string): string | undefined {
  const set = /^set\s+(\S+)\s*(.*)$/.exec(line.trim());
  if (set) {
    bindings.setVariable(set[1]!, set[2]!.trim());
    return undefined;
  }
  const m = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s:]+))\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+))/s.exec(line);
  if (!m) return undefined;
  const names = keyNames(keySequence(m[1] ?? namedKey(m[2]!)));
  if (m[5] === undefined) {
    bindings.keys.set(names, { does: 'macro', text: keySequence(m[3] ?? m[4]!) });
    return undefined;
  }
  const name = m[5].toLowerCase();
  if (name === 'self-insert') bindings.keys.delete(names);
  else if (!FUNCTIONS[name]) return `\`${m[5]}': unknown function name`;
  else bindings.keys.set(names, { does: 'function', name });
  return undefined;
}
