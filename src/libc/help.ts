import { longName, type OptionSpec, type OptionSpecs } from './options.ts';
import type { AppletSpec, Form } from './program.ts';

interface Described {
  name: string;
  usage: string;
  about: string;
  options: OptionSpecs;
  busybox?: AppletSpec | undefined;
  style?: 'util-linux';
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
    if (spec.style) return linuxHelp(spec, ctx.name.slice(ctx.name.lastIndexOf('/') + 1));
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

/** `--help` as util-linux lays it out: a line of usage for each way to call it, options with their arguments in angles. */
function linuxHelp(spec: Described, name: string): string {
  const rows = Object.entries(spec.options)
    .filter(([, option]) => option.busybox !== 'only')
    .map(([key, option]) => {
      const long = longName(key, option);
      const short = option.short?.[0];
      const arg = option.arg === undefined ? '' : option.optional ? `[=<${option.arg}>]` : ` <${option.arg}>`;
      const names = long === undefined ? `-${short}` : `${short === undefined ? '    ' : `-${short}, `}--${long}`;
      return [names + arg, option.help] as const;
    });
  const width = Math.max(15, ...rows.map(([names]) => names.length)) + 2;
  const line = ([names, help]: readonly [string, string]): string => ` ${names.padEnd(width)}${help}\n`;
  const usage = spec.usage.split('\n').map((text) => ` ${name} ${text}\n`);
  const fixed = [
    ['-h, --help', 'display this help'],
    ['-V, --version', 'display version'],
  ] as const;
  return `\nUsage:\n${usage.join('')}\n${spec.about}\n\nOptions:\n${rows.map(line).join('')}\n${fixed.map(line).join('')}\nFor more details see ${name}(1).\n`;
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
