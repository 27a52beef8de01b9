import { SIGKILL } from '../../../abi/signal.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { BuildParams } from '../../../api/build.ts';
import type { ContainerCreateBody, HostConfig } from '../../../api/container-config.ts';
import { parseReference } from '../../../lib/reference.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { stamp } from '../../clock.ts';
import type { Container } from '../../container/container.ts';
import { createContainer } from '../../container/create.ts';
import { removeContainer } from '../../container/remove.ts';
import { startContainerOf } from '../../container/start.ts';
import { copyUpper } from '../../image/commit.ts';
import type { Image } from '../../image/image-store.ts';
import type { Layer } from '../../image/layer-store.ts';
import type { ImageConfig } from '../../image/oci.ts';
import { Progress } from '../../image/progress.ts';
import { progressClock, pull } from '../../image/pull.ts';
import type { AnswerStream, Call } from '../../server/call.ts';
import { BuildError, type BuildWork } from '../context.ts';
import type { BuildControl } from '../control.ts';
import { Display } from '../display.ts';
import { type Dockerfile, type Instruction, jsonForm } from '../dockerfile.ts';
import { DockerfileError } from '../dockerfile-error.ts';
import { Graph, Scope } from '../graph.ts';
import { buildHost } from '../host.ts';
import { triggersOf } from '../instructions/check.ts';
import { CONFIG_INSTRUCTIONS } from '../instructions/config.ts';
import { Linter } from '../lint.ts';
import { HOST_PLATFORM } from '../platform.ts';
import { ArchiveSource } from '../source.ts';
import type { Plan, Stage } from '../stages.ts';
import { DEFAULT_PATH, StageState } from '../state.ts';
import { classicCopy } from './copy.ts';
import { historyText, needsBuildKit } from './texts.ts';

/** A RUN whose command failed. */
export class CommandFailed extends BuildError {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

/** What one classic build is given. */
export interface ClassicBuild {
  call: Call;
  params: BuildParams;
  plan: Plan;
  file: Dockerfile;
  /** The context. */
  dir: string;
  buildArgs: Readonly<Record<string, string>>;
  /** Prints a line for the client. */
  say(text: string): Wait<void>;
  stream: AnswerStream;
  control: BuildControl;
}

/** What a stage has become so far. */
export class ClassicStage {
  image: Image | undefined;

  constructor(readonly scope: Scope) {}

  get state(): StageState {
    return this.scope.state;
  }
}

/** Arguments that nobody needs to declare. */
const PROXY_ARGS = /^(https?|ftp|no|all)_proxy$/i;

/** Builds an image step by step: each is a container, whose changes become an image with the one before as its parent. */
export class ClassicBuilder {
  readonly #work: BuildWork;
  readonly #graph: Graph;
  readonly stages: Map<Stage, ClassicStage> = new Map();
  #step = 0;
  #total = 0;
  /** Nothing is taken from the cache after the first step that is not in it. */
  #cacheMissed = false;

  constructor(readonly build: ClassicBuild) {
    const { call, plan, file, dir, buildArgs, params } = build;
    this.#cacheMissed = params.nocache ?? false;
    const display = new Display({ *status() {} }, () => 0);
    this.#work = {
      host: buildHost(call.daemon),
      cache: call.daemon.buildCache,
      options: {
        dockerfile: '',
        remote: undefined,
        tags: [],
        buildArgs,
        labels: {},
        noCache: false,
        noCacheFilter: [],
        pull: false,
        target: undefined,
        network: params.networkmode || 'default',
        platform: HOST_PLATFORM,
        extraHosts: [],
        limits: { shmSize: 0, ulimits: [], cgroupParent: '' },
        contexts: {},
        allow: [],
        output: 'image',
        cacheFrom: [],
        inlineCache: false,
        call: undefined,
      },
      plan,
      escape: file.escape,
      display,
      lint: new Linter('skip=all'),
      dir,
      states: new Map(),
      control: build.control,
      // the context is there already
      source: new ArchiveSource(dir, function* () {
        return undefined;
      }),
    };
    this.#graph = new Graph(this.#work);
  }

  get work(): BuildWork {
    return this.#work;
  }

  /** @throws BuildError, DockerfileError, ApiError */
  *run(): Wait<Image> {
    const { plan, params } = this.build;
    const stages = plan.stages.slice(0, plan.target.index + 1);
    const labels = Object.entries(params.labels ?? {});
    this.#total =
      plan.globalInstructions.length +
      stages.reduce((sum, stage) => sum + 1 + stage.commands.length, 0) +
      (labels.length > 0 ? 1 : 0);
    for (const instruction of plan.globalInstructions) yield* this.#show(instruction.original);
    let last: ClassicStage | undefined;
    for (const stage of stages) last = yield* this.#stage(stage);
    if (labels.length > 0) {
      const text = labels.map(([name, value]) => `${name}=${value}`).join(' ');
      yield* this.#show(`LABEL ${text}`);
      last!.state.config.Labels = { ...last!.state.config.Labels, ...Object.fromEntries(labels) };
      yield* this.#commitConfig(last!, `LABEL ${text}`);
    }
    yield* this.#warnUnused();
    const image = last!.image;
    if (!image) throw new BuildError('No image was generated. Is your Dockerfile empty?');
    return image;
  }

  *#show(text: string): Wait<void> {
    yield* this.build.say(`Step ${++this.#step}/${this.#total} : ${text}\n`);
  }

  *#warnUnused(): Wait<void> {
    const { plan, buildArgs, say } = this.build;
    const declared = new Set<string>(plan.globals.keys());
    for (const stage of this.stages.values()) for (const name of stage.state.args.keys()) declared.add(name);
    const unused = Object.keys(buildArgs).filter((name) => !declared.has(name) && !PROXY_ARGS.test(name));
    if (unused.length > 0) yield* say(`[Warning] One or more build-args [${unused.join(' ')}] were not consumed\n`);
  }

  *#stage(stage: Stage): Wait<ClassicStage> {
    yield* this.#show(stage.from.original);
    const state = new StageState(stage, '', this.build.plan.platformArgs, this.build.buildArgs);
    const current = new ClassicStage(new Scope(this.#work, this.#graph, state, ''));
    this.stages.set(stage, current);
    this.#work.states.set(stage, state);
    if (typeof stage.base !== 'string') {
      const below = this.stages.get(stage.base)!;
      current.image = below.image;
      below.state.continueIn(state);
    } else if (stage.base !== 'scratch') current.image = yield* this.base(stage.base);
    if (current.image && typeof stage.base === 'string') {
      state.base = current.image;
      state.config = { ...current.image.config.config };
      state.author = current.image.config.author;
    }
    if (!(state.config.Env ?? []).some((pair) => pair.startsWith('PATH=')))
      state.config.Env = [`PATH=${DEFAULT_PATH}`, ...(state.config.Env ?? [])];
    const triggers = triggersOf(typeof stage.base === 'string' ? (state.config.OnBuild ?? []) : [], stage.from);
    if (triggers.length > 0) {
      state.config.OnBuild = null;
      yield* this.build.say(`# Executing ${triggers.length} build trigger${triggers.length > 1 ? 's' : ''}\n`);
      for (const trigger of triggers) yield* this.#instruction(current, trigger);
    } else yield* this.build.say(` ---> ${current.image ? current.image.id.slice(7, 19) : ''}\n`);
    for (const instruction of stage.commands) {
      yield* this.#show(instruction.original);
      yield* this.#instruction(current, instruction);
    }
    return current;
  }

  /** An image by name, pulled where it is not here. */
  *base(name: string): Wait<Image> {
    const { call, params, stream } = this.build;
    const { sys, daemon } = call;
    const known = daemon.imageStore.find(name);
    if (known && !(params.pull && !['0', 'false'].includes(params.pull))) return known;
    return yield* pull(
      sys,
      daemon.imageStore,
      parseReference(name),
      { auth: {}, registries: daemon.registries, platform: undefined },
      new Progress(stream, progressClock(sys)),
    );
  }

  *#instruction(stage: ClassicStage, instruction: Instruction): Wait<void> {
    const problem = needsBuildKit(instruction);
    if (problem !== undefined) throw new BuildError(problem);
    try {
      if (instruction.keyword === 'RUN') yield* this.#runStep(stage, instruction);
      else if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD')
        yield* classicCopy(this, stage, instruction);
      else if (instruction.keyword === 'WORKDIR') yield* this.#workdir(stage, instruction);
      else {
        const text = CONFIG_INSTRUCTIONS[instruction.keyword]!(stage.scope, instruction);
        delete stage.state.config.ArgsEscaped;
        yield* this.#commitConfig(stage, historyText(stage.state, instruction, text));
      }
    } catch (error) {
      if (error instanceof DockerfileError) throw new BuildError(error.message);
      throw error;
    }
  }

  *#workdir(stage: ClassicStage, instruction: Instruction): Wait<void> {
    const { state, scope } = stage;
    const given = scope.expand(instruction, instruction.rest);
    const path = given.startsWith('/') ? given : `${state.config.WorkingDir || ''}/${given}`;
    state.config.WorkingDir = path.replace(/(.)\/+$/, '$1');
    // the container's working directory is made with it
    yield* this.#inContainer(stage, `#(nop) WORKDIR ${state.config.WorkingDir}`, undefined);
  }

  *#commitConfig(stage: ClassicStage, text: string): Wait<void> {
    yield* this.#inContainer(stage, `#(nop)  ${text}`, undefined);
  }

  *#runStep(stage: ClassicStage, instruction: Instruction): Wait<void> {
    const { state } = stage;
    const args = jsonForm(instruction.rest) ?? [...state.shell, instruction.rest];
    yield* this.#inContainer(stage, `${state.argsPrefix()}${args.join(' ')}`, args);
  }

  /** One step in a container: `args` is run, or nothing is; then its changes are committed. */
  *#inContainer(stage: ClassicStage, createdBy: string, args: string[] | undefined): Wait<void> {
    const text = args ? createdBy : `${stage.state.shell.join(' ')} ${createdBy}`;
    if (yield* this.fromCache(stage, text)) return;
    const { call, say, params } = this.build;
    const { sys, daemon } = call;
    const { container: c } = yield* createContainer(sys, daemon, this.#body(stage, createdBy, args), '');
    yield* say(` ---> Running in ${c.id.slice(0, 12)}\n`);
    try {
      if (args) yield* this.#execute(c, args);
    } catch (error) {
      if (params.forcerm) yield* this.#remove(c);
      throw error;
    }
    const layer = yield* copyUpper(sys, daemon, c.layer!.mountId, stage.image?.topLayer);
    yield* this.commit(stage, text, layer && isEmpty(layer) ? undefined : layer);
    if (params.rm === undefined || !['0', 'false'].includes(params.rm)) yield* this.#remove(c);
    yield* say(` ---> ${stage.image!.id.slice(7, 19)}\n`);
  }

  *#remove(c: Container): Wait<void> {
    const { call, say } = this.build;
    yield* removeContainer(call.sys, call.daemon, c, c.id, { force: true, volumes: true });
    yield* say(` ---> Removed intermediate container ${c.id.slice(0, 12)}\n`);
  }

  #body(stage: ClassicStage, createdBy: string, args: string[] | undefined): ContainerCreateBody {
    const { params } = this.build;
    const { state } = stage;
    const number = (text: string | undefined): number => Number(text) || 0;
    const host: Partial<HostConfig> = {
      NetworkMode: params.networkmode || 'default',
      ExtraHosts: params.extrahosts ?? [],
      ...(number(params.shmsize) > 0 ? { ShmSize: number(params.shmsize) } : {}),
      ...(params.ulimits ? { Ulimits: params.ulimits } : {}),
      ...(params.cgroupparent ? { CgroupParent: params.cgroupparent } : {}),
      Memory: number(params.memory),
      MemorySwap: number(params.memswap),
      CpuShares: number(params.cpushares),
      CpuPeriod: number(params.cpuperiod),
      CpuQuota: number(params.cpuquota),
      CpusetCpus: params.cpusetcpus ?? '',
      CpusetMems: params.cpusetmems ?? '',
    };
    const { Healthcheck: _check, OnBuild: _triggers, ...config } = state.config;
    return {
      ...(config as Partial<ContainerCreateBody>),
      Image: stage.image?.id ?? '',
      Env: [...(state.config.Env ?? []), ...state.argPairs(), ...state.proxyPairs()],
      Cmd: args ?? [...state.shell, createdBy.slice(0, '#(nop) '.length), createdBy.slice('#(nop) '.length)],
      Entrypoint: [''],
      Healthcheck: { Test: ['NONE'] },
      HostConfig: host as HostConfig,
    } as ContainerCreateBody;
  }

  *#execute(c: Container, args: readonly string[]): Wait<void> {
    const { call, say, control } = this.build;
    const { sys, daemon } = call;
    const attachment = daemon.streamsOf(c).attach(true, true);
    yield* startContainerOf(sys, daemon, c);
    const kill = (own: Sys): void => {
      if (c.state.Pid > 0) own.kill(c.state.Pid, SIGKILL);
    };
    control.add(sys, kill);
    for (let piece; (piece = yield* attachment.channel.receive(sys)) !== undefined; ) {
      const text = decode(piece.bytes);
      yield* say(piece.stream === 'stderr' ? `\x1b[91m${text}\x1b[0m` : text);
    }
    while (c.state.Running) yield* c.changed.wait(sys);
    control.remove(kill);
    if (control.cancelled) throw new BuildError('Build cancelled');
    if (c.state.ExitCode === 0) return;
    const code = c.state.ExitCode;
    throw new CommandFailed(`The command '${args.join(' ')}' returned a non-zero code: ${code}`, code);
  }

  /** Takes a step's image from the cache, if an image of the same step with the same parent is there. */
  *fromCache(stage: ClassicStage, createdBy: string): Wait<boolean> {
    if (this.#cacheMissed) return false;
    const { daemon } = this.build.call;
    const wanted = JSON.stringify(stage.state.config);
    const allowed = this.#allowed();
    const found = daemon.imageStore
      .all()
      .findLast(
        (image) =>
          image.parent === stage.image?.id &&
          (!allowed || allowed.has(image.id)) &&
          image.config.history?.at(-1)?.created_by === createdBy &&
          image.config.history.length === (stage.image?.config.history?.length ?? 0) + 1 &&
          JSON.stringify(image.config.config) === wanted,
      );
    if (!found) {
      this.#cacheMissed = true;
      return false;
    }
    stage.image = found;
    yield* this.build.say(` ---> Using cache\n`);
    yield* this.build.say(` ---> ${found.id.slice(7, 19)}\n`);
    return true;
  }

  /** With --cache-from: the images that it names, and those that they were made from. */
  #allowed(): Set<string> | undefined {
    const names = this.build.params.cachefrom ?? [];
    if (names.length === 0) return undefined;
    const { imageStore } = this.build.call.daemon;
    const ids = new Set<string>();
    for (const name of names)
      for (let at = imageStore.find(name); at; at = at.parent === undefined ? undefined : imageStore.byId(at.parent))
        ids.add(at.id);
    return ids;
  }

  /** Makes the image of a step. */
  *commit(stage: ClassicStage, createdBy: string, layer: Layer | undefined): Wait<void> {
    const { sys, daemon } = this.build.call;
    const below = stage.image?.config;
    const created = stamp(sys);
    const { author } = stage.state;
    const document: ImageConfig = {
      architecture: below?.architecture ?? HOST_PLATFORM.architecture,
      ...(author ? { author } : {}),
      config: stage.state.config,
      created,
      docker_version: '28.5.2',
      history: [
        ...(below?.history ?? []),
        { created, ...(author ? { author } : {}), created_by: createdBy, ...(layer ? {} : { empty_layer: true }) },
      ],
      os: below?.os ?? HOST_PLATFORM.os,
      rootfs: {
        type: 'layers',
        diff_ids: [...(below?.rootfs.diff_ids ?? []), ...(layer ? [layer.diffId] : [])],
      },
    };
    stage.image = yield* daemon.imageStore.add(sys, encode(JSON.stringify(document)), stage.image?.id);
  }
}

/** A layer with nothing in it: 1,024 zeros. */
const EMPTY_LAYER = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

const isEmpty = (layer: Layer): boolean => layer.diffId === EMPTY_LAYER;
