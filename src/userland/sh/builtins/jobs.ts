import { SIGCONT, SIGHUP, SIGSTOP, SIGTERM } from '../../../abi/signal.ts';
import { shellStatus } from '../../../abi/wait.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { type Job, jobState } from '../exec/jobs.ts';
import { signalName } from '../exec/signal-words.ts';
import { builtinOptions } from './options.ts';
import { listSignals, signalOf } from './trap.ts';

/** The job that a word names; undefined after the message. */
function jobOf(ip: Interpreter, spec: string | undefined): Job | undefined {
  const { shell, jobs } = ip;
  const job =
    spec === undefined
      ? jobs.current()
      : spec.startsWith('%')
        ? jobs.find(spec)
        : /^\d+$/.test(spec)
          ? jobs.byPid(Number(spec))
          : jobs.find(spec);
  if (job === 'ambiguous') {
    shell.builtinError(`${spec}: ambiguous job spec`);
    return undefined;
  }
  if (!job) {
    if (shell.bash) shell.builtinError(`${spec ?? 'current'}: no such job`);
    else if (spec === undefined) shell.builtinError('No current job');
    else shell.builtinError(`No such job: ${spec}`);
  }
  return job;
}

export const jobsBuiltin: Builtin = {
  synopsis: 'jobs [-lnprs] [jobspec ...] or jobs -x command [args]',
  run(ip, argv) {
    const { shell, jobs } = ip;
    const options = builtinOptions(shell, argv, shell.bash ? 'lnprsx' : 'lp', jobsBuiltin.synopsis!);
    if (!options) return 2;
    const { flags, at } = options;
    jobs.reap();
    const names = argv.slice(at);
    const listed: Job[] = [];
    let status = 0;
    if (names.length > 0) {
      for (const name of names) {
        const job = jobOf(ip, name);
        if (job) listed.push(job);
        else status = 1;
      }
    } else listed.push(...jobs.jobs);
    for (const job of listed) {
      const state = jobState(job);
      if (flags.includes('r') && state !== 'running') continue;
      if (flags.includes('s') && state !== 'stopped') continue;
      if (flags.includes('n') && job.notified) continue;
      if (!job.background && state !== 'stopped') continue;
      if (flags.includes('p')) shell.print(`${job.pgid}\n`);
      else shell.print(`${jobs.describe(job, flags.includes('l'))}\n`);
    }
    for (const job of listed) {
      if (jobState(job) === 'done') jobs.remove(job);
      else job.notified = true;
    }
    return status;
  },
};

export const fg: Builtin = {
  synopsis: 'fg [job_spec]',
  run(ip, argv) {
    const { shell, jobs } = ip;
    if (!shell.options.monitor && shell.bash) {
      shell.builtinError('no job control');
      return 1;
    }
    const job = jobOf(ip, argv[1]);
    if (!job) return shell.bash ? 1 : 2;
    if (!shell.bash && !(job.monitored && jobs.tty >= 0)) {
      shell.builtinError(`job ${argv[1] ?? '(null)'} not created under job control`);
      return 2;
    }
    return foreground(ip, job);
  },
};

function* foreground(ip: Interpreter, job: Job): Wait<number> {
  const { shell, jobs } = ip;
  shell.print(`${job.text}\n`);
  yield* shell.queue.flush();
  job.background = false;
  if (jobs.tty >= 0) jobs.giveTerminal(job.pgid);
  for (const p of job.processes) p.stopped = false;
  shell.sys.kill(-job.pgid, SIGCONT);
  return yield* jobs.foreground(job);
}

export const bg: Builtin = {
  synopsis: 'bg [job_spec ...]',
  run(ip, argv) {
    const { shell, jobs } = ip;
    if (!shell.options.monitor && shell.bash) {
      shell.builtinError('no job control');
      return 1;
    }
    let status = 0;
    for (const spec of argv.length > 1 ? argv.slice(1) : [undefined]) {
      const job = jobOf(ip, spec);
      if (!job) {
        status = shell.bash ? 1 : 2;
        continue;
      }
      if (jobState(job) === 'running' && job.background && shell.bash) {
        shell.builtinError(`job ${job.id} already in background`);
        continue;
      }
      job.background = true;
      for (const p of job.processes) p.stopped = false;
      const mark = job === jobs.current() ? '+' : job === jobs.current(1) ? '-' : ' ';
      shell.print(shell.bash ? `[${job.id}]${mark} ${job.text} &\n` : `[${job.id}] ${job.text}\n`);
      shell.sys.kill(-job.pgid, SIGCONT);
    }
    return status;
  },
};

export const disown: Builtin = {
  synopsis: 'disown [-h] [-ar] [jobspec ... | pid ...]',
  run(ip, argv) {
    const { shell, jobs } = ip;
    const options = builtinOptions(shell, argv, 'har', disown.synopsis!);
    if (!options) return 2;
    const { flags, at } = options;
    const specs: (string | undefined)[] = argv.slice(at);
    let targets: Job[] = [];
    let status = 0;
    if (specs.length === 0 && (flags.includes('a') || flags.includes('r')))
      targets = jobs.jobs.filter((job) => !flags.includes('r') || jobState(job) === 'running');
    else
      for (const spec of specs.length > 0 ? specs : [undefined]) {
        const job = jobOf(ip, spec);
        if (job) targets.push(job);
        else status = 1;
      }
    for (const job of targets) {
      if (flags.includes('h')) job.nohup = true;
      else jobs.remove(job);
    }
    return status;
  },
};

export const wait: Builtin = {
  synopsis: 'wait [-fn] [-p var] [id ...]',
  run(ip, argv) {
    const { shell } = ip;
    const options = builtinOptions(
      shell,
      argv,
      shell.bash ? 'fnp:' : shell.personality === 'ash' ? 'n' : '',
      wait.synopsis!,
    );
    if (!options) return 2;
    return waitBuiltin(ip, argv.slice(options.at), options.flags.includes('n'), options.values.get('p'));
  },
};

function* waitBuiltin(
  ip: Interpreter,
  words: readonly string[],
  any: boolean,
  variable: string | undefined,
): Wait<number> {
  const { shell, jobs, traps } = ip;
  yield* shell.queue.flush();
  jobs.interrupted = () => traps.pending.length > 0 || ip.interruptPending;
  const interrupted = function* (): Wait<number> {
    const signal = traps.pending[0] ?? 2;
    yield* ip.runPending();
    return 128 + signal;
  };
  try {
    if (any) return yield* waitAny(ip, words, variable, interrupted);
    if (words.length === 0) {
      if (!(yield* jobs.until(() => jobs.jobs.every((job) => jobState(job) !== 'running' || !job.background))))
        return yield* interrupted();
      for (const job of [...jobs.jobs]) {
        if (jobState(job) !== 'done') continue;
        if (!shell.interactive) {
          jobs.sayKilled(job);
          jobs.remove(job);
        }
      }
      jobs.ended.clear();
      return 0;
    }
    let status = 0;
    for (const word of words) {
      const one = yield* waitOne(ip, word, interrupted);
      status = one;
      if (variable !== undefined) {
        const job = word.startsWith('%') ? undefined : word;
        if (job !== undefined) shell.assign(variable, job);
      }
    }
    return status;
  } finally {
    jobs.interrupted = () => false;
  }
}

function* waitOne(ip: Interpreter, word: string, interrupted: () => Wait<number>): Wait<number> {
  const { shell, jobs } = ip;
  if (word.startsWith('%')) {
    const job = jobs.find(word);
    if (!job || job === 'ambiguous') {
      if (shell.bash) shell.builtinError(`${word}: no such job`);
      else if (shell.personality === 'dash') shell.builtinError(`No such job: ${word}`);
      else shell.builtinError(`${word}: no such job`);
      return shell.bash ? 127 : 2;
    }
    if (!(yield* jobs.until(() => jobState(job) !== 'running'))) return yield* interrupted();
    if (jobState(job) === 'done') {
      if (shell.bash) jobs.remove(job);
      else job.waited = true;
    }
    return shellStatus(job.processes.at(-1)!.status ?? 0);
  }
  if (!/^\d+$/.test(word)) {
    if (shell.bash) shell.builtinError(`\`${word}': not a pid or valid job spec`);
    else shell.builtinError(`Illegal number: ${word}`);
    return shell.bash ? 1 : 2;
  }
  const pid = Number(word);
  const job = jobs.byPid(pid);
  if (!job) {
    const known = jobs.ended.get(pid);
    if (known !== undefined) return known;
    if (shell.bash) shell.builtinError(`pid ${pid} is not a child of this shell`);
    return 127;
  }
  const process = job.processes.find((p) => p.pid === pid)!;
  if (!(yield* jobs.until(() => process.status !== undefined || process.stopped))) return yield* interrupted();
  if (jobState(job) === 'done') {
    if (!shell.interactive) jobs.sayKilled(job);
    jobs.remove(job);
    jobs.ended.set(pid, shellStatus(process.status!));
  }
  return process.status === undefined ? 148 : shellStatus(process.status);
}

function* waitAny(
  ip: Interpreter,
  words: readonly string[],
  variable: string | undefined,
  interrupted: () => Wait<number>,
): Wait<number> {
  const { shell, jobs } = ip;
  const watched = (): Job[] =>
    jobs.jobs.filter(
      (job) =>
        job.background &&
        (words.length === 0 ||
          words.some((w) =>
            w.startsWith('%') ? jobs.find(w) === job : job.processes.some((p) => p.pid === Number(w)),
          )),
    );
  jobs.reap();
  for (const word of words) {
    if (/^\d+$/.test(word) || word.startsWith('%')) continue;
    if (!shell.bash) {
      shell.builtinError(`Illegal number: ${word}`);
      return 2;
    }
    shell.builtinError(`\`${word}': not a pid or valid job spec`);
  }
  if (watched().length === 0) {
    return 127;
  }
  const finished = (): Job | undefined => watched().find((job) => jobState(job) === 'done');
  if (!(yield* jobs.until(() => finished() !== undefined))) return yield* interrupted();
  const job = finished();
  if (!job) return 127;
  jobs.remove(job);
  const last = job.processes.at(-1)!;
  if (variable !== undefined) shell.assign(variable, String(last.pid));
  return shellStatus(last.status!);
}

export const kill: Builtin = {
  synopsis: 'kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]',
  run(ip, argv) {
    const { shell } = ip;
    const words = argv.slice(1);
    let signal = SIGTERM;
    const first = words[0];
    const bad = (word: string): number => {
      if (shell.bash) shell.builtinError(`${word}: invalid signal specification`);
      else if (shell.personality === 'dash') shell.builtinError(`invalid signal number or name: ${word}`);
      else shell.appletError(`bad signal name '${word}'`);
      return shell.personality === 'dash' ? 2 : 1;
    };
    if (first === '-l' || first === '-L') {
      if (shell.personality === 'dash' && words.length > 2) {
        shell.builtinError(`invalid signal number or exit status: ${words[1]}`);
        return 2;
      }
      return list(ip, words.slice(1));
    }
    if (first === '-s' || (first === '-n' && shell.bash)) {
      if (words[1] === undefined) {
        shell.builtinError(`${first}: option requires an argument`);
        return 1;
      }
      const n = signalOf(words[1]);
      if (n === undefined) return bad(words[1]);
      signal = n;
      words.splice(0, 2);
    } else if (first?.startsWith('-') && first !== '--' && first.length > 1) {
      const n = signalOf(first.slice(1));
      if (n === undefined) return bad(first.slice(1));
      signal = n;
      words.shift();
    }
    if (words[0] === '--') words.shift();
    if (words.length === 0) {
      if (shell.bash) shell.queue.put(2, `kill: usage: ${kill.synopsis}\n`);
      else if (shell.personality === 'dash')
        shell.builtinError('Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]');
      else shell.appletError(`you need to specify whom to kill`);
      return shell.bash ? 2 : shell.personality === 'dash' ? 2 : 1;
    }
    let status = 0;
    for (const word of words) {
      let pid: number;
      if (word.startsWith('%')) {
        const job = jobOf(ip, word);
        if (!job) {
          status = 1;
          continue;
        }
        // dash aims at the process group, which a job has under job control only
        pid = job.monitored || shell.personality === 'dash' ? -job.pgid : job.pgid;
        if (jobState(job) === 'stopped' && signal !== SIGSTOP && (signal === SIGTERM || signal === SIGHUP)) {
          shell.sys.kill(pid, signal);
          shell.sys.kill(pid, SIGCONT);
          continue;
        }
      } else if (/^-?\d+$/.test(word)) pid = Number(word);
      else {
        if (shell.bash) shell.builtinError(`${word}: arguments must be process or job IDs`);
        else if (shell.personality === 'dash') shell.builtinError(`Illegal number: ${word}`);
        else shell.appletError(`invalid number '${word}'`);
        status = shell.personality === 'dash' ? 2 : 1;
        continue;
      }
      const r = shell.sys.kill(pid, signal);
      if (r < 0) {
        if (shell.bash) shell.builtinError(`(${word}) - ${shell.strerror(r)}`);
        else if (shell.personality === 'dash') shell.builtinError(`${shell.strerror(r)}\n`);
        else shell.appletError(`can't kill pid ${word}: ${shell.strerror(r)}`);
        status = 1;
      }
    }
    return status;
  },
};

function list(ip: Interpreter, words: readonly string[]): number {
  const { shell } = ip;
  if (words.length === 0) {
    listSignals(ip);
    return 0;
  }
  let status = 0;
  for (const word of words) {
    if (/^\d+$/.test(word)) {
      const n = Number(word);
      const name = signalName(n > 128 ? n - 128 : n);
      if (name !== undefined && n !== 128) {
        shell.print(`${name}\n`);
        continue;
      }
    } else {
      const n = signalOf(word);
      if (n !== undefined) {
        shell.print(`${n}\n`);
        continue;
      }
    }
    shell.builtinError(`${word}: invalid signal specification`);
    status = 1;
  }
  return status;
}

export const suspend: Builtin = {
  synopsis: 'suspend [-f]',
  run(ip, argv) {
    const { shell } = ip;
    if (!shell.options.monitor && argv[1] !== '-f') {
      shell.builtinError('cannot suspend: no job control');
      return 1;
    }
    if (shell.login && argv[1] !== '-f') {
      shell.builtinError('cannot suspend a login shell');
      return 1;
    }
    shell.sys.kill(shell.sys.getpid(), SIGSTOP);
    return 0;
  },
};
