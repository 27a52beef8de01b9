import type { LinkInfo, NetlinkRequest } from '../../abi/netlink.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';

export default program({
  name: 'brctl',
  at: ['/usr/sbin/brctl'],
  spec: 'bridge-utils 1.7.1 brctl(8): show, addbr, delbr, addif, delif, showmacs without ages',
  usage:
    '[commands]\ncommands:\n\taddbr     \t<bridge>\t\tadd bridge\n\tdelbr     \t<bridge>\t\tdelete bridge\n\taddif     \t<bridge> <device>\tadd interface to bridge\n\tdelif     \t<bridge> <device>\tdelete interface from bridge\n\tshow      \t[ <bridge> ]\t\tshow a list of bridges',
  about: 'Manage ethernet bridges.',
  options: {},
  raw: true,
  busybox: {
    at: '/usr/sbin/brctl',
    usage: 'COMMAND [BRIDGE [ARGS]]',
    help: 'Manage ethernet bridges\nCommands:\n\taddbr BRIDGE\t\tCreate BRIDGE\n\tdelbr BRIDGE\t\tDelete BRIDGE\n\taddif BRIDGE IFACE\tAdd IFACE to BRIDGE\n\tdelif BRIDGE IFACE\tDelete IFACE from BRIDGE\n',
  },
  *main(ctx) {
    const [verb, bridge, device] = ctx.args;
    if (verb === 'show') return yield* show(ctx, bridge);
    if (verb === 'addbr' && bridge !== undefined)
      return yield* change(ctx, { type: 'link-add', name: bridge, kind: 'bridge' }, `add bridge ${bridge}`);
    if (verb === 'delbr' && bridge !== undefined)
      return yield* change(ctx, { type: 'link-del', name: bridge }, `delete bridge ${bridge}`);
    if ((verb === 'addif' || verb === 'delif') && bridge !== undefined && device !== undefined) {
      const master = verb === 'addif' ? bridge : null;
      const what = verb === 'addif' ? `add ${device} to bridge ${bridge}` : `delete ${device} from ${bridge}`;
      return yield* change(ctx, { type: 'link-set', name: device, master }, what);
    }
    if (ctx.form === 'busybox') return yield* ctx.usage();
    if (verb !== undefined) yield* ctx.stderr.write(`never heard of command [${verb}]\n`);
    yield* ctx.stderr.write(`Usage: brctl [commands]\n`);
    return 1;
  },
});

function* show(ctx: Context, only: string | undefined): Wait<number> {
  const links = ctx.sys.netlink({ type: 'link-list' }) as LinkInfo[];
  const bridges = links.filter((link) => link.kind === 'bridge' && (only === undefined || link.name === only));
  if (only !== undefined && bridges.length === 0) {
    yield* ctx.stderr.write(`bridge ${only} does not exist!\n`);
    return 1;
  }
  yield* ctx.stdout.write('bridge name\tbridge id\t\tSTP enabled\tinterfaces\n');
  for (const bridge of bridges) {
    const ports = links.filter((link) => link.master === bridge.index).map((link) => link.name);
    yield* ctx.stdout.write(
      `${bridge.name}\t\t8000.${bridge.mac.replaceAll(':', '')}\tno\t\t${ports.join('\n\t\t\t\t\t\t\t')}\n`,
    );
  }
  return 0;
}

function* change(ctx: Context, request: NetlinkRequest, what: string): Wait<number> {
  const result = ctx.sys.netlink(request);
  if (typeof result !== 'number' || result >= 0) return 0;
  if (ctx.form === 'busybox') return yield* ctx.die(`bridge ${what.split(' ').at(-1)}: ${ctx.strerror(result)}`);
  yield* ctx.stderr.write(`can't ${what}: ${ctx.strerror(result)}\n`);
  return 1;
}
