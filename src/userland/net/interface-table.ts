import type { LinkInfo } from '../../abi/netlink.ts';

/** The table of `netstat -i`. */
export function interfaceTable(links: readonly LinkInfo[]): string {
  const rows = links.map((link) => {
    const receive = `${String(link.rxPackets).padStart(8)} ${'0'.padStart(6)} ${String(link.rxDropped).padStart(6)} ${'0'.padEnd(6)}`;
    const send = `${String(link.txPackets).padStart(8)} ${'0'.padStart(6)} ${String(link.txDropped).padStart(6)} ${'0'.padStart(6)}`;
    const flags = link.kind === 'loopback' ? 'L' : 'BM';
    const state = `${link.up && link.carrier ? 'R' : ''}${link.up ? 'U' : ''}`;
    return `${link.name.padEnd(15)} ${String(link.mtu).padStart(5)} ${receive} ${send} ${flags}${state}\n`;
  });
  return `Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n${rows.join('')}`;
}
