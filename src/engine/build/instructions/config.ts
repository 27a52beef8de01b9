import { signalNumber } from '../../../abi/signal.ts';
import type { ImageContainerConfig } from '../../../api/image.ts';
import { formatDuration, parseDuration } from '../../../lib/go-duration.ts';
import { quote } from '../../../lib/quote.ts';
import { normalizePath } from '../../../libc/paths.ts';
import { argWords } from '../arg-words.ts';
import { type Instruction, jsonForm } from '../dockerfile.ts';
import { DockerfileError } from '../dockerfile-error.ts';
import { InstructionFlags } from '../flags.ts';
import type { Scope } from '../graph.ts';
import { nameValues } from '../name-values.ts';
import { FLAGS, HEALTH_TIMES } from './check.ts';

/** Changes the configuration. @returns the text of the history */
type Apply = (scope: Scope, instruction: Instruction) => string;

/** Go's %q of a list of strings: `["sh" "-c"]`. */
export const goQuoted = (words: readonly string[]): string => `[${words.map(quote).join(' ')}]`;

/** The pairs of ENV or LABEL; the old form is noted. */
function pairsOf(scope: Scope, instruction: Instruction): [string, string][] {
  const { keyword, rest } = instruction;
  const written = nameValues(keyword, rest, scope.build.escape, instruction);
  const pairs = written.map(({ name, value }): [string, string] => [
    scope.expand(instruction, name),
    scope.expand(instruction, value),
  ]);
  if (scope.prefix === '' && written.some(({ old }) => old))
    scope.build.lint.add(
      'LegacyKeyValueFormat',
      instruction,
      `"${keyword} key=value" should be used instead of legacy "${keyword} key value" format`,
    );
  return pairs;
}

/** Notes that an instruction of which the last one counts was there before. */
function onlyLast(scope: Scope, instruction: Instruction): void {
  if (scope.prefix !== '') return;
  const before = scope.state.seen.get(instruction.keyword);
  if (before !== undefined)
    scope.build.lint.add(
      'MultipleInstructionsDisallowed',
      { first: before, last: before },
      `Multiple ${instruction.keyword} instructions should not be used in the same stage because only the last one will be used`,
    );
  scope.state.seen.set(instruction.keyword, instruction.first);
}

function command(scope: Scope, instruction: Instruction): string[] {
  const exec = jsonForm(instruction.rest);
  if (!exec && scope.prefix === '' && !scope.state.config.Shell)
    scope.build.lint.add(
      'JSONArgsRecommended',
      instruction,
      `JSON arguments recommended for ${instruction.written} to prevent unintended behavior related to OS signals`,
    );
  return exec ?? [...scope.state.shell, instruction.rest];
}

/** The instructions that make no layer: a closed set, one row each. */
export const CONFIG_INSTRUCTIONS: Readonly<Record<string, Apply>> = {
  ARG(scope, instruction) {
    const { state, build } = scope;
    const shown: string[] = [];
    for (const [name, given] of argWords(instruction.rest)) {
      build.lint.secret(instruction, name);
      const value =
        build.options.buildArgs[name] ??
        (given === undefined
          ? (build.plan.globals.get(name) ?? build.plan.platformArgs[name])
          : scope.expand(instruction, given));
      state.args.delete(name);
      state.args.set(name, value);
      shown.push(value === undefined ? name : `${name}=${value}`);
    }
    return `ARG ${shown.join(' ')}`;
  },
  CMD(scope, instruction) {
    onlyLast(scope, instruction);
    const cmd = command(scope, instruction);
    scope.state.config.Cmd = cmd;
    if (jsonForm(instruction.rest)) delete scope.state.config.ArgsEscaped;
    else scope.state.config.ArgsEscaped = true;
    scope.state.cmd = true;
    return `CMD ${goQuoted(cmd)}`;
  },
  ENTRYPOINT(scope, instruction) {
    onlyLast(scope, instruction);
    const words = command(scope, instruction);
    scope.state.config.Entrypoint = words;
    // an entry point of this image makes the base's command meaningless
    if (!scope.state.cmd) scope.state.config.Cmd = null;
    return `ENTRYPOINT ${goQuoted(words)}`;
  },
  ENV(scope, instruction) {
    const pairs = pairsOf(scope, instruction);
    for (const [name, value] of pairs) {
      scope.build.lint.secret(instruction, name);
      scope.state.setEnv(name, value);
    }
    return `ENV ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`;
  },
  LABEL(scope, instruction) {
    const pairs = pairsOf(scope, instruction);
    scope.state.config.Labels = { ...scope.state.config.Labels, ...Object.fromEntries(pairs) };
    return `LABEL ${pairs.map(([name, value]) => `${name}=${value}`).join(' ')}`;
  },
  EXPOSE(scope, instruction) {
    const ports = instruction.rest
      .split(/\s+/)
      .sort()
      .flatMap((word) => scope.expandWords(instruction, word))
      .flatMap((word) => portsOf(scope, instruction, word));
    scope.state.config.ExposedPorts = {
      ...scope.state.config.ExposedPorts,
      ...Object.fromEntries(ports.map((port) => [port, {}])),
    };
    return `EXPOSE [${ports.join(' ')}]`;
  },
  HEALTHCHECK(scope, instruction) {
    onlyLast(scope, instruction);
    const kind = /^\S*/.exec(instruction.rest)![0];
    const text = instruction.rest.slice(kind.length).trim();
    if (kind.toUpperCase() === 'NONE') {
      scope.state.config.Healthcheck = { Test: ['NONE'] };
      return 'HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}';
    }
    const exec = jsonForm(text);
    const check: NonNullable<ImageContainerConfig['Healthcheck']> = {
      Test: exec ? ['CMD', ...exec] : ['CMD-SHELL', text],
    };
    const flags = new InstructionFlags(instruction, FLAGS.HEALTHCHECK!);
    for (const [name, field] of Object.entries(HEALTH_TIMES)) {
      const given = flags.text(name);
      if (given !== undefined) check[field] = parseDuration(given);
    }
    const retries = flags.text('retries');
    if (retries !== undefined) check.Retries = Number(retries);
    scope.state.config.Healthcheck = check;
    const time = (ns: number | undefined): string => quote(formatDuration(ns ?? 0));
    return `HEALTHCHECK &{${goQuoted(check.Test!)} ${time(check.Interval)} ${time(check.Timeout)} ${time(check.StartPeriod)} ${time(check.StartInterval)} '\\x${(check.Retries ?? 0).toString(16).padStart(2, '0')}'}`;
  },
  MAINTAINER(scope, instruction) {
    scope.state.author = instruction.rest;
    return `MAINTAINER ${instruction.rest}`;
  },
  ONBUILD(scope, instruction) {
    scope.state.config.OnBuild = [...(scope.state.config.OnBuild ?? []), instruction.rest];
    return `ONBUILD ${instruction.rest}`;
  },
  SHELL(scope, instruction) {
    const words = jsonForm(instruction.rest)!;
    scope.state.config.Shell = words;
    return `SHELL [${words.join(' ')}]`;
  },
  STOPSIGNAL(scope, instruction) {
    const text = scope.expand(instruction, instruction.rest);
    if (!/^\d+$/.test(text) && (text === '' || signalNumber(text) === undefined))
      throw new DockerfileError(`invalid signal: ${text}`);
    scope.state.config.StopSignal = text;
    return `STOPSIGNAL ${text}`;
  },
  USER(scope, instruction) {
    const text = scope.expand(instruction, instruction.rest);
    scope.state.config.User = text;
    return `USER ${text}`;
  },
  VOLUME(scope, instruction) {
    const words = (jsonForm(instruction.rest) ?? instruction.rest.split(/\s+/)).map((word) =>
      scope.expand(instruction, word),
    );
    if (words.includes('')) throw new DockerfileError('VOLUME specified can not be an empty string');
    scope.state.config.Volumes = {
      ...scope.state.config.Volumes,
      ...Object.fromEntries(words.map((word) => [word.startsWith('/') ? normalizePath(word) : word, {}])),
    };
    return `VOLUME [${words.join(' ')}]`;
  },
};

const PORT_MAX = 65535;

/** `80`, `80/udp`, `8000-8010`; an address or a host port is odd, and not heeded. */
function portsOf(scope: Scope, instruction: Instruction, word: string): string[] {
  const parts = /^(.*?)(?:\/([^/]*))?$/.exec(word)!;
  const proto = parts[2] ?? 'tcp';
  if (proto !== proto.toLowerCase())
    scope.build.lint.add(
      'ExposeProtoCasing',
      instruction,
      `Defined protocol '${word}' in EXPOSE instruction should be lowercase`,
    );
  if (!/^(tcp|udp|sctp)?$/i.test(proto))
    throw new DockerfileError(`invalid port: ${quote(word)}: invalid proto: ${proto}`);
  const range = parts[1]!.replace(/^.*:/, '');
  if (range !== parts[1])
    scope.build.lint.add(
      'ExposeInvalidFormat',
      instruction,
      `EXPOSE instruction should not define an IP address or host-port mapping, found '${word}'`,
    );
  const m = /^(\d+)(?:-(\d+))?$/.exec(range);
  const first = Number(m?.[1]);
  const last = Number(m?.[2] ?? m?.[1]);
  if (!m || last > PORT_MAX || first > last) throw new DockerfileError(`invalid containerPort: ${range}`);
  const ports: string[] = [];
  for (let port = first; port <= last; port++) ports.push(`${port}/${(proto || 'tcp').toLowerCase()}`);
  return ports;
}
