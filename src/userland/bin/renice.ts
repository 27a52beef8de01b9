import { Stat } from '../../abi/stat.ts';
import { Accounts } from '../../libc/accounts.ts';
import { listDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'renice',
  at: ['/usr/bin/renice'],
  spec: 'util-linux 2.39 renice(1)',
  soleHelp: 0,
  version: 'from util-linux 2.39.3',
  usage:
    '[-n|--priority|--relative] <priority> [-p|--pid] <pid>...\n renice [-n|--priority|--relative] <priority>  -g|--pgrp <pgid>...\n renice [-n|--priority|--relative] <priority>  -u|--user <user>...',
  about: 'Alter the priority of running processes.',
  options: {},
  raw: true,
  busybox: {
    at: '/usr/bin/renice',
    usage: '[-n] PRIORITY [[-p|g|u] ID...]...',
    help: 'Change scheduling priority of a running process\n\n\t-n\tAdd PRIORITY to current nice value\n\t\tWithout -n, nice value is set to PRIORITY\n\t-p\tProcess ids (default)\n\t-g\tProcess group ids\n\t-u\tProcess user names\n',
  },
  *main(ctx) {
    const { sys } = ctx;
    const words = [...ctx.args];
    const gnu = ctx.form === 'gnu';
    let relative = false;
    if (/^(-n|--priority|--relative)$/.test(words[0] ?? '')) {
      relative = words[0] === '--relative' || (!gnu && words[0] === '-n');
      words.shift();
    }
    const text = words.shift();
    if (text === undefined) return yield* gnu ? ctx.die('not enough arguments') : ctx.usage();
    if (!/^[-+]?\d+$/.test(text))
      return yield* ctx.die(gnu ? `invalid priority '${text}'` : `invalid number '${text}'`);
    if (words.length === 0) return yield* gnu ? ctx.die('not enough arguments') : ctx.usage();
    let kind = 'p';
    let status = 0;
    const accounts = new Accounts(sys);
    for (const word of words) {
      const option = { '-p': 'p', '--pid': 'p', '-g': 'g', '--pgrp': 'g', '-u': 'u', '--user': 'u' }[word];
      if (option !== undefined) {
        kind = option;
        continue;
      }
      const user = kind === 'u' ? yield* accounts.byName(word) : undefined;
      if (!user && !/^\d+$/.test(word)) {
        yield* ctx.warn(
          kind === 'u' ? `unknown user ${word}` : gnu ? `bad process ID value: ${word}` : `invalid number '${word}'`,
        );
        status = 1;
        continue;
      }
      const id = user?.uid ?? Number(word);
      const pids = kind === 'p' ? [id] : processes(ctx.sys, kind, id);
      for (const pid of pids) {
        const old = sys.getpriority(pid);
        const value = Math.max(-20, Math.min(19, relative ? old + Number(text) : Number(text)));
        const r = sys.setpriority(pid, value);
        if (r < 0) {
          yield* ctx.warn(
            gnu
              ? `failed to set priority for ${id} (${NAMES[kind]}): ${ctx.strerror(r)}`
              : `setpriority: ${pid}: ${ctx.strerror(r)}`,
          );
          status = 1;
        } else if (gnu && pid === pids.at(-1))
          yield* ctx.stdout.write(`${id} (${NAMES[kind]}) old priority ${old}, new priority ${value}\n`);
      }
    }
    return status;
  },
});

const NAMES: Readonly<Record<string, string>> = { p: 'process ID', g: 'process group ID', u: 'user ID' };

function processes(sys: Parameters<typeof listDir>[0], kind: string, id: number): number[] {
  const names = listDir(sys, '/proc');
  if (typeof names === 'number') return [];
  const st = new Stat();
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => (kind === 'g' ? sys.getpgid(pid) === id : sys.stat(`/proc/${pid}`, st) === 0 && st.uid === id));
}
