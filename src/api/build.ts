import { endpoint } from './endpoint.ts';

/** Builds an image from a context archive. The answer is a stream of messages; with version 2, of BuildKit's status. */
export const ImageBuild = endpoint<
  {
    t?: string[];
    dockerfile?: string;
    buildargs?: Record<string, string | null>;
    labels?: Record<string, string>;
    nocache?: boolean;
    pull?: string;
    target?: string;
    q?: boolean;
    rm?: boolean;
    forcerm?: boolean;
    networkmode?: string;
    platform?: string;
    remote?: string;
    version?: string;
  },
  void
>({
  method: 'POST',
  path: '/build',
  since: '1.21',
  ok: 200,
  query: {
    t: 'list',
    dockerfile: 'string',
    buildargs: 'json',
    labels: 'json',
    nocache: 'bool',
    pull: 'string',
    target: 'string',
    q: 'bool',
    rm: 'bool',
    forcerm: 'bool',
    networkmode: 'string',
    platform: 'string',
    remote: 'string',
    version: 'string',
  },
  body: 'stream',
  answer: 'stream',
});

export const BuildPrune = endpoint<{ all?: boolean }, { CachesDeleted: string[] | null; SpaceReclaimed: number }>({
  method: 'POST',
  path: '/build/prune',
  since: '1.31',
  ok: 200,
  query: { all: 'bool' },
});

/** A step of a build, as BuildKit's clients see it. Times: milliseconds since the build began. */
export interface BuildVertex {
  id: string;
  name: string;
  started?: number;
  completed?: number;
  cached?: true;
  error?: string;
}

export interface BuildStatus {
  vertexes?: BuildVertex[];
  statuses?: { vertex: string; name: string; started?: number; completed?: number; current?: number; total?: number }[];
  logs?: { vertex: string; stream: 1 | 2; data: string; at: number }[];
}
