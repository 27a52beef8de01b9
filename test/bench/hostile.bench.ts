import { bash, bootHost } from './host.ts';
import { type BenchRow, digits, least } from './rows.ts';
import { Keyboard, now, Terminal } from './terminal.ts';

/** Milliseconds from Ctrl-C to the next prompt. */
const LIMIT = 100;
/** Milliseconds that a command runs before the key is pressed. */
const HEAD_START = 700;
/** The best counts: others use the computer too. */
const ROUNDS = 3;
/** Milliseconds after which there will be no prompt. */
const PATIENCE = 10_000;

const LINE = "head -c 100000000 /dev/zero | tr '\\0' x";

/** Input that is meant to hang a shell. */
const CASES: readonly (readonly [name: string, command: string])[] = [
  ['an empty loop', 'while :; do :; done'],
  ['a fork bomb', 'b() { b | b; }; b'],
  // it ends the shell, as in the real one
  ['recursion without end', '( f() { f; }; f )'],
  ['recursion in substitutions', 'f() { echo $(f); }; f'],
  ['a line of 100 MB: grep', `${LINE} | grep y`],
  ['a line of 100 MB: sed', `${LINE} | sed s/x/y/g | tail -c 1`],
  ['a line of 100 MB: awk', `${LINE} | awk '{ print length($0) }'`],
  ['a line of 100 MB: sort', `${LINE} | sort | tail -c 1`],
  ['a line of 100 MB: read', `${LINE} | { read x; echo \${#x}; }`],
  ['a line of 100 MB: $(…)', `x=$(${LINE}); echo \${#x}`],
  ['binary noise on the terminal', 'cat /dev/urandom'],
  ['yes', 'yes'],
  ['deep globs', 'echo /*/*/*/*/*/*/*/* /*/*/*/*/*/*/*/*/* >/dev/null'],
  ['globstar', 'shopt -s globstar; echo /**/*/**/* >/dev/null'],
  ['a long brace expansion', 'echo {1..100000000} >/dev/null'],
  ['sort without end', 'seq 1 1000000000 | sort'],
  ['grep with back-references', "printf '%050d\\n' 0 | grep -E '^(0*)*(0*)*(0*)*\\1\\2\\31$'"],
  ['grep -P, nested repetition', "printf '%040d!\\n' 0 | grep -P '^(0+)+$'"],
  ['[[ =~ ]], nested repetition', 'printf -v s %040d 0; [[ $s! =~ ^(0+)+(0+)+(0+)+\\1$ ]]'],
  ['a pattern of many stars', 'printf -v s %0100000d 0; [[ $s == *0*0*0*0*0*0*0*0*0*0*0*1 ]]'],
  ['extglob, nested repetition', 'shopt -s extglob; printf -v s %0300d 0; [[ $s! == +(+(+(0|00)|000)|0000) ]]'],
  ['sed without end', 'echo x | sed ":a; ba"'],
  ['awk without end', "awk 'BEGIN { while (1) x++ }'"],
  ['find and grep over everything', 'find / -type f 2>/dev/null | xargs grep -s zzzz >/dev/null'],
];

/** Runs a command and presses Ctrl-C. @returns milliseconds until there is a prompt, undefined: there is none */
async function interrupted(terminal: Terminal, keyboard: Keyboard, command: string): Promise<number | undefined> {
  terminal.clear();
  terminal.type(`${command}\n`);
  const pressed = await keyboard.press(HEAD_START);
  const heard = now();
  terminal.clear();
  terminal.interrupt();
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE, undefined));
  const shown = await Promise.race([terminal.shown(/# $/), patience]);
  // what comes after a prompt that was there already is one as well
  return shown === undefined ? undefined : Math.max(shown, heard) - pressed;
}

/** Ctrl-C against what is meant to hang a shell. */
export async function runHostile(): Promise<BenchRow[]> {
  const machine = await bootHost();
  await bash(machine, 'for ((i = 0; i < 300; i++)); do mkdir -p /srv/d$i/e/f/g; : >/srv/d$i/e/f/g/h; done');
  const only = process.env.BENCH_ONLY;
  const keyboard = new Keyboard();
  const rows: BenchRow[] = [];
  let terminal = new Terminal(machine);
  await terminal.shown(/# $/);
  for (const [name, command] of CASES) {
    if (only && !name.includes(only)) continue;
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const ms = await interrupted(terminal, keyboard, command);
      times.push(ms ?? Number.POSITIVE_INFINITY);
      if (ms !== undefined) continue;
      terminal = new Terminal(machine);
      await terminal.shown(/# $/);
      break;
    }
    const best = least(times);
    process.stderr.write(`${name}: ${times.map((ms) => ms.toFixed(0)).join(' ')}\n`);
    rows.push({
      name: `Ctrl-C: ${name}`,
      anchor: '',
      ours: Number.isFinite(best) ? `${digits(best)} ms` : `none in ${PATIENCE / 1000} s`,
      ratio: '',
      target: `≤ ${LIMIT} ms`,
      ok: best <= LIMIT,
    });
  }
  await keyboard.close();
  machine.kernel.shutdown();
  return rows;
}
