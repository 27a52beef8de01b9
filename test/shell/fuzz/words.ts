// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are of the shell
import type { Random } from './random.ts';

/** Variables that a script begins with. */
export const SCALARS = ['x', 'y', 'z', 'e', 'u', 'n'] as const;
const ARRAYS = ['a', 'b'] as const;
const LITERALS = ['foo', 'bar', 'a.c', 'x-y', '12', '007', 'A', 'é', 'a/b/c', '%d', 'q', 'end', 'foo=bar'];
const ODD = ['\\$', '\\\\', '\\ ', "\\'", '\\"', '\\*', '=', ',', ':', '@', '%', '+', '^', '!'];
const PATTERNS = [
  '*',
  '?',
  'f*',
  '*o',
  '[a-f]*',
  '[!a]*',
  '*.c',
  '?o?',
  '[[:digit:]]*',
  'x*y',
  '',
  'a?c',
  '"*"',
  '[0-9]',
];
const EXTENDED = ['@(foo|bar)', '?(f)oo', '*(o)', '+([0-9])', '!(foo)', '*(a|b)c'];

/** Makes words: quoting and expansions of every kind, one in another. */
export class Words {
  constructor(
    readonly random: Random,
    /** Makes the inside of a command substitution. */
    readonly command: (depth: number) => string,
  ) {}

  /** A word as an argument. */
  word(depth: number): string {
    const { random } = this;
    return random.some(1, random.oneIn(3) ? 3 : 1, () => this.#piece(depth)).join('');
  }

  words(depth: number, max = 3): string {
    return this.random.some(1, max, () => this.word(depth)).join(' ');
  }

  #piece(depth: number): string {
    const { random } = this;
    switch (random.below(16)) {
      case 0:
      case 1:
      case 2:
        return random.pick(LITERALS);
      case 3:
        return random.pick(ODD);
      case 4:
        return `'${random.pick(['a b', '*', '$x', '', '\\n', '"', 'é', '#c'])}'`;
      case 5:
      case 6:
        return this.doubleQuoted(depth);
      case 7:
        return `$'${random.pick(['a\\tb', '\\x41', "\\'", '\\u00e9', 'a\\nb', '\\101', '\\e'])}'`;
      case 8:
        return this.braces();
      case 9:
        return random.pick(['~', '~/x', 'a~', '*', 'f?', '[a-c]1', 'nope*', '.', './d/*']);
      case 10:
        return depth > 0 ? this.#substitution(depth - 1) : '$x';
      case 11:
        return `$((${this.arithmetic(2)}))`;
      default:
        return this.parameter(depth, false);
    }
  }

  doubleQuoted(depth: number): string {
    const { random } = this;
    const inside = random.some(0, 3, () => {
      switch (random.below(8)) {
        case 0:
          return random.pick(['a b', '*', "'", '\\"', '\\$', '\\\\', '\\a', '  ', '{a,b}', '~']);
        case 1:
          return random.pick(LITERALS);
        case 2:
          return depth > 0 ? this.#substitution(depth - 1) : '$y';
        case 3:
          return `$((${this.arithmetic(1)}))`;
        default:
          return this.parameter(depth, true);
      }
    });
    return `"${inside.join('')}"`;
  }

  braces(): string {
    return this.random.pick([
      '{a,b}',
      '{1..3}',
      '{c..a}',
      '{x,}y',
      'p{a,{b,c}}q',
      '{01..03}',
      '{a}',
      '{,}',
      '{1..6..2}',
      '{$x,b}',
      '{"a b",c}',
    ]);
  }

  #substitution(depth: number): string {
    const inside = this.command(depth);
    if (this.random.oneIn(4) && !/[`\\]/.test(inside)) return `\`${inside}\``;
    return `$(${inside.startsWith('(') ? ' ' : ''}${inside})`;
  }

  /** `$x` and all that `${…}` can do. */
  parameter(depth: number, quoted: boolean): string {
    const { random } = this;
    const name = random.pick(SCALARS);
    switch (random.below(22)) {
      case 0:
      case 1:
      case 2:
        return `$${name}`;
      case 3:
        return `\${${name}}`;
      case 4:
      case 5: {
        const op = random.pick(['-', ':-', '+', ':+', '=', ':=']);
        return `\${${name}${op}${quoted ? this.#operand(depth, true) : this.#operand(depth, false)}}`;
      }
      case 6:
      case 7:
        return `\${${name}${random.pick(['#', '##', '%', '%%'])}${this.pattern()}}`;
      case 8:
      case 9:
        return `\${${name}${random.pick(['/', '//', '/#', '/%'])}${this.pattern() || 'o'}/${random.pick(['', 'X', '$y', '[&]', '\\&', '"$z"', "'q'", 'a b'])}}`;
      case 10:
        return `\${${name}:${random.pick(['0', '1', ' -2', '2', '$n', '9'])}${random.oneIn(2) ? '' : `:${random.pick(['1', '2', '0', ' -1', 'n'])}`}}`;
      case 11:
        return `\${#${random.pick([...SCALARS, 'a[@]', 'm[@]', 'a[1]', '@', '*'])}}`;
      case 12:
        return `\${${name}${random.pick(['^', '^^', ',', ',,', '~~', '^^[a-f]'])}}`;
      case 13:
        return `\${${random.pick([name, 'a[@]', '@', 'a[*]', 'm[@]'])}@${random.pick(['Q', 'U', 'L', 'u', 'E', 'a', 'A', 'K', 'k'])}}`;
      case 14:
        return `\${!${random.pick(['r', 'a[@]', 'm[@]', 'r', 'x@', 'a[*]'])}}`;
      case 15:
      case 16:
        return `\${${random.pick(ARRAYS)}[${random.pick(['0', '1', '@', '*', ' -1', '$n', 'n+1', '2'])}]}`;
      case 17:
        return `\${${random.pick(['a[@]', 'a[*]', '@', '*', 'b[@]'])}${random.pick([':1', ':0:2', ':1:1', '#f', '%o', '/o/0', '//[a-f]/_', '^', ': -1', ':-none', '+set'])}}`;
      case 18:
        return random.pick(['$@', '$*', '${@}', '$#', '$1', '${2}', '$?', '${10}', '${#}', '$-x'.slice(0, 0) || '$1']);
      case 19:
        return `\${m[${random.pick(['k', '$x', '"a b"', 'none', "'k'"])}]}`;
      case 20:
        return random.pick([
          '${a[@]}',
          '${b[*]}',
          '$a',
          '${m[@]}',
          '${PIPESTATUS[@]}',
          '${x:?}',
          '${FUNCNAME[0]}',
          '$LINENO',
        ]);
      default:
        return `\${${name}${random.pick(['-', ':-', '+', ':+'])}${this.parameter(0, quoted)}}`;
    }
  }

  #operand(depth: number, quoted: boolean): string {
    const { random } = this;
    if (quoted) return random.pick(['', 'd e', '$y', "'q'", '"$y z"', '\\}', '*', '~', '${z}']);
    return random.pick([
      '',
      'd e',
      '$y',
      "'q r'",
      '"$y z"',
      '\\}',
      '*',
      '~',
      '${z}',
      depth > 0 ? this.word(depth - 1) : 'w',
    ]);
  }

  pattern(): string {
    const { random } = this;
    if (random.oneIn(4)) return random.pick(['$y', '"$y"', '$x', 'é', '\\*', "'*'", 'o', '[^o]']);
    return random.pick(random.oneIn(4) ? EXTENDED : PATTERNS);
  }

  arithmetic(depth: number): string {
    const { random } = this;
    if (depth === 0)
      return random.pick([
        '1',
        '2',
        '0',
        '7',
        'n',
        '$n',
        'i',
        '010',
        '0x1f',
        '2#101',
        'c[1]',
        '${#x}',
        'u',
        '-3',
        '9223372036854775807',
      ]);
    const left = this.arithmetic(depth - 1);
    switch (random.below(9)) {
      case 0:
        return `(${left})`;
      case 1:
        return `${random.pick(['!', '~', '-', '+'])} ${left}`;
      case 2:
        return `${left} ? ${this.arithmetic(depth - 1)} : ${this.arithmetic(depth - 1)}`;
      case 3:
        return random.pick(['(i++)', '(++i)', '(i--)', '(i+=2)', '(i=3)', '(n*=2)', '(c[0]=5)', '(i=n=2)', '(i<<=1)']);
      case 4:
        return `${left}, ${this.arithmetic(depth - 1)}`;
      default:
        return `${left} ${random.pick(['+', '-', '*', '/', '%', '<', '>', '<=', '==', '!=', '&&', '||', '&', '|', '^', '<<', '>>', '&&'])} ${this.arithmetic(depth - 1)}`;
    }
  }
}
