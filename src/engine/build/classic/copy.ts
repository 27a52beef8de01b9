import { isDirectory, Stat } from '../../../abi/stat.ts';
import type { Wait } from '../../../libc/io.ts';
import { mkdirp, normalizePath, removeTree } from '../../../libc/paths.ts';
import { randomHex } from '../../ids.ts';
import type { Image } from '../../image/image-store.ts';
import { BuildError } from '../context.ts';
import { treeDigest } from '../digest.ts';
import { type Instruction, jsonForm } from '../dockerfile.ts';
import { InstructionFlags } from '../flags.ts';
import { isGit } from '../git.ts';
import { FLAGS } from '../instructions/check.ts';
import { Copier } from '../instructions/copier.ts';
import { findSources } from '../instructions/find-sources.ts';
import { ownerOf } from '../instructions/owner.ts';
import { download, isRemote } from '../remote.ts';
import { sourceStage } from '../stages.ts';
import type { ClassicBuilder, ClassicStage } from './builder.ts';

/** COPY and ADD of the classic builder: the files become a layer, without a container. */
export function* classicCopy(builder: ClassicBuilder, stage: ClassicStage, instruction: Instruction): Wait<void> {
  const { call, dir, say } = builder.build;
  const { sys, daemon } = call;
  const { keyword, rest } = instruction;
  const flags = new InstructionFlags(instruction, FLAGS[keyword]!);
  const words =
    jsonForm(rest)?.map((word) => stage.scope.expand(instruction, word)) ?? stage.scope.expandEach(instruction, rest);
  const dest = words.at(-1)!;
  // here-documents are nothing that this builder knows
  const names = words.slice(0, -1).filter((word) => !word.startsWith('<<'));
  if (names.length === 0) throw new BuildError(`${keyword} failed: no source files were specified`);
  if (names.length > 1 && !/(^|\/)\.{0,2}$/.test(dest))
    throw new BuildError(
      `When using ${keyword} with more than one source file, the destination must be a directory and end with a /`,
    );
  const { WorkingDir } = stage.state.config;
  const target = normalizePath(dest.startsWith('/') ? dest : `${WorkingDir || '/'}/${dest}`);
  const shownTarget = /\/$/.test(dest) && target !== '/' ? `${target}/` : target;
  const from = flags.text('from');
  const root = from === undefined ? undefined : yield* mountFrom(builder, stage, instruction, from);
  const fetched = `${dir}.fetched${randomHex(sys, 3)}`;
  try {
    const paths: string[] = [];
    for (const name of names) {
      if (keyword === 'ADD' && isGit(name)) throw new BuildError(`ADD ${name}: not there yet`);
      if (keyword === 'ADD' && isRemote(name)) {
        mkdirp(sys, fetched, 0o700);
        const path = `${fetched}/${name.replace(/[?#].*$/, '').replace(/^.*\//, '') || 'download'}`;
        yield* download(sys, builder.work, name, path);
        paths.push(path);
        continue;
      }
      const found = findSources(sys, root?.path ?? dir, name, false);
      if (found.length === 0) throw missing(keyword, name);
      paths.push(...found.map((f) => f.path));
    }
    const digest = yield* treeDigest(
      sys,
      builder.work.host.sha256,
      paths.map((path) => ({ path, name: path.slice((root?.path ?? dir).length) })),
    );
    const st = new Stat();
    const kind = paths.length > 1 ? 'multi' : sys.stat(paths[0]!, st) === 0 && isDirectory(st.mode) ? 'dir' : 'file';
    const chown = flags.text('chown');
    const text = `${stage.state.shell.join(' ')} #(nop) ${keyword} ${chown === undefined ? '' : `--chown=${chown} `}${kind}:${digest} in ${shownTarget} `;
    if (yield* builder.fromCache(stage, text)) return;
    const layerId = randomHex(sys, 32);
    yield* daemon.layers.create(sys, layerId, stage.image?.topLayer?.cacheId);
    const merged = yield* daemon.layers.mount(sys, layerId);
    try {
      const owner = chown === undefined ? { uid: 0, gid: 0 } : yield* ownerOf(sys, merged, chown);
      if (typeof owner === 'string') throw new BuildError(owner);
      for (const path of paths) {
        const isFetched = path.startsWith(fetched);
        const put = new Copier(sys, merged, {
          owner,
          mode: isFetched ? () => 0o600 : undefined,
          include: () => true,
          unpack: keyword === 'ADD' && !isFetched,
        });
        yield* put.source(path, target, /(^|\/)\.{0,2}$/.test(dest) || paths.length > 1);
      }
    } finally {
      daemon.layers.unmount(sys, layerId);
    }
    const layer = yield* daemon.imageStore.layers.seal(sys, stage.image?.topLayer, layerId);
    yield* builder.commit(stage, text, layer);
    yield* say(` ---> ${stage.image!.id.slice(7, 19)}\n`);
  } finally {
    root?.release();
    removeTree(sys, fetched);
  }
}

function missing(keyword: string, name: string): BuildError {
  if (/[*?[]/.test(name)) return new BuildError(`${keyword} failed: no source files were specified`);
  return new BuildError(
    `${keyword} failed: file not found in build context or excluded by .dockerignore: stat ${name.replace(/^\.?\/+/, '')}: file does not exist`,
  );
}

/** The tree that `--from` names. */
function* mountFrom(
  builder: ClassicBuilder,
  stage: ClassicStage,
  instruction: Instruction,
  name: string,
): Wait<{ path: string; release(): void }> {
  const { sys, daemon } = builder.build.call;
  const other = sourceStage(builder.build.plan.stages, stage.state.stage, instruction, name);
  const image: Image | undefined = other ? builder.stages.get(other)?.image : yield* builder.base(name);
  const id = image?.topLayer?.cacheId;
  if (id === undefined) throw missing(instruction.keyword, name);
  return { path: yield* daemon.layers.mount(sys, id), release: () => daemon.layers.unmount(sys, id) };
}
