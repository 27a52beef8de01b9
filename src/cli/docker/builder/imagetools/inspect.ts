import { formatReference, InvalidReference, parseReference, tagNameOnly } from '../../../../lib/reference.ts';
import { segment } from '../../client.ts';
import { command } from '../../command.ts';
import { CliError, DaemonError } from '../../errors.ts';
import { registryAuthOrEmpty } from '../../registry-auth.ts';

/** What /distribution says of an image in a registry. */
interface Distribution {
  Descriptor: { mediaType: string; digest: string; size: number };
}

export default command(function* (cli, flags, args) {
  if (args.length !== 1)
    throw new CliError(
      "ERROR: docker: 'docker buildx imagetools inspect' requires 1 argument\n\nUsage:  docker buildx imagetools inspect [OPTIONS] NAME\n\nRun 'docker buildx imagetools inspect --help' for more information",
    );
  for (const flag of ['raw', 'format']) if (flags.changed(flag)) throw new CliError(`ERROR: --${flag}: not there yet`);
  const name = args[0]!;
  let reference: ReturnType<typeof parseReference>;
  try {
    reference = tagNameOnly(parseReference(name));
  } catch (error) {
    if (error instanceof InvalidReference) throw new CliError(`ERROR: ${error.message}`);
    throw error;
  }
  const client = yield* cli.client();
  try {
    const { Descriptor } = yield* client.json<Distribution>('GET', `/distribution/${segment(name)}/json`, {
      headers: registryAuthOrEmpty(cli, reference.domain),
    });
    yield* cli.out.write(
      `Name:      ${formatReference(reference)}\nMediaType: ${Descriptor.mediaType}\nDigest:    ${Descriptor.digest}\n`,
    );
    return 0;
  } catch (error) {
    if (error instanceof DaemonError) throw new CliError(`ERROR: ${error.text}`);
    throw error;
  }
});
