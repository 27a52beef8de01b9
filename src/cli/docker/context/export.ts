import { O_CREAT, O_EXCL, O_WRONLY } from '../../../abi/flags.ts';
import { TarWriter, tarHeader } from '../../../lib/tar.ts';
import { encode } from '../../../lib/utf8.ts';
import { open, writeAll } from '../../../libc/io.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';
import { readContext } from './store.ts';

export default command(function* (cli, _flags, [name = '', target = `${name}.dockercontext`]) {
  const context = yield* readContext(cli, name);
  if (target === '-' && cli.sys.isatty(1)) {
    throw new CliError('cowardly refusing to export to a terminal, specify a file path');
  }
  const fd = target === '-' ? 1 : yield* open(cli.sys, target, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  if (fd < 0) throw new CliError(pathError('open', target, fd));
  const bytes = encode(JSON.stringify(context));
  const tar = new TarWriter();
  yield* writeAll(
    cli.sys,
    fd,
    tar.header(tarHeader({ name: 'meta.json', type: 'file', mode: 0o644, size: bytes.length })),
  );
  yield* writeAll(cli.sys, fd, tar.data(bytes));
  yield* writeAll(cli.sys, fd, tar.header(tarHeader({ name: 'tls', type: 'dir', mode: 0o700 })));
  yield* writeAll(cli.sys, fd, tar.finish());
  if (target !== '-') yield* cli.warn(`Written file ${JSON.stringify(target)}`);
});
