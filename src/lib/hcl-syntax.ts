/** An error of a configuration file: where it is and what is wrong, as hashicorp/hcl says it. */
export class HclError extends Error {
  constructor(
    readonly summary: string,
    readonly detail: string,
    readonly range: HclRange,
  ) {
    super(`${summary}; ${detail}`);
  }
}

/** Where something stands: lines and columns from 1, the end column is the first after it. */
export interface HclRange {
  line: number;
  column: number;
  /** Where it ends on another line. */
  endLine?: number;
  endColumn: number;
}

/** An expression; `at` is where it stands. */
export type HclExpression = { at: HclRange } & (
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'template'; parts: HclExpression[] }
  | { kind: 'variable'; name: string }
  | { kind: 'list'; items: HclExpression[] }
  | { kind: 'object'; items: [key: HclExpression, value: HclExpression][] }
  | { kind: 'call'; name: string; args: HclExpression[]; spread: boolean }
  | { kind: 'index'; of: HclExpression; key: HclExpression }
  | { kind: 'splat'; of: HclExpression; rest: HclExpression[] }
  | { kind: 'unary'; operator: string; of: HclExpression }
  | { kind: 'binary'; operator: string; left: HclExpression; right: HclExpression }
  | { kind: 'conditional'; test: HclExpression; yes: HclExpression; no: HclExpression }
  | {
      kind: 'for';
      names: string[];
      of: HclExpression;
      key: HclExpression | undefined;
      value: HclExpression;
      test: HclExpression | undefined;
      group: boolean;
      object: boolean;
    }
);

export interface HclBlock {
  type: string;
  labels: string[];
  body: HclBody;
  at: HclRange;
}

/** Attributes in the order of the file, and blocks. */
export interface HclBody {
  attributes: Map<string, HclExpression>;
  blocks: HclBlock[];
}
