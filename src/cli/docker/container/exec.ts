import type { Wait } from '../../../libc/io.ts';
import { type DockerClient, segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { streamAttached } from '../stream/attach.ts';
import { detachKeys } from '../stream/detach-keys.ts';
import { monitorSize, terminalSize } from '../stream/terminal.ts';
import { environmentOf } from './config/env.ts';
import { inspectContainer } from './inspect-state.ts';
import { checkTerminal } from './run.ts';

export default command(function* (cli, flags, [name = '', ...words]) {
  const detach = flags.bool('detach');
  const tty = flags.bool('tty');
  const stdin = flags.bool('interactive') && !detach;
  const env = yield* environmentOf(cli, flags.list('env-file'), flags.list('env'));
  const keys = flags.text('detach-keys') || (cli.config.file.detachKeys ?? '');
  const client = yield* cli.client();
  yield* inspectContainer(client, name);
  if (!detach) checkTerminal(cli, stdin, tty);
  const size = terminalSize(cli.sys);
  const console = size && { ConsoleSize: [size.rows, size.cols] };
  const { Id: id } = yield* client.json<{ Id: string }>('POST', `/containers/${segment(name)}/exec`, {
    json: {
      User: flags.text('user'),
      Privileged: flags.bool('privileged'),
      Tty: tty,
      ...console,
      AttachStdin: stdin,
      AttachStderr: !detach,
      AttachStdout: !detach,
      DetachKeys: keys,
      Env: env.length > 0 ? env : null,
      WorkingDir: flags.text('workdir'),
      Cmd: words,
    },
  });
  if (id === '') throw new CliError('exec ID empty');
  if (detach) {
    yield* client.done('POST', `/exec/${id}/start`, { json: { Detach: true, Tty: tty, ...console } });
    return 0;
  }
  const response = yield* client.hijack(`/exec/${id}/start`, { json: { Detach: false, Tty: tty, ...console } });
  if (tty && size) monitorSize(cli.sys, client, `/exec/${id}/resize`);
  const end = yield* streamAttached(cli.sys, response, { tty, stdin, output: true, keys: detachKeys(keys) });
  if (end === 'detached') throw new CliError('read escape sequence');
  return yield* exitCode(client, id);
});

function* exitCode(client: DockerClient, id: string): Wait<number> {
  const { ExitCode: status } = yield* client.json<{ ExitCode: number | null }>('GET', `/exec/${id}/json`);
  return status ?? 0;
}
