import type { ImageContainerConfig } from '../../api/image.ts';
import { setEnv } from '../image/changes.ts';
import type { Image } from '../image/image-store.ts';
import { type LayerOp, type Op, SCRATCH } from './ops.ts';
import type { Stage } from './stages.ts';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Arguments that need no ARG: programs see them, the history and the cache do not. */
const PROXY_ARGS: ReadonlySet<string> = new Set(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
);

/** A line of the image's history; one with a layer has the step that made it. */
export interface HistoryLine {
  createdBy: string;
  op: LayerOp | undefined;
}

/** How far a stage is. */
export class StageState {
  base: Image | undefined;
  config: Partial<ImageContainerConfig> = {};
  /** The tree so far. */
  op: Op = SCRATCH;
  history: HistoryLine[] = [];
  /** ARGs in scope, in the order of their declaration. */
  args = new Map<string, string | undefined>();
  author: string | undefined;
  /** Steps that are shown, and how many there will be. */
  step = 0;
  total = 0;
  /** Whether a WORKDIR of this build gave an absolute path. */
  workdirSet = false;
  cmd = false;
  /** Numbers of instructions of which only the last counts. */
  readonly seen = new Map<string, number>();

  constructor(
    readonly stage: Stage,
    /** Name in the labels of steps; '' where there is only one stage. */
    readonly label: string,
    readonly platformArgs: Readonly<Record<string, string>>,
    readonly buildArgs: Readonly<Record<string, string>>,
  ) {}

  /** What a name stands for: ENV before ARG. */
  lookup = (name: string): string | undefined => {
    const pair = (this.config.Env ?? []).find((p) => p.startsWith(`${name}=`));
    if (pair !== undefined) return pair.slice(name.length + 1);
    return this.args.get(name);
  };

  /** Names that have a value or are declared. */
  names(): string[] {
    return [...(this.config.Env ?? []).map((pair) => pair.replace(/=[\s\S]*/, '')), ...this.args.keys()];
  }

  setEnv(name: string, value: string): void {
    this.config.Env = setEnv(this.config.Env, name, value);
  }

  get shell(): readonly string[] {
    return this.config.Shell ?? ['/bin/sh', '-c'];
  }

  /** `[stage-1 2/4] `: the next step's label. */
  nextLabel(text: string): string {
    this.step++;
    const width = String(this.total).length;
    return `[${this.label === '' ? '' : `${this.label} `}${String(this.step).padStart(width)}/${this.total}] ${text}`;
  }

  noteConfig(createdBy: string): void {
    this.history.push({ createdBy, op: undefined });
  }

  noteLayer(op: LayerOp, createdBy: string): void {
    this.op = op;
    this.history.push({ createdBy, op });
  }

  /** What ARGs add to the environment of RUN: those that ENV does not have. */
  argPairs(): string[] {
    const env = this.config.Env ?? [];
    const out: string[] = [];
    for (const [name, value] of this.args)
      if (value !== undefined && !env.some((pair) => pair.startsWith(`${name}=`))) out.push(`${name}=${value}`);
    return out;
  }

  /** Arguments that were not declared and that programs see all the same. */
  proxyPairs(): string[] {
    return Object.entries(this.buildArgs)
      .filter(([name]) => PROXY_ARGS.has(name) && !this.args.has(name))
      .map(([name, value]) => `${name}=${value}`);
  }

  /** `|2 A=1 B=2 `: the ARGs as the history shows them before a RUN. */
  argsPrefix(): string {
    const set = this.argPairs().filter((pair) => !(pair.replace(/=[\s\S]*/, '') in this.platformArgs));
    return set.length === 0 ? '' : `|${set.length} ${set.join(' ')} `;
  }

  /** A stage that goes on from this one. */
  continueIn(next: StageState): void {
    next.base = this.base;
    next.config = JSON.parse(JSON.stringify(this.config)) as Partial<ImageContainerConfig>;
    next.op = this.op;
    next.history = [...this.history];
    next.author = this.author;
    next.workdirSet = this.workdirSet;
  }
}
