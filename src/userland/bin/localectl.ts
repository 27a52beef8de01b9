import { decode } from '../../lib/utf8.ts';
import { readFile, writeFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { isBooted } from '../systemd/systemctl-status.ts';

export default program({
  name: 'localectl',
  at: ['/usr/bin/localectl'],
  spec: 'systemd 255 localectl(1): status, list-locales, set-locale; keyboards are not there',
  version: '255 (255.4-1ubuntu8.10)',
  usage: '[OPTIONS...] COMMAND ...',
  about: 'Query or change system locale and keyboard settings.',
  options: { noPager: { help: 'Do not pipe output into a pager' } },
  hint: () => '',
  *main({ sys, args, stdout, stderr }) {
    if (!isBooted(sys)) {
      yield* stderr.write(
        "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
      );
      return 1;
    }
    const [verb = 'status', ...values] = args;
    if (verb === 'list-locales') yield* stdout.write('C.UTF-8\n');
    else if (verb === 'set-locale') {
      if (sys.credentials().euid !== 0) {
        yield* stderr.write('Failed to issue method call: Access denied\n');
        return 1;
      }
      const lines = values.map((value) => (value.includes('=') ? value : `LANG=${value}`));
      const bad = lines.find((line) => !/^(?:LANG|LC_[A-Z]+)=(?:C|POSIX|C\.UTF-8|C\.utf8)$/.test(line));
      if (bad !== undefined) {
        yield* stderr.write(
          `Failed to issue method call: Locale ${bad.replace(/^.*=/, '')} not installed, refusing.\n`,
        );
        return 1;
      }
      yield* writeFile(sys, '/etc/default/locale', `${lines.join('\n')}\n`, 0o644);
    } else if (verb === 'status') {
      const bytes = yield* readFile(sys, '/etc/default/locale');
      const lang =
        typeof bytes === 'number' ? 'LANG=C.UTF-8' : decode(bytes).trim().replace(/\n/g, '\n               ');
      yield* stdout.write(`System Locale: ${lang}\n    VC Keymap: (unset)\n   X11 Layout: (unset)\n`);
    } else {
      yield* stderr.write(`Unknown command verb '${verb}'.\n`);
      return 1;
    }
    return 0;
  },
});
