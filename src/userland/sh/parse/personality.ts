/** Which shell is being played: grammar, built-ins and messages differ. */
export type Personality = 'bash' | 'dash' | 'ash';

/** Grammar that a personality has beyond POSIX. */
export interface Dialect {
  readonly personality: Personality;
  /** `[[ ]]`. */
  readonly conditional: boolean;
  /** `(( ))`, `for ((;;))`, arrays, `function`, select, coproc, brace expansion, process substitution, extglob. */
  readonly extended: boolean;
  /** `function name`. */
  readonly functionKeyword: boolean;
  /** `$'…'`. */
  readonly dollarQuote: boolean;
  /** `<<<`. */
  readonly hereString: boolean;
  /** `${x/p/r}`. */
  readonly replace: boolean;
  /** `${x:o:l}`. */
  readonly substring: boolean;
  /** `<( )` and `>( )`. */
  readonly processSubstitution: boolean;
  /** `&>`. */
  readonly redirectBoth: boolean;
}

export const DIALECTS: Readonly<Record<Personality, Dialect>> = {
  bash: {
    personality: 'bash',
    conditional: true,
    extended: true,
    functionKeyword: true,
    dollarQuote: true,
    hereString: true,
    processSubstitution: true,
    replace: true,
    substring: true,
    redirectBoth: true,
  },
  dash: {
    personality: 'dash',
    conditional: false,
    extended: false,
    functionKeyword: false,
    dollarQuote: false,
    hereString: false,
    processSubstitution: false,
    replace: false,
    substring: false,
    redirectBoth: false,
  },
  ash: {
    personality: 'ash',
    conditional: true,
    extended: false,
    functionKeyword: true,
    dollarQuote: true,
    hereString: false,
    processSubstitution: true,
    replace: true,
    substring: true,
    redirectBoth: true,
  },
};
