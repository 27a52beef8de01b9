import { ApiError } from '../../api/errors.ts';
import { ipBytes } from '../../lib/ip.ts';
import { quote } from '../../lib/quote.ts';

type Options = Readonly<Record<string, string>>;

const BRIDGE = 'com.docker.network.bridge';
/** A link's name has so many characters at most. */
const LINK_NAME_MAX = 15;

/** Checks `-o` of the driver bridge. @throws ApiError in the words of the engine */
export function checkBridgeOptions(options: Options): void {
  for (const [name, value] of Object.entries(options)) {
    const why = bridgeProblem(name, value);
    if (why !== undefined) throw new ApiError('invalid-parameter', `failed to parse ${name} value: ${value} (${why})`);
  }
  if ((options[`${BRIDGE}.name`] ?? '').length > LINK_NAME_MAX)
    throw new ApiError('internal', 'numerical result out of range');
}

function bridgeProblem(name: string, value: string): string | undefined {
  switch (name) {
    case 'com.docker.network.driver.mtu':
      return /^[+-]?\d+$/.test(value) ? undefined : `strconv.Atoi: parsing ${quote(value)}: invalid syntax`;
    case `${BRIDGE}.enable_icc`:
    case `${BRIDGE}.enable_ip_masquerade`:
    case `${BRIDGE}.default_bridge`:
      return /^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value)
        ? undefined
        : `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`;
    case `${BRIDGE}.host_binding_ipv4`:
      return ipBytes(value) ? undefined : 'nil ip';
    case `${BRIDGE}.gateway_mode_ipv4`:
    case `${BRIDGE}.gateway_mode_ipv6`:
      return ['', 'nat', 'nat-unprotected', 'routed', 'isolated'].includes(value)
        ? undefined
        : `unknown gateway mode ${value}`;
    default:
      return undefined;
  }
}

const CHOICES: Readonly<Record<string, readonly { option: string; values: string[]; usual: string }[]>> = {
  macvlan: [{ option: 'macvlan_mode', values: ['', 'bridge', 'private', 'passthru', 'vepa'], usual: "'bridge' mode" }],
  ipvlan: [
    { option: 'ipvlan_mode', values: ['', 'l2', 'l3', 'l3s'], usual: "'l2' mode" },
    { option: 'ipvlan_flag', values: ['', 'bridge', 'private', 'vepa'], usual: "'bridge'" },
  ],
};

/** Drivers that need a kind of link which this kernel does not have. */
export const isParentDriver = (driver: string): boolean => driver in CHOICES;

/** Answers a network of the driver macvlan or ipvlan as on a kernel without it. @throws ApiError always */
export function refuseParentDriver(driver: string, options: Options): never {
  for (const { option, values, usual } of CHOICES[driver] ?? []) {
    const value = options[option] ?? '';
    if (!values.includes(value)) {
      const what = option.replace('_', ' ');
      throw new ApiError(
        'internal',
        `requested ${what} '${value}' is not valid, ${usual} is the ${driver} driver default`,
      );
    }
  }
  if (options.parent === 'lo')
    throw new ApiError('internal', `loopback interface is not a valid ${driver} parent link`);
  throw new ApiError('internal', 'operation not supported');
}
