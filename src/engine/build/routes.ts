import { BuildPrune, type BuildStatus, ImageBuild } from '../../api/build.ts';
import { ApiError } from '../../api/errors.ts';
import { familiarString, InvalidReference, parseReference, tagNameOnly } from '../../lib/reference.ts';
import type { Wait } from '../../libc/io.ts';
import type { AnswerStream } from '../server/call.ts';
import { type Route, serve } from '../server/serve.ts';
import type { BuildOptions } from './context.ts';
import { buildHost } from './host.ts';
import { buildImage } from './job.ts';

export const buildRoutes: Route[] = [
  serve(ImageBuild, function* (call, params) {
    const { daemon, sys } = call;
    const tags = (params.t ?? []).filter((tag) => tag !== '');
    for (const tag of tags) checkTag(tag);
    const buildArgs: Record<string, string> = {};
    for (const [name, value] of Object.entries(params.buildargs ?? {})) if (value !== null) buildArgs[name] = value;
    const options: BuildOptions = {
      dockerfile: params.dockerfile || 'Dockerfile',
      tags,
      buildArgs,
      labels: params.labels ?? {},
      noCache: params.nocache ?? false,
      pull: params.pull !== undefined && params.pull !== '' && params.pull !== '0' && params.pull !== 'false',
      target: params.target || undefined,
      network: params.networkmode || 'default',
    };
    const stream = yield* call.stream('application/json');
    const modern = params.version === '2';
    const classic = new ClassicDisplay(stream, params.q ?? false);
    const result = yield* buildImage(sys, buildHost(daemon), daemon.buildCache, options, () => call.read(), {
      *status(status) {
        if (modern) yield* stream.json({ id: 'moby.buildkit.trace', aux: status });
        else yield* classic.show(status);
      },
    });
    if ('message' in result) {
      if (modern && result.first > 0)
        yield* stream.json({
          id: 'moby.buildkit.source',
          aux: {
            filename: result.filename,
            text: result.text,
            first: result.first,
            last: result.last,
            vertex: result.vertex,
          },
        });
      yield* stream.json({ errorDetail: { message: result.message }, error: result.message });
      return;
    }
    daemon.events.log(sys, 'image', 'build', result.id, { name: tags[0] ?? result.id });
    if (modern) yield* stream.json({ id: 'moby.image.id', aux: { ID: result.id } });
    else yield* classic.finish(result.id, tags);
  }),
  serve(BuildPrune, function* (call) {
    const { ids, bytes } = yield* call.daemon.buildCache.prune(call.sys);
    return { CachesDeleted: ids.length > 0 ? ids : null, SpaceReclaimed: bytes };
  }),
];

/** @throws ApiError for a tag that is no reference */
function checkTag(tag: string): void {
  try {
    parseReference(tag);
  } catch (error) {
    if (error instanceof InvalidReference) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}

/** The stream of the classic builder: a line a step, the output of commands, ids. */
class ClassicDisplay {
  #steps = new Set<string>();
  #names = new Map<string, string>();

  constructor(
    readonly stream: AnswerStream,
    readonly quiet: boolean,
  ) {}

  *show(status: BuildStatus): Wait<void> {
    if (this.quiet) return;
    for (const vertex of status.vertexes ?? []) {
      this.#names.set(vertex.id, vertex.name);
      const step = /^\[(?:\S+ )?(\d+)\/(\d+)\] ([\s\S]*)$/.exec(vertex.name);
      if (!step) continue;
      if (!this.#steps.has(vertex.id)) {
        this.#steps.add(vertex.id);
        yield* this.say(`Step ${step[1]}/${step[2]} : ${step[3]}\n`);
      }
      if (vertex.cached && !step[3]!.startsWith('FROM')) yield* this.say(' ---> Using cache\n');
    }
    for (const log of status.logs ?? []) yield* this.say(log.data);
  }

  *say(text: string): Wait<void> {
    yield* this.stream.json({ stream: text });
  }

  *finish(id: string, tags: readonly string[]): Wait<void> {
    yield* this.stream.json({ aux: { ID: id } });
    if (this.quiet) {
      yield* this.say(`${id}\n`);
      return;
    }
    yield* this.say(`Successfully built ${id.slice(7, 19)}\n`);
    for (const tag of tags)
      yield* this.say(`Successfully tagged ${familiarString(tagNameOnly(parseReference(tag)))}\n`);
  }
}
