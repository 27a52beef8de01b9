import { execCommand } from '../../libc/exec-command.ts';
import { program } from '../../libc/program.ts';
import { findIdentity, stepDown } from '../../libc/step-down.ts';

export default program({
  name: 'su-exec',
  at: ['/sbin/su-exec'],
  spec: 'su-exec 0.2',
  usage: 'user-spec command [args]',
  about: 'Run a command as another user, in the same process.',
  options: {},
  raw: true,
  *main(ctx) {
    const [spec, ...command] = ctx.args;
    if (spec === undefined || command.length === 0) {
      yield* ctx.stdout.write(`Usage: ${ctx.name} user-spec command [args]\n`);
      return 0;
    }
    const found = yield* findIdentity(ctx.sys, spec);
    if ('unknown' in found)
      return yield* ctx.die(
        found.unknown === 'user' ? `getpwnam(${found.name}): Success` : `getgrnam(${found.name}): Success`,
        1,
      );
    const r = stepDown(ctx.sys, found);
    if (r < 0) return yield* ctx.die(`setgroups: ${ctx.strerror(r)}`, 1);
    const envp = [...ctx.sys.envp.filter((pair) => !pair.startsWith('HOME=')), `HOME=${found.home}`];
    return yield* execCommand(ctx, command, envp, command[0]);
  },
});
