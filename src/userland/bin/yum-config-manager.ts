import { matchGlob } from '../../lib/glob.ts';
import { loadHash } from '../../lib/hash.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { Fetcher, failureText, isOn, REPOS, readRepos } from '../pkg/rpm/repositories.ts';

export default (async () => {
  const sha256 = await loadHash('sha256');
  return program({
    name: 'yum-config-manager',
    at: ['/usr/bin/yum-config-manager'],
    spec: 'yum-utils 1.1.31 yum-config-manager(1): --add-repo, --enable, --disable, and what shows repositories',
    usage: '[options] [section]',
    about: 'Manage the configuration and the repositories of yum.',
    options: {
      addRepo: { arg: 'ADDREPO', many: true, help: 'add (and enable) the repo from the specified file or url' },
      enable: { help: 'enable the specified repos (automatically saves)' },
      disable: { help: 'disable the specified repos (automatically saves)' },
      save: { help: 'save the current options (useful with --setopt)' },
      setopt: { arg: 'OPT', many: true, help: 'set arbitrary config and repo options' },
      assumeyes: { short: 'y', help: 'answer yes for all questions' },
      quiet: { short: 'q', help: 'quiet operation' },
    },
    *main(ctx) {
      yield* ctx.stdout.write('Loaded plugins: fastestmirror\n');
      const { opts, args } = ctx;
      if (ctx.sys.credentials().euid !== 0 && (opts.addRepo.length > 0 || opts.enable || opts.disable)) {
        yield* ctx.stdout.write('You must be root to change the yum configuration.\n');
        return 1;
      }
      for (const url of opts.addRepo) {
        const r = yield* add(ctx as Context, url, new Fetcher(ctx as Context, sha256));
        if (r !== 0) return r;
      }
      if (opts.addRepo.length > 0 && args.length === 0) return 0;
      return yield* show(ctx as Context, args, opts.enable ? '1' : opts.disable ? '0' : undefined);
    },
  });
})();

function* add(ctx: Context, url: string, fetcher: Fetcher): Wait<number> {
  yield* ctx.stdout.write(`adding repo from: ${url}\n`);
  if (!url.endsWith('.repo')) {
    const id = url
      .replace(/^[a-z]+:\/\//, '')
      .replace(/[^A-Za-z0-9.]+/g, '_')
      .replace(/_$/, '');
    yield* writeFile(
      ctx.sys,
      `${REPOS}/${id}.repo`,
      `\n[${id}]\nname=added from: ${url}\nbaseurl=${url}\nenabled=1\n\n\n`,
      0o644,
    );
    yield* ctx.stdout.write(`\n[${id}]\nname=added from: ${url}\nbaseurl=${url}\nenabled=1\n\n\n`);
    return 0;
  }
  const path = `${REPOS}/${basename(url)}`;
  yield* ctx.stdout.write(`grabbing file ${url} to ${path}\n`);
  const result = yield* fetcher.get(url, `${path}.part`);
  if (result.kind !== 'ok') {
    ctx.sys.unlink(`${path}.part`);
    yield* ctx.stdout.write(
      `Could not fetch/save url ${url} to file ${path}: ${failureText(url, result).replace(`${url}: `, '')}\n`,
    );
    return 0;
  }
  ctx.sys.rename(`${path}.part`, path);
  yield* ctx.stdout.write(`repo saved to ${path}\n`);
  return 0;
}

/** Turns repositories on or off, and shows them. */
function* show(ctx: Context, patterns: readonly string[], enabled: string | undefined): Wait<number> {
  for (const repo of yield* readRepos(ctx)) {
    if (patterns.length > 0 ? !patterns.some((pattern) => matchGlob(pattern, repo.id)) : !isOn(repo)) continue;
    if (enabled !== undefined) {
      const bytes = yield* readFile(ctx.sys, repo.file);
      const text = typeof bytes === 'number' ? '' : decode(bytes);
      const sections = text.split(/^(?=\[)/m).map((part) => {
        if (!part.startsWith(`[${repo.id}]`)) return part;
        return /^enabled\s*=.*$/m.test(part)
          ? part.replace(/^enabled\s*=.*$/m, `enabled = ${enabled}`)
          : part.replace(/\n*$/, `\nenabled = ${enabled}\n`);
      });
      yield* writeFile(ctx.sys, repo.file, sections.join(''), 0o644);
      repo.fields.set('enabled', enabled);
    }
    const title = ` repo: ${repo.id} `;
    const left = Math.floor((80 - title.length) / 2);
    yield* ctx.stdout.write(`${'='.repeat(left)}${title}${'='.repeat(80 - title.length - left)}\n[${repo.id}]\n`);
    const fields = new Map([...repo.fields, ['enabled', isOn(repo) ? '1' : '0'] as const]);
    for (const name of [...fields.keys()].sort()) yield* ctx.stdout.write(`${name} = ${fields.get(name)}\n`);
    yield* ctx.stdout.write('\n');
  }
  return 0;
}
