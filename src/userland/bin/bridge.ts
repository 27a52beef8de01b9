import type { LinkInfo } from '../../abi/netlink.ts';
import { program } from '../../libc/program.ts';
import { flagNames } from '../ip/link-text.ts';

export default program({
  name: 'bridge',
  at: ['/usr/sbin/bridge', '/usr/bin/bridge'],
  spec: 'iproute2 6.1.0 bridge(8): link show only',
  usage: '[ OPTIONS ] OBJECT { COMMAND | help }',
  about: 'Show the ports of bridges.',
  options: {},
  raw: true,
  *main(ctx) {
    const words = ctx.args.filter((word) => !word.startsWith('-'));
    const [object] = words;
    if (object === undefined || !'link'.startsWith(object)) {
      yield* ctx.stderr.write(
        object === undefined || object === 'help'
          ? 'Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { link }\n'
          : `Object "${object}" is unknown, try "bridge help".\n`,
      );
      return object === undefined || object === 'help' ? 255 : 1;
    }
    const at = words.indexOf('dev');
    const dev = at < 0 ? undefined : words[at + 1];
    const links = ctx.sys.netlink({ type: 'link-list' }) as LinkInfo[];
    for (const link of links) {
      const master = links.find((other) => other.index === link.master);
      if (!master || (dev !== undefined && link.name !== dev)) continue;
      // the name of the peer's index here, even where the peer is in another namespace
      const other = links.find((one) => one.index === link.peer)?.name ?? `if${link.peer}`;
      const peer = link.peer === undefined ? link.name : `${link.name}@${other}`;
      const state = link.up && link.carrier ? 'forwarding' : 'disabled';
      yield* ctx.stdout.write(
        `${link.index}: ${peer}: <${flagNames(link, links, false).join(',')}> mtu ${link.mtu} master ${master.name} state ${state} priority 32 cost 2 \n`,
      );
    }
    return 0;
  },
});
