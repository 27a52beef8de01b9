import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { type Platform, parsePlatform, platformFits } from '../../lib/platform.ts';
import { formatReference, parseReference, tagNameOnly } from '../../lib/reference.ts';
import type { Wait } from '../../libc/io.ts';
import { BuildError, type BuildWork } from './context.ts';
import { DockerfileError } from './dockerfile-error.ts';
import { together } from './once.ts';
import { fromNames, type Stage, sourceStage } from './stages.ts';

/** An image that a build begins with or copies from. */
export interface NeededImage {
  /** As the Dockerfile names it. */
  name: string;
  reference: string;
  platform: Platform;
  /** Name of the context that it is. */
  context: string | undefined;
  first: number;
  last: number;
}

/** The images that stages need, each once, in the order of the file. @throws BuildError, DockerfileError */
export function neededImages(build: BuildWork, stages: readonly Stage[]): NeededImage[] {
  const found = new Map<string, NeededImage>();
  const { contexts } = build.options;
  const add = (name: string, first: number, last: number, platform: string | undefined): void => {
    const context = contexts[name.toLowerCase()];
    if (context && context.kind !== 'image') return;
    const reference = context?.kind === 'image' ? context.reference : name;
    const key = `${fullName(name, reference, first, last)} ${platform}`;
    if (!found.has(key))
      found.set(key, {
        name,
        reference,
        platform: readPlatform(build, platform, first, last),
        context: context ? name : undefined,
        first,
        last,
      });
  };
  for (const stage of stages) {
    const { first, last } = stage.from;
    if (typeof stage.base === 'string' && stage.base !== 'scratch') add(stage.base, first, last, stage.platform);
    for (const command of stage.commands)
      for (const name of fromNames(command)) {
        const isContext = contexts[name.toLowerCase()] !== undefined;
        if (!isContext && (name === 'scratch' || sourceStage(build.plan.stages, stage, command, name))) continue;
        // the real builder does not know where a mount stands
        const isMount = command.keyword === 'RUN';
        add(name, isMount ? 0 : command.first, isMount ? 0 : command.last, undefined);
      }
  }
  return [...found.values()];
}

function readPlatform(build: BuildWork, text: string | undefined, first: number, last: number): Platform {
  if (text === undefined || text === '') return build.options.platform;
  try {
    return parsePlatform(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new DockerfileError(`failed to parse platform ${text}: ${why}`, first, last);
  }
}

function fullName(name: string, reference: string, first: number, last: number): string {
  try {
    return formatReference(tagNameOnly(parseReference(reference)));
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new BuildError(`failed to parse stage name ${JSON.stringify(name)}: ${why}`, first, last);
  }
}

/** The folders by name that stages begin with or copy from. */
export function localContexts(build: BuildWork, stages: readonly Stage[]): Set<string> {
  const names = stages.flatMap(({ base, commands }) => [
    ...(typeof base === 'string' ? [base] : []),
    ...commands.flatMap(fromNames),
  ]);
  return new Set(
    names.map((name) => name.toLowerCase()).filter((name) => build.options.contexts[name]?.kind === 'local'),
  );
}

/** Whether an image is here, for the platform that is asked for. */
export function isHere(build: BuildWork, { reference, platform }: NeededImage): boolean {
  const image = build.host.store.byReference(parseReference(reference));
  if (!image || build.options.pull) return false;
  const { os, architecture, variant } = image.config;
  return platformFits({ os, architecture, ...(variant ? { variant } : {}) }, platform);
}

/** Finds each image out, at the same time: those that are not here are pulled. @throws BuildError */
export function* loadMetadata(sys: Sys, build: BuildWork, images: readonly NeededImage[]): Wait<void> {
  yield* together(
    sys,
    images.map((image) => (own: Sys) => load(own, build, image)),
  );
}

function* load(sys: Sys, build: BuildWork, image: NeededImage): Wait<void> {
  const { name, reference, platform, first, last, context } = image;
  const full = formatReference(tagNameOnly(parseReference(reference)));
  const vertex = yield* build.display.begin(
    context === undefined
      ? `[internal] load metadata for ${full}`
      : `[context ${context}] load metadata for ${reference}`,
  );
  try {
    if (!isHere(build, image)) yield* build.host.pull(sys, reference, platform);
    yield* build.display.end(vertex);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const words = wordsOf(error.message, full);
    yield* build.display.end(vertex, { error: words });
    throw new BuildError(`${name}: failed to resolve source metadata for ${full}: ${words}`, first, last);
  }
}

/** What a registry's answer is to BuildKit. */
function wordsOf(message: string, full: string): string {
  if (/manifest unknown/.test(message)) return `${full}: not found`;
  if (/pull access denied/.test(message))
    return 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';
  if (/no matching manifest/.test(message)) return 'no match for platform in manifest: not found';
  return message;
}
