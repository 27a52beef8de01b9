import { SIGTERM } from '../../../abi/signal.ts';
import type { Wait } from '../../../libc/io.ts';
import { type DockerClient, segment } from '../client.ts';
import { type Cli, command } from '../command.ts';
import { CliError, messageOf } from '../errors.ts';
import type { Flags } from '../flags/parse.ts';
import { streamAttached } from '../stream/attach.ts';
import { Background } from '../stream/background.ts';
import { detachKeys } from '../stream/detach-keys.ts';
import { waitForExit } from '../stream/exit.ts';
import { forwardSignals } from '../stream/signals.ts';
import { monitorSize } from '../stream/terminal.ts';
import { inspectContainer } from './inspect-state.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  if (flags.bool('attach') || flags.bool('interactive')) {
    if (names.length > 1) throw new CliError('you cannot start and attach multiple containers at once');
    return yield* startAttached(cli, client, flags, names[0]!);
  }
  const failed: string[] = [];
  for (const name of names) {
    try {
      yield* client.done('POST', `/containers/${segment(name)}/start`);
      yield* cli.out.write(`${name}\n`);
      yield* cli.out.flush();
    } catch (error) {
      yield* cli.warn(messageOf(error));
      failed.push(name);
    }
  }
  if (failed.length > 0) throw new CliError(`Error: failed to start containers: ${failed.join(', ')}`);
  return 0;
});

function* startAttached(cli: Cli, client: DockerClient, flags: Flags, name: string): Wait<number> {
  const container = yield* inspectContainer(client, name);
  const id = container.Id;
  const { Tty: tty } = container.Config;
  const stdin = flags.bool('interactive') && container.Config.OpenStdin;
  let isTerminated = false;
  const stopSignals = tty
    ? undefined
    : forwardSignals(cli.sys, client, id, () => {
        isTerminated = true;
        response.connection.abort();
      });
  const response = yield* client.hijack(`/containers/${id}/attach`, {
    query: {
      stream: true,
      stdin: stdin || undefined,
      stdout: true,
      stderr: true,
      detachKeys: flags.text('detach-keys') || undefined,
    },
  });
  const keys = detachKeys(flags.text('detach-keys') || (cli.config.file.detachKeys ?? ''));
  const exit = yield* waitForExit(cli.sys, client, id, container.HostConfig.AutoRemove ? 'removed' : 'next-exit');
  const streams = new Background(cli.sys, (own) => streamAttached(own, response, { tty, stdin, output: true, keys }));
  try {
    yield* client.done('POST', `/containers/${id}/start`);
  } catch (error) {
    response.connection.abort();
    yield* streams.join(cli.sys);
    throw error;
  }
  if (tty) monitorSize(cli.sys, client, `/containers/${id}/resize`);
  // SIGTERM cancels the command itself, whatever the container makes of it
  const ended = yield* joined(cli, streams, () => isTerminated);
  if (isTerminated) return 128 + SIGTERM;
  if (ended === 'detached') return 0;
  const status = yield* exit.join(cli.sys);
  stopSignals?.();
  return status;
}

/** Waits for the streams' end; that a cancelled connection fails is no error. */
function* joined<T>(cli: Cli, streams: Background<T>, isCancelled: () => boolean): Wait<T | undefined> {
  try {
    return yield* streams.join(cli.sys);
  } catch (error) {
    if (isCancelled()) return undefined;
    throw error;
  }
}
