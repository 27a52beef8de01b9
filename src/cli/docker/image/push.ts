import { familiarString, formatReference, tagNameOnly } from '../../../lib/reference.ts';
import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { checkTrust } from '../notary.ts';
import { platformsText } from '../platform.ts';
import { checkReference } from '../reference.ts';
import { registryAuthOrEmpty } from '../registry-auth.ts';
import { showProgress } from '../stream/progress.ts';

export default command(function* (cli, flags, [name = '']) {
  const platform = platformsText([flags.text('platform')], `Invalid platform ${flags.text('platform')}`)?.[0];
  const parsed = checkReference(name);
  const quiet = flags.bool('quiet');
  const all = flags.bool('all-tags');
  if (all && parsed.tag !== undefined) throw new CliError("tag can't be used with --all-tags/-a");
  const reference = all ? parsed : tagNameOnly(parsed);
  if (!all && parsed.tag === undefined && parsed.digest === undefined && !quiet) {
    yield* cli.out.write(`Using default tag: ${reference.tag}\n`);
  }
  if (parsed.digest !== undefined) throw new CliError('cannot push a digest reference');
  yield* checkTrust(cli, flags);
  const client = yield* cli.client();
  const path = familiarString({ domain: reference.domain, path: reference.path });
  const response = yield* client.call('POST', `/images/${segment(path)}/push`, {
    query: { tag: reference.tag, platform },
    headers: registryAuthOrEmpty(cli, reference.domain),
  });
  yield* showProgress(cli, client, response, quiet ? 'none' : 'out');
  if (quiet) yield* cli.out.write(`${formatReference(reference)}\n`);
});
