import { appletPaths } from '../../busybox-applets.ts';
import type { Builtin } from '../exec/interpreter.ts';

const NAMES =
  '. : [ [[ alias bg break cd chdir command continue echo eval exec exit export false fg getopts hash help history jobs kill let local printf pwd read readonly return set shift source test times trap true type ulimit umask unalias unset wait'.split(
    ' ',
  );
/** A line ends behind the name that gets beyond this column. */
const WIDTH = 60;

/** ash's `help`: the names of its built-ins, and of its applets where it runs them without a search of `$PATH`. */
export const help: Builtin = {
  run({ shell }) {
    const { version } = shell.sys.image;
    const names = version.includes('(Debian') ? [...NAMES, ...appletPaths(version).keys()] : NAMES;
    let out = 'Built-in commands:\n------------------\n';
    let column = 0;
    for (const name of names) {
      out += (column === 0 ? '\t' : ' ') + name;
      column += name.length + 1;
      if (column <= WIDTH) continue;
      out += '\n';
      column = 0;
    }
    shell.print(`${out}\n`);
    return 0;
  },
};
