import { EINPROGRESS, ETIMEDOUT } from '../../abi/errno.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { read, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { gaiStrerror, resolve } from '../../libc/resolver.ts';
import { dial } from '../nc/dial.ts';
import { addOption, type HostConfig, readConfig } from '../ssh/config.ts';

const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface]
           [-b bind_address] [-c cipher_spec] [-D [bind_address:]port]
           [-E log_file] [-e escape_char] [-F configfile] [-I pkcs11]
           [-i identity_file] [-J [user@]host[:port]] [-L address]
           [-l login_name] [-m mac_spec] [-O ctl_cmd] [-o option] [-p port]
           [-Q query_option] [-R address] [-S ctl_path] [-W host:port]
           [-w local_tun[:remote_tun]] destination [command [argument ...]]
`;
const FLAGS = '46AaCfGgKkMNnqsTtVvXxYy';
const WITH_ARGUMENT = 'BbcDEeFIiJLlmOopQRSWw';

export default program({
  name: 'ssh',
  at: ['/usr/bin/ssh'],
  spec: 'OpenSSH 9.6 ssh(1) up to the connection: configuration, names, ports; no machine of the virtual internet serves SSH',
  usage: '[-46AaCfGgKkMNnqsTtVvXxYy] destination [command [argument ...]]',
  about: 'Log in to another machine.',
  options: {},
  raw: true,
  *main(ctx) {
    const asked = yield* parse(ctx);
    if (typeof asked === 'number') return asked;
    const { host, config, configFile } = asked;
    if (configFile !== undefined) {
      const wrong = yield* readConfig(ctx.sys, configFile, host, config);
      if (wrong === 'missing') return yield* fail(ctx, `Can't open user config file ${configFile}: ${ctx.strerror(2)}`);
      if (wrong !== undefined) return yield* fail(ctx, wrong);
    } else
      for (const file of [`${ctx.env.get('HOME') ?? '/root'}/.ssh/config`, '/etc/ssh/ssh_config']) {
        const wrong = yield* readConfig(ctx.sys, file, host, config);
        if (wrong !== undefined && wrong !== 'missing') return yield* fail(ctx, wrong);
      }
    const portText = config.get('port') ?? '22';
    if (!/^\d+$/.test(portText) || Number(portText) < 1 || Number(portText) > 65535) {
      yield* ctx.stderr.write(`Bad port '${portText}'\n`);
      return 255;
    }
    if (asked.dump) {
      yield* ctx.stdout.write(yield* settings(ctx, host, config, portText));
      return 0;
    }
    if (asked.terminal && !ctx.sys.isatty(0))
      yield* warn(ctx, 'Pseudo-terminal will not be allocated because stdin is not a terminal.');
    return yield* talk(ctx, config.get('hostname')?.replaceAll('%h', host) ?? host, Number(portText), config);
  },
});

interface Asked {
  host: string;
  config: HostConfig;
  configFile: string | undefined;
  /** A login on a terminal is wanted. */
  terminal: boolean;
  dump: boolean;
}

const warn = (ctx: Context, text: string): Wait<void> => ctx.stderr.write(`${text}\r\n`);
function* fail(ctx: Context, text: string): Wait<number> {
  yield* warn(ctx, text);
  return 255;
}
function* usage(ctx: Context, text?: string): Wait<number> {
  if (text !== undefined) yield* warn(ctx, text);
  yield* ctx.stderr.write(USAGE);
  return 255;
}

/** Reads the options, which may stand behind the host too. @returns a status where that is all */
function* parse(ctx: Context): Wait<Asked | number> {
  const config: HostConfig = new Map();
  const words = [...ctx.args];
  let host: string | undefined;
  let configFile: string | undefined;
  let [dump, noTerminal, forced] = [false, false, false];
  while (words.length > 0 && (host === undefined || words[0]!.startsWith('-'))) {
    const word = words.shift()!;
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') {
      host = word;
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      if (FLAGS.includes(letter)) {
        if (letter === 'V') {
          yield* ctx.stderr.write(`${version(ctx)}\n`);
          return 0;
        }
        if (letter === 'G') dump = true;
        if (letter === 'T' || letter === 'N') noTerminal = true;
        if (letter === 't') forced = true;
        continue;
      }
      if (!WITH_ARGUMENT.includes(letter)) return yield* usage(ctx, `unknown option -- ${letter}`);
      const value = word.slice(i + 1) || words.shift();
      if (value === undefined) return yield* usage(ctx, `option requires an argument -- ${letter}`);
      if (letter === 'p') config.set('port', value);
      else if (letter === 'l') config.set('user', value);
      else if (letter === 'F') configFile = value;
      else if (letter === 'i') addOption(config, `identityfile=${value}`);
      else if (letter === 'Q') return yield* fail(ctx, `Unsupported query "${value}"`);
      else if (letter === 'o') {
        const wrong = addOption(config, value);
        if (wrong !== undefined) return yield* fail(ctx, `command-line: line 0: ${wrong}`);
      }
      break;
    }
  }
  host ??= words.shift();
  if (host === undefined) return yield* usage(ctx);
  const url = /^ssh:\/\/(.*?)\/?$/.exec(host)?.[1];
  const m = /^(?:(.*)@)?([^@]*?)$/.exec(url ?? host)!;
  const parts = url === undefined ? null : /^(.*):(\d+)$/.exec(m[2]!);
  if (m[1] !== undefined && !config.has('user')) config.set('user', m[1]);
  if (parts && !config.has('port')) config.set('port', parts[2]!);
  const name = parts ? parts[1]! : m[2]!;
  if (name === '') return yield* usage(ctx);
  return { host: name, config, configFile, terminal: forced || (words.length === 0 && !noTerminal), dump };
}

const version = (ctx: Context): string =>
  /^7\./.test(ctx.sys.image.version)
    ? 'OpenSSH_7.4p1, OpenSSL 1.0.2k-fips  26 Jan 2017'
    : /^9\.[0-57-9]/.test(ctx.sys.image.version)
      ? `OpenSSH_${ctx.sys.image.version}, OpenSSL 3.0.15 3 Sep 2024`
      : 'OpenSSH_9.6p1 Ubuntu-3ubuntu13.14, OpenSSL 3.0.13 30 Jan 2024';

/** `-G`: what would be used. */
function* settings(ctx: Context, host: string, config: HostConfig, port: string): Wait<string> {
  const { euid } = ctx.sys.credentials();
  const user = config.get('user') ?? (yield* new Accounts(ctx.sys).userName(euid));
  const rest = [...config].filter(([key]) => !['user', 'hostname', 'port'].includes(key));
  const name = config.get('hostname')?.replaceAll('%h', host) ?? host;
  const rows = [['host', host], ['user', user], ['hostname', name], ['port', port], ...rest];
  return rows.map(([key, value]) => `${key} ${value}\n`).join('');
}

/** Connects and reads the other side's version: who says none is no SSH server. */
function* talk(ctx: Context, host: string, port: number, config: HostConfig): Wait<number> {
  const found = yield* resolve(ctx.sys, host);
  if (typeof found === 'string')
    return yield* fail(ctx, `ssh: Could not resolve hostname ${host}: ${gaiStrerror(found, ctx.sys.image.flavour)}`);
  const seconds = Number(config.get('connecttimeout') ?? 0);
  let fd = -1;
  let address = '';
  for (address of found.addresses) {
    fd = yield* dial(ctx.sys, address, port, { udp: false, ...(seconds > 0 ? { timeout: seconds * 1000 } : {}) });
    if (fd >= 0) break;
    const errno = fd === -EINPROGRESS ? ETIMEDOUT : -fd;
    yield* warn(ctx, `ssh: connect to host ${host} port ${port}: ${ctx.strerror(errno)}`);
  }
  if (fd < 0) return 255;
  yield* writeAll(ctx.sys, fd, `SSH-2.0-${version(ctx).split(',')[0]}\r\n`);
  const buf = new Uint8Array(256);
  let text = '';
  for (let n: number; text.length < 8192 && (n = yield* read(ctx.sys, fd, buf)) > 0; ) {
    text += decode(buf.subarray(0, n));
    if (/^SSH-/m.test(text) && text.includes('\n')) break;
  }
  ctx.sys.close(fd);
  if (/^SSH-2\.0-/m.test(text))
    return yield* fail(ctx, `Unable to negotiate with ${address} port ${port}: no matching key exchange method found.`);
  if (text !== '') {
    yield* warn(ctx, 'kex_exchange_identification: banner line contains invalid characters');
    return yield* fail(ctx, `banner exchange: Connection to ${address} port ${port}: invalid format`);
  }
  yield* warn(ctx, 'kex_exchange_identification: Connection closed by remote host');
  return yield* fail(ctx, `Connection closed by ${address} port ${port}`);
}
