import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { execve, read, sleep } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import proxy from './docker-proxy.ts';
import nc from './nc.ts';

const FLAGS = '-host-ip 0.0.0.0 -host-port 8080 -container-ip 127.0.0.1 -container-port 80'.split(' ');

async function boot(proto: string) {
  const k = await bootTestKernel({
    programs: { 'docker-proxy': proxy.entry, nc: nc.entry },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  void k.runOn(k.terminal(), '/bin/docker-proxy', ['docker-proxy', '-proto', proto, ...FLAGS]);
  await k.settle();
  const server = proto === 'udp' ? ['nc', '-u', '-l', '-w', '1', '80'] : ['nc', '-l', '-N', '80'];
  const client = proto === 'udp' ? ['nc', '-u', '-q', '1', '127.0.0.1', '8080'] : ['nc', '-N', '127.0.0.1', '8080'];
  const [served, asked] = await Promise.all([
    k.run('/bin/nc', server, { stdin: 'answer\n' }),
    k.run(
      function* (sys) {
        yield* sleep(sys, 10);
        yield* execve(sys, '/bin/nc', client, []);
        return 1;
      },
      [],
      { stdin: 'question\n' },
    ),
  ]);
  expect(k.panics).toEqual([]);
  return [served.stdout, asked.stdout];
}

test.each(['tcp', 'udp'])('%s goes both ways', async (proto) => {
  expect(await boot(proto)).toEqual(['question\n', 'answer\n']);
});

test('it tells dockerd whether it listens', async () => {
  const k = await bootTestKernel({ programs: { 'docker-proxy': proxy.entry } });
  const said: string[] = [];
  await k.run(function* (sys) {
    netlink(sys, { type: 'link-set', name: 'lo', up: true });
    for (let i = 0; i < 2; i++) {
      const ends = [0, 0];
      sys.pipe2(ends);
      sys.spawn('/bin/docker-proxy', ['docker-proxy', '-proto', 'tcp', ...FLAGS], [], { dup2: [[ends[1]!, 3]] });
      const buf = new Uint8Array(100);
      const n = yield* read(sys, ends[0]!, buf);
      said.push(String.fromCharCode(...buf.subarray(0, n)));
    }
    sys.kill(-1, 9);
    return 0;
  });
  expect(said).toEqual(['0\n', '1\nlisten tcp 0.0.0.0:8080: bind: Address already in use']);
});
