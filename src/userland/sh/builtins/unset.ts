import type { Builtin } from '../exec/interpreter.ts';
import { AssocArray } from '../state/assoc.ts';
import type { Shell } from '../state/shell.ts';
import { IndexedArray, READONLY } from '../state/variable.ts';
import { isName } from '../state/variables.ts';
import { specialError } from './flow.ts';
import { builtinOptions } from './options.ts';

export const unset: Builtin = {
  special: true,
  synopsis: 'unset [-f] [-v] [-n] [name ...]',
  run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(shell, argv, shell.bash ? 'fvn' : 'fv', 'unset [-f] [-v] [-n] [name ...]');
    if (!options) return specialError(shell);
    const { flags, at } = options;
    let status = 0;
    for (const word of argv.slice(at)) {
      if (flags.includes('f')) {
        if (shell.functions.get(word)?.readonly) {
          shell.builtinError(`${word}: cannot unset: readonly function`);
          status = 1;
        } else shell.functions.delete(word);
        continue;
      }
      const s = unsetVariable(shell, word, flags.includes('n'), flags.includes('v'));
      if (s !== 0) status = s;
    }
    return status;
  },
};

function unsetVariable(shell: Shell, word: string, nameref: boolean, onlyVariable: boolean): number {
  const m = shell.bash ? /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(word) : null;
  if (m) return unsetElement(shell, m[1]!, m[2]!);
  if (!isName(word)) {
    if (shell.bash && !onlyVariable) {
      shell.functions.delete(word);
      return 0;
    }
    if (shell.bash) {
      shell.builtinError(`\`${word}': not a valid identifier`);
      return 1;
    }
    shell.builtinError(`${word}: bad variable name`);
    return specialError(shell);
  }
  const name = nameref ? word : (shell.vars.target(word) ?? word);
  const element = /^(\w+)\[(.*)\]$/s.exec(name);
  if (element) return unsetElement(shell, element[1]!, element[2]!);
  if (shell.bash && !onlyVariable && shell.vars.own(name) === undefined && shell.functions.has(name)) {
    shell.functions.delete(name);
    return 0;
  }
  if (shell.vars.unset(name)) return 0;
  if (shell.bash) {
    shell.builtinError(`${name}: cannot unset: readonly variable`);
    return 1;
  }
  shell.builtinError(`${name}: is read only`);
  return specialError(shell);
}

function unsetElement(shell: Shell, name: string, index: string): number {
  const variable = shell.vars.find(name);
  if (!variable) return 0;
  if (variable.flags & READONLY) {
    shell.builtinError(`${name}: cannot unset: readonly variable`);
    return 1;
  }
  if (variable.assoc) {
    if (index === '@' || index === '*') {
      if (!variable.assoc.has(index)) shell.vars.edit(shell.vars.target(name)!).assoc = new AssocArray();
    }
    const key = variable.assoc.has(index) ? index : shell.expandSubscript(index);
    shell.vars.edit(shell.vars.target(name)!).assoc!.delete(key);
    return 0;
  }
  if (index === '@' || index === '*') {
    if (variable.array) shell.vars.edit(shell.vars.target(name)!).array = new IndexedArray();
    else shell.vars.unset(name);
    return 0;
  }
  let n = shell.subscriptValue(shell.expandSubscript(index));
  if (!variable.array) {
    if (n === 0) {
      shell.vars.unset(name);
      return 0;
    }
    shell.builtinError(`${name}: not an array variable`);
    return 1;
  }
  if (n < 0) n += variable.array.max + 1;
  if (n < 0) {
    shell.builtinError(`[${index}]: bad array subscript`);
    return 1;
  }
  shell.vars.edit(shell.vars.target(name)!).array!.delete(n);
  return 0;
}
