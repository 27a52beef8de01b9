import { formatDuration, MILLISECOND, parseDuration } from '../../../lib/go-duration.ts';
import { GoError } from '../../../lib/go-value.ts';
import { argWords } from '../arg-words.ts';
import { checkKeyword, heredocsOf, type Instruction, jsonForm, parseDockerfile } from '../dockerfile.ts';
import { DockerfileError, parseError } from '../dockerfile-error.ts';
import { type FlagKind, InstructionFlags } from '../flags.ts';
import type { Linter } from '../lint.ts';

/** The flags of each instruction; others have none. */
export const FLAGS: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  ADD: {
    chown: 'string',
    chmod: 'string',
    link: 'bool',
    'keep-git-dir': 'bool',
    checksum: 'string',
    unpack: 'bool',
    exclude: 'list',
  },
  COPY: { from: 'string', chown: 'string', chmod: 'string', link: 'bool', parents: 'bool', exclude: 'list' },
  HEALTHCHECK: {
    interval: 'string',
    timeout: 'string',
    'start-period': 'string',
    'start-interval': 'string',
    retries: 'string',
  },
  RUN: { mount: 'list', network: 'string', security: 'string' },
};

const AT_LEAST_ONE = new Set(['ARG', 'ENV', 'EXPOSE', 'HEALTHCHECK', 'LABEL', 'ONBUILD', 'SHELL', 'VOLUME']);
/** Their flags are looked at before their arguments. */
const FLAGS_FIRST = new Set(['ENV', 'LABEL', 'SHELL']);
const EXACTLY_ONE = new Set(['MAINTAINER', 'STOPSIGNAL', 'USER', 'WORKDIR']);
const NETWORKS = new Set(['default', 'none', 'host']);
const NO_TRIGGERS = new Set(['FROM', 'MAINTAINER']);

/**
 * What can be said of an instruction before anything runs: its arguments' number and its flags. The linter, where there is
 * one, hears what is odd.
 * @param newest the file asks for the newest syntax, by its `syntax` directive
 * @throws DockerfileError
 */
export function checkInstruction(
  instruction: Instruction,
  lint: Linter | undefined,
  own: boolean,
  newest = true,
): void {
  const { keyword } = instruction;
  if (keyword === 'MAINTAINER')
    lint?.add('MaintainerDeprecated', instruction, 'Maintainer instruction is deprecated in favor of using label');
  if (!FLAGS_FIRST.has(keyword)) checkCount(instruction);
  // these do not look at what stands before their arguments
  const blind = keyword === 'ARG' || keyword === 'STOPSIGNAL' || isNone(instruction);
  const known = { ...FLAGS[keyword] };
  if (keyword === 'RUN') delete known.security;
  if (keyword === 'COPY' && !newest) delete known.parents;
  const flags = blind
    ? new InstructionFlags({ ...instruction, flags: [] }, {})
    : new InstructionFlags(instruction, known);
  if (FLAGS_FIRST.has(keyword)) checkCount(instruction);
  CHECKS[keyword]?.(instruction, flags, lint);
  if (own && keyword === 'ONBUILD') checkTrigger(instruction);
}

/** Whether a health check is switched off. */
export const isNone = ({ keyword, rest }: Instruction): boolean =>
  keyword === 'HEALTHCHECK' && /^none(\s|$)/i.test(rest);

/** The words of an instruction: the JSON form, or what stands between blanks. */
const wordsOf = ({ rest }: Instruction): string[] => jsonForm(rest) ?? rest.split(/\s+/).filter((word) => word !== '');

/** @throws DockerfileError for too few arguments */
function checkCount(instruction: Instruction): void {
  const { keyword, rest } = instruction;
  const none = keyword === 'VOLUME' || keyword === 'SHELL' ? wordsOf(instruction).length === 0 : rest === '';
  if (AT_LEAST_ONE.has(keyword) && none) throw parseError(instruction, `${keyword} requires at least one argument`);
  if (EXACTLY_ONE.has(keyword) && none) throw parseError(instruction, `${keyword} requires exactly one argument`);
  if ((keyword === 'COPY' || keyword === 'ADD') && wordsOf(instruction).length < 2)
    throw parseError(
      instruction,
      `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
}

type Check = (instruction: Instruction, flags: InstructionFlags, lint: Linter | undefined) => void;

const files: Check = (instruction) => {
  if (instruction.heredocs.length > 0 && heredocsOf(wordsOf(instruction).at(-1)!).length > 0)
    throw parseError(instruction, `${instruction.keyword} cannot accept a heredoc as a destination`);
};

const pairs: Check = (instruction) => {
  if (instruction.rest.startsWith('=')) throw parseError(instruction, `${instruction.keyword} names can not be blank`);
};

const CHECKS: Readonly<Record<string, Check>> = {
  ADD: files,
  COPY: files,
  ENV: pairs,
  LABEL: pairs,
  ARG(instruction, _, lint) {
    if (instruction.rest.startsWith('=')) throw parseError(instruction, 'ARG names can not be blank');
    const words = argWords(instruction.rest);
    if (words.length === 1) lint?.description(instruction, words[0]![0]);
  },
  HEALTHCHECK: healthcheck,
  RUN(instruction, flags) {
    if (flags.list('mount').includes('')) throw parseError(instruction, 'failed to parse csv mounts: EOF');
    const network = flags.text('network');
    if (network !== undefined && !NETWORKS.has(network))
      throw parseError(instruction, `invalid network mode ${JSON.stringify(network)}`);
  },
  SHELL(instruction) {
    const words = jsonForm(instruction.rest);
    if (!words) throw parseError(instruction, 'SHELL requires the arguments to be in JSON form');
  },
  VOLUME(instruction) {
    const words = jsonForm(instruction.rest);
    if (words?.some((word) => word.trim() === ''))
      throw parseError(instruction, 'VOLUME specified can not be an empty string');
  },
};

/** Fields of a health check and the flags that give them. */
export const HEALTH_TIMES = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
} as const;

function healthcheck(instruction: Instruction, flags: InstructionFlags): void {
  const [kind = '', ...rest] = instruction.rest.split(/\s+/);
  const type = kind.toUpperCase();
  if (type === 'NONE') {
    if (rest.length > 0) throw parseError(instruction, 'HEALTHCHECK NONE takes no arguments');
    return;
  }
  if (type !== 'CMD') throw parseError(instruction, `Unknown type ${JSON.stringify(type)} in HEALTHCHECK (try CMD)`);
  if (rest.length === 0) throw parseError(instruction, 'Missing command after HEALTHCHECK CMD');
  for (const name of Object.keys(HEALTH_TIMES)) {
    const text = flags.text(name);
    if (text === undefined) continue;
    const time = durationOf(instruction, text);
    if (time < 0) throw parseError(instruction, `Interval "${name}" cannot be negative`);
    if (time > 0 && time < MILLISECOND)
      throw parseError(instruction, `Interval "${name}" cannot be less than ${formatDuration(MILLISECOND)}`);
  }
  const retries = flags.text('retries');
  if (retries === undefined) return;
  if (!/^[+-]?\d+$/.test(retries))
    throw parseError(instruction, `strconv.ParseInt: parsing ${JSON.stringify(retries)}: invalid syntax`);
  if (Number(retries) < 0) throw parseError(instruction, `--retries cannot be negative (${Number(retries)})`);
}

function durationOf(instruction: Instruction, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof GoError) throw parseError(instruction, error.message);
    throw error;
  }
}

function checkTrigger(instruction: Instruction): void {
  const keyword = /^\w+/.exec(instruction.rest)?.[0]?.toUpperCase() ?? '';
  if (keyword === 'ONBUILD') throw parseError(instruction, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (NO_TRIGGERS.has(keyword)) throw parseError(instruction, `${keyword} isn't allowed as an ONBUILD trigger`);
}

/** The instructions of an image's ONBUILD triggers, which stand at the line of the FROM. @throws DockerfileError */
export function triggersOf(texts: readonly string[], from: Instruction): Instruction[] {
  return texts.flatMap((text) => {
    try {
      return parseDockerfile(text).instructions.map((instruction) => {
        checkKeyword(instruction);
        const at = { ...instruction, first: from.first, last: from.last };
        checkInstruction(at, undefined, false);
        return at;
      });
    } catch (error) {
      if (error instanceof DockerfileError) throw new DockerfileError(error.message, from.first, from.last);
      throw error;
    }
  });
}
