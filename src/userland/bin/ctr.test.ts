import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { loadUserland } from '../index.ts';

const programs = Object.fromEntries(
  ['bash', 'ctr', 'runc', 'containerd', 'mkdir', 'sleep'].map((name) => [name, loadUserland(name)]),
);
await Promise.all(Object.values(programs));

const ID = 'ab'.repeat(32);
const BEGIN = `scope=/sys/fs/cgroup/system.slice/docker-${ID}.scope; mkdir -p $scope; sleep 60 & echo $! > $scope/cgroup.procs; pid=$!; `;

test.each([
  [
    'ctr -n moby c ls -q; ctr -n moby t ls',
    `${ID}\nTASK                                                                PID    STATUS     \n${ID}    PID      RUNNING    \n`,
  ],
  ['ctr c ls', 'CONTAINER    IMAGE    RUNTIME    \n'],
  ['ctr ns ls', 'NAME LABELS \nmoby        \n'],
  ['ctr -a /nowhere c ls; echo $?', '1\n'],
  [
    'runc --root /run/docker/runtime-runc/moby list -q; runc list',
    `${ID}\nID          PID         STATUS      BUNDLE      OWNER\n`,
  ],
  ['ctr foo bar; echo $?; containerd foo; echo $?; runc run x; echo $?', '1\n127\n127\n'],
])('%s', async (script, expected) => {
  const files = { '/run/containerd/containerd.sock': '', '/var/lib/docker/': '', '/sys/fs/cgroup/': '' };
  const k = await bootTestKernel({
    programs,
    files,
    *setUp(sys) {
      sys.mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', 0);
    },
  });
  const r = await k.run('/bin/bash', ['bash', '-c', `${BEGIN}${script}; kill $pid`], { cwd: '/' });
  expect(
    r.stdout.replace(/ {4}\d+ {5,}RUNNING/, '    PID      RUNNING').replace(/PID +STATUS +\n/, 'PID    STATUS     \n'),
  ).toBe(expected);
  expect(k.panics).toEqual([]);
});
