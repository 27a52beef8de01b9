import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { program } from '../../libc/program.ts';

/** `$PWD` where it names the working directory without dots in it. */
function logical(sys: Sys, pwd: string | undefined): string | undefined {
  if (!pwd?.startsWith('/') || /\/\.\.?(\/|$)/.test(pwd)) return undefined;
  const here = new Stat();
  const there = new Stat();
  if (sys.stat('.', here) < 0 || sys.stat(pwd, there) < 0) return undefined;
  return here.ino === there.ino && here.dev === there.dev ? pwd : undefined;
}

export default program({
  name: 'pwd',
  at: ['/usr/bin/pwd'],
  spec: 'GNU coreutils 9.4 pwd(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]...',
  about: 'Print the full name of the working directory.',
  options: {
    logical: { short: 'L', help: 'use PWD from the environment, even if it has symbolic links' },
    physical: { short: 'P', help: 'avoid all symbolic links' },
  },
  busybox: { at: '/bin/pwd', usage: '[-LP]', help: 'Print the full filename of the current working directory\n' },
  *main(ctx) {
    const last = ctx.order.at(-1)?.key;
    const wantsLogical = last === 'logical' || (last === undefined && ctx.form === 'busybox');
    const cwd = (wantsLogical ? logical(ctx.sys, ctx.env.get('PWD')) : undefined) ?? ctx.sys.getcwd();
    if (typeof cwd === 'number') return yield* ctx.die(`couldn't find directory entry in ‘..’ with matching i-node`);
    yield* ctx.stdout.write(`${cwd}\n`);
    return 0;
  },
});
