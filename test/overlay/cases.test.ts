import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeOverlay, mkdir, mountFileSystem, resolveDirectory } from '../../src/vfs/index.ts';
import { TestContext, testContext, testFs } from '../../src/vfs/test-context.ts';
import { externalCases } from '../external.ts';
import { CaseShell } from './shell.ts';
import { treeLines } from './tree.ts';

/** Scripts that make three layers, and what a real kernel's overlay and tools said to each line. */
interface Case {
  s1: string[];
  s2: string[];
  s3: string[];
  r1: Record<string, string>;
  r2: Record<string, string>;
  r3: Record<string, string>;
  t1: string[];
  t2: string[];
  t3: string[];
  u2: string[];
  u3: string[];
}

const folder = externalCases();
if (folder === undefined) console.log('not run: no case folder');

function cases(): [string, Case][] {
  if (folder === undefined) return [];
  const file = JSON.parse(readFileSync(`${folder}/conformance/overlay-cases.json`, 'utf8')) as {
    public: Record<string, Case>;
  };
  return Object.entries(file.public);
}

function inDirectory(ctx: TestContext, path: string): TestContext {
  const place = resolveDirectory(ctx, path);
  if (typeof place === 'number') throw new Error(`${path}: ${place}`);
  const other = new TestContext(ctx.ns);
  other.cwd = place;
  return other;
}

function mountLayers(ctx: TestContext, at: string, lower: string, upper: string): void {
  const overlay = makeOverlay(ctx, `lowerdir=${lower},upperdir=${upper},workdir=/work${upper}`);
  if (typeof overlay === 'number') throw new Error(`overlay: ${overlay}`);
  expect(mountFileSystem(ctx, overlay, 'overlay', at, 0)).toBe(0);
}

const sorted = (lines: string[]): string[] => [...lines].sort();

describe.skipIf(folder === undefined)('operations recorded from a kernel', () => {
  test.each(cases())('seed %s', (_, c) => {
    const ctx = testContext(testFs({ type: 'ext4' }));
    for (const dir of ['/l1', '/u2', '/u3', '/m2', '/m3', '/work', '/work/u2', '/work/u3']) mkdir(ctx, dir, 0o755);
    expect(new CaseShell(inDirectory(ctx, '/l1')).run(c.s1)).toEqual(c.r1);
    expect(sorted(treeLines(ctx, '/l1'))).toEqual(sorted(c.t1));
    mountLayers(ctx, '/m2', '/l1', '/u2');
    expect(new CaseShell(inDirectory(ctx, '/m2')).run(c.s2)).toEqual(c.r2);
    expect(sorted(treeLines(ctx, '/m2'))).toEqual(sorted(c.t2));
    expect(sorted(treeLines(ctx, '/u2'))).toEqual(sorted(c.u2));
    mountLayers(ctx, '/m3', '/u2:/l1', '/u3');
    expect(new CaseShell(inDirectory(ctx, '/m3')).run(c.s3)).toEqual(c.r3);
    expect(sorted(treeLines(ctx, '/m3'))).toEqual(sorted(c.t3));
    expect(sorted(treeLines(ctx, '/u3'))).toEqual(sorted(c.u3));
  });
});
