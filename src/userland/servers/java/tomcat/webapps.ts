import { CLOCK_MONOTONIC } from '../../../../abi/flags.ts';
import { Stat } from '../../../../abi/stat.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { readFile, type Wait, writeFile } from '../../../../libc/io.ts';
import { dirname, isDir, listDir, mkdirp, removeTree } from '../../../../libc/paths.ts';
import { Jar } from '../jar.ts';
import type { TomcatLog } from './log.ts';

const HOST_CONFIG = 'catalina.startup.HostConfig';

/** `ROOT` is the one without a path, `a#b` is /a/b, what follows ## is a version. */
const contextOf = (name: string): string => {
  const path = name.replace(/##.*$/, '').replaceAll('#', '/');
  return path === 'ROOT' ? '' : `/${path}`;
};

/** The web applications of a host's appBase. */
export class Webapps {
  /** Folder by path. */
  readonly contexts = new Map<string, string>();
  /** When a .war was unpacked last, by its path: seconds. */
  readonly #wars = new Map<string, number>();

  constructor(
    private readonly sys: Sys,
    readonly base: string,
    private readonly unpackWars: boolean,
    private readonly log: TomcatLog,
  ) {}

  /** Deploys what is new, and takes away what has gone. @see Tomcat, "Automatic Application Deployment" */
  *scan(): Wait<void> {
    const names = listDir(this.sys, this.base);
    if (typeof names === 'number') return;
    for (const name of names.filter((each) => each.endsWith('.war')).sort()) yield* this.#war(name);
    for (const name of names.sort()) {
      const folder = `${this.base}/${name}`;
      if (!this.contexts.has(contextOf(name)) && isDir(this.sys, folder)) yield* this.#folder(contextOf(name), folder);
    }
    for (const [path, folder] of this.contexts) {
      if (isDir(this.sys, folder)) continue;
      this.contexts.delete(path);
      yield* this.log.info(`${HOST_CONFIG}.undeploy`, `Undeploying context [${path}]`);
    }
  }

  *#war(name: string): Wait<void> {
    const path = `${this.base}/${name}`;
    const st = new Stat();
    if (!this.unpackWars || this.sys.stat(path, st) < 0 || this.#wars.get(path) === st.mtimeSec) return;
    const again = this.#wars.has(path);
    this.#wars.set(path, st.mtimeSec);
    const folder = path.slice(0, -'.war'.length);
    if (!again && isDir(this.sys, folder)) return;
    const where = `${HOST_CONFIG}.deployWAR`;
    const begun = this.sys.now(CLOCK_MONOTONIC);
    yield* this.log.info(where, `Deploying web application archive [${path}]`);
    const bytes = yield* readFile(this.sys, path);
    const jar = typeof bytes === 'number' ? undefined : Jar.of(bytes);
    if (!jar) {
      yield* this.log.write('SEVERE', `org.apache.${where}`, `Error deploying web application archive [${path}]`);
      return;
    }
    if (again) removeTree(this.sys, folder);
    yield* unpack(this.sys, jar, folder);
    yield* this.#deployed(contextOf(name.slice(0, -'.war'.length)), folder);
    yield* this.log.info(
      where,
      `Deployment of web application archive [${path}] has finished in [${this.#since(begun)}] ms`,
    );
  }

  *#folder(context: string, folder: string): Wait<void> {
    const where = `${HOST_CONFIG}.deployDirectory`;
    const begun = this.sys.now(CLOCK_MONOTONIC);
    yield* this.log.info(where, `Deploying web application directory [${folder}]`);
    yield* this.#deployed(context, folder);
    yield* this.log.info(
      where,
      `Deployment of web application directory [${folder}] has finished in [${this.#since(begun)}] ms`,
    );
  }

  *#deployed(context: string, folder: string): Wait<void> {
    this.contexts.set(context, folder);
    const code = listDir(this.sys, `${folder}/WEB-INF/classes`);
    if (typeof code === 'number' || code.length === 0) return;
    const said = `The servlets of [${folder}] are not simulated in Drydock: its files are served`;
    yield* this.log.write('WARNING', 'org.apache.catalina.core.StandardContext.startInternal', said);
  }

  #since(begun: number): number {
    return Math.round(this.sys.now(CLOCK_MONOTONIC) - begun);
  }
}

/** Writes the members of an archive below a folder; what would lie outside is left out. */
function* unpack(sys: Sys, jar: Jar, folder: string): Wait<void> {
  mkdirp(sys, folder, 0o755);
  for (const name of jar.names) {
    if (name.startsWith('/') || name.split('/').includes('..')) continue;
    if (name.endsWith('/')) {
      mkdirp(sys, `${folder}/${name.slice(0, -1)}`, 0o755);
      continue;
    }
    mkdirp(sys, dirname(`${folder}/${name}`), 0o755);
    const content = jar.content(name);
    if (content) yield* writeFile(sys, `${folder}/${name}`, content, 0o640);
    if (sys.tick(content?.length ?? 1)) yield;
  }
}
