import type { Cli } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { join } from '../../flags/mount.ts';

export interface Volumes {
  binds: string[] | null;
  volumes: Record<string, object>;
}

/** `-v`: with a source they are binds, without one anonymous volumes. @throws CliError */
export function volumesOf(list: readonly string[], cli: Cli): Volumes {
  const binds: string[] = [];
  const volumes: Record<string, object> = {};
  const cwd = cli.sys.getcwd();
  for (const spec of list) {
    const sections = sectionsOf(spec);
    if (sections.length < 2) {
      volumes[spec] = {};
      continue;
    }
    const colon = spec.indexOf(':');
    // Relative paths are those of the client's folder; what does not begin with a dot is a volume's name.
    binds.push(
      spec.startsWith('.')
        ? `${join(typeof cwd === 'string' ? cwd : '/', spec.slice(0, colon))}${spec.slice(colon)}`
        : spec,
    );
  }
  return { binds: binds.length === 0 ? null : binds, volumes };
}

/** What stands between the colons; the colon after a single letter is that of a drive. @throws CliError */
function sectionsOf(spec: string): string[] {
  if (spec === '') throw new CliError('invalid empty volume spec');
  if (spec.length <= 2) return [spec];
  const sections: string[] = [];
  for (const part of spec.split(':')) {
    const last = sections.at(-1);
    if (last !== undefined && /^\p{L}$/u.test(last)) sections[sections.length - 1] = `${last}:${part}`;
    else sections.push(part);
  }
  if (sections.includes('')) throw new CliError(`invalid spec: ${spec}: empty section between colons`);
  if (sections.length > 3) throw new CliError(`invalid spec: ${spec}: too many colons`);
  return sections;
}
