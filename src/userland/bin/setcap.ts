import { FILE_CAPS, fileCapsBytes, parseFileCaps } from '../../abi/file-caps.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import { program } from '../../libc/program.ts';
import { capsFromText } from '../caps/text.ts';

const USAGE = `usage: setcap [-h] [-q] [-v] [-n <rootid>] (-r|-|<caps>) <filename> [ ... (-r|-|<capsN>) <filenameN> ]

 Note <filename> must be a regular (non-symlink) file.
 -r          take all capabilities from the file
 -           read capabilities from standard input
 <capsN>     capabilities as cap_from_text(3) reads them
 -h          show this and exit with 0
 -q          say nothing
 -v          compare with those that the file has
 -n <rootid> limit them to a user namespace (refused: there are none)
 --license   show the licence
`;

export default program({
  name: 'setcap',
  at: ['/usr/sbin/setcap'],
  spec: 'libcap 2.66 setcap(8)',
  usage: '[-h] [-q] [-v] (-r|-|<caps>) <filename> [ ... (-r|-|<capsN>) <filenameN> ]',
  about: 'Set the capabilities of files.',
  options: {},
  raw: true,
  *main(ctx) {
    const { sys } = ctx;
    const words = [...ctx.args];
    let quiet = false;
    let verify = false;
    const bad = function* (message?: string) {
      yield* ctx.stderr.write(`${message === undefined ? '' : `fatal error: ${message}\n`}${USAGE}`);
      return 1;
    };
    if (words.length === 0) return yield* bad();
    while (words.length > 0) {
      const word = words.shift()!;
      if (word === '-h' || word === '--help') {
        yield* ctx.stdout.write(USAGE);
        return 0;
      }
      if (word === '-q') quiet = true;
      else if (word === '-v') verify = true;
      else if (word === '-n' || word === '--license') return yield* bad(word === '-n' ? ctx.strerror(38) : undefined);
      else {
        const path = words.shift();
        if (path === undefined) return yield* bad();
        const text = word === '-' ? yield* ctx.stdin.text() : word;
        const caps = word === '-r' ? undefined : capsFromText(text);
        if (word !== '-r' && !caps) return yield* bad(ctx.strerror(22));
        const st = new Stat();
        const found = sys.lstat(path, st);
        const wrong = found < 0 ? found : isRegular(st.mode) ? 0 : -22;
        if (verify && caps) {
          const bytes = sys.getxattr(path, FILE_CAPS, true);
          const has = typeof bytes === 'number' ? undefined : parseFileCaps(bytes);
          const wanted = fileCapsBytes({ ...caps, effective: caps.effective.size > 0 });
          const same = has && fileCapsBytes(has).every((byte, i) => byte === wanted[i]);
          if (!quiet) yield* ctx.stdout.write(same ? `${path}: OK\n` : `${path} differs in [pe]\n`);
          if (!same) return 1;
          continue;
        }
        const value = caps && fileCapsBytes({ ...caps, effective: caps.effective.size > 0 });
        const r =
          wrong < 0
            ? wrong
            : value
              ? sys.setxattr(path, FILE_CAPS, value, true)
              : sys.removexattr(path, FILE_CAPS, true);
        if (r < 0 && !(word === '-r' && r === -61)) {
          yield* ctx.stderr.write(`Failed to set capabilities on file '${path}': ${ctx.strerror(r)}\n`);
          return 1;
        }
      }
    }
    return 0;
  },
});
