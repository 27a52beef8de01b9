import { familiarName, formatReference, tagNameOnly } from '../../../lib/reference.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { checkTrust } from '../notary.ts';
import { checkReference } from '../reference.ts';
import { registryAuth } from '../registry-auth.ts';
import { showProgress } from '../stream/progress.ts';

export default command(function* (cli, flags, [text = '']) {
  const reference = checkReference(text);
  const all = flags.bool('all-tags');
  if (all && (reference.tag !== undefined || reference.digest !== undefined))
    throw new CliError("tag can't be used with --all-tags/-a");
  const quiet = flags.bool('quiet');
  const full = all ? reference : tagNameOnly(reference);
  if (!all && !quiet && reference.tag === undefined && reference.digest === undefined)
    yield* cli.out.write('Using default tag: latest\n');
  yield* checkTrust(cli, flags);
  const client = yield* cli.client();
  const response = yield* client.call('POST', '/images/create', {
    query: {
      fromImage:
        reference.domain === 'docker.io'
          ? familiarName(full)
          : formatReference({ domain: full.domain, path: full.path }),
      tag: full.digest ?? full.tag,
      platform: flags.text('platform') || undefined,
    },
    headers: registryAuth(cli, reference.domain),
  });
  yield* showProgress(cli, client, response, quiet ? 'none' : 'out');
  yield* cli.out.write(`${formatReference(full)}\n`);
  return 0;
});
