import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { Timespec } from '../../abi/sys.ts';
import { strftime } from '../../lib/strftime.ts';
import { UTC } from '../../lib/timezone.ts';
import { parseBusyboxDate } from '../../libc/busybox-date.ts';
import { type Instant, parseDate } from '../../libc/date-parse.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { invalidArgument, localeQuote } from '../../libc/shell-quote.ts';
import { localZone } from '../../libc/zone.ts';

const ISO: Readonly<Record<string, string>> = {
  '': '%Y-%m-%d',
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
};
const RFC3339: Readonly<Record<string, string>> = {
  date: '%Y-%m-%d',
  seconds: '%Y-%m-%d %H:%M:%S%:z',
  ns: '%Y-%m-%d %H:%M:%S.%N%:z',
};

export default program({
  name: 'date',
  at: ['/usr/bin/date'],
  spec: 'GNU coreutils 9.4 date(1); --debug, --resolution are missing',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [+FORMAT]\n  or:  date [-u|--utc|--universal] [MMDDhhmm[[CC]YY][.ss]]',
  about: 'Show the date and time in FORMAT, or set the clock.',
  options: {
    date: { short: 'd', arg: 'STRING', help: 'show the time that STRING says' },
    file: { short: 'f', arg: 'FILE', busybox: false, help: 'like -d for each line of FILE' },
    iso8601: {
      short: 'I',
      arg: 'FMT',
      long: 'iso-8601',
      optional: true,
      help: 'ISO 8601: date, hours, minutes, seconds, ns',
    },
    rfcEmail: { short: 'R', help: 'as in mail: Mon, 14 Aug 2006 02:34:56 -0600' },
    rfc3339: { arg: 'FMT', long: 'rfc-3339', busybox: false, help: 'RFC 3339: date, seconds, ns' },
    reference: { short: 'r', arg: 'FILE', help: 'the last modification of FILE' },
    set: { short: 's', arg: 'STRING', help: 'set the time' },
    utc: { short: 'u', help: 'universal time' },
    universal: { busybox: false, help: 'universal time' },
    hint: { short: 'D', long: false, arg: 'FMT', busybox: 'only', help: 'FMT for -d TIME conversion' },
  },
  busybox: {
    at: '/bin/date',
    long: ['date', 'reference', 'set', 'utc'],
    usage: '[OPTIONS] [+FMT] [[-s] TIME]',
    help: "Display time (using +FMT), or set time\n\n\t-u\t\tWork in UTC (don't convert to local time)\n\t[-s] TIME\tSet time to TIME\n\t-d TIME\t\tDisplay TIME, not 'now'\n\t-D FMT\t\tFMT (strptime format) for -s/-d TIME conversion\n\t-r FILE\t\tDisplay last modification time of FILE\n\t-R\t\tOutput RFC-2822 date\n\t-I[SPEC]\tOutput ISO-8601 date\n\t\t\tSPEC=date (default), hours, minutes, seconds or ns\n\nRecognized TIME formats:\n\t@seconds_since_1970\n\thh:mm[:ss]\n\t[YYYY.]MM.DD-hh:mm[:ss]\n\tYYYY-MM-DD hh:mm[:ss]\n\t[[[[[YY]YY]MM]DD]hh]mm[.ss]\n\t'date TIME' form accepts MMDDhhmm[[YY]YY][.ss] instead\n",
  },
  *main(ctx) {
    const { opts, sys, form } = ctx;
    const zone = opts.utc || opts.universal ? UTC : yield* localZone(sys, ctx.env);
    const now = new Timespec();
    sys.clockGettime(CLOCK_REALTIME, now);
    const offset = zone.at(now.sec).offset;
    let format = '%a %b %e %H:%M:%S %Z %Y';
    if (opts.rfcEmail) format = '%a, %d %b %Y %H:%M:%S %z';
    if (opts.iso8601 !== undefined) {
      const found =
        ISO[opts.iso8601] ?? ISO[Object.keys(ISO).find((key) => key !== '' && key.startsWith(opts.iso8601!)) ?? '?'];
      if (found === undefined)
        return yield* ctx.usage(
          form === 'gnu'
            ? invalidArgument('--iso-8601', opts.iso8601, ['hours', 'minutes', 'date', 'seconds', 'ns'])
            : undefined,
        );
      format = found;
    }
    if (opts.rfc3339 !== undefined) {
      const found = RFC3339[opts.rfc3339];
      if (found === undefined)
        return yield* ctx.usage(invalidArgument('--rfc-3339', opts.rfc3339, ['date', 'seconds', 'ns']));
      format = found;
    }
    const operands = ctx.args.slice();
    const given = operands.findIndex((arg) => arg.startsWith('+'));
    if (given >= 0) format = operands.splice(given, 1)[0]!.slice(1);
    // busybox's strftime knows no nanoseconds
    if (form === 'busybox') format = format.replace(/%(\d*)N/g, '%%$1N');
    let time = { sec: now.sec, nsec: now.nsec };
    let text = opts.date ?? opts.set;
    const extra = operands[given >= 0 || text !== undefined ? 0 : 1];
    if (form === 'gnu' && extra !== undefined) return yield* ctx.usage(`extra operand ${localeQuote(extra)}`);
    if (operands.length > 0 && text === undefined) {
      if (!/^\d{8}(\d\d)?(\d\d)?(\.\d\d)?$/.test(operands[0]!))
        return yield* ctx.die(`invalid date ${form === 'gnu' ? `\u2018${operands[0]}\u2019` : `'${operands[0]}'`}`);
      const s = operands[0]!;
      const year = s.length >= 12 ? s.slice(8, 12) : String(new Date(now.sec * 1000).getUTCFullYear());
      text = `${year}-${s.slice(0, 2)}-${s.slice(2, 4)} ${s.slice(4, 6)}:${s.slice(6, 8)}`;
    }
    // a time is in the zone as it is then, and a text may begin with a zone of its own
    const parseIn = function* (said: string): Wait<Instant | undefined> {
      const own = /^\s*TZ="([^"]*)"\s*/.exec(said);
      const there = own ? yield* localZone(sys, new Map([...ctx.env, ['TZ', own[1]!]])) : zone;
      const plain = own ? said.slice(own[0].length) || 'today 00:00' : said;
      const first = parseDate(plain, now.sec, there.at(now.sec).offset);
      return first && parseDate(plain, now.sec, there.at(first.sec).offset);
    };
    if (opts.file !== undefined) {
      const input = yield* openInput(ctx, opts.file);
      if (!input) return 1;
      for (let line; (line = yield* input.line()) !== undefined; ) {
        const parsed = yield* parseIn(line);
        if (parsed) yield* ctx.stdout.write(`${strftime(format, parsed.sec, parsed.nsec, zone)}\n`);
        else yield* ctx.warn(`invalid date \u2018${line}\u2019`);
      }
      return 0;
    }
    if (text !== undefined) {
      const parsed =
        form === 'busybox'
          ? parseBusyboxDate(text, now.sec, offset)
          : yield* parseIn(text === '' ? 'today 00:00' : text);
      if (!parsed) return yield* ctx.die(`invalid date ${form === 'gnu' ? `\u2018${text}\u2019` : `'${text}'`}`);
      time = parsed;
    } else if (opts.reference !== undefined) {
      const st = new Stat();
      const r = sys.stat(opts.reference, st);
      if (r < 0)
        return yield* ctx.die(
          form === 'gnu'
            ? `${opts.reference}: ${ctx.strerror(r)}`
            : `can't stat '${opts.reference}': ${ctx.strerror(r)}`,
        );
      time = { sec: st.mtimeSec, nsec: st.mtimeNsec };
    }
    let status = 0;
    if (opts.set !== undefined || (operands.length > 0 && opts.date === undefined)) {
      const to = new Timespec();
      to.sec = time.sec;
      to.nsec = time.nsec;
      const r = sys.clockSettime(CLOCK_REALTIME, to);
      if (r < 0) {
        yield* ctx.warn(form === 'gnu' ? `cannot set date: ${ctx.strerror(r)}` : `can't set date: ${ctx.strerror(r)}`);
        status = 1;
      }
    }
    yield* ctx.stdout.write(`${strftime(format, time.sec, time.nsec, zone)}\n`);
    return status;
  },
});
