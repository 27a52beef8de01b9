import { O_RDONLY } from '../../../abi/flags.ts';
import { TarReader } from '../../../lib/tar.ts';
import { decode } from '../../../lib/utf8.ts';
import { joinBytes, open, readAll } from '../../../libc/io.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';
import { type ContextMeta, checkContextName, listContexts, writeContext } from './store.ts';

/** Largest archive of a context, bytes. */
const LIMIT = 10 * 1024 * 1024;

export default command(function* (cli, _flags, [name = '', source = '']) {
  checkContextName(name);
  if ((yield* listContexts(cli)).some((c) => c.Name === name)) {
    throw new CliError(`context ${JSON.stringify(name)} already exists`);
  }
  const fd = source === '-' ? 0 : yield* open(cli.sys, source, O_RDONLY);
  if (fd < 0) throw new CliError(pathError('open', source, fd));
  const bytes = yield* readAll(cli.sys, fd, LIMIT);
  if (typeof bytes === 'number') throw new CliError(pathError('read', source, bytes));
  const meta = metaOf(bytes);
  if (!meta)
    throw new CliError(
      bytes.length > 0 && bytes.length < 512 ? 'unexpected EOF' : 'invalid context: no metadata found',
    );
  yield* writeContext(cli, { ...meta, Name: name });
  yield* cli.out.write(`${name}\n`);
  yield* cli.warn(`Successfully imported context ${JSON.stringify(name)}`);
});

/** meta.json of an exported context. */
function metaOf(archive: Uint8Array): ContextMeta | undefined {
  const pieces: Uint8Array[] = [];
  let inMeta = false;
  for (const event of new TarReader().push(archive)) {
    if (event.type === 'header') inMeta = event.header.name === 'meta.json';
    else if (event.type === 'data' && inMeta) pieces.push(event.bytes.slice());
  }
  try {
    return JSON.parse(decode(joinBytes(pieces))) as ContextMeta;
  } catch {
    return undefined;
  }
}
