import type { HttpResponse } from '../../../libc/http-client.ts';
import type { Wait } from '../../../libc/io.ts';
import type { DockerClient } from '../client.ts';
import { type Cli, command } from '../command.ts';
import { CliError, ConnectionError, DaemonError, messageOf, withHelp } from '../errors.ts';
import type { Flags } from '../flags/parse.ts';
import { streamAttached } from '../stream/attach.ts';
import { Background } from '../stream/background.ts';
import { detachKeys } from '../stream/detach-keys.ts';
import { waitForExit } from '../stream/exit.ts';
import { forwardSignals } from '../stream/signals.ts';
import { monitorSize, terminalSize } from '../stream/terminal.ts';
import { parseContainer } from './config/parse.ts';
import type { ContainerSpec } from './config/spec.ts';
import { checkPull, createContainer } from './create-call.ts';

export default command(function* (cli, flags, args) {
  const spec = yield* parsed(cli, flags, args);
  const { body } = spec;
  const detach = flags.bool('detach');
  if (detach) {
    if (flags.list('attach').length > 0) {
      throw new CliError('conflicting options: cannot specify both --attach and --detach');
    }
    body.AttachStdin = false;
    body.AttachStdout = false;
    body.AttachStderr = false;
    body.StdinOnce = false;
  } else checkTerminal(cli, body.AttachStdin, body.Tty);
  const size = terminalSize(cli.sys);
  if (size) body.HostConfig.ConsoleSize = [size.rows, size.cols];
  const keys = detachKeys(flags.text('detach-keys') || (cli.config.file.detachKeys ?? ''));
  const id = yield* orRunError(() => createContainer(cli, flags, spec));
  const client = yield* cli.client();
  const attached = body.AttachStdin || body.AttachStdout || body.AttachStderr;
  if (!attached) {
    yield* cli.out.write(`${id}\n`);
    yield* cli.out.flush();
  }
  const stopSignals = !detach && flags.bool('sig-proxy') && !body.Tty ? forwardSignals(cli.sys, client, id) : undefined;
  const response = attached ? yield* attach(client, id, spec, flags) : undefined;
  const exit = detach
    ? undefined
    : yield* waitForExit(cli.sys, client, id, body.HostConfig.AutoRemove ? 'removed' : 'next-exit');
  const streams = response && startStreams(cli, response, spec, keys);
  try {
    yield* client.done('POST', `/containers/${id}/start`);
  } catch (error) {
    if (response) {
      response.connection.abort();
      yield* streams!.join(cli.sys);
    }
    if (body.HostConfig.AutoRemove && exit) yield* exit.join(cli.sys);
    throw runError(error);
  }
  if (detach) return 0;
  if (body.Tty && attached && size) monitorSize(cli.sys, client, `/containers/${id}/resize`);
  const end = yield* streams?.join(cli.sys) ?? nothing();
  if (end === 'detached') return 0;
  const status = yield* exit!.join(cli.sys);
  stopSignals?.();
  return status;
});

function* nothing(): Wait<undefined> {
  return undefined;
}

function* parsed(cli: Cli, flags: Flags, args: string[]): Wait<ContainerSpec> {
  try {
    checkPull(flags);
    return yield* parseContainer(cli, flags, args);
  } catch (error) {
    if (error instanceof CliError) throw new CliError(withHelp(error.message, 'run'), 125);
    throw error;
  }
}

/** @throws CliError where a terminal is wanted for input that is none */
export function checkTerminal(cli: Cli, attachStdin: boolean, tty: boolean): void {
  if (attachStdin && tty && !cli.sys.isatty(0)) throw new CliError('the input device is not a TTY');
}

function* attach(client: DockerClient, id: string, { body }: ContainerSpec, flags: Flags): Wait<HttpResponse> {
  return yield* client.hijack(`/containers/${id}/attach`, {
    query: {
      stream: true,
      stdin: body.AttachStdin || undefined,
      stdout: body.AttachStdout || undefined,
      stderr: body.AttachStderr || undefined,
      detachKeys: flags.text('detach-keys') || undefined,
    },
  });
}

function startStreams(cli: Cli, response: HttpResponse, { body }: ContainerSpec, keys: Uint8Array) {
  return new Background(cli.sys, (own) =>
    streamAttached(own, response, {
      tty: body.Tty,
      stdin: body.AttachStdin,
      output: body.AttachStdout || body.AttachStderr,
      keys,
    }),
  );
}

function* orRunError<T>(body: () => Wait<T>): Wait<T> {
  try {
    return yield* body();
  } catch (error) {
    throw runError(error);
  }
}

/** What `run` says of a container that could not be made or started; the status tells why. */
function runError(error: unknown): CliError {
  const text = messageOf(error);
  let status = 125;
  if (/executable file not found|no such file or directory|system cannot find the file specified/.test(text))
    status = 127;
  else if (/permission denied|is a directory/.test(text)) status = 126;
  const connection = error instanceof ConnectionError || error instanceof DaemonError || error instanceof CliError;
  if (!connection) throw error;
  return new CliError(withHelp(text, 'run'), status);
}
