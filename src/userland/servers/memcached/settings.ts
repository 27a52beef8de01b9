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
  /** Permission bits of the unix socket. */
  socketMode: number;
  /** When there is no room: an error, in place of taking away what was used longest ago. */
  keepsAll: boolean;
  /** The first chunk of the slab classes (-n and the item's head), and how they grow. */
  firstChunk: number;
  growth: number;
  /** `flush_all` is refused; `shutdown` is taken. */
  refusesFlush: boolean;
  takesShutdown: boolean;
}

/** Letters with a value, and without. `-R`, `-b`, `-t`, `-k`, `-L` and `-r` are about speed and memory of the real machine. */
const TAKES = 'psluUmctPfnIRbBa';
const PLAIN = 'dvhVAMrkLF';

const LONG: Readonly<Record<string, string>> = {
  port: 'p',
  'unix-socket': 's',
  listen: 'l',
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
  'enable-shutdown': 'A',
  'disable-flush-all': 'F',
  'unix-mask': 'a',
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
    socketMode: 0o700,
    keepsAll: false,
    firstChunk: 96,
    growth: 1.25,
    refusesFlush: false,
    takesShutdown: false,
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
        if (letter === 'd') return { problem: 'memcached: -d is not simulated: start it in the background\n' };
        if (letter === 'M') settings.keepsAll = true;
        if (letter === 'F') settings.refusesFlush = true;
        if (letter === 'A') settings.takesShutdown = true;
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
  if (letter === 'a') settings.socketMode = Number.parseInt(value, 8);
  if (letter === 'f') {
    settings.growth = Number.parseFloat(value);
    if (!(settings.growth > 1)) return 'Factor must be greater than 1\n';
  }
  if (letter === 'n') {
    const size = Number.parseInt(value, 10);
    if (!(size > 0)) return 'Chunk size must be greater than 0\n';
    settings.firstChunk = Math.ceil((size + 48) / 8) * 8;
  }
  if (letter === 'U' && value !== '0') return 'memcached: UDP is not simulated\n';
  if (letter === 'B' && value !== 'auto' && value !== 'ascii')
    return value === 'binary'
      ? 'memcached: the binary protocol is not simulated\n'
      : `Invalid value for binding protocol: ${value}\n -- should be one of auto, binary, or ascii\n`;
  if (letter === 'I') {
    settings.itemMax = bytes(value);
    if (!(settings.itemMax >= 1024)) return 'Item max size cannot be less than 1024 bytes.\n';
    if (settings.itemMax > 1024 ** 3) return 'Cannot set item size limit higher than a gigabyte.\n';
  }
  return undefined;
}
