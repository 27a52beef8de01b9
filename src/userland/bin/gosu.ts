import { execCommand } from '../../libc/exec-command.ts';
import { program } from '../../libc/program.ts';
import { findIdentity, stepDown } from '../../libc/step-down.ts';

const VERSION = '1.17';

export default program({
  name: 'gosu',
  at: ['/usr/local/bin/gosu', '/usr/sbin/gosu'],
  spec: 'gosu 1.17',
  usage: 'user-spec command [args]',
  about: 'Run a command as another user, in the same process.',
  options: {},
  raw: true,
  *main(ctx) {
    const [spec, ...command] = ctx.args;
    if (spec === '--version' || spec === '-v') {
      yield* ctx.stdout.write(`${VERSION} (go1.18.2 on linux/amd64; gc)\n`);
      return 0;
    }
    if (spec === undefined || command.length === 0 || spec === '--help' || spec === '-h') {
      const help = spec === '--help' || spec === '-h';
      const examples = ['tianon bash', "nobody:root bash -c 'whoami && id'", '1000:1 id'].map(
        (e) => `   eg: ${ctx.name} ${e}\n`,
      );
      const text = `Usage: ${ctx.name} user-spec command [args]\n${examples.join('')}\n${ctx.name} version: ${VERSION} (go1.18.2 on linux/amd64; gc)\n${ctx.name} license: Apache-2.0 (full text at https://github.com/tianon/gosu)\n`;
      yield* (help ? ctx.stdout : ctx.stderr).write(help ? text : `${text}\n`);
      return help ? 0 : 1;
    }
    const found = yield* findIdentity(ctx.sys, spec);
    if ('unknown' in found)
      return yield* ctx.die(
        found.unknown === 'user'
          ? `failed switching to "${spec}": unable to find user ${found.name}: no matching entries in passwd file`
          : `failed switching to "${spec}": unable to find group ${found.name}: no matching entries in group file`,
        1,
      );
    const r = stepDown(ctx.sys, found);
    if (r < 0) return yield* ctx.die(`failed switching to "${spec}": operation not permitted`, 1);
    const envp = [...ctx.sys.envp.filter((pair) => !pair.startsWith('HOME=')), `HOME=${found.home}`];
    return yield* execCommand(ctx, command, envp);
  },
});
