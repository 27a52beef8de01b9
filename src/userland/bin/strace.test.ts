import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { loadUserland } from '../index.ts';

const NAMES = [
  'bash',
  'strace',
  'echo',
  'grep',
  'cat',
  'sleep',
  'false',
  'ls',
  'kill',
  'head',
  'tail',
  'sed',
  'yes',
  'id',
  'chmod',
  'capsh',
];
const programs = Object.fromEntries(NAMES.map((name) => [name, loadUserland(name)]));
await Promise.all(Object.values(programs));

test.each([
  [
    'strace echo hi 2>&1 >/dev/null | sed "s/0x[0-9a-f]*/PTR/; s/[0-9]* vars/N vars/"',
    'execve("/bin/echo", ["echo", "hi"], PTR /* N vars */) = 0\nioctl(1, TCGETS, PTR)        = -1 ENOTTY (Inappropriate ioctl for device)\nwrite(1, "hi\\n", 3)                     = 3\nexit_group(0)                           = ?\n+++ exited with 0 +++\n',
  ],
  [
    'strace -e trace=openat,read cat /etc/motd 2>&1',
    'hello\nopenat(AT_FDCWD, "/etc/motd", O_RDONLY) = 3\nread(3, "hello\\n", 4096)                = 6\nread(3, "", 4096)                       = 0\n+++ exited with 0 +++\n',
  ],
  [
    'strace -o log false; echo $?; tail -2 log',
    '1\nexit_group(1)                           = ?\n+++ exited with 1 +++\n',
  ],
  [
    'strace -s 3 -e write echo hello 2>&1 | tail -2',
    'write(1, "hel"..., 6)                   = 6\n+++ exited with 0 +++\n',
  ],
  ['strace nosuch; echo $?', '1\n'],
  ['strace -e none bash -c "kill -9 \\$\\$" 2>log; echo $?; grep +++ log', '137\n+++ killed by SIGKILL +++\n'],
  [
    'strace -f -e trace=execve bash -c "/bin/echo a; :" 2>&1 >/dev/null | sed "s/, 0x.*//; s/[0-9][0-9]*\\b/N/g"',
    'execve("/bin/bash", ["bash", "-c", "/bin/echo a; :"]\nstrace: Process N attached\n[pid     N] +++ exited with N +++\n[pid     N] +++ exited with N +++\n',
  ],
  ['sleep 5 & strace -p $! 2>&1 | tail -2', 'exit_group(0)                           = ?\n+++ exited with 0 +++\n'],
  ['strace -c ls /etc 2>&1 | tail -1 | head -c 6', '100.00'],
  ['yes | head -n 1; strace -e trace=none yes 2>/dev/null | head -n 1', 'y\ny\n'],
])('%s', async (script, expected) => {
  const k = await bootTestKernel({ programs, files: { '/etc/motd': 'hello\n', '/tmp/': '' } });
  const r = await k.run('/bin/bash', ['bash', '-c', script], { cwd: '/tmp' });
  expect(r.stdout).toBe(expected);
  expect(k.panics).toEqual([]);
});

test('who may be traced: own processes, and with CAP_SYS_PTRACE all', async () => {
  const k = await bootTestKernel({
    programs,
    files: { '/tmp/': '', '/etc/passwd': 'nobody:x:65534:65534::/:/bin/sh\n' },
  });
  const script = 'sleep 9 & capsh --user=nobody -- -c "strace -p $! ; strace -e none /bin/echo mine"; kill $!';
  const r = await k.run('/bin/bash', ['bash', '-c', script], { cwd: '/tmp' });
  expect(r.stdout).toBe('mine\n');
  expect(r.stderr).toContain('strace: attach: ptrace(PTRACE_SEIZE, ');
  expect(r.stderr).toContain('Operation not permitted\n+++ exited with 0 +++\n');
});
