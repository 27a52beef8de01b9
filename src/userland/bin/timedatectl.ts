import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { strftime } from '../../lib/strftime.ts';
import { zoneByName, zoneNames } from '../../lib/timezone.ts';
import { writeFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';
import { isBooted } from '../systemd/systemctl-status.ts';

export default program({
  name: 'timedatectl',
  at: ['/usr/bin/timedatectl'],
  spec: 'systemd 255 timedatectl(1): status, show, set-timezone, list-timezones; the clock is the host’s and is not set; zones of the table that is here',
  version: '255 (255.4-1ubuntu8.10)',
  usage: '[OPTIONS...] COMMAND ...',
  about: 'Query or change system time and date settings.',
  options: {
    noPager: { help: 'Do not pipe output into a pager' },
    property: { short: 'p', arg: 'NAME', many: true, help: 'Show only properties by this name' },
    value: { help: 'When showing properties, only print the value' },
    noAskPassword: { help: 'Do not prompt for password' },
  },
  hint: () => '',
  *main(ctx) {
    const { sys, args, opts, stdout, stderr } = ctx;
    if (!isBooted(sys)) {
      yield* stderr.write(
        "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
      );
      return 1;
    }
    const [verb = 'status', name] = args;
    const link = sys.readlink('/etc/localtime');
    const zoneName = typeof link === 'string' ? link.replace(/^.*zoneinfo\//, '') : 'Etc/UTC';
    if (verb === 'list-timezones') {
      yield* stdout.write(`${zoneNames().sort().join('\n')}\n`);
      return 0;
    }
    if (verb === 'set-timezone') {
      if (sys.credentials().euid !== 0) {
        yield* stderr.write('Failed to set time zone: Access denied\n');
        return 1;
      }
      if (name === undefined || !zoneByName(name)) {
        yield* stderr.write(`Failed to set time zone: Invalid or not installed time zone '${name ?? ''}'\n`);
        return 1;
      }
      sys.unlink('/etc/localtime');
      sys.symlink(`../usr/share/zoneinfo/${name}`, '/etc/localtime');
      yield* writeFile(sys, '/etc/timezone', `${name}\n`, 0o644);
      return 0;
    }
    if (verb === 'set-ntp' || verb === 'set-time' || verb === 'set-local-rtc') {
      yield* stderr.write(
        `Failed to ${verb === 'set-time' ? 'set time' : verb === 'set-ntp' ? 'set ntp' : 'set local RTC'}: NTP not supported\n`,
      );
      return 1;
    }
    const zone = yield* localZone(sys, new Map());
    const now = sys.now(CLOCK_REALTIME) / 1000;
    const sec = Math.floor(now);
    if (verb === 'show') {
      const all = [
        ['Timezone', zoneName],
        ['LocalRTC', 'no'],
        ['CanNTP', 'no'],
        ['NTP', 'no'],
        ['NTPSynchronized', 'yes'],
        ['TimeUSec', strftime('%a %Y-%m-%d %H:%M:%S %Z', sec, 0, zone)],
      ] as const;
      for (const [key, value] of all)
        if (opts.property.length === 0 || opts.property.includes(key))
          yield* stdout.write(opts.value ? `${value}\n` : `${key}=${value}\n`);
      return 0;
    }
    if (verb !== 'status') {
      yield* stderr.write(`Unknown command verb '${verb}'.\n`);
      return 1;
    }
    const rows: [string, string][] = [
      ['Local time', strftime('%a %Y-%m-%d %H:%M:%S %Z', sec, 0, zone)],
      ['Universal time', strftime('%a %Y-%m-%d %H:%M:%S UTC', sec)],
      ['RTC time', strftime('%a %Y-%m-%d %H:%M:%S', sec)],
      ['Time zone', `${zoneName} (${strftime('%Z, %z', sec, 0, zone)})`],
      ['System clock synchronized', 'yes'],
      ['NTP service', 'n/a'],
      ['RTC in local TZ', 'no'],
    ];
    for (const [label, value] of rows) yield* stdout.write(`${label.padStart(25)}: ${value}\n`);
    return 0;
  },
});
