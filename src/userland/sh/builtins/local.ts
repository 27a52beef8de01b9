import type { Builtin } from '../exec/interpreter.ts';
import type { Shell } from '../state/shell.ts';
import { DYNAMIC, EXPORT, LOCAL, READONLY } from '../state/variable.ts';
import { isName } from '../state/variables.ts';
import { declaration, declareAll, requestOf } from './declare.ts';
import { specialError } from './flow.ts';
import { builtinOptions } from './options.ts';

export const local: Builtin = {
  declaration: true,
  synopsis: 'local [option] name[=value] ...',
  run(ip, argv, arrays) {
    const { shell } = ip;
    if (!shell.vars.inFunction) {
      shell.builtinError(shell.bash ? 'can only be used in a function' : 'not in a function');
      return specialError(shell, 1);
    }
    if (!shell.bash) return localPosix(shell, argv);
    if (!arrays && argv.length > 1 && localPlain(shell, argv)) return 0;
    const options = builtinOptions(shell, argv, 'aAfFgiIlnrtuxcp', 'local [option] name[=value] ...', true);
    if (!options) return 2;
    if (argv[options.at] === '-' || argv.includes('-')) {
      const saved = { ...shell.options };
      shell.vars.onReturn(() => Object.assign(shell.options, saved));
      argv = argv.filter((word, i) => i < options.at || word !== '-');
      if (options.at >= argv.length) return 0;
    }
    if (options.at >= argv.length || options.flags.includes('p')) {
      for (const name of shell.vars.localNames()) {
        const variable = shell.vars.own(name);
        if (variable && !variable.unset) shell.print(`${declaration(shell, name, variable)}\n`);
      }
      return 0;
    }
    return declareAll(ip, argv, options.at, arrays, { ...requestOf(options, shell), local: true, global: false });
  },
};

/** `local x=1 y` of variables that nothing is special about. @returns false where it is not that simple: nothing is done */
function localPlain(shell: Shell, argv: readonly string[]): boolean {
  if (shell.shopts.localvar_inherit || shell.options.allexport) return false;
  const { vars } = shell;
  for (let i = 1; i < argv.length; i++) {
    const equals = argv[i]!.indexOf('=');
    const name = equals < 0 ? argv[i]! : argv[i]!.slice(0, equals);
    const before = vars.own(name);
    if (!isName(name) || (before && (before.flags & ~LOCAL || before.array || before.assoc))) return false;
  }
  for (let i = 1; i < argv.length; i++) {
    const equals = argv[i]!.indexOf('=');
    const name = equals < 0 ? argv[i]! : argv[i]!.slice(0, equals);
    vars.declareLocal(name);
    if (equals >= 0) vars.set(name, argv[i]!.slice(equals + 1));
  }
  return true;
}

function localPosix(shell: Shell, argv: readonly string[]): number {
  for (const word of argv.slice(1)) {
    if (word === '-') {
      const saved = { ...shell.options };
      shell.vars.onReturn(() => Object.assign(shell.options, saved));
      continue;
    }
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (!isName(name)) {
      // what is assigned to no name is not looked at
      if (equals >= 0) continue;
      shell.builtinError(`${name}: bad variable name`);
      return specialError(shell);
    }
    const before = shell.vars.get(name);
    const flags = shell.vars.own(name)?.flags ?? 0;
    const fresh = !shell.vars.isLocal(name);
    const inherits = shell.personality === 'dash';
    const variable = shell.vars.declareLocal(name);
    // a local RANDOM of ash is one still
    if (fresh) variable.flags |= flags & (EXPORT | READONLY | (inherits ? 0 : DYNAMIC));
    if (equals >= 0) shell.vars.set(name, word.slice(equals + 1));
    else if (fresh && inherits && before !== undefined) variable.value = before;
  }
  return 0;
}
