import { ENOENT } from '../../abi/errno.ts';
import { CLOCK_REALTIME, O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY, UTIME_NOW, UTIME_OMIT } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { parseBusyboxDate } from '../../libc/busybox-date.ts';
import { parseDate } from '../../libc/date-parse.ts';
import { open } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { invalidArgument, localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'touch',
  at: ['/usr/bin/touch'],
  spec: 'GNU coreutils 9.4 touch(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE...',
  about: 'Set the times of each FILE to now; make those that do not exist.',
  options: {
    atime: { short: 'a', long: false, help: 'change only the access time' },
    noCreate: { short: 'c', help: 'do not make files' },
    date: { short: 'd', arg: 'STRING', help: 'use this time instead of now' },
    force: { short: 'f', long: false, busybox: false, help: 'ignored' },
    noDereference: { short: 'h', help: 'change the link itself' },
    mtime: { short: 'm', long: false, help: 'change only the modification time' },
    reference: { short: 'r', arg: 'FILE', help: "use this file's times" },
    stamp: { short: 't', long: false, arg: 'STAMP', help: 'use [[CC]YY]MMDDhhmm[.ss]' },
    time: { arg: 'WORD', busybox: false, help: 'change access (atime, use) or modify (mtime)' },
  },
  busybox: {
    at: '/bin/touch',
    usage: '[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...',
    help: "Update mtime of FILEs\n\n\t-c\tDon't create files\n\t-h\tDon't follow links\n\t-a\tChange only atime\n\t-m\tChange only mtime\n\t-d DT\tDate/time to use\n\t-t DT\tDate/time to use\n\t-r FILE\tUse FILE's date/time\n",
  },
  *main(ctx) {
    const { sys, opts, form } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage(form === 'gnu' ? 'missing file operand' : undefined);
    let [aSec, aNsec, mSec, mNsec] = [0, UTIME_NOW, 0, UTIME_NOW];
    if (opts.reference !== undefined) {
      const st = new Stat();
      const r = opts.noDereference ? sys.lstat(opts.reference, st) : sys.stat(opts.reference, st);
      if (r < 0)
        return yield* ctx.die(
          form === 'gnu'
            ? `failed to get attributes of ${shellQuote(opts.reference)}: ${ctx.strerror(r)}`
            : `can't stat '${opts.reference}': ${ctx.strerror(r)}`,
        );
      [aSec, aNsec, mSec, mNsec] = [st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec];
    }
    if (form === 'gnu' && opts.stamp !== undefined && parseStamp(opts.stamp, 0) === undefined)
      return yield* ctx.die(`invalid date format ${localeQuote(opts.stamp)}`);
    if (form === 'gnu' && opts.stamp !== undefined && (opts.date ?? opts.reference) !== undefined)
      return yield* ctx.usage('cannot specify times from more than one source');
    const text = opts.date ?? opts.stamp;
    if (text !== undefined) {
      const now = Math.floor(sys.now(CLOCK_REALTIME) / 1000);
      const time =
        opts.date !== undefined
          ? form === 'busybox'
            ? parseBusyboxDate(text, now)
            : parseDate(text, now)
          : parseStamp(text, now);
      if (time === undefined)
        return yield* ctx.die(
          `invalid date${form === 'gnu' ? ' format' : ''} ${form === 'gnu' ? localeQuote(text) : `'${text}'`}`,
        );
      [aSec, aNsec, mSec, mNsec] = [time.sec, time.nsec, time.sec, time.nsec];
    }
    const words = ['atime', 'access', 'use', 'mtime', 'modify'];
    if (opts.time !== undefined && !words.some((word) => word.startsWith(opts.time!)))
      return yield* ctx.usage(
        invalidArgument('--time', opts.time, [
          'atime\u2019, \u2018access\u2019, \u2018use',
          'mtime\u2019, \u2018modify',
        ]),
      );
    const onlyAccess = opts.atime || (opts.time !== undefined && /^(a|access|use)/.test(opts.time));
    const onlyModify = opts.mtime || (opts.time !== undefined && /^(m|modify)/.test(opts.time));
    if (onlyAccess && !onlyModify) mNsec = UTIME_OMIT;
    if (onlyModify && !onlyAccess) aNsec = UTIME_OMIT;
    let status = 0;
    for (const path of ctx.args) {
      if (path === '-') continue;
      let r = sys.utimens(path, aSec, aNsec, mSec, mNsec, opts.noDereference);
      if (r === -ENOENT && !opts.noDereference) {
        if (opts.noCreate) continue;
        const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK, 0o666);
        r = fd;
        if (fd >= 0) {
          sys.close(fd);
          r = text === undefined && opts.reference === undefined ? 0 : sys.utimens(path, aSec, aNsec, mSec, mNsec);
        }
      } else if (r === -ENOENT && opts.noCreate) continue;
      if (r < 0) {
        yield* ctx.warn(
          form === 'gnu'
            ? `${r === -ENOENT || aNsec === UTIME_NOW ? 'cannot touch' : 'setting times of'} ${shellQuote(path)}: ${ctx.strerror(r)}`
            : `${path}: ${ctx.strerror(r)}`,
        );
        status = 1;
      }
    }
    return status;
  },
});

/** `[[CC]YY]MMDDhhmm[.ss]` of POSIX touch -t, in UTC. */
function parseStamp(text: string, now: number): { sec: number; nsec: number } | undefined {
  const m = /^(?:(\d\d)?(\d\d))?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text);
  if (!m) return undefined;
  const yy = m[2] === undefined ? undefined : Number(m[2]);
  const year =
    yy === undefined
      ? new Date(now * 1000).getUTCFullYear()
      : m[1] !== undefined
        ? Number(m[1]) * 100 + yy
        : yy < 69
          ? 2000 + yy
          : 1900 + yy;
  const [month, day, hour, minute, second] = [
    Number(m[3]),
    Number(m[4]),
    Number(m[5]),
    Number(m[6]),
    Number(m[7] ?? 0),
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  return { sec: Date.UTC(year, month - 1, day, hour, minute, second) / 1000, nsec: 0 };
}
