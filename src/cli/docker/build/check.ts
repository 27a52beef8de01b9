import type { Sys } from '../../../abi/sys.ts';
import { InvalidPlatform, parsePlatform } from '../../../lib/platform.ts';
import { parseReference } from '../../../lib/reference.ts';
import { CliError, messageOf } from '../errors.ts';
import { isDirectoryAt } from '../files.ts';
import { cacheType } from './options.ts';
import type { BuildRequest } from './request.ts';

/** What the docker driver cannot do. */
const unsupported = (what: string, page: string): CliError =>
  new CliError(
    `${what} is not supported for the docker driver.\nSwitch to a different driver, or turn on the containerd image store, and try again.\nLearn more at https://docs.docker.com/go/${page}/`,
  );

const ENTITLEMENTS = new Set(['network.host', 'security.insecure', 'device']);

/**
 * Refuses what a build cannot do before it begins, in the words of buildx.
 * @throws CliError without the command's own prefix
 */
export function checkRequest(sys: Sys, request: BuildRequest): void {
  if (request.attests.length > 0) throw unsupported('Attestation', 'attestations');
  checkCaches(sys, request);
  if (request.platforms.length > 1) throw unsupported('Multi-platform build', 'build-multi-platform');
  for (const text of request.platforms) {
    try {
      parsePlatform(text);
    } catch (error) {
      if (error instanceof InvalidPlatform) throw new CliError(error.message);
      throw error;
    }
  }
  for (const entitlement of request.allow)
    if (!ENTITLEMENTS.has(entitlement.replace(/=.*/, ''))) throw new CliError(`unknown entitlement ${entitlement}`);
  for (const tag of request.tags) checkTag(tag);
  for (const host of request.extraHosts) if (!/^[^:=]+[:=].+$/.test(host)) throw new CliError(`invalid host ${host}`);
  if (!['', 'default', 'none', 'host'].includes(request.network))
    throw new CliError(
      `network mode ${JSON.stringify(request.network)} not supported by buildkit - you can define a custom network for your builder using the network driver-opt in buildx create`,
    );
  checkAnnotations(request.annotations);
  checkOutputs(request);
}

function checkCaches(sys: Sys, request: BuildRequest): void {
  for (const text of request.cacheTo)
    if (cacheType(text).type !== 'inline') throw unsupported('Cache export', 'build-cache-backends');
  for (const text of request.cacheFrom) {
    const { type, attributes } = cacheType(text);
    if (type === 'registry' && attributes.ref === undefined) throw new CliError('registry cache importer requires ref');
    const src = attributes.src ?? '';
    if (type === 'local' && src === '') throw new CliError('local cache importer requires src');
    if (type !== 'registry' && !(type === 'local' && !isDirectoryAt(sys, src)))
      throw new CliError(`--cache-from ${text}: not there yet`);
  }
}

function checkAnnotations(annotations: readonly string[]): void {
  for (const text of annotations) {
    if (!text.includes('=')) throw new CliError(`parse annotations: invalid annotation "${text}", expected key=value`);
    if (/^index(-descriptor)?(\[[^\]]*\])?:/.test(text))
      throw new CliError('index annotations not supported for single platform export');
  }
}

function checkOutputs(request: BuildRequest): void {
  for (const { type, dest } of request.outputs) {
    if (type === 'oci') throw unsupported('OCI exporter', 'build-exporters');
    if (type === 'docker' && dest !== '') throw unsupported('Docker exporter', 'build-exporters');
    if (type === 'local' && dest === '') throw new CliError('dest is required for local exporter');
    if (type === 'local' && dest === '-') throw new CliError('dest cannot be stdout for local exporter');
  }
  if (request.outputs.length > 1)
    throw new CliError(
      'multiple outputs currently unsupported by the current BuildKit daemon, please upgrade to version v0.13+ or use a single output',
    );
  const names = request.outputs.some(({ attributes }) => attributes.name !== undefined);
  if (request.push && request.tags.length === 0 && !names) throw new CliError('tag is needed when pushing to registry');
  if (request.allow.includes('security.insecure'))
    throw new CliError(
      'failed to solve: granting entitlement security.insecure is not allowed by build daemon configuration',
    );
}

function checkTag(tag: string): void {
  try {
    parseReference(tag);
  } catch (error) {
    const why = messageOf(error).replace(/^invalid reference format: (repository name) \([^)]*\)/, '$1');
    throw new CliError(`invalid tag ${JSON.stringify(tag)}: ${why}`);
  }
}
