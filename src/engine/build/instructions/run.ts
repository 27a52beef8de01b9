import { Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { ApiError } from '../../../api/errors.ts';
import { quote } from '../../../lib/quote.ts';
import { decode, incompleteTail } from '../../../lib/utf8.ts';
import { joinBytes, type Wait } from '../../../libc/io.ts';
import { dirname, joinPath, normalizePath, removeTree } from '../../../libc/paths.ts';
import { resolveIn } from '../../runtime/scope.ts';
import { BuildError, type BuildWork } from '../context.ts';
import { treeDigest } from '../digest.ts';
import { type Instruction, jsonForm } from '../dockerfile.ts';
import { DockerfileError } from '../dockerfile-error.ts';
import { InstructionFlags } from '../flags.ts';
import type { Scope } from '../graph.ts';
import { mountsOf, type StepMount } from '../mounts.ts';
import type { LayerOp, LayerWork, Op } from '../ops.ts';
import { FLAGS } from './check.ts';
import { MountSetup } from './step-mounts.ts';

/** What the runtime makes in a root filesystem to mount on: it does not belong to the layer. */
const MOUNT_POINTS = ['/proc', '/sys', '/dev', '/etc/resolv.conf', '/etc/hosts', '/etc/hostname'];

/** A RUN as it will be started. */
interface Command {
  args: string[];
  /** A script of its own, from a here-document that begins with `#!`. */
  script: { path: string; content: string } | undefined;
  shown: string;
}

/** RUN: a command in a container above what there is; what it changes is the layer. */
export function run(scope: Scope, instruction: Instruction): void {
  const { state, build } = scope;
  const flags = new InstructionFlags(instruction, FLAGS.RUN!);
  const network = flags.text('network') ?? 'default';
  if (network === 'host' && !build.options.allow.includes('network.host'))
    throw new BuildError('failed to load LLB: network.host is not allowed');
  const mounts = mountsOf(instruction, (text) => scope.expand(instruction, text));
  const inputs: Op[] = [];
  const inputOf = mounts.map((mount) => {
    if (mount.type !== 'bind' && !(mount.type === 'cache' && mount.from !== undefined)) return -1;
    const path = mount.source || '/';
    const op =
      mount.from === undefined
        ? scope.graph.local(undefined, path)
        : scope.graph.source(state, instruction, mount.from, path);
    const known = inputs.indexOf(op);
    return known < 0 ? inputs.push(op) - 1 : known;
  });
  for (const mount of mounts) checkTarget(mount, state.config.WorkingDir || '/');
  const command = commandOf(instruction, state.shell);
  const env = [...(state.config.Env ?? []), ...state.argPairs()];
  const cwd = state.config.WorkingDir || '/';
  const user = state.config.User ?? '';
  const op: LayerOp = {
    kind: 'layer',
    name: scope.label(instruction, command.shown),
    parent: state.op,
    inputs,
    documents: command.script ? 1 : 0,
    identity: ['run', command.args, command.script?.content, env, cwd, user, network, build.options.network, mounts],
    ignoreCache: scope.ignoreCache,
    at: instruction,
    *content(sys, roots) {
      const trees: { path: string; name: string }[] = [];
      for (const [i, mount] of mounts.entries()) {
        const root = roots[inputOf[i]!];
        if (root === undefined) continue;
        const path = resolveIn(sys, root, normalizePath(`/${mount.source}`));
        if (sys.lstat(path, new Stat()) < 0) throw missing(build, mount, instruction);
        trees.push({ path, name: `${i}${mount.source}` });
      }
      return yield* treeDigest(sys, build.host.sha256, trees);
    },
    *work(work) {
      const step = { command, env: [...env, ...state.proxyPairs()], cwd, user, network };
      yield* runIn(build, instruction, work, mounts, inputOf, step);
    },
  };
  state.noteLayer(op, `RUN ${state.argsPrefix()}${command.args.join(' ')} # buildkit`);
}

function missing(build: BuildWork, mount: StepMount, { first, last }: Instruction): BuildError {
  const why = `failed to calculate checksum of ref ${build.host.id}::${build.cache.key('ref', [mount.from, mount.source]).slice(0, 25)}: "${normalizePath(`/${mount.source}`)}": not found`;
  return new BuildError(`failed to compute cache key: ${why}`, first, last, why);
}

function checkTarget(mount: StepMount, cwd: string): void {
  if (mount.type === 'secret' || mount.type === 'ssh') return;
  mount.target = normalizePath(
    mount.target.startsWith('/') || mount.target === '' ? mount.target || '/' : `${cwd}/${mount.target}`,
  );
  if (mount.target === '/') throw new DockerfileError(`invalid mount target ${quote('/')}`);
}

/** A RUN with here-documents: one that is the whole command is a script, others go to the shell with it. */
function commandOf(instruction: Instruction, shell: readonly string[]): Command {
  const [doc] = instruction.heredocs;
  const mounts = instruction.flags.map((flag) => `${flag} `).join('');
  if (!doc) {
    const exec = jsonForm(instruction.rest);
    return { args: exec ?? [...shell, instruction.rest], script: undefined, shown: mounts + instruction.rest };
  }
  if (!/^<<-?["']?[^\s"']+["']?$/.test(instruction.rest.trim())) {
    const text = `${instruction.rest}\n${instruction.heredocs.map((d) => `${d.content}${d.name}`).join('\n')}`;
    return { args: [...shell, text], script: undefined, shown: mounts + instruction.rest };
  }
  const lines = doc.content.trim().split('\n');
  const shown = `${mounts}${instruction.rest} (${lines[0]}${lines.length > 1 ? '...' : ''})`;
  if (!doc.content.startsWith('#!')) return { args: [...shell, doc.content], script: undefined, shown };
  const path = `/dev/pipes/${doc.name}`;
  return { args: [...shell, path], script: { path, content: doc.content }, shown };
}

interface Step {
  command: Command;
  env: string[];
  cwd: string;
  user: string;
  network: string;
}

function* runIn(
  build: BuildWork,
  instruction: Instruction,
  work: LayerWork,
  mounts: readonly StepMount[],
  inputOf: readonly number[],
  step: Step,
): Wait<void> {
  const { sys, merged, layerId, vertex, roots } = work;
  const { command } = step;
  const { options } = build;
  const setup = new MountSetup(sys, build, instruction);
  const network = step.network === 'default' ? options.network : step.network;
  const texts = [new Utf8Pieces(), new Utf8Pieces()] as const;
  let kill: ((sys: Sys) => void) | undefined;
  try {
    for (const [i, mount] of mounts.entries()) yield* setup.add(mount, roots[inputOf[i]!]);
    if (command.script) yield* setup.script(command.script.path, command.script.content);
    const before = absent(sys, merged, [...MOUNT_POINTS, ...setup.mounts.map((mount) => mount.destination)]);
    const result = yield* build.host.run(sys, {
      layerId,
      args: command.args,
      env: [...step.env, ...setup.env],
      cwd: step.cwd,
      user: step.user,
      network,
      mounts: setup.mounts,
      hosts: options.extraHosts,
      limits: options.limits,
      *output(stream, data) {
        yield* build.display.log(vertex, stream, texts[stream - 1]!.push(data));
      },
      started(how) {
        kill = how;
        build.control.add(sys, how);
      },
    });
    for (const path of before) removeTree(sys, path);
    if (result === 0) return;
    if (typeof result === 'string') yield* build.display.log(vertex, 2, `${result}\n`);
    throw failed(command, `exit code: ${typeof result === 'string' ? 1 : result}`, instruction);
  } catch (error) {
    if (error instanceof ApiError) throw failed(command, error.message, instruction);
    throw error;
  } finally {
    if (kill) build.control.remove(kill);
    setup.close();
  }
}

const failed = (command: Command, why: string, { first, last }: Instruction): BuildError =>
  new BuildError(`process ${quote(command.args.join(' '))} did not complete successfully: ${why}`, first, last);

/** The uppermost of what is not there of each path: it is made to mount on, and goes again. */
function absent(sys: Sys, root: string, paths: readonly string[]): string[] {
  const out = new Set<string>();
  const st = new Stat();
  for (const path of paths) {
    let at = resolveIn(sys, root, path);
    if (sys.lstat(at, st) === 0) continue;
    while (dirname(at) !== root && sys.lstat(dirname(at), st) < 0) at = dirname(at);
    if (dirname(at) !== root || sys.lstat(joinPath(root, ''), st) === 0) out.add(at);
  }
  return [...out];
}

/** Text that comes in pieces, which may end within a character. */
class Utf8Pieces {
  #rest = new Uint8Array(0);

  push(data: Uint8Array): string {
    const bytes = joinBytes([this.#rest, data]);
    const end = bytes.length - incompleteTail(bytes);
    this.#rest = bytes.slice(end);
    return decode(bytes, 0, end);
  }
}
