import { Stat } from '../../abi/stat.ts';
import type { Wait } from '../../libc/io.ts';
import { readFile } from '../../libc/io.ts';
import type { Cli, Command, CommandBody } from './command.ts';
import { ask } from './confirm.ts';
import { CliError, joined } from './errors.ts';
import { pathError } from './files.ts';
import type { Flags } from './flags/parse.ts';
import { notaryFailure } from './notary.ts';
import { checkReference } from './reference.ts';

/** Signatures, as far as a client gets that finds no server of them. */

function* show(cli: Cli, flags: Flags, names: string[]): Wait<void> {
  if (flags.bool('pretty')) {
    for (const name of names) throw new CliError(`no signatures or cannot access ${name}`);
  }
  yield* cli.out.write('[]\n');
  throw joined(names.map((name) => `no signatures or cannot access ${name}`));
}

function* sign(cli: Cli, _flags: Flags, [name = '']: string[]): Wait<void> {
  const { tag, digest } = checkReference(name);
  if (digest !== undefined) throw new CliError('cannot use a digest reference for IMAGE:TAG');
  if (tag === undefined) throw new CliError(`no tag specified for ${name}`);
  throw new CliError(`Error: error contacting notary server: ${yield* notaryFailure(cli)}`);
}

function* revoke(cli: Cli, flags: Flags, [name = '']: string[]): Wait<void> {
  const { tag, digest } = checkReference(name);
  if (digest !== undefined) throw new CliError('cannot use a digest reference for IMAGE:TAG');
  if (tag === undefined && !flags.bool('yes')) {
    yield* ask(cli, `Confirm you would like to delete all signature data for ${name}?`);
  }
  throw new CliError(`could not delete signature for ${name}: Error: ${yield* notaryFailure(cli)}`);
}

function* generate(_cli: Cli, _flags: Flags, [name = '']: string[]): Wait<void> {
  checkName(name, 'key name');
  throw new CliError('docker trust key generate: not there yet');
}

function checkName(name: string, what: string): void {
  if (/^[a-z0-9][a-z0-9_-]*$/.test(name)) return;
  throw new CliError(
    `${what} ${JSON.stringify(name)} must start with lowercase alphanumeric characters and can include "-" or "_" after the first character`,
  );
}

function* load(cli: Cli, _flags: Flags, [file = '']: string[]): Wait<void> {
  yield* cli.out.write(`Loading key from ${JSON.stringify(file)}...\n`);
  yield* cli.out.flush();
  const there = cli.sys.stat(file, new Stat());
  if (there < 0) throw new CliError(`refusing to load key from ${file}: ${pathError('stat', file, there)}`);
  throw new CliError('docker trust key load: not there yet');
}

function* addSigner(cli: Cli, flags: Flags, [name = '']: string[]): Wait<void> {
  checkName(name, 'signer name');
  if (flags.list('key').length === 0) {
    throw new CliError('path to a public key must be provided using the `--key` flag');
  }
  for (const file of flags.list('key')) {
    const bytes = yield* readFile(cli.sys, file);
    if (typeof bytes === 'number') {
      throw new CliError(`unable to read public key from file: ${pathError('open', file, bytes)}`);
    }
  }
  throw new CliError(`Error: error contacting notary server: ${yield* notaryFailure(cli)}`);
}

function* removeSigner(cli: Cli, _flags: Flags, [signer = '', ...names]: string[]): Wait<void> {
  const failed: string[] = [];
  for (const name of names) {
    yield* cli.out.write(`Removing signer ${JSON.stringify(signer)} from ${name}...\n`);
    yield* cli.warn(`error retrieving signers for ${name}: ${yield* notaryFailure(cli)}\n`);
    failed.push(name);
  }
  throw new CliError(`error removing signer from: ${failed.join(', ')}`);
}

const COMMANDS: Readonly<Record<string, CommandBody>> = {
  'trust inspect': show,
  'trust key generate': generate,
  'trust key load': load,
  'trust revoke': revoke,
  'trust sign': sign,
  'trust signer add': addSigner,
  'trust signer remove': removeSigner,
};

/** A command for signatures by its place in the tree. */
export const trustCommand = (path: string): Command | undefined =>
  COMMANDS[path] === undefined ? undefined : { run: COMMANDS[path] };
