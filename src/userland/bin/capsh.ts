import { CAPABILITIES, type Capability, type CapSet } from '../../abi/credentials.ts';
import { Accounts } from '../../libc/accounts.ts';
import { execve, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { capList, capName, capNames, capOf, capsFromHex, capsFromText, capsToText } from '../caps/text.ts';

/** Options and what they do, for --help. */
const HELP: readonly (readonly [string, string])[] = [
  ['--addamb=xxx', 'add xxx,... to the ambient set'],
  ['--caps=xxx', 'set the capabilities that cap_from_text(3) reads'],
  ['--chroot=path', 'change the root directory'],
  ['--current', 'show the current capabilities'],
  ['--decode=xxx', 'name the capabilities of a hexadecimal number'],
  ['--delamb=xxx', 'take xxx,... from the ambient set'],
  ['--drop=xxx', 'take xxx,... from the bounding set'],
  ['--gid=<n>', 'set the group'],
  ['--groups=g,...', 'set the supplementary groups'],
  ['--has-a=xxx', 'exit with 1 where xxx is not ambient'],
  ['--has-b=xxx', 'exit with 1 where xxx is not in the bounding set'],
  ['--has-i=xxx', 'exit with 1 where xxx is not inheritable'],
  ['--has-p=xxx', 'exit with 1 where xxx is not permitted'],
  ['--has-no-new-privs', 'exit with 1 where privileges may be gained'],
  ['--help, -h', 'this'],
  ['--inh=xxx', 'set the inheritable set'],
  ['--is-uid=<n>', 'exit with 1 where the user is another'],
  ['--is-gid=<n>', 'exit with 1 where the group is another'],
  ['--no-new-privs', 'no privileges may be gained from here on'],
  ['--print', 'show all of it'],
  ['--supports=xxx', 'exit with 1 where xxx is unknown'],
  ['--uid=<n>', 'set the user'],
  ['--user=<name>', 'set user and groups of <name>'],
  ['--', 'the rest is for /bin/bash'],
  ['==', 'the rest is for this program again'],
];

export default program({
  name: 'capsh',
  at: ['/usr/sbin/capsh'],
  spec: 'libcap 2.66 capsh(1); without modes, IAB, secure bits and --explain',
  usage: '[args ...]',
  about: 'Look at capabilities and change them.',
  options: {},
  raw: true,
  *main(ctx) {
    const words = [...ctx.args];
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      if (word === '--' || word.startsWith('-+')) {
        const argv = ['/bin/bash', ...words.slice(at + 1)];
        const r = yield* execve(ctx.sys, '/bin/bash', argv, ctx.sys.envp);
        yield* ctx.stderr.write(`execve '/bin/bash' failed!\n`);
        return r < 0 ? 1 : 0;
      }
      const status = yield* one(ctx, word);
      if (status !== undefined) return status;
    }
    return 0;
  },
});

function* usage(ctx: Context, status: number): Wait<number> {
  const text = HELP.map(([option, help]) => `  ${option.padEnd(14)} ${help}\n`).join('');
  yield* (status === 0 ? ctx.stdout : ctx.stderr).write(`usage: capsh [args ...]\n${text}`);
  return status;
}

/** Does what one argument says. @returns a status where that is the end */
function* one(ctx: Context, word: string): Wait<number | undefined> {
  const { sys } = ctx;
  const [option, value = ''] = word.split(/=(.*)/s) as [string, string | undefined];
  const say = function* (message: string): Wait<number> {
    yield* ctx.stderr.write(`${message}\n`);
    return 1;
  };
  const cred = sys.credentials();
  switch (option) {
    case '--print':
      yield* print(ctx);
      return undefined;
    case '--current':
      yield* ctx.stdout.write(`Current: ${capsToText(cred)}\nCurrent IAB: ${iab(cred.bounding)}\n`);
      return undefined;
    case '--help':
    case '-h':
      return yield* usage(ctx, 0);
    case '--decode': {
      const digits = (/^(?:0x)?([0-9a-f]*)/i.exec(value)?.[1] ?? '').padStart(16, '0');
      yield* ctx.stdout.write(`0x${digits.toLowerCase()}=${capNames(capsFromHex(value))}\n`);
      return undefined;
    }
    case '--supports':
      return capOf(value) ? undefined : yield* say(`cap[${value}] not recognized by library`);
    case '--has-p':
    case '--has-i':
    case '--has-a':
    case '--has-b': {
      const cap = capOf(value);
      if (!cap) return yield* say(`cap[${value}] not recognized by library`);
      const sets = { p: cred.permitted, i: cred.inheritable, a: cred.ambient, b: cred.bounding };
      const where = { p: 'permitted', i: 'inheritable', a: 'in ambient set', b: 'in bounding set' };
      const key = option.at(-1) as keyof typeof sets;
      return sets[key].has(cap) ? undefined : yield* say(`cap[${capName(cap)}] not ${where[key]}`);
    }
    case '--has-no-new-privs':
      return cred.noNewPrivs ? undefined : yield* say('no-new-privs not set');
    case '--no-new-privs':
      sys.setcaps({ noNewPrivs: true });
      return undefined;
    case '--is-uid':
    case '--is-gid': {
      const have = option === '--is-uid' ? cred.uid : cred.gid;
      return have === Number(value) ? undefined : yield* say(`${option.slice(5)}: got=${have}, want=${value}`);
    }
    case '--drop':
    case '--delamb':
    case '--addamb':
    case '--inh': {
      const caps = capList(value);
      if (!caps)
        return yield* say(`capability [${value.split(',').find((name) => !capOf(name))}] is unknown to libcap`);
      const without = (set: CapSet): CapSet => new Set([...set].filter((cap) => !caps.has(cap)));
      const r = sys.setcaps(
        option === '--drop'
          ? { bounding: without(cred.bounding) }
          : option === '--inh'
            ? { inheritable: caps }
            : { ambient: option === '--delamb' ? without(cred.ambient) : new Set([...cred.ambient, ...caps]) },
      );
      return r < 0 ? yield* say(`failed to ${option.slice(2)} [${value}]: ${ctx.strerror(r)}`) : undefined;
    }
    case '--caps': {
      const caps = capsFromText(value);
      if (!caps) return yield* say(`unable to interpret [${value}]`);
      const r = sys.setcaps(caps);
      return r < 0 ? yield* say(`Unable to set capabilities [${word}]: ${ctx.strerror(r)}`) : undefined;
    }
    case '--chroot': {
      const r = sys.chroot(value);
      if (r < 0) return yield* say(`Unable to chroot/chdir to [${value}]`);
      sys.chdir('/');
      return undefined;
    }
    case '--uid':
    case '--gid': {
      const r = option === '--uid' ? sys.setuid(Number(value)) : sys.setgid(Number(value));
      return r < 0 ? yield* say(`Failed to set ${option.slice(2)}=${value}: ${ctx.strerror(r)}`) : undefined;
    }
    case '--groups':
      return sys.setgroups(value.split(',').map(Number)) < 0 ? yield* say('Failed to setgroups.') : undefined;
    case '--user':
      return yield* become(ctx, value);
    default:
      return word === '==' ? undefined : yield* usage(ctx, 1);
  }
}

function* become(ctx: Context, name: string): Wait<number | undefined> {
  const accounts = new Accounts(ctx.sys);
  const user = yield* accounts.byName(name);
  if (!user) {
    yield* ctx.stderr.write(`User [${name}] not known\n`);
    return 1;
  }
  ctx.sys.setgid(user.gid);
  ctx.sys.setgroups([user.gid]);
  const r = ctx.sys.setuid(user.uid);
  if (r >= 0) return undefined;
  yield* ctx.stderr.write(`Unable to set group list for user: ${ctx.strerror(r)}\n`);
  return 1;
}

/** What is missing from the bounding set, as IAB texts mark it. */
const iab = (bounding: CapSet): string =>
  CAPABILITIES.filter((cap: Capability) => !bounding.has(cap))
    .map((cap) => `!${capName(cap)}`)
    .join(',');

function* print(ctx: Context): Wait<void> {
  const cred = ctx.sys.credentials();
  const accounts = new Accounts(ctx.sys);
  const groups: string[] = [];
  for (const gid of cred.groups) groups.push(`${gid}(${yield* accounts.groupName(gid)})`);
  yield* ctx.stdout.write(
    `Current: ${capsToText(cred)}
Bounding set =${capNames(cred.bounding)}
Ambient set =${capNames(cred.ambient)}
Current IAB: ${iab(cred.bounding)}
Securebits: 00/0x0/1'b0 (no-new-privs=${cred.noNewPrivs ? 1 : 0})
 secure-noroot: no (unlocked)
 secure-no-suid-fixup: no (unlocked)
 secure-keep-caps: no (unlocked)
 secure-no-ambient-raise: no (unlocked)
uid=${cred.uid}(${yield* accounts.userName(cred.uid)}) euid=${cred.euid}(${yield* accounts.userName(cred.euid)})
gid=${cred.gid}(${yield* accounts.groupName(cred.gid)})
groups=${groups.join(',')}
Guessed mode: HYBRID (4)
`,
  );
}
