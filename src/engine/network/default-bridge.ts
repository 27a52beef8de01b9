import type { LinkInfo } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';
import { ip4Number, ip4Text } from '../../lib/ip.ts';
import type { EngineConfig } from '../settings/config.ts';
import { parseSubnet, subnetText } from './ipam.ts';
import { addressAt, localSubnet } from './ipam6.ts';
import type { StoredNetwork } from './network.ts';

const BRIDGE = 'com.docker.network.bridge';
const LINK = 'docker0';

/**
 * The network `bridge` as the settings want it.
 * @param choose a subnet that nobody has
 * @see moby daemon/daemon_unix.go, initBridgeDriver
 */
export function defaultBridge(
  sys: Sys,
  config: EngineConfig,
  choose: () => string,
): Omit<StoredNetwork, 'id' | 'created'> {
  const { bridge } = config;
  const name = bridge.name || LINK;
  const bip = bridge.bip || (bridge.name === '' ? '' : addressOf(sys, name));
  const chosen = bip === '' ? choose() : '';
  const subnet = bip === '' ? chosen : subnetText(parseSubnet(bip)!);
  const own = bip === '' ? ip4Text(ip4Number(subnet.split('/')[0]!) + 1) : bip.split('/')[0]!;
  const range = parseSubnet(bridge.fixedCidr);
  const subnet6 = bridge.ipv6 ? bridge.fixedCidrV6 || localSubnet(sys) : '';
  const gateway6 = subnet6 === '' ? '' : bridge.gatewayV6 || addressAt(subnet6, 1);
  return {
    name: 'bridge',
    driver: 'bridge',
    enableIPv4: true,
    enableIPv6: bridge.ipv6,
    ipam: {
      Driver: 'default',
      Options: null,
      Config: [
        {
          Subnet: subnet,
          ...(range ? { IPRange: subnetText(range) } : {}),
          Gateway: own,
          ...(bridge.gateway === '' ? {} : { AuxiliaryAddresses: { DefaultGatewayIPv4: bridge.gateway } }),
        },
        ...(subnet6 === '' ? [] : [{ Subnet: subnet6, Gateway: gateway6 }]),
      ],
    },
    subnet,
    gateway: own,
    ...(subnet6 === '' ? {} : { subnet6, gateway6 }),
    chosenSubnet: bip === '',
    internal: false,
    attachable: false,
    configOnly: false,
    options: {
      [`${BRIDGE}.default_bridge`]: 'true',
      [`${BRIDGE}.enable_icc`]: String(bridge.icc),
      [`${BRIDGE}.enable_ip_masquerade`]: String(bridge.masquerade),
      [`${BRIDGE}.host_binding_ipv4`]: bridge.hostIp,
      [`${BRIDGE}.name`]: name,
      'com.docker.network.driver.mtu': String(bridge.mtu),
    },
    labels: {},
  };
}

/** The IPv4 address that a bridge of the host has already, with its prefix; '' where it has none. */
function addressOf(sys: Sys, name: string): string {
  const links = sys.netlink({ type: 'link-list' });
  const link = Array.isArray(links) ? (links as LinkInfo[]).find((each) => each.name === name) : undefined;
  const address = link?.addresses.find(({ family }) => family === 'inet');
  return address ? `${address.address}/${address.prefix}` : '';
}
