import type { BuildDetails, BuildParams, BuildRecord, BuildResult, BuildStatus } from '../../api/build.ts';
import { ApiError } from '../../api/errors.ts';
import { toBase64 } from '../../lib/base64.ts';
import { InvalidPlatform, type Platform, parsePlatform } from '../../lib/platform.ts';
import type { Wait } from '../../libc/io.ts';
import { tarTree } from '../../libc/tar-tree.ts';
import { stamp } from '../clock.ts';
import { DEFAULT_SHM_SIZE } from '../container/defaults.ts';
import { rlimitOf } from '../container/spec.ts';
import type { Call } from '../server/call.ts';
import { collectGarbage } from './collector.ts';
import type { BuildOptions, NamedContext } from './context.ts';
import type { BuildControl } from './control.ts';
import { buildHost } from './host.ts';
import { buildImage } from './job.ts';
import { HOST_PLATFORM } from './platform.ts';
import { Recorder, BuildRecords as Records } from './records.ts';

export { classicBuild } from './classic/build.ts';

/** Bytes of an archive that go into one message. */
const PIECE = 48 * 1024;

/** A build as BuildKit does it, of files that come in an archive: status messages, and the result at the end. */
export function* archiveBuild(
  call: Call,
  params: BuildParams,
  tags: string[],
  control: BuildControl,
  watch: () => Wait<void>,
): Wait<void> {
  const { daemon, sys } = call;
  const options = optionsOf(params, tags);
  const asked = params.details?.record;
  const stream = yield* call.stream('application/json');
  yield* watch();
  const recorder = new Recorder();
  const begun = stamp(sys);
  const observer = {
    *status(aux: BuildStatus) {
      recorder.note(aux);
      yield* stream.json({ id: 'moby.buildkit.trace', aux });
    },
  };
  const result = yield* buildImage(
    sys,
    { host: buildHost(daemon), cache: daemon.buildCache, options, observer, control },
    () => call.read(),
    function* (root) {
      yield* tarTree(sys, root, { prefix: '', layer: false }, function* (bytes) {
        for (let at = 0; at < bytes.length; at += PIECE)
          yield* stream.json({ id: 'drydock.build.tar', aux: toBase64(bytes.subarray(at, at + PIECE)) });
        return true;
      });
    },
  );
  if (asked && options.call === undefined) {
    const failed = result.kind === 'failure';
    const record: BuildRecord = {
      Ref: asked.ref.replace(/[^a-z0-9]/g, ''),
      Name: asked.name,
      Context: asked.context,
      Dockerfile: options.dockerfile,
      Target: options.target ?? '',
      Status: control.cancelled && !failed ? 'Canceled' : failed ? 'Error' : 'Completed',
      ...(failed ? { Error: result.message } : {}),
      CreatedAt: begun,
      CompletedAt: stamp(sys),
      ...recorder.counts(),
      Materials: recorder.materials(),
      BuildArgs: { ...options.buildArgs },
      ...(!failed && result.image ? { Image: result.image.id } : {}),
    };
    yield* new Records(daemon.root).add(sys, record, recorder.messages);
  }
  yield* collectGarbage(sys, daemon);
  const { filename, text, warnings } = result;
  const end: BuildResult = { filename, text, warnings: warnings.map((w) => ({ ...w })) };
  if (result.kind === 'failure') {
    const { first, last, vertex, message } = result;
    end.failed = { first, last, ...(vertex === undefined ? {} : { vertex }) };
    yield* stream.json({ id: 'drydock.build.result', aux: end });
    yield* stream.json({ errorDetail: { message }, error: message });
    return;
  }
  if (result.image) {
    const { id } = result.image;
    daemon.events.log(sys, 'image', 'build', id, { name: options.tags[0] ?? id });
    end.image = id;
  }
  if (result.answer) end.answer = result.answer;
  yield* stream.json({ id: 'drydock.build.result', aux: end });
}

function optionsOf(params: BuildParams, tags: string[]): BuildOptions {
  const buildArgs: Record<string, string> = {};
  for (const [name, value] of Object.entries(params.buildargs ?? {})) if (value !== null) buildArgs[name] = value;
  const details: BuildDetails = params.details ?? {};
  return {
    dockerfile: params.dockerfile || 'Dockerfile',
    remote: params.remote || undefined,
    tags,
    buildArgs,
    labels: params.labels ?? {},
    noCache: params.nocache ?? false,
    noCacheFilter: (details.noCacheFilter ?? []).map((name) => name.toLowerCase()),
    pull: params.pull !== undefined && !['', '0', 'false'].includes(params.pull),
    target: params.target || undefined,
    network: params.networkmode || 'default',
    platform: platformOf(params.platform),
    extraHosts: params.extrahosts ?? [],
    limits: {
      shmSize: Number(params.shmsize) || DEFAULT_SHM_SIZE,
      ulimits: (params.ulimits ?? []).flatMap(rlimitOf),
      cgroupParent: params.cgroupparent ?? '',
    },
    contexts: Object.fromEntries(
      Object.entries(details.contexts ?? {}).map(([name, text]) => [name.toLowerCase(), contextOf(text)]),
    ),
    allow: details.allow ?? [],
    output: details.output ?? 'image',
    cacheFrom: details.cacheFrom ?? [],
    inlineCache: details.inlineCache ?? /^(1|true)$/i.test(buildArgs['BUILDKIT_INLINE_CACHE'] ?? ''),
    call: details.call,
  };
}

function contextOf(text: string): NamedContext {
  if (text === 'local') return { kind: 'local' };
  const image = /^docker-image:\/\/(.+)$/.exec(text);
  if (/^sha256:[0-9a-f]{64}$/.test(image?.[1] ?? '')) return { kind: 'built', id: image![1]! };
  if (image) return { kind: 'image', reference: image[1]! };
  throw new ApiError('invalid-parameter', `unsupported context source ${text.replace(/:.*/, '')}`);
}

/** @throws ApiError */
function platformOf(text: string | undefined): Platform {
  if (!text) return HOST_PLATFORM;
  try {
    return parsePlatform(text);
  } catch (error) {
    if (error instanceof InvalidPlatform) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}
