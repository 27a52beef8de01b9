import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { streamAttached } from '../stream/attach.ts';
import { detachKeys } from '../stream/detach-keys.ts';
import { waitForExit } from '../stream/exit.ts';
import { forwardSignals } from '../stream/signals.ts';
import { monitorSize, resizeOnce, terminalSize } from '../stream/terminal.ts';
import { inspectContainer } from './inspect-state.ts';
import { checkTerminal } from './run.ts';

export default command(function* (cli, flags, [name = '']) {
  const client = yield* cli.client();
  const container = yield* inspectContainer(client, name);
  const { State: state, Id: id } = container;
  if (!state.Running) throw new CliError('You cannot attach to a stopped container, start it first');
  if (state.Paused) throw new CliError('You cannot attach to a paused container, unpause it first');
  if (state.Restarting) throw new CliError('You cannot attach to a restarting container, wait until it is running');
  const { Tty: tty } = container.Config;
  const stdin = !flags.bool('no-stdin') && container.Config.OpenStdin;
  checkTerminal(cli, !flags.bool('no-stdin'), tty);
  const keys = detachKeys(flags.text('detach-keys') || (cli.config.file.detachKeys ?? ''));
  const stopSignals = flags.bool('sig-proxy') && !tty ? forwardSignals(cli.sys, client, id) : undefined;
  const exit = yield* waitForExit(cli.sys, client, id, 'not-running');
  const response = yield* client.hijack(`/containers/${id}/attach`, {
    query: {
      stream: true,
      stdin: stdin || undefined,
      stdout: true,
      stderr: true,
      detachKeys: flags.text('detach-keys') || undefined,
    },
  });
  const size = tty ? terminalSize(cli.sys) : undefined;
  if (size) {
    // A shell that is attached to again draws its prompt only when the size changes.
    yield* resizeOnce(client, `/containers/${id}/resize`, { rows: size.rows + 1, cols: size.cols + 1 });
    monitorSize(cli.sys, client, `/containers/${id}/resize`);
  }
  if ((yield* streamAttached(cli.sys, response, { tty, stdin, output: true, keys })) === 'detached') {
    throw new CliError('read escape sequence');
  }
  const status = yield* exit.join(cli.sys);
  stopSignals?.();
  return status;
});
