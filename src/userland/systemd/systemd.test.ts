import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import type { Entry } from '../../abi/sys.ts';
import { exit, writeAll } from '../../libc/io.ts';
import journalctl from '../bin/journalctl.ts';
import systemctl from '../bin/systemctl.ts';
import { runSystemd } from './init.ts';

/** Says a word and waits, or ends with a status: `svc WORD [STATUS]`. */
const svc: Entry = function* (sys) {
  yield* writeAll(sys, 1, `${sys.argv[1]}\n`);
  if (sys.argv[2] !== undefined) return Number(sys.argv[2]);
  for (;;) {
    sys.pause();
    yield;
  }
};

const supervisor: Entry = function* (sys) {
  for (let signal = 1; signal < 32; signal++) if (signal !== 9 && signal !== 19) sys.sigaction(signal, () => {});
  yield* runSystemd(sys, () => {});
  return yield* exit(sys, 0);
};

async function boot(units: Record<string, string>) {
  const files = Object.entries(units).map(([name, text]) => [`/etc/systemd/system/${name}`, text]);
  const k = await bootTestKernel({
    programs: { systemd: supervisor, systemctl: systemctl.entry, journalctl: journalctl.entry, svc },
    files: Object.fromEntries(files),
  });
  void k.run('/bin/systemd').catch(() => {});
  await k.settle();
  const run = async (...argv: string[]) => {
    const r = await k.run(`/bin/${argv[0]}`, argv);
    return r.stdout + r.stderr;
  };
  return { run, settle: () => k.settle() };
}

const TARGET = '[Unit]\nDescription=Test\n';

test('what the target wants runs; it is stopped, and its words are in the journal', async () => {
  const { run } = await boot({
    'default.target': `${TARGET}Wants=a.service\n`,
    'a.service': '[Unit]\nDescription=The A\n[Service]\nExecStart=/bin/svc hello\n',
  });
  expect(await run('systemctl', 'is-active', 'a')).toBe('active\n');
  expect(await run('journalctl', '-u', 'a', '-o', 'cat', '--no-pager')).toBe('Started a.service - The A.\nhello\n');
  expect(await run('systemctl', 'stop', 'a')).toBe('');
  expect(await run('systemctl', 'is-active', 'a')).toBe('inactive\n');
  expect(await run('systemctl', 'show', '-p', 'Result', '-p', 'SubState', 'a')).toBe('Result=success\nSubState=dead\n');
});

// The harness gives version 1: where words differ, they are those of systemd 219.
test('a service that fails says so; one that is missing too', async () => {
  const { run } = await boot({
    'default.target': TARGET,
    'b.service': '[Service]\nType=oneshot\nExecStart=/bin/svc no 3\n',
  });
  expect(await run('systemctl', 'start', 'b')).toBe(
    'Job for b.service failed because the control process exited with error code.\nSee "systemctl status b.service" and "journalctl -xeu b.service" for details.\n',
  );
  expect(await run('systemctl', 'is-failed', 'b')).toBe('failed\n');
  expect(await run('systemctl', 'start', 'nosuch')).toBe('Failed to start nosuch.service: Unit not found.\n');
});

test('Restart= brings a service back until the start limit', async () => {
  const { run } = await boot({
    'default.target': TARGET,
    'c.service': '[Service]\nExecStart=/bin/svc again 1\nRestart=on-failure\n',
  });
  await run('systemctl', 'start', 'c');
  expect(await run('journalctl', '-u', 'c', '-o', 'cat', '--no-pager')).toContain('again');
  // every restart takes a tenth of a second
  await run('svc', 'x', '0');
  for (let i = 0; i < 40 && (await run('systemctl', 'is-failed', 'c')) !== 'failed\n'; i++) await run('svc', 'x', '0');
  expect(await run('systemctl', 'show', '-P', 'NRestarts', 'c')).toBe('5\n');
  expect(await run('journalctl', '-u', 'c', '-o', 'cat', '--no-pager')).toContain(
    'Start request repeated too quickly.',
  );
});

test('enable makes links and disable takes them away', async () => {
  const { run } = await boot({
    'default.target': TARGET,
    'd.service': '[Service]\nExecStart=/bin/svc d\n[Install]\nWantedBy=multi-user.target\n',
  });
  const link = '/etc/systemd/system/multi-user.target.wants/d.service';
  expect(await run('systemctl', 'is-enabled', 'd')).toBe('disabled\n');
  expect(await run('systemctl', 'enable', 'd')).toBe(
    `Created symlink from ${link} to /etc/systemd/system/d.service.\n`,
  );
  expect(await run('systemctl', 'is-enabled', 'd')).toBe('enabled\n');
  expect(await run('systemctl', 'disable', 'd')).toBe(`Removed symlink ${link}.\n`);
});
