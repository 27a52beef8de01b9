import { Execution } from './go-template-exec.ts';
import { BUILTINS, DOCKER_FUNCTIONS, type TemplateFunctions } from './go-template-functions.ts';
import { type Node, parseTemplate } from './go-template-parse.ts';
import type { GoValue } from './go-value.ts';

export { TemplateExecError } from './go-template-exec.ts';
export { TemplateError } from './go-template-parse.ts';

export interface TemplateOptions {
  /** Name in messages: `template: NAME:1:2: …`. Docker mostly has the empty one. */
  name?: string;
  /** Functions besides the built-in ones; Docker's where it is not given. */
  functions?: TemplateFunctions;
  /** What a missing key of a map gives: `<no value>`, the zero of the element type, or an error. */
  missingKey?: 'default' | 'zero' | 'error';
}

/**
 * A template of Go's text/template.
 * @see https://pkg.go.dev/text/template
 */
export class GoTemplate {
  readonly name: string;
  private readonly source: string;
  private readonly root: readonly Node[];
  private readonly defined: ReadonlyMap<string, readonly Node[]>;
  private readonly functions: TemplateFunctions;
  private readonly missingKey: 'default' | 'zero' | 'error';

  /** @throws TemplateError with Go's text: `template: NAME:LINE: …` */
  constructor(source: string, options: TemplateOptions = {}) {
    this.name = options.name ?? '';
    this.source = source;
    this.functions = { ...BUILTINS, ...(options.functions ?? DOCKER_FUNCTIONS) };
    this.missingKey = options.missingKey ?? 'default';
    const parsed = parseTemplate(this.name, source, (name) => Object.hasOwn(this.functions, name));
    this.root = parsed.root;
    this.defined = parsed.defined;
  }

  /**
   * What the template makes of `data`.
   * @throws TemplateError with Go's text; its `output` is what Go has written until then
   */
  execute(data: GoValue): string {
    const run = new Execution(this.name, this.source, this.defined, this.functions, this.missingKey);
    return run.execute(this.root, data);
  }
}
