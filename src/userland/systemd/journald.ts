import { CLOCK_BOOTTIME, CLOCK_REALTIME, O_APPEND, O_CREAT, O_RDONLY, O_WRONLY } from '../../abi/flags.ts';
import { SIG_IGN, SIGPIPE, SIGTERM } from '../../abi/signal.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_STREAM } from '../../abi/socket.ts';
import { Stat } from '../../abi/stat.ts';
import type { Program, Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { recvfrom } from '../../libc/datagram.ts';
import { accept, open, read, type Wait, writeAll } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import {
  bootId,
  DEV_LOG,
  type JournalRecord,
  journalDirectory,
  journalFiles,
  NATIVE_SOCKET,
  STDOUT_SOCKET,
} from './journal.ts';

/** A file that has grown to this many bytes becomes the older one. */
const FILE_LIMIT = 4 * 1024 * 1024;
/** A longer line is cut (LineMax=). */
const LINE_LIMIT = 48 * 1024;

/**
 * Makes the journal's sockets, so that what is sent before the journal runs waits in them.
 * @returns fds of stdout, the native socket and /dev/log
 */
export function journalSockets(sys: Sys): [number, number, number] {
  mkdirp(sys, '/run/systemd/journal', 0o755);
  const bound = (type: number, path: string, mode: number): number => {
    const fd = sys.socket(AF_UNIX, type | SOCK_CLOEXEC);
    if (fd < 0) return fd;
    sys.unlink(path);
    const r = sys.bind(fd, { family: AF_UNIX, path });
    if (r < 0) return r;
    sys.chmod(path, mode);
    if (type === SOCK_STREAM) sys.listen(fd, 128);
    return fd;
  };
  const fds: [number, number, number] = [
    bound(SOCK_STREAM, STDOUT_SOCKET, 0o666),
    bound(SOCK_DGRAM, NATIVE_SOCKET, 0o666),
    bound(SOCK_DGRAM, DEV_LOG, 0o666),
  ];
  sys.unlink('/dev/log');
  sys.symlink(DEV_LOG, '/dev/log');
  return fds;
}

/** systemd-journald: takes lines of services, structured messages and syslog's, and appends them to its file. */
export function* journald(sys: Sys, sockets: readonly [number, number, number]): Program {
  sys.prctl('name', 'systemd-journal');
  sys.prctl('cmdline', '/usr/lib/systemd/systemd-journald');
  sys.sigaction(SIGPIPE, SIG_IGN);
  const journal = new JournalWriter();
  yield* journal.open(sys);
  let ending = false;
  sys.sigaction(SIGTERM, () => {
    ending = true;
  });
  const boot = sys.now(CLOCK_REALTIME) - sys.now(CLOCK_BOOTTIME);
  sys.thread((own) => kernelMessages(own, journal, boot));
  sys.thread((own) => takeStreams(own, sockets[0], journal));
  sys.thread((own) => takeDatagrams(own, sockets[1], journal, nativeRecord));
  sys.thread((own) => takeDatagrams(own, sockets[2], journal, syslogRecord));
  while (!ending) {
    sys.pause();
    yield;
  }
  return sys.exit(0);
}

type Fields = Partial<JournalRecord> & { MESSAGE: string };

class JournalWriter {
  #fd = -1;
  #size = 0;
  #directory = '';
  #bootId = '';

  *open(sys: Sys): Wait<void> {
    this.#directory = yield* journalDirectory(sys);
    this.#bootId = yield* bootId(sys);
    mkdirp(sys, this.#directory, 0o2755);
    yield* this.#reopen(sys);
  }

  *#reopen(sys: Sys): Wait<void> {
    const path = journalFiles(this.#directory)[1]!;
    this.#fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_APPEND, 0o640);
    const st = new Stat();
    this.#size = sys.fstat(this.#fd, st) === 0 ? st.size : 0;
  }

  *write(sys: Sys, fields: Fields, realtime?: number): Wait<void> {
    const at = realtime ?? sys.now(CLOCK_REALTIME);
    const record: JournalRecord = {
      __REALTIME_TIMESTAMP: String(Math.floor(at * 1000)),
      __MONOTONIC_TIMESTAMP: String(Math.floor(sys.now(CLOCK_BOOTTIME) * 1000)),
      _BOOT_ID: this.#bootId,
      _HOSTNAME: sys.uname().nodename,
      PRIORITY: '6',
      SYSLOG_IDENTIFIER: 'unknown',
      _TRANSPORT: 'journal',
      ...fields,
    };
    const line = `${JSON.stringify(record)}\n`;
    if (this.#size + line.length > FILE_LIMIT) {
      const [older, newer] = journalFiles(this.#directory);
      sys.close(this.#fd);
      sys.rename(newer!, older!);
      yield* this.#reopen(sys);
    }
    this.#size += line.length;
    yield* writeAll(sys, this.#fd, line);
  }
}

/** What the kernel said before the journal ran. */
function* kernelMessages(sys: Sys, journal: JournalWriter, boot: number): Program {
  const fd = yield* open(sys, '/dev/kmsg', O_RDONLY);
  if (fd < 0) return 0;
  const buf = new Uint8Array(8192);
  for (;;) {
    const n = yield* read(sys, fd, buf);
    if (n <= 0) return 0;
    const match = /^(\d+),\d+,(\d+),[^;]*;([^\n]*)/.exec(decode(buf.subarray(0, n)));
    if (!match) continue;
    const at = boot + Number(match[2]) / 1000;
    const PRIORITY = String(Number(match[1]) & 7);
    yield* journal.write(sys, { MESSAGE: match[3]!, PRIORITY, SYSLOG_IDENTIFIER: 'kernel', _TRANSPORT: 'kernel' }, at);
  }
}

function* takeStreams(sys: Sys, listener: number, journal: JournalWriter): Program {
  for (;;) {
    const fd = yield* accept(sys, listener, undefined, SOCK_CLOEXEC);
    if (fd < 0) return 1;
    if (sys.thread((own) => stream(own, fd, journal)) < 0) sys.close(fd);
  }
}

/** Lines of the header that a client sends first: identifier, unit, priority, whether `<3>` begins a line, and three for syslog, kmsg, console. */
const HEADER_LINES = 7;

function* stream(sys: Sys, fd: number, journal: JournalWriter): Program {
  const cred = sys.peercred(fd);
  const buf = new Uint8Array(8192);
  const header: string[] = [];
  let held = '';
  for (;;) {
    const n = yield* read(sys, fd, buf);
    if (n <= 0) break;
    held += decode(buf.subarray(0, n));
    let from = 0;
    for (let at = held.indexOf('\n'); at >= 0; at = held.indexOf('\n', from)) {
      const line = held.slice(from, at);
      from = at + 1;
      if (header.length < HEADER_LINES) header.push(line);
      else yield* journal.write(sys, lineFields(header, line, cred));
    }
    held = held.slice(from);
    if (held.length < LINE_LIMIT) continue;
    yield* journal.write(sys, lineFields(header, held, cred));
    held = '';
  }
  if (held !== '' && header.length === HEADER_LINES) yield* journal.write(sys, lineFields(header, held, cred));
  sys.close(fd);
  return 0;
}

function lineFields(
  [identifier, unit, priority, prefixed]: readonly string[],
  line: string,
  cred: { pid: number; uid: number } | number,
): Fields {
  const level = prefixed === '1' ? /^<([0-7])>/.exec(line) : null;
  return {
    MESSAGE: level ? line.slice(3) : line,
    PRIORITY: level?.[1] ?? priority ?? '6',
    SYSLOG_IDENTIFIER: identifier || 'unknown',
    _TRANSPORT: 'stdout',
    ...(unit ? { _SYSTEMD_UNIT: unit } : {}),
    ...(typeof cred === 'number' ? {} : { _PID: String(cred.pid), _UID: String(cred.uid) }),
  };
}

function* takeDatagrams(sys: Sys, fd: number, journal: JournalWriter, parse: (text: string) => Fields): Program {
  const buf = new Uint8Array(65536);
  for (;;) {
    const n = yield* recvfrom(sys, fd, buf);
    if (n < 0) return 1;
    yield* journal.write(sys, parse(decode(buf.subarray(0, n))));
  }
}

/** `KEY=value` lines. */
function nativeRecord(text: string): Fields {
  const fields: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) fields[line.slice(0, equals)] = line.slice(equals + 1);
  }
  const { SYSLOG_PID, MESSAGE = '', ...rest } = fields;
  return { ...rest, MESSAGE, ...(SYSLOG_PID === undefined ? {} : { _PID: SYSLOG_PID }) };
}

/** `<30>Nov 25 13:20:01 tag[12]: text`. @see RFC 3164 */
function syslogRecord(text: string): Fields {
  const match =
    /^(?:<(\d+)>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?(?:([^\s:[\]]+)(?:\[(\d+)\])?: ?)?([\s\S]*)$/.exec(text)!;
  return {
    MESSAGE: match[4]!.replace(/[\n\0]+$/, ''),
    PRIORITY: match[1] === undefined ? '5' : String(Number(match[1]) & 7),
    SYSLOG_IDENTIFIER: match[2] ?? 'unknown',
    _TRANSPORT: 'syslog',
    ...(match[3] === undefined ? {} : { _PID: match[3] }),
  };
}
