/** What the command line says. */
export interface Settings {
  port: number;
  /** Path of a unix socket, in place of TCP. */
  socket: string;
  address: string;
  user: string;
  /** Bytes that items may take, and one of them. */
  memory: number;
  itemMax: number;
  connections: number;
  threads: number;
  verbose: number;
  pidFile: string;
  daemon: boolean;
}

const TAKES = 'psluUmcKtPfnIRbBoaDC'.replace('C', '');
const PLAIN = 'dvhVAMrkLSFX';

const LONG: Readonly<Record<string, string>> = {
  port: 'p',
  'unix-socket': 's',
  listen: 'l',
  daemon: 'd',
  user: 'u',
  'udp-port': 'U',
  'memory-limit': 'm',
  'conn-limit': 'c',
  threads: 't',
  verbose: 'v',
  'max-item-size': 'I',
  pidfile: 'P',
  'disable-evictions': 'M',
  'slab-growth-factor': 'f',
  'slab-min-size': 'n',
  protocol: 'B',
  extended: 'o',
  help: 'h',
  version: 'V',
};

/** What the command line asks for: to serve, to be told something, or something that is wrong. */
export type Wish = { serve: Settings } | { say: 'help' | 'version' } | { problem: string };

/** `1m`, `512k`, plain bytes. */
function bytes(text: string): number {
  const m = /^(\d+)([kmKM]?)$/.exec(text);
  return m ? Number(m[1]) * ({ k: 1024, m: 1024 ** 2 }[m[2]!.toLowerCase()] ?? 1) : Number.NaN;
}

/** Reads the command line. @see memcached(1) */
export function readSettings(args: readonly string[]): Wish {
  const settings: Settings = {
    port: 11211,
    socket: '',
    address: '',
    user: '',
    memory: 64 * 1024 * 1024,
    itemMax: 1024 * 1024,
    connections: 1024,
    threads: 4,
    verbose: 0,
    pidFile: '',
    daemon: false,
  };
  const rest = [...args];
  for (let word; (word = rest.shift()) !== undefined; ) {
    if (word === '--') break;
    const long = /^--([a-z-]+)(?:=(.*))?$/.exec(word);
    const letters = long ? LONG[long[1]!] : /^-(.+)$/.exec(word)?.[1];
    if (letters === undefined && !long) continue;
    if (letters === undefined) return { problem: `memcached: unrecognized option '${word}'\n` };
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i]!;
      if (!TAKES.includes(letter) && !PLAIN.includes(letter))
        return { problem: `memcached: invalid option -- '${letter}'\nIllegal argument "?"\n` };
      if (PLAIN.includes(letter)) {
        if (letter === 'h') return { say: 'help' };
        if (letter === 'V') return { say: 'version' };
        if (letter === 'v') settings.verbose++;
        if (letter === 'd') settings.daemon = true;
        continue;
      }
      const value = long ? (long[2] ?? rest.shift()) : letters.slice(i + 1) || rest.shift();
      if (value === undefined) return { problem: `memcached: option requires an argument -- '${letter}'\n` };
      const problem = set(settings, letter, value);
      if (problem !== undefined) return { problem };
      break;
    }
  }
  return { serve: settings };
}

function set(settings: Settings, letter: string, value: string): string | undefined {
  if (letter === 'p') settings.port = Number(value);
  if (letter === 's') settings.socket = value;
  if (letter === 'l') settings.address = value;
  if (letter === 'u') settings.user = value;
  if (letter === 'P') settings.pidFile = value;
  if (letter === 'm') settings.memory = Number.parseInt(value, 10) * 1024 * 1024;
  if (letter === 'c') {
    settings.connections = Number.parseInt(value, 10);
    if (!(settings.connections > 0)) return 'Maximum connections must be greater than 0\n';
  }
  if (letter === 't') {
    settings.threads = Number.parseInt(value, 10);
    if (!(settings.threads > 0)) return 'Number of threads must be greater than 0\n';
  }
  if (letter === 'I') {
    settings.itemMax = bytes(value);
    if (!(settings.itemMax >= 1024)) return 'Item max size cannot be less than 1024 bytes.\n';
    if (settings.itemMax > 1024 ** 3) return 'Cannot set item size limit higher than a gigabyte.\n';
  }
  return undefined;
}
