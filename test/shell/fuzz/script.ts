// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are of the shell
import { Random } from './random.ts';
import { SCALARS, Words } from './words.ts';

/** Begins each script: variables of every kind, files for patterns. */
const SETUP = [
  'x=foo y="a b" z="*" e= n=2 i=1 r=x',
  "c=(4 5 6); a=(one 'two three' '' four) b=([3]=x [1]='y z')",
  "declare -A m=([k]=v ['a b']='c d')",
  "set -- p 'q r' ''",
  'touch f1 f2 a1 b1 a.c; mkdir d; touch d/x d/.h',
].join('\n');

const SIGNALS = ['USR1', 'USR2', 'TERM', 'HUP', 'INT'];

/** A script as its statements, so that what matters in it can be searched by leaving some out. */
export interface Script {
  setup: string;
  statements: string[];
}

export const scriptText = ({ setup, statements }: Script): string => `${setup}\n${statements.join('\n')}\n`;

/** The script of a seed. */
export function makeScript(seed: number): Script {
  return new Maker(new Random(seed)).script();
}

class Maker {
  readonly #words: Words;
  #functions = 0;
  #documents = 0;
  #loops = 0;

  constructor(readonly random: Random) {
    this.#words = new Words(random, (depth) => this.#inner(depth));
  }

  script(): Script {
    const { random } = this;
    const statements: string[] = [];
    if (random.oneIn(5))
      statements.push(
        random.pick([
          'shopt -s extglob',
          'shopt -s nullglob',
          'shopt -s dotglob globstar',
          'shopt -s nocasematch',
          'shopt -s lastpipe',
        ]),
      );
    if (random.oneIn(5)) statements.push(`IFS=${random.pick(["':'", "' :'", "''", "$'\\n'", 'o', "', '"])}`);
    if (random.oneIn(6))
      statements.push(
        random.pick([
          'set -e',
          'set -u',
          'set -o pipefail',
          'set -f',
          'set -eu',
          'set -E',
          'set -T',
          'set -a',
          'set -C',
        ]),
      );
    for (let count = 2 + random.below(5); count > 0; count--) statements.push(this.#statement(3));
    return { setup: SETUP, statements };
  }

  /** One line of a command substitution. */
  #inner(depth: number): string {
    const { random } = this;
    const w = this.#words;
    switch (random.below(8)) {
      case 0:
        return `printf '%s\\n' ${w.words(depth, 2)}`;
      case 1:
        return random.pick([
          'false',
          'true',
          ':',
          'exit 3',
          'cat <<< "$y"',
          'echo; echo',
          'printf "a\\n\\n"',
          'echo $?',
        ]);
      case 2:
        return `echo ${w.word(depth)} | cat`;
      case 3:
        return `${random.pick(SCALARS)}=${w.word(depth)}; echo $x`;
      default:
        return `echo ${w.words(depth, 2)}`;
    }
  }

  #block(depth: number): string {
    return this.random.some(1, 2, () => this.#statement(depth - 1)).join('\n');
  }

  /** A command list for one line: conditions, parts of pipelines. */
  #command(depth: number): string {
    const { random } = this;
    const w = this.#words;
    switch (random.below(14)) {
      case 0:
        return random.pick(['true', 'false', ':', '! true', 'test -f f1', '[ -d d ]']);
      case 1:
        return `[ ${w.doubleQuoted(1)} ${random.pick(['=', '!=', '\\<'])} ${w.doubleQuoted(1)} ]`;
      case 2:
        return this.#conditional();
      case 3:
        return `(( ${w.arithmetic(2)} ))`;
      case 4:
        return `printf '<%s>' ${w.words(depth)}; echo`;
      case 5:
        return this.#assignment();
      case 6:
        return `let "${w.arithmetic(1)}"`;
      default:
        return `echo ${w.words(depth)}`;
    }
  }

  #assignment(): string {
    const { random } = this;
    const w = this.#words;
    switch (random.below(10)) {
      case 0:
        return `a${random.pick(['', '+'])}=(${w.words(1)})`;
      case 1:
        return `a[${random.pick(['1', 'n', '5', '-1'])}]${random.pick(['', '+'])}=${w.word(1)}`;
      case 2:
        return `m[${random.pick(['k', '$x', '"p q"'])}]${random.pick(['', '+'])}=${w.word(1)}`;
      case 3:
        return `${random.pick(SCALARS)}+=${w.word(1)}`;
      case 4:
        return `declare ${random.pick(['-i', '-u', '-l', '-x', '-a', '-r', '-g', '--'])} ${random.pick(['v', 'w', 'x'])}=${random.pick(['3+4', 'MixEd', '12', '"a b"'])}`;
      case 5:
        return `printf -v ${random.pick(['x', 'v', 'a[2]'])} ${random.pick(["'%05d' 42", "'%s-%s' p q", '\'%q\' "$y"', "'%x' 255"])}`;
      case 6:
        return random.pick([
          'unset x',
          'unset "a[1]"',
          'unset a',
          'unset -f f0',
          "unset 'm[k]'",
          'readonly x',
          'export x',
          'unset u v',
        ]);
      default:
        return `${random.pick(SCALARS)}=${w.word(2)}`;
    }
  }

  #conditional(): string {
    const { random } = this;
    const w = this.#words;
    const one = (): string => {
      switch (random.below(7)) {
        case 0:
          return `${w.word(1)} == ${w.pattern() || 'x'}`;
        case 1:
          return `${w.word(1)} != ${w.pattern() || 'x'}`;
        case 2:
          return `${random.pick(['-z', '-n', '-f', '-d', '-e', '-v'])} ${random.pick(['$x', 'f1', 'd', 'x', '"$e"', 'nope', 'a[1]'])}`;
        case 3:
          return `${random.pick(['$n', '3', 'i', '$i'])} ${random.pick(['-lt', '-ge', '-eq', '-ne'])} ${random.pick(['2', 'n', '1+1', '0x2'])}`;
        case 4:
          return `${random.pick(['$x', '"$y"', 'foobar', 'a1b22'])} =~ ${random.pick(['^f', 'o+', '([a-z])([0-9]+)', 'b$', '(o|b)*', '"o"', '^.{3}$', '[[:space:]]'])}`;
        case 5:
          return `${w.word(0)} ${random.pick(['<', '>'])} ${w.word(0)}`;
        default:
          return `! ${random.pick(['-z $x', '$x == foo', '-f d'])}`;
      }
    };
    const more = random.oneIn(3) ? ` ${random.pick(['&&', '||'])} ${one()}` : '';
    return `[[ ${one()}${more} ]]${random.oneIn(4) ? ' && echo "${BASH_REMATCH[@]}"' : ''}`;
  }

  #statement(depth: number): string {
    const { random } = this;
    const w = this.#words;
    if (depth <= 0) return this.#command(1);
    switch (random.below(28)) {
      case 0:
        return `if ${this.#command(1)}; then\n${this.#block(depth)}\n${random.oneIn(2) ? `else\n${this.#block(depth)}\n` : ''}fi`;
      case 1:
        return `for ${random.pick(['v', 'x'])} in ${w.words(1)}; do\n${this.#loopBody(depth)}\ndone`;
      case 2:
        return this.#counted(depth);
      case 3:
        return this.#counted(depth);
      case 4:
        return `case ${w.word(1)} in\n${random.some(1, 3, () => `${random.oneIn(3) ? '(' : ''}${w.pattern() || '""'}${random.oneIn(4) ? `|${w.pattern() || 'q'}` : ''}) ${this.#command(1)} ${random.pick([';;', ';;', ';&', ';;&'])}`).join('\n')}\nesac; echo $?`;
      case 5:
      case 6:
        return this.#function(depth);
      case 7:
        return `( ${this.#block(depth)}\n); echo "st $?"`;
      case 8:
        return `{ ${this.#block(depth)}\n} ${this.#redirect()}; echo "st $?"`;
      case 9:
        return `${this.#command(1)} | ${random.pick(['cat', 'sort', 'while read -r l; do echo "<$l>"; done', '{ read p; echo "$p"; }', 'wc -l'])}; echo "\${PIPESTATUS[@]}"`;
      case 10:
        return `${this.#command(1)} ${random.pick(['&&', '||'])} ${this.#command(1)}; echo $?`;
      case 11:
        return this.#document();
      case 12:
        return `read ${random.pick(['-r ', '', '-a ', '-n 3 ', '-d o '])}${random.pick(['p', 'a'])} <<< ${w.word(1)}; echo "$? [$p] [\${a[*]}]"`;
      case 13:
        return `IFS=${random.pick([':', "' '", 'o', "', '"])} read ${random.pick(['p q', 'p q s', '-r p q'])} <<< ${random.pick(['a:b:c', '" lead trail "', "'a\\ b c'", '$y', '"f,o o"'])}; echo "[$p][$q][$s]"`;
      case 14:
        return this.#trap();
      case 15:
        return `eval ${random.pick(["'echo $x'", "'x=5; echo $x' '$y'", "'false'", '"echo $n"', "'return 3 2>/dev/null'", "'for q in 1 2; do echo $q; done'"])}; echo $?`;
      case 16:
        return `${this.#command(1)} & wait $!; echo "bg $?"`;
      case 17:
        return `mapfile ${random.pick(['-t ', '', '-n 2 ', '-s 1 -t ', '-O 2 -t '])}a < <(printf '%s\\n' ${w.words(1)}); printf '<%s>' "\${a[@]}"; echo`;
      case 18:
        return `while getopts ${random.pick(['ab:', ':ab:', 'a'])} o ${random.pick(['-a -b v w', '-ab', '-x', '-b', '-av -- q', '"$@"'])}; do echo "$o:$OPTARG:$OPTIND"; done; OPTIND=1`;
      case 19:
        return random.pick([
          'shift; echo $#',
          'set -- "$@" new; echo $#',
          'printf \'[%s]\' "$@"; echo',
          'set -- $y; echo "$1"',
          'shift 9; echo $?',
        ]);
      case 20:
        return `declare -p ${random.pick(['x', 'a', 'm', 'n', 'b', 'nope', 'y z'])}`;
      case 21:
        return `${random.pick(['x=5', 'IFS=:', 'y=$x', 'n+=1'])} ${random.pick(['eval \'echo "$x $y $n"\'', 'bash -c \'echo "$x|$y"\'', ': $x', 'true'])}; echo "$x"`;
      case 22:
        return `echo ${w.words(1)} > f4; cat f4; cat < f4 ${random.pick(['2>&1', '>&2 2>/dev/null', '', '| cat'])}`;
      case 23:
        return this.#conditional();
      case 24:
        return `printf ${random.pick(["'%s %d\\n' a 1 b 2", "'%5.2f|%-5s|%05d\\n' 3.14159 ab 42", "'%b\\n' 'a\\tb\\c' x", "'%q ' 'a b' '' \"it's\" é; echo", "'%c%c\\n' foo bar", "'%x %o %X\\n' 255 8 -1", "'%d\\n' 0x10 010 \"'a\"", "'%*d|%-*d|\\n' 5 42 4 7"])}`;
      default:
        return this.#command(2);
    }
  }

  /** A loop with a counter of its own, so that it ends. */
  #counted(depth: number): string {
    const { random } = this;
    const k = `k${this.#loops++}`;
    const head = random.pick([
      `for ((${k}=0; ${k}<${1 + random.below(3)}; ${k}++))`,
      `${k}=0; while ((${k}++ < 2))`,
      `${k}=0; until ((${k}++ >= 2))`,
    ]);
    return `${head}; do\n${this.#loopBody(depth)}\ndone`;
  }

  #loopBody(depth: number): string {
    const { random } = this;
    const leave = random.oneIn(4)
      ? `\n${random.pick(['break', 'continue', '[[ $x == f* ]] && break', 'break 2', '((n > 2)) && continue'])}`
      : '';
    return `${this.#block(depth)}${leave}\necho "it $v"`;
  }

  #function(depth: number): string {
    const { random } = this;
    const w = this.#words;
    const name = `f${this.#functions++}`;
    const body = random.pick([
      `local x=${w.word(1)}; ${this.#command(1)}`,
      `local -n ref=$1; ref=${w.word(0)}; echo "$ref"`,
      `${this.#block(depth)}\nreturn ${random.below(4)}`,
      `echo "$# $1" "\${FUNCNAME[@]}"; ${this.#command(1)}`,
      `local -a a=(${w.words(1)}); echo "\${#a[@]}"`,
      `(( $# > 2 )) && return 7; ${name} "$@" more`,
    ]);
    return `${random.oneIn(3) ? 'function ' : ''}${name}() {\n${body}\n}${random.oneIn(6) ? ' 2>/dev/null' : ''}\n${name} ${random.pick(['x', 'y z', w.word(1), ''])}; echo "st $? $x"`;
  }

  #redirect(): string {
    return this.random.pick([
      '> f3',
      '2>/dev/null',
      '>> f3',
      '2>&1',
      '< f1',
      '>/dev/null 2>&1',
      '3>&1',
      '>| f3',
      '<<< "$y"',
      '1>&2',
      '> nope/f',
      '{fd}>&1',
    ]);
  }

  #document(): string {
    const { random } = this;
    const w = this.#words;
    const mark = `E${this.#documents++}`;
    const quoted = random.oneIn(3);
    const lines = random.some(0, 3, () =>
      random.pick([
        w.parameter(1, true),
        'plain',
        '\\$x \\\\ \\a "q"',
        `$(${this.#inner(0)})`,
        "it's",
        '$((n + 3 * c[1]))',
        '\ttab',
      ]),
    );
    const dash = random.oneIn(3);
    const body = lines.map((line) => `${dash && random.oneIn(2) ? '\t' : ''}${line}\n`).join('');
    return `${random.pick(['cat', 'while read -r l; do echo "[$l]"; done', 'read -r p q; echo "$p"'].slice(0, 2))} <<${dash ? '-' : ''}${quoted ? `'${mark}'` : mark}\n${body}${mark}`;
  }

  #trap(): string {
    const { random } = this;
    const signal = random.pick(SIGNALS);
    return random.pick([
      `trap 'echo "exit $?"' EXIT`,
      `trap 'echo "err $? $LINENO"' ERR`,
      `trap 'echo "${signal}"' ${signal}; kill -${signal} $BASHPID; echo after`,
      `trap 'echo "dbg $BASH_COMMAND"' DEBUG; ${this.#command(1)}; trap - DEBUG`,
      `trap 'echo ret' RETURN; eval return 2>/dev/null; trap - RETURN`,
      `trap '' ${signal}; kill -${signal} $BASHPID; (kill -${signal} $BASHPID; echo sub); trap - ${signal}; trap -p`,
      `(trap 'echo sub' EXIT; ${this.#command(1)}; exit ${random.below(4)}); echo $?`,
    ]);
  }
}
