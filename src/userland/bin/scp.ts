import { ENOENT } from '../../abi/errno.ts';
import { spawn, type Wait } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { waitFor } from '../../libc/shell-command.ts';

const USAGE = `usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]
           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]
           [-P port] [-S program] [-X sftp_option] source ... target
`;
const FLAGS = '346ABCOpqRrsTv';
const WITH_ARGUMENT = 'cDFiJloPSX';

export default program({
  name: 'scp',
  at: ['/usr/bin/scp'],
  spec: 'OpenSSH 9.6 scp(1): copies on this machine by cp, others by ssh, which nobody answers',
  usage: '[-346ABCOpqRrsTv] source ... target',
  about: 'Copy files between machines.',
  options: {},
  raw: true,
  *main(ctx) {
    const words = [...ctx.args];
    const forSsh: string[] = [];
    const operands: string[] = [];
    let [recursive, preserve] = [false, false];
    while (words.length > 0) {
      const word = words.shift()!;
      if (word === '--') {
        operands.push(...words.splice(0));
        break;
      }
      if (!word.startsWith('-') || word === '-') {
        operands.push(word, ...words.splice(0));
        break;
      }
      for (let i = 1; i < word.length; i++) {
        const letter = word[i]!;
        if (FLAGS.includes(letter)) {
          if (letter === 'r') recursive = true;
          else if (letter === 'p') preserve = true;
          else if ('46Cqv'.includes(letter)) forSsh.push(`-${letter}`);
          continue;
        }
        if (!WITH_ARGUMENT.includes(letter)) return yield* usage(ctx, `scp: unknown option -- ${letter}`);
        const value = word.slice(i + 1) || words.shift();
        if (value === undefined) return yield* usage(ctx, `option requires an argument -- ${letter}`);
        if (letter === 'P') forSsh.push('-p', value);
        else if ('cFiJo'.includes(letter)) forSsh.push(`-${letter}`, value);
        break;
      }
    }
    if (operands.length < 2) return yield* usage(ctx);
    const target = operands.pop()!;
    const remote = [...operands, target].map(hostOf).find((host) => host !== undefined);
    if (remote === undefined) {
      const flags = [...(recursive ? ['-r'] : []), ...(preserve ? ['-p'] : [])];
      return (yield* run(ctx, 'cp', [...flags, '--', ...operands, target])) === 0 ? 0 : 1;
    }
    const status = yield* run(ctx, 'ssh', ['-T', ...forSsh, '-oForwardAgent=no', '-s', remote, 'sftp']);
    yield* ctx.stderr.write(status === 0 ? '' : 'scp: Connection closed\r\n');
    return status === 0 ? 0 : 255;
  },
});

/** The host of `[user@]host:path` or `scp://…`; undefined where it is a file of this machine. */
function hostOf(text: string): string | undefined {
  const url = /^scp:\/\/([^/]*)/.exec(text)?.[1];
  if (url !== undefined) return `ssh://${url}`;
  const colon = text.indexOf(':');
  return colon <= 0 || text.slice(0, colon).includes('/') ? undefined : text.slice(0, colon);
}

function* run(ctx: Context, name: string, args: readonly string[]): Wait<number> {
  const path = searchPath(ctx.sys, name, ctx.env.get('PATH') ?? '/bin:/usr/bin');
  const pid = path === undefined ? -ENOENT : yield* spawn(ctx.sys, path, [name, ...args], ctx.sys.envp);
  if (pid >= 0) return yield* waitFor(ctx.sys, pid);
  yield* ctx.stderr.write(`${name}: ${ctx.strerror(pid)}\n`);
  return 255;
}

function* usage(ctx: Context, text?: string): Wait<number> {
  yield* ctx.stderr.write((text === undefined ? '' : `${text}\r\n`) + USAGE);
  return 1;
}
