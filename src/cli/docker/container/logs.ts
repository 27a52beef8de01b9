import { FrameReader, STDERR } from '../../../api/frames.ts';
import { segment } from '../client.ts';
import { command } from '../command.ts';
import { timestamp } from '../times.ts';

export default command(function* (cli, flags, [name = '']) {
  const client = yield* cli.client();
  const { Id, Config } = yield* client.json<{ Id: string; Config: { Tty: boolean } }>(
    'GET',
    `/containers/${segment(name)}/json`,
  );
  const response = yield* client.call('GET', `/containers/${segment(Id)}/logs`, {
    query: {
      details: flags.bool('details') || undefined,
      follow: flags.bool('follow') || undefined,
      since: timestamp(cli, flags.text('since'), 'since'),
      stderr: true,
      stdout: true,
      tail: flags.text('tail'),
      timestamps: flags.bool('timestamps') || undefined,
      until: timestamp(cli, flags.text('until'), 'until'),
    },
  });
  const frames = new FrameReader();
  for (let piece; (piece = yield* response.chunk()); ) {
    if (Config.Tty) yield* cli.out.write(piece);
    else
      for (const { stream, bytes } of frames.push(piece)) {
        if (stream !== STDERR) yield* cli.out.write(bytes);
        else {
          yield* cli.out.flush();
          yield* cli.err.write(bytes);
        }
      }
    yield* cli.out.flush();
    if (cli.sys.tick()) yield;
  }
  return 0;
});
