import { parseReference } from '../../lib/reference.ts';
import type { Instruction } from './dockerfile.ts';
import { DockerfileError } from './dockerfile-error.ts';
import { nearest } from './keywords.ts';
import { RULES, type RuleName } from './lint-rules.ts';

/** Something about a Dockerfile that works and should not be so. */
export interface Warning {
  rule: RuleName;
  detail: string;
  first: number;
  last: number;
}

/** What of the shape of a stage the linter asks. */
interface Named {
  name: string | undefined;
}

const RESERVED = new Set(['context', 'scratch']);
const SECRET = /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const PUBLIC = /(?:_|^)public(?:_|$)/i;

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Collects warnings while a Dockerfile is read and its steps are made.
 * @see docs.docker.com/reference/build-checks
 */
export class Linter {
  readonly warnings: Warning[] = [];
  #skip = new Set<string>();
  #experimental = new Set<string>();
  #error = false;

  /** @param check value of the `check` directive. @throws DockerfileError */
  constructor(check = '') {
    for (const part of check.split(';').map((p) => p.trim())) {
      if (part === '') continue;
      const equals = part.indexOf('=');
      const key = (equals < 0 ? part : part.slice(0, equals)).trim();
      const value = equals < 0 ? '' : part.slice(equals + 1).trim();
      if (equals < 0) throw new DockerfileError(`failed to parse check options: invalid check option "${part}"`);
      if (key === 'skip') this.#skip = namesOf(value);
      else if (key === 'experimental') this.#experimental = namesOf(value);
      else if (key === 'error') {
        if (!/^(true|false|1|0|t|f)$/i.test(value))
          throw new DockerfileError(
            `failed to parse check options: failed to parse check option "error": strconv.ParseBool: parsing "${value}": invalid syntax`,
          );
        this.#error = /^(true|1|t)$/i.test(value);
      } else throw new DockerfileError(`failed to parse check options: invalid check option "${key}"`);
    }
  }

  /** Notes a warning, unless its rule is switched off; the same one counts once. */
  add(rule: RuleName, at: { first: number; last: number }, detail: string): void {
    const name = rule.toLowerCase();
    if (RULES[rule].experimental) {
      if (!this.#experimental.has(name) && !this.#experimental.has('all')) return;
    } else if (this.#skip.has(name) || this.#skip.has('all')) return;
    if (this.warnings.some((w) => w.rule === rule && w.detail === detail && w.first === at.first)) return;
    this.warnings.push({ rule, detail, first: at.first, last: at.last });
  }

  /** What `error=true` makes of the warnings. */
  violation(): string | undefined {
    if (!this.#error || this.warnings.length === 0) return undefined;
    return `lint violation found for rules: ${[...new Set(this.warnings.map((w) => w.rule))].join(', ')}`;
  }

  /** How a FROM is written: its `AS` and the name after it. */
  stageCasing(at: Instruction, as: string, name: string): void {
    if ((as === as.toLowerCase()) !== (at.written === at.written.toLowerCase()))
      this.add('FromAsCasing', at, `'${as}' and '${at.written}' keywords' casing do not match`);
    if (name !== name.toLowerCase()) this.add('StageNameCasing', at, `Stage name '${name}' should be lowercase`);
  }

  /** The name of a stage, among those before it. */
  stageName(at: Instruction, name: string, earlier: readonly Named[]): void {
    if (RESERVED.has(name.toLowerCase()))
      this.add('ReservedStageName', at, `Stage name should not use the same name as reserved stage "${name}"`);
    if (earlier.some((stage) => stage.name === name.toLowerCase()))
      this.add('DuplicateStageName', at, `Duplicate stage name "${name}", stage names should be unique`);
  }

  description(at: Instruction, name: string | undefined): void {
    const comment = at.comments.at(-1);
    if (name === undefined || comment === undefined || comment === '') return;
    if (comment.split(' ')[0]!.toLowerCase() === name.toLowerCase()) return;
    this.add(
      'InvalidDefinitionDescription',
      at,
      `Comment for ${at.keyword} should follow the format: \`# ${name} <description>\``,
    );
  }

  /** Keywords should all be written in the way that most are. */
  casing(instructions: readonly Instruction[]): void {
    let lower = 0;
    let upper = 0;
    for (const { written } of instructions) {
      if (written === written.toLowerCase()) lower++;
      else if (written === written.toUpperCase()) upper++;
    }
    const toLower = lower > upper;
    for (const instruction of instructions) {
      const { written } = instruction;
      if (written === (toLower ? written.toLowerCase() : written.toUpperCase())) continue;
      this.add(
        'ConsistentInstructionCasing',
        instruction,
        `Command '${written}' should match the case of the command majority (${toLower ? 'lowercase' : 'uppercase'})`,
      );
    }
  }

  defaultArgs(at: Instruction, written: string, byDefault: string): void {
    if (byDefault === '' || !isReference(byDefault))
      this.add(
        'InvalidDefaultArgInFrom',
        at,
        `Default value for ARG ${written} results in empty or invalid base image name`,
      );
  }

  undefinedFrom(at: Instruction, name: string, known: readonly string[]): void {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    this.add(
      'UndefinedArgInFrom',
      at,
      `FROM argument '${name}' is not declared${near ? ` (did you mean ${near}?)` : ''}`,
    );
  }

  undefinedVariable(at: Instruction, name: string, known: readonly string[]): void {
    const near = nearest(name, known);
    this.add('UndefinedVar', at, `Usage of undefined variable '$${name}'${near ? ` (did you mean $${near}?)` : ''}`);
  }

  fromPlatform(at: Instruction, platform: string): void {
    if (/^\$\{?TARGETPLATFORM\}?$/.test(platform))
      this.add(
        'RedundantTargetPlatform',
        at,
        `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`,
      );
    else if (!platform.includes('$'))
      this.add(
        'FromPlatformFlagConstDisallowed',
        at,
        `FROM --platform flag should not use constant value "${platform}"`,
      );
  }

  secret(at: Instruction, name: string): void {
    if (!SECRET.test(name) || PUBLIC.test(name)) return;
    this.add(
      'SecretsUsedInArgOrEnv',
      at,
      `Do not use ARG or ENV instructions for sensitive data (${at.keyword} "${name}")`,
    );
  }
}

const namesOf = (text: string): Set<string> =>
  new Set(
    text
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
  );
