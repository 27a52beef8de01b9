import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { strftime } from '../../../../lib/strftime.ts';
import type { Zone } from '../../../../lib/timezone.ts';
import { decode } from '../../../../lib/utf8.ts';
import { Accounts } from '../../../../libc/accounts.ts';
import { listenTcp, serveHttp } from '../../../../libc/http-server.ts';
import { readFile, sleep, type Wait } from '../../../../libc/io.ts';
import { normalizePath } from '../../../../libc/paths.ts';
import { Stop } from '../stop.ts';
import { logFile, SpringLog } from './log.ts';
import { Environment, plainProperties, type SpringProgram, yamlProperties } from './settings.ts';
import { springAnswer } from './site.ts';

/** How the steps of a start take their time, milliseconds each. */
const CONTEXT = 600;
const CONTAINER = 700;
const MAPPINGS = 400;

const BANNER = `
    ___           _             __  __  _  _
   / __| _ __  _ (_) _ _   __ _ \\ \\ \\ \\| || |
   \\__ \\| '_ \\| '_|| ' \\ / _\` | > > > >> || >
   |___/| .__/|_| |_||_|\\__, |/_/ /_/ |_||_|
   =====|_|=============|___/=================
`;

const CONTEXT_LOG = 'ationConfigEmbeddedWebApplicationContext';
const CONTAINER_LOG = 's.b.c.e.t.TomcatEmbeddedServletContainer';
const SITE_LOG = 'o.a.c.c.C.[Tomcat].[localhost].[/]';

export interface SpringStart {
  /** Path of the jar as it was given. */
  jar: string;
  args: readonly string[];
  /** -D of the command line. */
  system: ReadonlyMap<string, string>;
  env: ReadonlyMap<string, string>;
  zone: Zone;
}

/** Runs a program of Spring Boot 1.5 until a signal ends it. @returns its exit status */
export function* runSpring(sys: Sys, app: SpringProgram, start: SpringStart): Wait<number> {
  const begun = sys.now(CLOCK_MONOTONIC);
  const stop = new Stop(sys);
  const { args, system, env, zone } = start;
  const settings = new Environment(args, system, env, [...(yield* filesBeside(sys)), app.properties]);
  const log = new SpringLog(sys, zone);
  const port = Number(settings.get('server.port') ?? '8080');
  const context = (
    settings.get('server.context-path', 'server.contextPath', 'server.servlet.context-path') ?? ''
  ).replace(/\/$/, '');
  const path = logFile(settings.get('logging.file'), settings.get('logging.path'));
  if (path !== undefined) yield* log.toFile(path);
  if (settings.get('spring.main.banner-mode') !== 'off')
    yield* log.raw(`${BANNER} :: Spring Boot :: ${`(v${app.boot})`.padStart(24)}\n\n`);
  const name = app.startClass.slice(app.startClass.lastIndexOf('.') + 1);
  const main = (logger: string, message: string): Wait<void> => log.write('INFO', 'main', logger, message);
  const cwd = sys.getcwd();
  const where = typeof cwd === 'string' ? cwd : '/';
  const user = yield* new Accounts(sys).userName(sys.credentials().euid);
  const file = start.jar.startsWith('/') ? start.jar : normalizePath(`${where}/${start.jar}`);
  yield* main(
    app.startClass,
    `Starting ${name} v${app.version} on ${sys.uname().nodename} with PID ${sys.getpid()} (${file} started by ${user} in ${where})`,
  );
  const profiles = settings.get('spring.profiles.active');
  yield* main(
    app.startClass,
    profiles
      ? `The following profiles are active: ${profiles}`
      : 'No active profile set, falling back to default profiles: default',
  );
  const refreshed = sys.now(CLOCK_MONOTONIC);
  const at = strftime('%a %b %d %H:%M:%S %Z %Y', Math.floor(sys.now(CLOCK_REALTIME) / 1000), 0, zone);
  const refreshing = `org.springframework.boot.context.embedded.AnnotationConfigEmbeddedWebApplicationContext@${hashOf(sys)}: startup date [${at}]; root of context hierarchy`;
  yield* main(CONTEXT_LOG, `Refreshing ${refreshing}`);
  yield* sleep(sys, CONTEXT);
  yield* main(CONTAINER_LOG, `Tomcat initialized with port(s): ${port} (http)`);
  yield* main('o.apache.catalina.core.StandardService', 'Starting service [Tomcat]');
  yield* main('org.apache.catalina.core.StandardEngine', `Starting Servlet Engine: Apache Tomcat/${app.tomcat}`);
  yield* log.write('INFO', 'ost-startStop-1', SITE_LOG, 'Initializing Spring embedded WebApplicationContext');
  yield* sleep(sys, CONTAINER);
  const took = Math.round(sys.now(CLOCK_MONOTONIC) - refreshed);
  yield* log.write(
    'INFO',
    'ost-startStop-1',
    'o.s.web.context.ContextLoader',
    `Root WebApplicationContext: initialization completed in ${took} ms`,
  );
  for (const route of app.routes)
    yield* main(
      's.w.s.m.m.a.RequestMappingHandlerMapping',
      `Mapped "{[${route.path}],methods=[${route.method}]}" onto ${route.handler}`,
    );
  yield* sleep(sys, MAPPINGS);
  const listener = Number.isInteger(port) && port <= 65_535 ? listenTcp(sys, port) : -1;
  if (listener < 0) {
    yield* log.write(
      'ERROR',
      'main',
      'o.apache.catalina.core.StandardService',
      `Failed to start connector [Connector[HTTP/1.1-${port}]]`,
    );
    yield* main('o.apache.catalina.core.StandardService', 'Stopping service [Tomcat]');
    yield* log.write('ERROR', 'main', 'o.s.b.d.LoggingFailureAnalysisReporter', inUse(port));
    return 1;
  }
  yield* main(CONTAINER_LOG, `Tomcat started on port(s): ${port} (http)`);
  const seconds = (sys.now(CLOCK_MONOTONIC) - begun) / 1000;
  yield* main(
    app.startClass,
    `Started ${name} in ${seconds.toFixed(3)} seconds (JVM running for ${(seconds + 0.4).toFixed(3)})`,
  );
  let served = false;
  sys.thread((own) =>
    serveHttp(own, listener, function* (inner, request) {
      if (!served) {
        served = true;
        const thread = `nio-${port}-exec-1`;
        yield* log.write('INFO', thread, SITE_LOG, "Initializing Spring FrameworkServlet 'dispatcherServlet'");
        const servlet = "FrameworkServlet 'dispatcherServlet': initialization";
        yield* log.write('INFO', thread, 'o.s.web.servlet.DispatcherServlet', `${servlet} started`);
        const from = inner.now(CLOCK_MONOTONIC);
        yield* sleep(inner, 12);
        const ms = Math.round(inner.now(CLOCK_MONOTONIC) - from);
        yield* log.write('INFO', thread, 'o.s.web.servlet.DispatcherServlet', `${servlet} completed in ${ms} ms`);
      }
      return springAnswer(inner, request, app.routes, context, zone);
    }),
  );
  const status = yield* stop.wait();
  yield* log.write('INFO', 'Thread-2', CONTEXT_LOG, `Closing ${refreshing}`);
  yield* log.write(
    'INFO',
    'Thread-2',
    'o.s.j.e.a.AnnotationMBeanExporter',
    'Unregistering JMX-exposed beans on shutdown',
  );
  return status;
}

/** application.properties and application.yml of ./config and the working directory, the stronger first. */
function* filesBeside(sys: Sys): Wait<Map<string, string>[]> {
  const found: Map<string, string>[] = [];
  for (const folder of ['config/', ''])
    for (const [name, reader] of [
      ['application.properties', plainProperties],
      ['application.yml', yamlProperties],
    ] as const) {
      const bytes = yield* readFile(sys, `${folder}${name}`);
      if (typeof bytes !== 'number') found.push(reader(decode(bytes)));
    }
  return found;
}

function hashOf(sys: Sys): string {
  const bytes = new Uint8Array(4);
  sys.getrandom(bytes);
  return [...bytes]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^0+/, '');
}

const inUse = (port: number): string => `

***************************
APPLICATION FAILED TO START
***************************

Description:

The Tomcat connector configured to listen on port ${port} failed to start. The port may already be in use or the connector may be misconfigured.

Action:

Verify the connector's configuration, identify and stop any process that's listening on port ${port}, or configure this application to listen on another port.
`;
