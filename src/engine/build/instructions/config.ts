import { signalNumber } from '../../../abi/signal.ts';
import type { ImageContainerConfig } from '../../../api/image.ts';
import { formatDuration, parseDuration } from '../../../lib/go-duration.ts';
import { normalizePath } from '../../../libc/paths.ts';
import { DockerfileError, type Instruction, jsonForm } from '../dockerfile.ts';
import { expand, expandWords, wordEnd } from '../expand.ts';
import { argWords } from '../stages.ts';
import type { StageState } from '../state.ts';

/** What an instruction that changes only the configuration gets. */
export interface ConfigContext {
  state: StageState;
  escape: string;
  buildArgs: Readonly<Record<string, string>>;
  globals: ReadonlyMap<string, string | undefined>;
}

/** Changes the configuration. @returns the text of the history, or undefined for none */
type Apply = (ctx: ConfigContext, instruction: Instruction) => string | undefined;

/** Go's %q of a list of strings: `["sh" "-c"]`. */
export const goQuoted = (words: readonly string[]): string =>
  `[${words.map((word) => JSON.stringify(word)).join(' ')}]`;

const fail = (instruction: Instruction, message: string): never => {
  throw new DockerfileError(
    `dockerfile parse error on line ${instruction.first}: ${message}`,
    instruction.first,
    instruction.last,
  );
};

/** `NAME=value …`, or `NAME the rest` in the old form. */
function pairsOf(ctx: ConfigContext, instruction: Instruction): [string, string][] {
  const { rest, keyword } = instruction;
  if (rest === '') fail(instruction, `${keyword} requires at least one argument`);
  const replace = (text: string): string => expand(text, ctx.state.lookup, ctx.escape);
  const first = rest.slice(0, wordEnd(rest, 0, ctx.escape));
  if (!first.includes('=')) {
    const value = rest.slice(first.length).trim();
    if (value === '') fail(instruction, `${keyword} must have two arguments`);
    return [[replace(first), replace(value)]];
  }
  const out: [string, string][] = [];
  for (let at = 0; at < rest.length; ) {
    if (/\s/.test(rest[at]!)) {
      at++;
      continue;
    }
    const end = wordEnd(rest, at, ctx.escape);
    const word = rest.slice(at, end);
    const equals = word.indexOf('=');
    if (equals <= 0)
      fail(instruction, `Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`);
    out.push([replace(word.slice(0, equals)), replace(word.slice(equals + 1))]);
    at = end;
  }
  return out;
}

function command(ctx: ConfigContext, instruction: Instruction): string[] {
  return jsonForm(instruction.rest) ?? [...ctx.state.shell, instruction.rest];
}

/** The instructions that make no layer: a closed set, one row each. */
export const CONFIG_INSTRUCTIONS: Readonly<Record<string, Apply>> = {
  ARG(ctx, instruction) {
    if (instruction.rest === '') fail(instruction, 'ARG requires at least one argument');
    for (const [name, given] of argWords(instruction.rest, (text) => expand(text, ctx.state.lookup, ctx.escape))) {
      const value = ctx.buildArgs[name] ?? given ?? ctx.globals.get(name);
      ctx.state.args.set(name, value);
    }
    return `ARG ${instruction.rest.replace(/["']/g, '')}`.replace(
      /^ARG (\w+)(=.*)?$/s,
      (_, name: string) => `ARG ${name}${ctx.state.args.get(name) === undefined ? '' : `=${ctx.state.args.get(name)}`}`,
    );
  },
  CMD(ctx, instruction) {
    const cmd = command(ctx, instruction);
    ctx.state.config.Cmd = instruction.rest === '' ? null : cmd;
    if (jsonForm(instruction.rest)) delete ctx.state.config.ArgsEscaped;
    else ctx.state.config.ArgsEscaped = true;
    return `CMD ${goQuoted(cmd)}`;
  },
  ENTRYPOINT(ctx, instruction) {
    const words = command(ctx, instruction);
    ctx.state.config.Entrypoint = words;
    // an entry point of this image makes the base's command meaningless
    if (
      !ctx.state.stage.commands.slice(0, ctx.state.stage.commands.indexOf(instruction)).some((i) => i.keyword === 'CMD')
    )
      ctx.state.config.Cmd = null;
    return `ENTRYPOINT ${goQuoted(words)}`;
  },
  ENV(ctx, instruction) {
    const pairs = pairsOf(ctx, instruction);
    for (const [name, value] of pairs) ctx.state.setEnv(name, value);
    return `ENV ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`;
  },
  LABEL(ctx, instruction) {
    const pairs = pairsOf(ctx, instruction);
    ctx.state.config.Labels = { ...ctx.state.config.Labels, ...Object.fromEntries(pairs) };
    return `LABEL ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`;
  },
  EXPOSE(ctx, instruction) {
    const words = expandWords(instruction.rest, ctx.state.lookup, ctx.escape);
    if (words.length === 0) fail(instruction, 'EXPOSE requires at least one argument');
    const ports: string[] = [];
    for (const word of words) {
      const m = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(word);
      if (!m) throw new DockerfileError(`invalid containerPort: ${word}`, instruction.first, instruction.last);
      for (let port = Number(m[1]); port <= Number(m[2] ?? m[1]); port++)
        ports.push(`${port}/${(m[3] ?? 'tcp').toLowerCase()}`);
    }
    ctx.state.config.ExposedPorts = {
      ...ctx.state.config.ExposedPorts,
      ...Object.fromEntries(ports.map((port) => [port, {}])),
    };
    return `EXPOSE [${ports.join(' ')}]`;
  },
  HEALTHCHECK(ctx, instruction) {
    const [kind = '', ...rest] = instruction.rest.split(/\s+/);
    const text = instruction.rest.slice(kind.length).trim();
    if (kind.toUpperCase() === 'NONE') {
      if (rest.length > 0) fail(instruction, 'HEALTHCHECK NONE takes no arguments');
      ctx.state.config.Healthcheck = { Test: ['NONE'] };
      return 'HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}';
    }
    if (kind.toUpperCase() !== 'CMD') fail(instruction, `Unknown type "${kind}" in HEALTHCHECK (try CMD)`);
    if (text === '') fail(instruction, 'Missing command after HEALTHCHECK CMD');
    const exec = jsonForm(text);
    const check: NonNullable<ImageContainerConfig['Healthcheck']> = {
      Test: exec ? ['CMD', ...exec] : ['CMD-SHELL', text],
    };
    const times: Readonly<Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'>> = {
      interval: 'Interval',
      timeout: 'Timeout',
      'start-period': 'StartPeriod',
      'start-interval': 'StartInterval',
    };
    for (const flag of instruction.flags) {
      const m = /^--([\w-]+)=(.*)$/.exec(flag);
      const field = m ? times[m[1]!] : undefined;
      if (field) check[field] = parseDuration(m![2]!);
      else if (m?.[1] === 'retries') check.Retries = Number(m[2]);
      else fail(instruction, `unknown flag: ${flag.replace(/=.*/, '')}`);
    }
    ctx.state.config.Healthcheck = check;
    const time = (ns: number | undefined): string => JSON.stringify(formatDuration(ns ?? 0));
    return `HEALTHCHECK &{${goQuoted(check.Test!)} ${time(check.Interval)} ${time(check.Timeout)} ${time(check.StartPeriod)} ${time(check.StartInterval)} '\\x${(check.Retries ?? 0).toString(16).padStart(2, '0')}'}`;
  },
  MAINTAINER(ctx, instruction) {
    if (instruction.rest === '') fail(instruction, 'MAINTAINER requires exactly one argument');
    ctx.state.author = expand(instruction.rest, ctx.state.lookup, ctx.escape);
    return `MAINTAINER ${ctx.state.author}`;
  },
  ONBUILD(ctx, instruction) {
    const keyword = /^\w+/.exec(instruction.rest)?.[0]?.toUpperCase() ?? '';
    if (keyword === 'ONBUILD') fail(instruction, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (keyword === 'MAINTAINER' || keyword === 'FROM')
      fail(instruction, `${keyword} isn't allowed as an ONBUILD trigger`);
    ctx.state.config.OnBuild = [...(ctx.state.config.OnBuild ?? []), instruction.rest];
    return `ONBUILD ${instruction.rest}`;
  },
  SHELL(ctx, instruction) {
    const words = jsonForm(instruction.rest);
    if (!words || words.length === 0) return fail(instruction, `SHELL requires the arguments to be in JSON form`);
    ctx.state.config.Shell = words;
    return `SHELL [${words.join(' ')}]`;
  },
  STOPSIGNAL(ctx, instruction) {
    const text = expand(instruction.rest, ctx.state.lookup, ctx.escape);
    if (text === '' || signalNumber(text) === undefined)
      throw new DockerfileError(`Invalid signal: ${text}`, instruction.first, instruction.last);
    ctx.state.config.StopSignal = text;
    return `STOPSIGNAL ${text}`;
  },
  USER(ctx, instruction) {
    const text = expand(instruction.rest, ctx.state.lookup, ctx.escape);
    if (instruction.rest === '') fail(instruction, 'USER requires exactly one argument');
    ctx.state.config.User = text;
    return `USER ${text}`;
  },
  VOLUME(ctx, instruction) {
    const words = (jsonForm(instruction.rest) ?? instruction.rest.split(/\s+/))
      .map((word) => expand(word, ctx.state.lookup, ctx.escape))
      .filter((word) => word !== '');
    if (words.length === 0) fail(instruction, 'VOLUME requires at least one argument');
    ctx.state.config.Volumes = {
      ...ctx.state.config.Volumes,
      ...Object.fromEntries(words.map((word) => [word.startsWith('/') ? normalizePath(word) : word, {}])),
    };
    return `VOLUME [${words.join(' ')}]`;
  },
};
