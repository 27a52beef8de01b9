import { beforeAll, describe, expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { loadSha256 } from '../../lib/sha256.ts';
import { makeDocker } from '../index.ts';
import recorded from './main-recorded.json' with { type: 'json' };

let kernel: TestKernel;

beforeAll(async () => {
  kernel = await bootTestKernel({
    programs: { docker: makeDocker({ sha256: await loadSha256() }) },
    flavour: 'go',
    files: { '/work/': '' },
  });
});

const docker = (line: string, env: Record<string, string> = {}) =>
  kernel.run('/bin/docker', ['docker', ...line.split(' ').filter((w) => w !== '')], { cwd: '/work', env });

describe('usage errors, recorded from docker 28.2.2 without a daemon', () => {
  test.each(recorded as [string, number, string][])('docker %s', async (line, status, stderr) => {
    expect(await docker(line)).toMatchObject({ status, stderr, stdout: '' });
  });
});

describe('help', () => {
  test('goes to stdout when it is asked for, to stderr when a command is missing', async () => {
    const asked = await docker('volume --help');
    const missing = await docker('volume');
    expect(asked.stdout).toBe(missing.stderr);
    expect(asked.stdout.split('\n').slice(0, 6)).toEqual([
      'Usage:  docker volume COMMAND',
      '',
      'Manage volumes',
      '',
      'Commands:',
      '  create      Create a volume',
    ]);
    expect([asked.status, missing.status]).toEqual([0, 0]);
  });

  test('lists aliases and wraps options at 80 columns', async () => {
    const { stdout } = await docker('ps --help');
    expect(stdout).toContain(
      'Aliases:\n  docker container ls, docker container list, docker container ps, docker ps\n',
    );
    expect(stdout).toContain('  -f, --filter filter   ');
    expect(Math.max(...stdout.split('\n').map((l) => l.length))).toBeLessThanOrEqual(80);
  });

  test('of a command that is not there yet is complete', async () => {
    expect((await docker('swarm init --help')).stdout).toContain('--force-new-cluster');
    expect(await docker('compose up')).toMatchObject({ status: 1, stderr: 'docker compose up: not there yet\n' });
  });
});

test('a daemon that is not there', async () => {
  expect(await docker('ps')).toMatchObject({
    status: 1,
    stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
  });
  expect((await docker('run busybox', { DOCKER_HOST: 'unix:///x.sock' })).status).toBe(125);
});

test('contexts choose the daemon', async () => {
  expect(await docker('context create far --docker host=unix:///far.sock')).toMatchObject({
    stdout: 'far\n',
    stderr: 'Successfully created context "far"\n',
  });
  expect((await docker('--context far ps')).stderr).toContain('unix:///far.sock');
  await docker('context use far');
  expect((await docker('context ls')).stdout).toBe(
    'NAME      DESCRIPTION                               DOCKER ENDPOINT               ERROR\n' +
      'default   Current DOCKER_HOST based configuration   unix:///var/run/docker.sock   \n' +
      'far *                                               unix:///far.sock              \n',
  );
  expect((await docker('context rm far')).stderr).toBe('context "far" is in use, set -f flag to force remove\n');
  expect((await docker('context rm -f far')).stdout).toBe('far\n');
});

test('completion offers commands and flags', async () => {
  expect((await docker('__complete container re')).stdout).toBe(
    'rename\tRename a container\nrestart\tRestart one or more containers\n:4\n',
  );
  expect((await docker('__complete ps --la')).stdout).toMatch(/^--last\t.*\n--latest\t.*\n:4\n$/);
});
