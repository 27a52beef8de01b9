import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const PID = '/run/firewalld.pid';
const ZONE = '/etc/firewalld/zones/public';
const NOW = '/run/firewalld/public';

/** Services and ports of a zone: a line each, `service ssh`, `port 80/tcp`. */
function* rules(ctx: Context, path: string): Wait<string[]> {
  const bytes = yield* readFile(ctx.sys, path);
  if (typeof bytes === 'number')
    return path === NOW ? yield* rules(ctx, ZONE) : ['service dhcpv6-client', 'service ssh'];
  return decode(bytes)
    .split('\n')
    .filter((line) => line !== '');
}

function* store(ctx: Context, path: string, lines: readonly string[]): Wait<void> {
  mkdirp(ctx.sys, path.slice(0, path.lastIndexOf('/')), 0o755);
  yield* writeFile(
    ctx.sys,
    path,
    [...new Set(lines)]
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
    0o644,
  );
}

export default program({
  name: 'firewall-cmd',
  at: ['/usr/bin/firewall-cmd'],
  spec: 'firewalld 0.6.3 firewall-cmd(1): one zone, its services and ports, which are kept and shown; no packet is filtered',
  usage: '[OPTIONS...]',
  about: 'Ask and change the firewall daemon.',
  options: {},
  raw: true,
  *main(ctx) {
    const flags = new Map<string, string | undefined>();
    for (const word of ctx.args) {
      const [, name, value] = /^(?:--)?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      flags.set(name ?? word, value);
    }
    const pid = yield* readFile(ctx.sys, PID);
    const running = typeof pid !== 'number' && ctx.sys.kill(Number(decode(pid).trim()), 0) >= 0;
    if (flags.has('state')) {
      yield* (running ? ctx.stdout : ctx.stderr).write(running ? 'running\n' : 'not running\n');
      return running ? 0 : 252;
    }
    if (!running) {
      yield* ctx.stderr.write('FirewallD is not running\n');
      return 252;
    }
    const path = flags.has('permanent') ? ZONE : NOW;
    if (flags.has('reload') || flags.has('complete-reload')) {
      yield* store(ctx, NOW, yield* rules(ctx, ZONE));
      yield* ctx.stdout.write('success\n');
      return 0;
    }
    const list = yield* rules(ctx, path);
    const of = (kind: string): string =>
      list
        .filter((line) => line.startsWith(`${kind} `))
        .map((line) => line.slice(kind.length + 1))
        .join(' ');
    for (const [name, value] of flags) {
      const m = /^(add|remove|query)-(port|service)$/.exec(name);
      if (!m || value === undefined) continue;
      const line = `${m[2]} ${value}`;
      if (m[1] === 'query') {
        yield* ctx.stdout.write(list.includes(line) ? 'yes\n' : 'no\n');
        return list.includes(line) ? 0 : 1;
      }
      if (m[1] === 'add' && list.includes(line)) yield* ctx.stderr.write(`Warning: ALREADY_ENABLED: ${value}\n`);
      yield* store(ctx, path, m[1] === 'add' ? [...list, line] : list.filter((one) => one !== line));
      yield* ctx.stdout.write('success\n');
      return 0;
    }
    if (flags.has('list-all'))
      yield* ctx.stdout.write(
        `public (active)\n  target: default\n  icmp-block-inversion: no\n  interfaces: eth0\n  sources: \n  services: ${of('service')}\n  ports: ${of('port')}\n  protocols: \n  masquerade: no\n  forward-ports: \n  source-ports: \n  icmp-blocks: \n  rich rules: \n\t\n`,
      );
    else if (flags.has('list-ports')) yield* ctx.stdout.write(`${of('port')}\n`);
    else if (flags.has('list-services')) yield* ctx.stdout.write(`${of('service')}\n`);
    else if (flags.has('get-default-zone')) yield* ctx.stdout.write('public\n');
    else if (flags.has('get-active-zones')) yield* ctx.stdout.write('public\n  interfaces: eth0\n');
    else {
      yield* ctx.stderr.write('usage: see firewall-cmd man page\n');
      return 2;
    }
    return 0;
  },
});
