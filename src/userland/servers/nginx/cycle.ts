import { EADDRINUSE, EEXIST } from '../../../abi/errno.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  type SockAddr,
} from '../../../abi/socket.ts';
import type { Sys } from '../../../abi/sys.ts';
import { Accounts } from '../../../libc/accounts.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Config } from './config.ts';
import { errnoText } from './config-file.ts';
import { groupServers, type ListenGroup } from './listeners.ts';
import type { LogFiles } from './logs.ts';
import { ConfigError } from './tokens.ts';

/** In the order in which they are made. */
const TEMPORARY = ['client', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

export interface ListeningSocket {
  fd: number;
  name: string;
  group: ListenGroup;
}

/** A configuration in use: its log files and listening sockets. */
export class Cycle {
  readonly groups: Map<string, ListenGroup>;
  sockets: ListeningSocket[] = [];

  constructor(
    readonly config: Config,
    readonly logs: LogFiles,
    groups = groupServers(config),
  ) {
    this.groups = groups;
  }

  /** What a worker that is forked now has: later changes of the master's are not its own. */
  forWorker(): Cycle {
    const copy = new Cycle(this.config, this.logs.copy(), this.groups);
    copy.sockets = [...this.sockets];
    return copy;
  }

  /** Makes the directories for bodies that are put aside, owned by the workers' user. @throws ConfigError */
  *makeTemporary(sys: Sys): Wait<void> {
    if (!this.config.http) return;
    const root = sys.credentials().euid === 0;
    const user = root ? yield* new Accounts(sys).byName(this.config.main.value('user') ?? 'nginx') : undefined;
    for (const name of TEMPORARY) {
      const given = this.config.http.value(`${name === 'client' ? 'client_body' : name}_temp_path`);
      const path = given ?? `/var/cache/nginx/${name}_temp`;
      const made = sys.mkdir(path, 0o700);
      if (made < 0 && made !== -EEXIST) throw new ConfigError(`mkdir() "${path}" failed ${errnoText(sys, made)}`);
      if (made === 0 && user) sys.chown(path, user.uid, -1);
    }
  }

  /** Opens every log file. @throws ConfigError of one that cannot be */
  *openLogs(sys: Sys): Wait<void> {
    const { config, logs } = this;
    for (const scope of [config.main, ...config.scopes]) {
      for (const { args } of scope.own('error_log')) yield* logs.file(sys, args[0]!);
      for (const { args } of scope.own('access_log'))
        if (args[0] !== 'off' && !args[0]!.includes('$')) yield* logs.file(sys, args[0]!);
    }
    if (config.main.own('error_log').length === 0) yield* logs.file(sys, '/var/log/nginx/error.log');
    const { http } = config;
    if (http && http.own('access_log').length === 0) yield* logs.file(sys, '/var/log/nginx/access.log');
  }

  /**
   * Binds what is not bound yet; sockets of the former cycle are taken over.
   * @returns what failed
   */
  bind(sys: Sys, former: readonly ListeningSocket[]): { message: string; busy: boolean }[] {
    const failures: { message: string; busy: boolean }[] = [];
    for (const [name, group] of this.groups) {
      if (!group.bound || this.sockets.some((s) => s.name === name)) continue;
      const old = former.find((s) => s.name === name);
      const fd = old ? old.fd : listenOn(sys, group);
      if (typeof fd === 'number') this.sockets.push({ fd, name, group });
      else
        failures.push({
          message: `${fd.call} ${name} failed ${errnoText(sys, fd.errno)}`,
          busy: fd.errno === EADDRINUSE,
        });
    }
    return failures;
  }
}

/** @returns the fd, or which call failed */
function listenOn(sys: Sys, group: ListenGroup): number | { call: string; errno: number } {
  const { family, addr, port, v6only } = group.listen;
  const number = { inet: AF_INET, inet6: AF_INET6, unix: AF_UNIX }[family] as typeof AF_INET;
  const fd = sys.socket(number, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return { call: 'socket()', errno: -fd };
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (family === 'inet6') sys.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6only ? 1 : 0);
  const address: SockAddr = family === 'unix' ? { family: AF_UNIX, path: addr } : { family: number, addr, port };
  const bound = sys.bind(fd, address);
  if (bound < 0) {
    sys.close(fd);
    return { call: 'bind() to', errno: -bound };
  }
  const listening = sys.listen(fd, 511);
  if (listening < 0) {
    sys.close(fd);
    return { call: 'listen() to', errno: -listening };
  }
  if (family === 'unix') sys.chmod(addr, 0o666);
  return fd;
}
