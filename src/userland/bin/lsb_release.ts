import { decode } from '../../lib/utf8.ts';
import { readFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'lsb_release',
  at: ['/usr/bin/lsb_release'],
  spec: 'lsb-release 12.0 lsb_release(1): from /etc/lsb-release and /etc/os-release',
  usage: '[options]',
  about: 'Print distribution-specific information.',
  options: {
    version: { short: 'v', help: 'show LSB modules this system supports' },
    id: { short: 'i', help: 'show distributor ID' },
    description: { short: 'd', help: 'show description of this distribution' },
    release: { short: 'r', help: 'show release number of this distribution' },
    codename: { short: 'c', help: 'show code name of this distribution' },
    all: { short: 'a', help: 'show all of the above information' },
    short: { short: 's', help: 'show requested information in short format' },
  },
  *main({ sys, opts, stdout, stderr }) {
    const values = new Map<string, string>();
    for (const path of ['/etc/os-release', '/etc/lsb-release']) {
      const bytes = yield* readFile(sys, path);
      if (typeof bytes === 'number') continue;
      for (const line of decode(bytes).split('\n')) {
        const match = /^(\w+)=(.*)$/.exec(line);
        if (match) values.set(match[1]!, match[2]!.replace(/^"(.*)"$/, '$1'));
      }
    }
    const id = values.get('DISTRIB_ID') ?? values.get('ID')?.replace(/^./, (c) => c.toUpperCase()) ?? 'n/a';
    const rows = [
      [opts.id, 'Distributor ID', id],
      [opts.description, 'Description', values.get('DISTRIB_DESCRIPTION') ?? values.get('PRETTY_NAME') ?? 'n/a'],
      [opts.release, 'Release', values.get('DISTRIB_RELEASE') ?? values.get('VERSION_ID') ?? 'n/a'],
      [opts.codename, 'Codename', values.get('DISTRIB_CODENAME') ?? values.get('VERSION_CODENAME') ?? 'n/a'],
    ] as const;
    const any = opts.id || opts.description || opts.release || opts.codename;
    if (opts.all || opts.version || !any) {
      yield* stdout.flush();
      yield* stderr.write('No LSB modules are available.\n');
    }
    const shown = rows.filter(([wanted]) => wanted || opts.all);
    if (opts.short) {
      if (shown.length > 0)
        yield* stdout.write(
          `${shown.map(([, , value]) => (/\s/.test(value) ? `"${value}"` : value).replace(/^"(.*)"$/, shown.length === 1 ? '$1' : '"$1"')).join(shown.length === 1 ? ' ' : '\n')}\n`,
        );
    } else for (const [, label, value] of shown) yield* stdout.write(`${label}:\t${value}\n`);
    return 0;
  },
});
