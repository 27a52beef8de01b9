import type { Builtin } from '../exec/interpreter.ts';
import type { Shell } from '../state/shell.ts';
import { DYNAMIC, EXPORT, NAMEREF } from '../state/variable.ts';
import { isName } from '../state/variables.ts';
import { later } from './later.ts';
import { DECLARE } from './libraries.ts';

const whole = later(DECLARE, 'exports_', { special: true, declaration: true });

/** `export`: names of plain variables, which is what login scripts export, need nothing to be loaded. */
export const exports_: Builtin = {
  ...whole,
  run(ip, argv, arrays) {
    const { shell } = ip;
    const names = argv.slice(1);
    if (!shell.bash || names.length === 0 || !names.every((name) => isPlain(shell, name)))
      return whole.run(ip, argv, arrays);
    for (const name of names) shell.vars.attributes(name, EXPORT);
    return 0;
  },
};

function isPlain(shell: Shell, name: string): boolean {
  const variable = isName(name) ? shell.vars.own(name) : undefined;
  if (!variable || variable.unset || variable.array || variable.assoc) return false;
  return (variable.flags & (NAMEREF | DYNAMIC)) === 0;
}
