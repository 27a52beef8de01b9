/** A secret for RUN --mount=type=secret: from a file or from the environment. */
export interface Secret {
  id: string;
  file: string | undefined;
  env: string | undefined;
}

/** Where a result goes. */
export interface OutputSpec {
  type: string;
  /** '' : not given. `-`: standard output. */
  dest: string;
  attributes: Readonly<Record<string, string>>;
}

/** One build as the command line or a bake file describes it. */
export interface BuildRequest {
  /** `.`, `-`, a folder, a URL. */
  context: string;
  /** '' : the context's own. */
  dockerfile: string;
  /** The Dockerfile itself, where it is not a file. */
  inline: string | undefined;
  tags: readonly string[];
  buildArgs: Readonly<Record<string, string | null>>;
  labels: Readonly<Record<string, string>>;
  noCache: boolean;
  noCacheFilter: readonly string[];
  pull: boolean;
  target: string;
  network: string;
  platforms: readonly string[];
  secrets: readonly Secret[];
  ssh: readonly string[];
  /** Other contexts by name. */
  contexts: Readonly<Record<string, string>>;
  outputs: readonly OutputSpec[];
  cacheFrom: readonly string[];
  cacheTo: readonly string[];
  annotations: readonly string[];
  attests: readonly string[];
  extraHosts: readonly string[];
  /** Bytes, '' for the default. */
  shmSize: string;
  ulimits: readonly string[];
  cgroupParent: string;
  allow: readonly string[];
  push: boolean;
  load: boolean;
  /** `build`, or `lint`, `outline` … with its format. */
  call: string;
  format: string;
}

/** A request that asks for nothing in particular. */
export const EMPTY_REQUEST: BuildRequest = {
  context: '.',
  dockerfile: '',
  inline: undefined,
  tags: [],
  buildArgs: {},
  labels: {},
  noCache: false,
  noCacheFilter: [],
  pull: false,
  target: '',
  network: '',
  platforms: [],
  secrets: [],
  ssh: [],
  contexts: {},
  outputs: [],
  cacheFrom: [],
  cacheTo: [],
  annotations: [],
  attests: [],
  extraHosts: [],
  shmSize: '',
  ulimits: [],
  cgroupParent: '',
  allow: [],
  push: false,
  load: false,
  call: 'build',
  format: '',
};
