import type { HclExpression } from '../../../lib/hcl-syntax.ts';

/** A target or a group as files describe it: attributes that are not evaluated yet; later files come first. */
export interface Definition {
  name: string;
  attributes: Map<string, HclExpression>;
}

export interface VariableDefinition {
  name: string;
  value: HclExpression | undefined;
  type: HclExpression | undefined;
  description: HclExpression | undefined;
  validations: { condition: HclExpression; message: HclExpression | undefined }[];
}

export interface FunctionDefinition {
  name: string;
  params: string[];
  variadic: string | undefined;
  result: HclExpression;
}

/** All that bake files say, merged. */
export interface BakeFile {
  targets: Map<string, Definition>;
  groups: Map<string, Definition>;
  variables: Map<string, VariableDefinition>;
  functions: Map<string, FunctionDefinition>;
  /** Other attributes at the top: names for expressions. */
  locals: Map<string, HclExpression>;
}

export const emptyFile = (): BakeFile => ({
  targets: new Map(),
  groups: new Map(),
  variables: new Map(),
  functions: new Map(),
  locals: new Map(),
});

/** A target with all values known. Absent: not said. */
export interface Target {
  name: string;
  description?: string;
  inherits?: string[];
  context?: string;
  contexts?: Record<string, string>;
  dockerfile?: string;
  'dockerfile-inline'?: string;
  args?: Record<string, string | null>;
  labels?: Record<string, string | null>;
  tags?: string[];
  annotations?: string[];
  attest?: Entry[];
  'cache-from'?: Entry[];
  'cache-to'?: Entry[];
  target?: string;
  secret?: Entry[];
  ssh?: Entry[];
  platforms?: string[];
  output?: Entry[];
  pull?: boolean;
  'no-cache'?: boolean;
  network?: string;
  'no-cache-filter'?: string[];
  'shm-size'?: string;
  ulimits?: string[];
  call?: string;
  entitlements?: string[];
  'extra-hosts'?: Record<string, string>;
}

/** `type=local,dest=out` as its fields. */
export type Entry = Record<string, string>;

export interface Group {
  name: string;
  description?: string;
  targets: string[];
}
