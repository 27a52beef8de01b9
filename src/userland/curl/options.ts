/** Options of curl: long name, letter, and whether there is an argument. `no-` turns a flag off. */
const FLAGS: Readonly<Record<string, string>> = {
  silent: 's',
  'show-error': 'S',
  include: 'i',
  head: 'I',
  location: 'L',
  'location-trusted': '',
  'remote-name': 'O',
  'remote-header-name': 'J',
  'remote-name-all': '',
  insecure: 'k',
  fail: 'f',
  'fail-with-body': '',
  verbose: 'v',
  get: 'G',
  'no-buffer': 'N',
  'progress-bar': '#',
  globoff: 'g',
  compressed: '',
  ipv4: '4',
  ipv6: '6',
  'create-dirs': '',
  'retry-connrefused': '',
  'retry-all-errors': '',
  'http1.0': '0',
  'http1.1': '',
  http2: '',
  'http2-prior-knowledge': '',
  'path-as-is': '',
  tcp_nodelay: '',
  'tcp-nodelay': '',
  disable: 'q',
  version: 'V',
  parallel: 'Z',
  'proto-default': '',
  tlsv1: '1',
  'tlsv1.2': '',
  'tlsv1.3': '',
  'no-keepalive': '',
  'styled-output': '',
  'no-progress-meter': '',
};
const ARGUMENTS: Readonly<Record<string, string>> = {
  output: 'o',
  data: 'd',
  'data-ascii': '',
  'data-raw': '',
  'data-binary': '',
  'data-urlencode': '',
  json: '',
  form: 'F',
  'form-string': '',
  header: 'H',
  request: 'X',
  user: 'u',
  'user-agent': 'A',
  referer: 'e',
  cookie: 'b',
  'cookie-jar': 'c',
  'write-out': 'w',
  'upload-file': 'T',
  'max-time': 'm',
  'connect-timeout': '',
  retry: '',
  'retry-delay': '',
  'retry-max-time': '',
  'max-redirs': '',
  range: 'r',
  'continue-at': 'C',
  url: '',
  'unix-socket': '',
  resolve: '',
  cacert: '',
  'output-dir': '',
  proxy: 'x',
  noproxy: '',
  'limit-rate': '',
  'speed-limit': 'Y',
  'speed-time': 'y',
  'dump-header': 'D',
  config: 'K',
  interface: '',
  cert: 'E',
  key: '',
  proto: '',
  'proto-redir': '',
  'keepalive-time': '',
  'oauth2-bearer': '',
  stderr: '',
  'max-filesize': '',
  'dns-servers': '',
};

/** What was asked for: flags, and the values of the others in their order. */
export class CurlOptions {
  readonly flags = new Set<string>();
  readonly values = new Map<string, string[]>();
  readonly urls: string[] = [];
  /** -o and -O in their order: a name, or undefined for the remote one. */
  readonly outputs: (string | undefined)[] = [];
  /** -d and its kin. */
  readonly data: { kind: string; text: string }[] = [];
  readonly forms: { text: string; literal: boolean }[] = [];

  has(name: string): boolean {
    return this.flags.has(name);
  }

  last(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  private set(name: string, value: string): void {
    if (name === 'url') this.urls.push(value);
    else if (name === 'output') this.outputs.push(value);
    else if (name.startsWith('data') || name === 'json') this.data.push({ kind: name, text: value });
    else if (name.startsWith('form')) this.forms.push({ text: value, literal: name === 'form-string' });
    const list = this.values.get(name) ?? [];
    list.push(value);
    this.values.set(name, list);
  }

  private flag(name: string): void {
    this.flags.add(name);
    if (name === 'remote-name') this.outputs.push(undefined);
  }

  /** @returns undefined, or the words of an error */
  parse(argv: readonly string[]): string | undefined {
    for (let i = 0; i < argv.length; i++) {
      const word = argv[i]!;
      if (!word.startsWith('-') || word === '-') {
        this.urls.push(word);
        continue;
      }
      if (word.startsWith('--')) {
        const name = completed(word.slice(2));
        if (name === undefined) {
          const off = completed(word.slice(5));
          if (word.startsWith('--no-') && off !== undefined) {
            this.flags.delete(off);
            continue;
          }
          return `option ${word}: is unknown`;
        }
        if (name in FLAGS) this.flag(name);
        else if (i + 1 >= argv.length) return `option ${word}: requires parameter`;
        else this.set(name, argv[++i]!);
        continue;
      }
      for (let j = 1; j < word.length; j++) {
        const letter = word[j]!;
        const flag = Object.keys(FLAGS).find((n) => FLAGS[n] === letter);
        if (flag !== undefined) {
          this.flag(flag);
          continue;
        }
        const name = Object.keys(ARGUMENTS).find((n) => ARGUMENTS[n] === letter);
        if (name === undefined) return `option ${word}: is unknown`;
        const rest = word.slice(j + 1);
        if (rest === '' && i + 1 >= argv.length) return `option ${word}: requires parameter`;
        this.set(name, rest !== '' ? rest : argv[++i]!);
        break;
      }
    }
    for (const name of ['max-time', 'connect-timeout', 'retry', 'retry-delay', 'max-redirs']) {
      const value = this.last(name);
      if (value !== undefined && !/^-?\d+(\.\d+)?$/.test(value)) {
        const letter = ARGUMENTS[name] ? `-${ARGUMENTS[name]}` : `--${name}`;
        const shown = argv.includes(`--${name}`) ? `--${name}` : letter;
        return `option ${shown}: expected a proper numerical parameter`;
      }
    }
    return undefined;
  }
}

/** The long name, or the only one that begins so. */
function completed(text: string): string | undefined {
  if (text in FLAGS || text in ARGUMENTS) return text;
  const found = [...Object.keys(FLAGS), ...Object.keys(ARGUMENTS)].filter((n) => n.startsWith(text));
  return found.length === 1 ? found[0] : undefined;
}
