import { BLOCKED } from '../../abi/errno.ts';
import { cloneTermios, ECHO, ICANON, makeRaw, TCSADRAIN } from '../../abi/termios.ts';
import type { Wait } from '../../libc/io.ts';
import { type Cli, command } from './command.ts';
import { CliError } from './errors.ts';
import { pathError } from './files.ts';
import type { Flags } from './flags/parse.ts';
import { HUB, registryHost } from './registry-auth.ts';

export default command(function* (cli, flags, [server = '']) {
  yield* checkOptions(cli, flags);
  const registry = server === '' || server === 'docker.io' ? HUB : registryHost(server);
  let username = flags.text('username');
  let password = flags.bool('password-stdin')
    ? (yield* cli.stdin.text()).replace(/[\r\n]+$/, '')
    : flags.text('password');
  const stored = cli.config.auth(registry);
  if (username === '' && password === '' && stored.username) {
    yield* cli.out.write('Authenticating with existing credentials...');
    yield* cli.out.write(` [Username: ${stored.username}]\n\n`);
    username = stored.username;
    password = stored.password ?? '';
  } else if (username === '' || password === '') {
    [username, password] = yield* ask(cli, registry, username, password);
  }
  const client = yield* cli.client();
  const answer = yield* client.json<{ Status?: string; IdentityToken?: string }>('POST', '/auth', {
    json: { username, password, serveraddress: registry },
  });
  const isNew = cli.config.auth(registry).username !== username;
  const token = answer.IdentityToken;
  cli.config.storeAuth(registry, { username, password, ...(token && { identitytoken: token }) });
  const saved = yield* cli.config.save();
  if (saved < 0) throw new CliError(`Error saving credentials: ${pathError('open', cli.config.path, saved)}`);
  if (isNew) {
    yield* cli.warn(
      `\nWARNING! Your credentials are stored unencrypted in '${cli.config.path}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n`,
    );
  }
  if (answer.Status) yield* cli.out.write(`${answer.Status}\n`);
});

function* checkOptions(cli: Cli, flags: Flags): Wait<void> {
  const fromStdin = flags.bool('password-stdin');
  if (flags.changed('password')) {
    if (fromStdin) throw new CliError('conflicting options: cannot specify both --password and --password-stdin');
    yield* cli.warn('WARNING! Using --password via the CLI is insecure. Use --password-stdin.');
  }
  if (fromStdin && flags.text('username') === '') {
    throw new CliError('the --password-stdin option requires --username to be set');
  }
}

/** Asks on the terminal for what is missing. @throws CliError where there is none */
function* ask(cli: Cli, registry: string, name: string, given: string): Wait<[string, string]> {
  if (!cli.sys.isatty(0)) throw new CliError('Error: Cannot perform an interactive login from a non TTY device');
  let username = name;
  if (username === '') {
    if (registry === HUB) yield* cli.out.write('Log in with your Docker ID or email address.\n');
    yield* cli.out.write('Username: ');
    yield* cli.out.flush();
    username = ((yield* cli.stdin.line()) ?? '').trim();
    if (username === '') throw new CliError('Error: Non-null Username Required');
  }
  if (given !== '') return [username, given];
  yield* cli.out.write('Password: ');
  yield* cli.out.flush();
  const password = yield* hidden(cli);
  if (password === '') throw new CliError('Error: Password Required');
  return [username, password];
}

/** A line that is not shown while it is typed. */
function* hidden(cli: Cli): Wait<string> {
  const before = cli.sys.tcgetattr(0);
  if (typeof before === 'number') return (yield* cli.stdin.line()) ?? '';
  const saved = cloneTermios(before);
  const silent = {
    ...makeRaw(before),
    iflag: before.iflag,
    oflag: before.oflag,
    lflag: (before.lflag & ~ECHO) | ICANON,
  };
  while (cli.sys.tcsetattr(0, TCSADRAIN, silent) === BLOCKED) yield;
  try {
    return (yield* cli.stdin.line()) ?? '';
  } finally {
    while (cli.sys.tcsetattr(0, TCSADRAIN, saved) === BLOCKED) yield;
    yield* cli.out.write('\n');
  }
}
