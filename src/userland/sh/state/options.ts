import type { Personality } from '../parse/personality.ts';

/** The options of set(1). */
export interface SetOptions {
  allexport: boolean;
  braceexpand: boolean;
  emacs: boolean;
  errexit: boolean;
  errtrace: boolean;
  functrace: boolean;
  hashall: boolean;
  histexpand: boolean;
  history: boolean;
  ignoreeof: boolean;
  'interactive-comments': boolean;
  keyword: boolean;
  monitor: boolean;
  noclobber: boolean;
  noexec: boolean;
  noglob: boolean;
  nolog: boolean;
  notify: boolean;
  nounset: boolean;
  onecmd: boolean;
  physical: boolean;
  pipefail: boolean;
  posix: boolean;
  privileged: boolean;
  verbose: boolean;
  vi: boolean;
  xtrace: boolean;
}
export type SetOption = keyof SetOptions;

/** Letters of `set -x` and `$-`, in the order in which bash prints them. */
export const OPTION_LETTERS: readonly [string, SetOption][] = [
  ['a', 'allexport'],
  ['b', 'notify'],
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['h', 'hashall'],
  ['k', 'keyword'],
  ['m', 'monitor'],
  ['n', 'noexec'],
  ['p', 'privileged'],
  ['t', 'onecmd'],
  ['u', 'nounset'],
  ['v', 'verbose'],
  ['x', 'xtrace'],
  ['B', 'braceexpand'],
  ['C', 'noclobber'],
  ['E', 'errtrace'],
  ['H', 'histexpand'],
  ['P', 'physical'],
  ['T', 'functrace'],
];

export function defaultOptions(bash: boolean): SetOptions {
  return {
    allexport: false,
    braceexpand: bash,
    emacs: false,
    errexit: false,
    errtrace: false,
    functrace: false,
    hashall: bash,
    histexpand: false,
    history: false,
    ignoreeof: false,
    'interactive-comments': true,
    keyword: false,
    monitor: false,
    noclobber: false,
    noexec: false,
    noglob: false,
    nolog: false,
    notify: false,
    nounset: false,
    onecmd: false,
    physical: false,
    pipefail: false,
    posix: false,
    privileged: false,
    verbose: false,
    vi: false,
    xtrace: false,
  };
}

/** bash's shopt options and whether they are on in a fresh shell that is not interactive. */
export const SHOPT_DEFAULTS: Readonly<Record<string, boolean>> = {
  autocd: false,
  assoc_expand_once: false,
  cdable_vars: false,
  cdspell: false,
  checkhash: false,
  checkjobs: false,
  checkwinsize: true,
  cmdhist: true,
  compat31: false,
  compat32: false,
  compat40: false,
  compat41: false,
  compat42: false,
  compat43: false,
  compat44: false,
  complete_fullquote: true,
  direxpand: false,
  dirspell: false,
  dotglob: false,
  execfail: false,
  expand_aliases: false,
  extdebug: false,
  extglob: false,
  extquote: true,
  failglob: false,
  force_fignore: true,
  globasciiranges: true,
  globskipdots: true,
  globstar: false,
  gnu_errfmt: false,
  histappend: false,
  histreedit: false,
  histverify: false,
  hostcomplete: true,
  huponexit: false,
  inherit_errexit: false,
  interactive_comments: true,
  lastpipe: false,
  lithist: false,
  localvar_inherit: false,
  localvar_unset: false,
  login_shell: false,
  mailwarn: false,
  no_empty_cmd_completion: false,
  nocaseglob: false,
  nocasematch: false,
  noexpand_translation: false,
  nullglob: false,
  patsub_replacement: true,
  progcomp: true,
  progcomp_alias: false,
  promptvars: true,
  restricted_shell: false,
  shift_verbose: false,
  sourcepath: true,
  varredir_close: false,
  xpg_echo: false,
};

/** What `$-` is worked out from. */
export interface FlagHost {
  readonly bash: boolean;
  readonly personality: Personality;
  readonly options: SetOptions;
  readonly interactive: boolean;
  readonly commandString: boolean;
  readonly readsStdin: boolean;
}

/** `$-` */
export function optionFlags(shell: FlagHost): string {
  let out = '';
  for (const [letter, option] of OPTION_LETTERS) if (shell.options[option]) out += letter;
  if (!shell.bash) out = out.replace(/[BhH]/g, '');
  if (shell.interactive)
    out = shell.bash ? out.replace(/^([abefhkmnptuvx]*)/, (m) => [...m, 'i'].sort().join('')) : `${out}i`;
  if (shell.commandString && shell.personality !== 'dash') return `${out}c`;
  return shell.readsStdin ? `${out}s` : out;
}
