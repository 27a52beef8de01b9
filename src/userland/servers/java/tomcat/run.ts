import { CLOCK_MONOTONIC } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import type { Zone } from '../../../../lib/timezone.ts';
import { decode } from '../../../../lib/utf8.ts';
import { connectTcp } from '../../../../libc/http-client.ts';
import { listenTcp, serveHttp } from '../../../../libc/http-server.ts';
import { accept, read, readFile, sleep, type Wait, writeAll } from '../../../../libc/io.ts';
import { Stop } from '../stop.ts';
import { TomcatLog } from './log.ts';
import { readServerXml, type ServerXml } from './server-xml.ts';
import { tomcatAnswer } from './site.ts';
import { Webapps } from './webapps.ts';

/** How long the virtual machine takes for what comes before the first web application, and how often new ones are looked for: ms. */
const INITIALIZE = 500;
const START = 60;
const AUTO_DEPLOY = 10_000;

export interface TomcatStart {
  home: string;
  base: string;
  javaHome: string;
  /** First and further lines of `java -version`. */
  java: string;
  zone: Zone;
  /** Arguments of the virtual machine, for the log. */
  machine: readonly string[];
}

/** The release in $CATALINA_HOME/RELEASE-NOTES. */
function* releaseOf(sys: Sys, home: string): Wait<string> {
  const bytes = yield* readFile(sys, `${home}/RELEASE-NOTES`);
  const found = typeof bytes === 'number' ? undefined : /Apache Tomcat Version (\S+)/.exec(decode(bytes))?.[1];
  return found ?? '10.1.59';
}

function* configuration(sys: Sys, base: string): Wait<ServerXml | undefined> {
  const bytes = yield* readFile(sys, `${base}/conf/server.xml`);
  return typeof bytes === 'number' ? undefined : readServerXml(decode(bytes));
}

/** The build of a JDK, `21.0.12+8-LTS`, and who made it. */
function machineOf(java: string): [string, string] {
  const build = /Runtime Environment.*\(build ([^)]*)\)/.exec(java)?.[1] ?? '';
  return [build, java.includes('Temurin') ? 'Eclipse Adoptium' : 'Oracle Corporation'];
}

/** What `catalina.sh version` prints. */
export function* serverInfo(sys: Sys, start: TomcatStart): Wait<string> {
  const release = yield* releaseOf(sys, start.home);
  const [build, vendor] = machineOf(start.java);
  const rows = [
    ['Server version', `Apache Tomcat/${release}`],
    ['Server number', `${release}.0`],
    ['OS Name', 'Linux'],
    ['OS Version', sys.uname().release],
    ['Architecture', 'amd64'],
    ['JVM Version', build],
    ['JVM Vendor', vendor],
  ] as const;
  return rows.map(([name, value]) => `${`${name}:`.padEnd(15)} ${value}\n`).join('');
}

/** Runs Tomcat until a signal or SHUTDOWN ends it. @returns its exit status */
export function* runTomcat(sys: Sys, start: TomcatStart): Wait<number> {
  const stop = new Stop(sys);
  const begun = sys.now(CLOCK_MONOTONIC);
  const release = yield* releaseOf(sys, start.home);
  const major = Number(release.split('.')[0]);
  const log = new TomcatLog(sys, start.zone, `${start.base}/logs`, major < 8);
  const xml = yield* configuration(sys, start.base);
  if (!xml) {
    const file = `${start.base}/conf/server.xml`;
    yield* log.write(
      'SEVERE',
      'org.apache.catalina.startup.Catalina.parseServerXml',
      `Unable to parse the configuration file [${file}]`,
    );
    yield* log.write(
      'SEVERE',
      'org.apache.catalina.startup.Catalina.start',
      'Cannot start server, server instance is not configured',
    );
    return 1;
  }
  yield* tellVersions(sys, log, start, release);
  yield* sleep(sys, INITIALIZE);
  const listeners: [number, number][] = [];
  for (const port of xml.ports) {
    yield* log.info('coyote.AbstractProtocol.init', `Initializing ProtocolHandler ["http-nio-${port}"]`);
    const fd = listenTcp(sys, port);
    if (fd >= 0) listeners.push([port, fd]);
    else
      yield* log.write(
        'SEVERE',
        'org.apache.catalina.util.LifecycleBase.handleSubClassException',
        `Failed to initialize component [Connector["http-nio-${port}"]] java.net.BindException: Address already in use`,
      );
  }
  const took = (from: number): string => {
    const ms = Math.round(sys.now(CLOCK_MONOTONIC) - from);
    return major < 9 ? `${ms} ms` : `[${ms}] milliseconds`;
  };
  const initialized = major < 9 ? 'Initialization processed in' : 'Server initialization in';
  yield* log.info('catalina.startup.Catalina.load', `${initialized} ${took(begun)}`);
  const started = sys.now(CLOCK_MONOTONIC);
  const name = `Apache Tomcat/${release}`;
  yield* log.info('catalina.core.StandardService.startInternal', 'Starting service [Catalina]');
  yield* log.info('catalina.core.StandardEngine.startInternal', `Starting Servlet engine: [${name}]`);
  yield* sleep(sys, START);
  const base = xml.appBase.startsWith('/') ? xml.appBase : `${start.base}/${xml.appBase}`;
  const webapps = new Webapps(sys, base, xml.unpackWars, log);
  yield* webapps.scan();
  for (const [port, fd] of listeners) {
    sys.thread((own) =>
      serveHttp(own, fd, function* (inner, request) {
        const answer = yield* tomcatAnswer(inner, request, webapps, name);
        const { head, client } = request;
        const length = answer.headers?.find(([field]) => field === 'Content-Length')?.[1];
        const bytes =
          length === undefined ? (typeof answer.body === 'string' ? answer.body.length : 0) : Number(length);
        yield* log.access(
          client.replace(/:\d+$/, ''),
          `${head.method} ${head.target} HTTP/${head.version}`,
          answer.status,
          bytes,
        );
        return answer;
      }),
    );
    yield* log.info('coyote.AbstractProtocol.start', `Starting ProtocolHandler ["http-nio-${port}"]`);
  }
  yield* log.info('catalina.startup.Catalina.start', `Server startup in ${took(started)}`);
  if (xml.autoDeploy)
    sys.thread(function* (own) {
      for (;;) {
        yield* sleep(own, AUTO_DEPLOY);
        yield* webapps.scan();
      }
    });
  if (xml.shutdownPort > 0) sys.thread((own) => listenForShutdown(own, xml, stop));
  log.thread = 'Catalina-utility-1';
  const status = yield* stop.wait();
  log.thread = 'Thread-1';
  for (const [port] of listeners)
    yield* log.info('coyote.AbstractProtocol.pause', `Pausing ProtocolHandler ["http-nio-${port}"]`);
  yield* log.info('catalina.core.StandardService.stopInternal', 'Stopping service [Catalina]');
  for (const step of ['Stopping', 'Destroying'])
    for (const [port] of listeners) {
      const method = step === 'Stopping' ? 'stop' : 'destroy';
      yield* log.info(`coyote.AbstractProtocol.${method}`, `${step} ProtocolHandler ["http-nio-${port}"]`);
    }
  return status;
}

function* tellVersions(sys: Sys, log: TomcatLog, start: TomcatStart, release: string): Wait<void> {
  const [build, vendor] = machineOf(start.java);
  const rows = [
    ['Server version name', `Apache Tomcat/${release}`],
    ['Server version number', `${release}.0`],
    ['OS Name', 'Linux'],
    ['OS Version', sys.uname().release],
    ['Architecture', 'amd64'],
    ['Java Home', start.javaHome],
    ['JVM Version', build],
    ['JVM Vendor', vendor],
    ['CATALINA_BASE', start.base],
    ['CATALINA_HOME', start.home],
    ...start.machine.map((argument) => ['Command line argument', argument] as const),
  ] as const;
  for (const [name, value] of rows)
    yield* log.info('catalina.startup.VersionLoggerListener.log', `${`${name}:`.padEnd(22)} ${value}`);
}

/** Ends the server when the word of server.xml comes to its port, from this machine. */
function* listenForShutdown(sys: Sys, { shutdownPort, shutdown }: ServerXml, stop: Stop): Wait<number> {
  const listener = listenTcp(sys, shutdownPort, '::ffff:127.0.0.1');
  if (listener < 0) return 1;
  const buf = new Uint8Array(256);
  for (;;) {
    const fd = yield* accept(sys, listener);
    if (fd < 0) continue;
    const n = yield* read(sys, fd, buf);
    sys.close(fd);
    if (n <= 0 || decode(buf, 0, n).trim() !== shutdown) continue;
    stop.end(0);
    return 0;
  }
}

/** `catalina.sh stop`. @returns the exit status */
export function* stopTomcat(sys: Sys, start: TomcatStart): Wait<number> {
  const log = new TomcatLog(sys, start.zone, `${start.base}/logs`, false);
  const xml = yield* configuration(sys, start.base);
  const port = xml?.shutdownPort ?? -1;
  const fd = port > 0 ? yield* connectTcp(sys, '127.0.0.1', port) : -1;
  if (fd < 0) {
    const said = `Could not contact [localhost:${port}] (base port [${port}] and offset [0]). Tomcat may not be running.`;
    yield* log.write('SEVERE', 'org.apache.catalina.startup.Catalina.stopServer', said);
    return 1;
  }
  yield* writeAll(sys, fd, xml?.shutdown ?? 'SHUTDOWN');
  sys.close(fd);
  return 0;
}
