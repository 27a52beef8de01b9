import { decode } from '../../lib/utf8.ts';
import { programHelp } from '../../libc/help.ts';
import { readFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { Sed } from '../sed/execute.ts';
import { parseScript, type Source } from '../sed/parse.ts';
import { ScriptError } from '../sed/script.ts';

const options = {
  quiet: { short: 'n', help: 'suppress automatic printing of pattern space' },
  silent: { busybox: false, help: 'likewise' },
  expression: { short: 'e', arg: 'script', many: true, help: 'add the script to the commands to be executed' },
  file: { short: 'f', arg: 'script-file', many: true, help: 'add the contents of script-file to the commands' },
  followSymlinks: { busybox: false, help: 'follow symlinks when processing in place' },
  inPlace: { short: 'i', arg: 'SUFFIX', optional: true, help: 'edit files in place (makes backup if SUFFIX supplied)' },
  lineLength: {
    short: 'l',
    arg: 'N',
    busybox: false,
    help: "specify the desired line-wrap length for the `l' command",
  },
  posix: { busybox: false, help: 'accepted' },
  regexpExtended: { short: 'Er', help: 'use extended regular expressions in the script' },
  separate: { short: 's', busybox: false, help: 'consider files as separate rather than as one stream' },
  sandbox: { busybox: false, help: 'operate in sandbox mode (disable e/r/w commands)' },
  unbuffered: { short: 'u', busybox: false, help: 'flush the output after each line' },
  nullData: { short: 'z', busybox: false, help: 'separate lines by NUL characters' },
} as const;

const usage = '[OPTION]... {script-only-if-no-other-script} [input-file]...';

export default program({
  name: 'sed',
  at: ['/usr/bin/sed'],
  spec: 'GNU sed 4.9; without --debug; --posix changes N only',
  version: '(GNU sed) 4.9',
  usage,
  about: 'Edit a stream of lines.',
  options,
  hint: (name) =>
    programHelp({ name: 'sed', usage, about: '', options }, { form: 'gnu', name, sys: { image: { version: '' } } }),
  busybox: {
    at: '/bin/sed',
    usage: '[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\nor: sed [-i[SFX]] [-nrE] CMD [FILE]...',
    help: '\t-e CMD\tAdd CMD to sed commands to be executed\n\t-f FILE\tAdd FILE contents to sed commands to be executed\n\t-i[SFX]\tEdit files in-place (otherwise write to stdout)\n\t\tOptionally back files up, appending SFX\n\t-n\tSuppress automatic printing of pattern space\n\t-r,-E\tUse extended regex syntax\n\nIf no -e or -f, the first non-option argument is the sed command string.\nRemaining arguments are input files (stdin if none).\n',
  },
  *main(ctx) {
    const { opts, form } = ctx;
    const sources: Source[] = [];
    let expressions = 0;
    for (const { key, value } of ctx.order) {
      if (key === 'expression') sources.push({ text: value!, from: ++expressions });
      if (key !== 'file') continue;
      const bytes = value === '-' ? undefined : yield* readFile(ctx.sys, value!);
      if (typeof bytes === 'number')
        return yield* ctx.die(
          form === 'gnu' ? `couldn't open file ${value}: ${ctx.strerror(bytes)}` : `${value}: ${ctx.strerror(bytes)}`,
          form === 'gnu' ? 4 : 1,
        );
      const text = bytes === undefined ? yield* ctx.stdin.text() : decode(bytes);
      sources.push({ text: text.replace(/\n$/, ''), from: value! });
    }
    // busybox takes the expressions before the files
    if (form === 'busybox')
      sources.sort((a, b) => Number(typeof a.from === 'string') - Number(typeof b.from === 'string'));
    const names = [...ctx.args];
    if (sources.length === 0) {
      const script = names.shift();
      if (script === undefined) {
        if (form === 'busybox') return yield* ctx.usage();
        yield* ctx.stderr.write(programHelp({ name: 'sed', usage, about: '', options }, ctx));
        return 1;
      }
      sources.push({ text: script, from: 1 });
    }
    const commands = parseScript(sources, {
      extended: opts.regexpExtended,
      sandbox: opts.sandbox,
      busybox: form === 'busybox',
    });
    if (commands instanceof ScriptError) {
      if (form === 'gnu') return yield* ctx.die(commands.gnu, commands.status);
      return yield* ctx.die(commands.busybox);
    }
    const hashN = sources[0]!.text.startsWith('#n\n') || sources[0]!.text === '#n';
    const sed = new Sed(
      ctx,
      commands,
      {
        quiet: opts.quiet || opts.silent || hashN,
        separate: opts.separate || opts.inPlace !== undefined,
        inPlace: opts.inPlace,
        unbuffered: opts.unbuffered,
        delimiter: opts.nullData ? '\0' : '\n',
        posix: form === 'gnu' && (opts.posix || ctx.env.has('POSIXLY_CORRECT')),
        lineLength: opts.lineLength === undefined ? 70 : Number(opts.lineLength),
      },
      names.length === 0 ? ['-'] : names,
    );
    const failed = yield* sed.openFiles();
    if (failed !== undefined) return yield* ctx.die(failed, 4);
    return yield* sed.run();
  },
});
