import type { Builtin } from '../exec/interpreter.ts';
import { searchCommand } from '../exec/lookup.ts';
import { posixQuote, singleQuote } from '../expand/transform.ts';
import { builtinOptions } from './options.ts';

export const hash: Builtin = {
  synopsis: 'hash [-lr] [-p pathname] [-dt] [name ...]',
  run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(
      shell,
      argv,
      shell.bash ? 'lrp:dt' : shell.personality === 'dash' ? 'rv' : 'r',
      hash.synopsis!,
    );
    if (!options) return 2;
    const { flags, values, at } = options;
    const names = argv.slice(at);
    if (flags.includes('r')) shell.hash.clear();
    if (names.length === 0) {
      if (flags.includes('r')) return 0;
      if (!shell.bash) {
        for (const { path } of shell.hash.values()) shell.print(`${path}\n`);
        return 0;
      }
      if (shell.hash.size === 0) {
        if (!flags.includes('l')) shell.print('hash: hash table empty\n');
        return 0;
      }
      if (flags.includes('l'))
        for (const [name, { path }] of shell.hash) shell.print(`builtin hash -p ${path} ${name}\n`);
      else {
        shell.print('hits\tcommand\n');
        for (const { hits, path } of shell.hash.values()) shell.print(`${String(hits).padStart(4)}\t${path}\n`);
      }
      return 0;
    }
    let status = 0;
    for (const name of names) {
      if (values.has('p')) shell.hash.set(name, { path: values.get('p')!, hits: 0 });
      else if (flags.includes('d')) {
        if (!shell.hash.delete(name)) {
          shell.builtinError(`${name}: not found`);
          status = 1;
        }
      } else if (flags.includes('t')) {
        const known = shell.hash.get(name);
        if (known) shell.print(names.length > 1 ? `${name}\t${known.path}\n` : `${known.path}\n`);
        else {
          shell.builtinError(`${name}: not found`);
          status = 1;
        }
      } else if (!name.includes('/') && !shell.functions.has(name) && !ip.builtins.has(name)) {
        shell.hash.delete(name);
        if (typeof searchCommand(shell, name) === 'number') {
          if (shell.bash) shell.builtinError(`${name}: not found`);
          else shell.builtinError(`${name}: not found`);
          status = 1;
        } else shell.hash.get(name)!.hits = 0;
      }
    }
    return status;
  },
};

export const alias: Builtin = {
  synopsis: 'alias [-p] [name[=value] ... ]',
  run(ip, argv) {
    const { shell } = ip;
    const words = argv.slice(1).filter((w, i) => !(shell.bash && i === 0 && w === '-p') && !(i === 0 && w === '--'));
    const show = (name: string, value: string): void =>
      shell.print(`${shell.bash ? 'alias ' : ''}${name}=${shell.bash ? singleQuote(value) : posixQuote(value)}\n`);
    if (words.length === 0) {
      for (const name of [...shell.aliases.keys()].sort()) show(name, shell.aliases.get(name)!);
      return 0;
    }
    let status = 0;
    for (const word of words) {
      const equals = word.indexOf('=', 1);
      if (equals > 0) {
        const name = word.slice(0, equals);
        if (shell.bash && /[\s/$`=|&;()<>'"\\]/.test(name)) {
          shell.builtinError(`\`${name}': invalid alias name`);
          status = 1;
        } else shell.aliases.set(name, word.slice(equals + 1));
        continue;
      }
      const value = shell.aliases.get(word);
      if (value !== undefined) show(word, value);
      else {
        if (shell.bash) shell.builtinError(`${word}: not found`);
        else shell.queue.put(2, `alias: ${word} not found\n`);
        status = 1;
      }
    }
    return status;
  },
};

export const unalias: Builtin = {
  synopsis: 'unalias [-a] name [name ...]',
  run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(shell, argv, 'a', unalias.synopsis!);
    if (!options) return 2;
    if (options.flags.includes('a')) {
      shell.aliases.clear();
      return 0;
    }
    const names = argv.slice(options.at);
    if (names.length === 0 && shell.bash) {
      shell.queue.put(2, 'unalias: usage: unalias [-a] name [name ...]\n');
      return 2;
    }
    let status = 0;
    for (const name of names) {
      if (shell.aliases.delete(name)) continue;
      if (shell.bash) shell.builtinError(`${name}: not found`);
      else if (shell.personality === 'dash') shell.builtinError(`${name} not found`);
      else shell.queue.put(2, `unalias: ${name} not found\n`);
      status = 1;
    }
    return status;
  },
};

export const enable: Builtin = {
  synopsis: 'enable [-a] [-dnps] [-f filename] [name ...]',
  run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(shell, argv, 'adnpsf:', enable.synopsis!);
    if (!options) return 2;
    const { flags, at } = options;
    const names = argv.slice(at);
    if (names.length === 0) {
      for (const name of [...ip.builtins.keys()].sort()) {
        if (flags.includes('s') && !ip.builtins.get(name)!.special) continue;
        const off = ip.disabled.has(name);
        if (flags.includes('a') || off === flags.includes('n')) shell.print(`enable ${off ? '-n ' : ''}${name}\n`);
      }
      return 0;
    }
    let status = 0;
    for (const name of names) {
      if (!ip.builtins.has(name)) {
        shell.builtinError(`${name}: not a shell builtin`);
        status = 1;
      } else if (flags.includes('n')) ip.disabled.add(name);
      else ip.disabled.delete(name);
    }
    return status;
  },
};
