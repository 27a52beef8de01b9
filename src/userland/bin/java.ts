import { ENOENT } from '../../abi/errno.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';
import { type JavaWish, readJavaArguments } from '../servers/java/arguments.ts';
import { Jar } from '../servers/java/jar.ts';
import { runSpring } from '../servers/java/spring/run.ts';
import { springProgram } from '../servers/java/spring/settings.ts';
import { runTomcat, serverInfo, stopTomcat, type TomcatStart } from '../servers/java/tomcat/run.ts';

type Run = Extract<JavaWish, { kind: 'run' }>;

/** What a JDK 17 says where the image says nothing. */
const VERSION =
  'openjdk version "17.0.17" 2025-10-21\nOpenJDK Runtime Environment (build 17.0.17+10)\nOpenJDK 64-Bit Server VM (build 17.0.17+10, mixed mode, sharing)';

const USAGE = `Usage: java [options] <mainclass> [args...]
           (to execute a class)
   or  java [options] -jar <jarfile> [args...]
           (to execute a jar file)

Here: programs of Spring Boot that say in META-INF/drydock.yml what they answer. Of the options -jar, -D and the
version's act; those for memory, collectors, assertions, agents and modules change nothing.
`;

export default program({
  name: 'java',
  at: ['/usr/bin/java'],
  spec: 'java of OpenJDK: -version, -jar with a Spring Boot program that describes its answers, Tomcat; no bytecode is run',
  usage: '[options] -jar FILE [args...]',
  about: 'Run programs of Java.',
  options: {},
  raw: true,
  *main(ctx) {
    const { sys } = ctx;
    const known = sys.image.version.includes(' version "');
    const version = known ? sys.image.version.replaceAll('\\n', '\n') : VERSION;
    const modern = !version.includes('"1.');
    yield* picked(ctx, modern);
    const extra = modern ? (ctx.env.get('JDK_JAVA_OPTIONS') ?? '').split(/\s+/).filter((word) => word !== '') : [];
    const tool = (ctx.env.get('JAVA_TOOL_OPTIONS') ?? '').split(/\s+/).filter((word) => word !== '');
    const wish = readJavaArguments([...tool, ...extra, ...ctx.args], modern);
    switch (wish.kind) {
      case 'problem':
        yield* ctx.stderr.write(wish.message);
        return 1;
      case 'help':
        yield* (ctx.args.length === 0 ? ctx.stderr : ctx.stdout).write(USAGE);
        return ctx.args.length === 0 ? 1 : 0;
      case 'version':
        // --version says the same without quotes
        if (wish.stream === 2) yield* ctx.stderr.write(`${version}\n`);
        else yield* ctx.stdout.write(`${version.replace(/^(\S+) version "([^"]*)"/, '$1 $2')}\n`);
        return 0;
      case 'run':
        return yield* run(ctx, wish, version);
    }
  },
});

/** Tells of options that come from the environment. */
function* picked(ctx: Context, modern: boolean): Wait<void> {
  const tool = ctx.env.get('JAVA_TOOL_OPTIONS');
  const jdk = ctx.env.get('JDK_JAVA_OPTIONS');
  if (jdk !== undefined && modern) yield* ctx.stderr.write(`NOTE: Picked up JDK_JAVA_OPTIONS: ${jdk}\n`);
  if (tool !== undefined) yield* ctx.stderr.write(`Picked up JAVA_TOOL_OPTIONS: ${tool}\n`);
}

/** Tomcat's classes. @returns the exit status, undefined for another class */
function* tomcat(ctx: Context, wish: Run, java: string): Wait<number | undefined> {
  const { sys, env } = ctx;
  const home = wish.properties.get('catalina.home') ?? env.get('CATALINA_HOME') ?? '/usr/local/tomcat';
  const start: TomcatStart = {
    home,
    base: wish.properties.get('catalina.base') ?? home,
    javaHome: env.get('JAVA_HOME') ?? '/usr',
    java,
    zone: yield* localZone(sys, env),
    machine: ctx.args.filter((word) => word.startsWith('-') && !/^-(cp|classpath)$/.test(word)),
  };
  if (wish.main === 'org.apache.catalina.util.ServerInfo') {
    yield* ctx.stdout.write(yield* serverInfo(sys, start));
    return 0;
  }
  if (wish.main !== 'org.apache.catalina.startup.Bootstrap') return undefined;
  return yield* wish.args[0] === 'stop' ? stopTomcat(sys, start) : runTomcat(sys, start);
}

function* run(ctx: Context, wish: Run, java: string): Wait<number> {
  const { sys } = ctx;
  if (wish.jar === '') return (yield* tomcat(ctx, wish, java)) ?? (yield* unknown(ctx, `class ${wish.main}`));
  const bytes = yield* readFile(sys, wish.jar);
  if (typeof bytes === 'number') {
    yield* ctx.stderr.write(
      `Error: ${bytes === -ENOENT ? 'Unable to access' : 'Invalid or corrupt'} jarfile ${wish.jar}\n`,
    );
    return 1;
  }
  const jar = Jar.of(bytes);
  if (!jar) {
    yield* ctx.stderr.write(`Error: Invalid or corrupt jarfile ${wish.jar}\n`);
    return 1;
  }
  const app = springProgram(jar);
  if (app) {
    const zone = yield* localZone(sys, ctx.env);
    return yield* runSpring(sys, app, { jar: wish.jar, args: wish.args, system: wish.properties, env: ctx.env, zone });
  }
  if (!jar.attributes.has('Main-Class')) {
    yield* ctx.stderr.write(`no main manifest attribute, in ${wish.jar}\n`);
    return 1;
  }
  return yield* unknown(ctx, `program in ${wish.jar}`);
}

function* unknown(ctx: Context, what: string): Wait<number> {
  yield* ctx.stderr.write(`java: the ${what} is not simulated in Drydock\n`);
  return 127;
}
