import { WNOHANG } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { toHex } from '../../lib/hex.ts';
import { type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { serveControl } from './control.ts';
import { machineId } from './journal.ts';
import { journald, journalSockets } from './journald.ts';
import { Manager, type Say } from './manager.ts';

/**
 * Process 1 after everything is mounted: the journal, then default.target and what it wants; then it supervises its
 * units and reaps orphans for ever.
 */
export function* runSystemd(sys: Sys, say: Say): Wait<void> {
  mkdirp(sys, '/run/systemd/system', 0o755);
  yield* setMachineId(sys);
  const manager = new Manager(say);
  // Signals come to the first thread only: it reaps.
  const signals = Array.from({ length: 31 }, (_, i) => i + 1);
  sys.sigprocmask('set', signals);
  const journal = journalSockets(sys);
  sys.fork((own) => {
    own.sigprocmask('set', []);
    return journald(own, journal);
  });
  serveControl(sys, manager);
  sys.thread(function* (own) {
    const outcome = yield* manager.start(own, 'default.target');
    // A disk from before there were targets has the engine's unit alone.
    if (outcome === 'not-found') yield* manager.start(own, 'docker.service');
    manager.say = () => {};
    return 0;
  });
  sys.sigprocmask('set', []);
  const result = new WaitResult();
  for (;;) {
    const pid = sys.waitpid(-1, WNOHANG, result);
    if (pid > 0) {
      manager.ended(sys, pid, result.status);
      continue;
    }
    sys.pause();
    yield;
  }
}

/** A new machine gets an id. @see machine-id(5) */
function* setMachineId(sys: Sys): Wait<void> {
  if ((yield* machineId(sys)) !== NO_ID) return;
  const bytes = new Uint8Array(16);
  sys.getrandom(bytes);
  yield* writeFile(sys, '/etc/machine-id', `${toHex(bytes)}\n`, 0o444);
}

const NO_ID = '0'.repeat(32);
