import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { execve, spawn, waitpid } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { isBooted } from '../systemd/systemctl-status.ts';

const POLICY = '/usr/sbin/policy-rc.d';
/** What policy-rc.d says where an action is forbidden. */
const FORBIDDEN = 101;

export default program({
  name: 'invoke-rcd',
  at: ['/usr/sbin/invoke-rc.d'],
  spec: 'init-system-helpers 1.66 invoke-rc.d(8): policy-rc.d, systemctl or the script',
  usage: '[options] <basename> <action> [extra parameters]',
  about: 'Execute System-V style init script actions.',
  options: {},
  raw: true,
  *main(ctx) {
    const { sys, args, stderr } = ctx;
    const quiet = args.includes('--quiet');
    const [script, action, ...rest] = args.filter((word) => !word.startsWith('--'));
    if (script === undefined || action === undefined) {
      yield* stderr.write('invoke-rc.d: syntax error: missing required parameter, assuming action restart\n');
      return 103;
    }
    if (sys.access(POLICY, 1) === 0) {
      const pid = yield* spawn(sys, POLICY, [POLICY, script, action], sys.envp);
      const result = new WaitResult();
      if (pid > 0) yield* waitpid(sys, pid, 0, result);
      if (pid > 0 && shellStatus(result.status) === FORBIDDEN) {
        if (!quiet) yield* stderr.write(`invoke-rc.d: policy-rc.d denied execution of ${action}.\n`);
        return 0;
      }
    }
    const path = `/etc/init.d/${script}`;
    if (isBooted(sys)) {
      yield* execve(sys, '/usr/bin/systemctl', ['systemctl', action, `${script}.service`], sys.envp);
      return 100;
    }
    if (sys.access(path, 1) < 0) {
      yield* stderr.write(`invoke-rc.d: unknown initscript, ${path} not found.\n`);
      return 100;
    }
    const errno = yield* execve(sys, path, [path, action, ...rest], sys.envp);
    yield* ctx.perror(path, errno);
    return 102;
  },
});
