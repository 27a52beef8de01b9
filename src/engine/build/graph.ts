import { parseReference } from '../../lib/reference.ts';
import type { Image } from '../image/image-store.ts';
import { BuildError, type BuildWork } from './context.ts';
import type { Instruction } from './dockerfile.ts';
import { expand, expandWords } from './expand.ts';
import type { ImageOp, LocalOp, Op } from './ops.ts';
import { shownImage } from './solve.ts';
import { sourceStage } from './stages.ts';
import type { StageState } from './state.ts';

/** What an instruction works on while the graph is made. */
export class Scope {
  constructor(
    readonly build: BuildWork,
    readonly graph: Graph,
    readonly state: StageState,
    /** `ONBUILD ` for an instruction of the base image. */
    readonly prefix: string,
  ) {}

  /** Replaces the variables of an argument; one that has no value is noted. */
  expand(instruction: Instruction, text: string): string {
    return expand(text, this.state.lookup, this.build.escape, { missing: this.#missing(instruction) });
  }

  /** As `expand`, split into words. */
  expandWords(instruction: Instruction, text: string): string[] {
    return expandWords(text, this.state.lookup, this.build.escape, { missing: this.#missing(instruction) });
  }

  /** Each word between blanks by itself: what a variable holds is not split. */
  expandEach(instruction: Instruction, text: string): string[] {
    return text
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => this.expand(instruction, word));
  }

  #missing(instruction: Instruction): ((name: string) => void) | undefined {
    if (this.prefix !== '') return undefined;
    return (name) => {
      if (!this.state.args.has(name)) this.build.lint.undefinedVariable(instruction, name, this.state.names());
    };
  }

  /** How an instruction is shown as a step: variables that have a value replaced. */
  label(instruction: Instruction, text: string): string {
    let shown = `${instruction.keyword} ${text}`;
    try {
      shown = expand(shown, this.state.lookup, this.build.escape, { keepQuotes: true, keepUnset: true });
    } catch {
      // a text that cannot be expanded is shown as it is
    }
    return this.state.nextLabel(this.prefix + shown);
  }

  /** Whether the steps of this stage are done again. */
  get ignoreCache(): boolean {
    const { noCache, noCacheFilter } = this.build.options;
    return noCache || noCacheFilter.includes(this.state.stage.name ?? String(this.state.stage.index));
  }
}

/** Sources that steps share: each image and each folder is one op. */
export class Graph {
  readonly #images = new Map<string, ImageOp>();
  readonly #locals = new Map<string, LocalOp>();

  constructor(readonly build: BuildWork) {}

  /** The op of an image; its name in the display is that of its last use. */
  image(image: Image, name: string): ImageOp {
    const known = this.#images.get(image.id);
    if (known) {
      known.name = name;
      return known;
    }
    const op: ImageOp = { kind: 'image', name, image };
    this.#images.set(image.id, op);
    return op;
  }

  /** The main context, or one by name. */
  local(name: string | undefined, path: string): LocalOp {
    const key = name ?? '';
    let op = this.#locals.get(key);
    if (!op) {
      op = {
        kind: 'local',
        context: name,
        name: name === undefined ? '[internal] load build context' : `[context ${name}] load from client`,
        root: name === undefined ? `${this.build.dir}/context` : `${this.build.dir}/contexts/${name}`,
        paths: new Set(),
        verb: name === undefined ? 'transferring context:' : `transferring ${name}:`,
      };
      this.#locals.set(key, op);
    }
    op.paths.add(path);
    return op;
  }

  /** What `--from` and `from=` name: an earlier stage, a context by name, or an image. */
  source(state: StageState, instruction: Instruction, name: string, path: string): Op {
    const { build } = this;
    const context = build.options.contexts[name.toLowerCase()];
    if (context?.kind === 'local') return this.local(name.toLowerCase(), path);
    if (!context) {
      const stage = sourceStage(build.plan.stages, state.stage, instruction, name);
      if (stage) return build.states.get(stage)!.op;
    }
    const { image, shown } = this.find(instruction, name);
    return this.image(image, context ? `[context ${name}] ${shown}` : `FROM ${shown}`);
  }

  /** The image that a name stands for, which may be a context's, and how it is shown. @throws BuildError */
  find({ first, last }: Instruction, name: string): { image: Image; shown: string } {
    const { host, options } = this.build;
    const context = options.contexts[name.toLowerCase()];
    if (context?.kind === 'built') {
      const image = host.store.byId(context.id);
      if (image) return { image, shown: context.id };
    }
    const reference = context?.kind === 'image' ? context.reference : name;
    const image = host.store.byReference(parseReference(reference));
    if (!image) throw new BuildError(`${name}: not found`, first, last);
    return { image, shown: context?.kind === 'image' ? reference : shownImage(this.build, reference, image) };
  }
}
