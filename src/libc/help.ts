import { longName, type OptionSpec, type OptionSpecs } from './options.ts';
import type { AppletSpec, Form } from './program.ts';

interface Described {
  name: string;
  usage: string;
  about: string;
  options: OptionSpecs;
  busybox?: AppletSpec | undefined;
}

const COLUMN = 29;

/** The text of `--help`: in GNU's layout, or in busybox's (`image` gives the version of its first line). */
export function programHelp(
  spec: Described,
  ctx: { form: Form; name: string; sys: { image: { version: string } } },
): string {
  if (ctx.form === 'gnu') {
    const lines = Object.entries(spec.options)
      .filter(([, option]) => option.busybox !== 'only')
      .map(([key, option]) => gnuLine(key, option));
    const fixed = [
      '      --help                 display this help and exit',
      '      --version              output version information and exit',
    ];
    return `Usage: ${ctx.name} ${spec.usage}\n${spec.about}\n\n${[...lines, ...fixed].join('\n')}\n`;
  }
  const applet = spec.busybox?.called?.[ctx.name] ?? spec.busybox;
  const head = `BusyBox ${ctx.sys.image.version} multi-call binary.\n\nUsage: ${ctx.name} ${applet?.usage ?? spec.usage}\n`;
  return `${head}\n${applet?.help ?? `${spec.about}\n${busyboxLines(spec.options)}`}`;
}

function gnuLine(key: string, option: OptionSpec): string {
  const long = longName(key, option);
  const arg = option.arg === undefined ? '' : option.optional ? `[=${option.arg}]` : `=${option.arg}`;
  const short = option.short?.[0];
  const names =
    long === undefined
      ? `  -${short}${option.arg === undefined ? '' : ` ${option.arg}`}`
      : `  ${short === undefined ? '    ' : `-${short}, `}--${long}${arg}`;
  return names.length < COLUMN - 1
    ? names.padEnd(COLUMN) + option.help
    : `${names}\n${' '.repeat(COLUMN)}${option.help}`;
}

function busyboxLines(options: OptionSpecs): string {
  return Object.entries(options)
    .filter(([, option]) => option.busybox !== false && option.short !== undefined)
    .map(([, option]) => `\n\t-${option.short![0]}${option.arg === undefined ? '' : ` ${option.arg}`}\t${option.help}`)
    .join('')
    .concat('\n');
}
