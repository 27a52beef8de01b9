import type { EndpointSettings } from './container-config.ts';
import { endpoint } from './endpoint.ts';
import type { Filters } from './filters.ts';

export interface IPAMPool {
  Subnet?: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string>;
}

export interface IPAM {
  Driver: string;
  Options: Record<string, string> | null;
  Config: IPAMPool[] | null;
}

export interface NetworkContainer {
  Name: string;
  EndpointID: string;
  MacAddress: string;
  /** With the length of the prefix. */
  IPv4Address: string;
  IPv6Address: string;
}

export interface Network {
  Name: string;
  Id: string;
  /** RFC 3339 with nanoseconds. */
  Created: string;
  Scope: string;
  Driver: string;
  EnableIPv4: boolean;
  EnableIPv6: boolean;
  IPAM: IPAM;
  Internal: boolean;
  Attachable: boolean;
  Ingress: boolean;
  ConfigFrom: { Network: string };
  ConfigOnly: boolean;
  Containers: Record<string, NetworkContainer>;
  Options: Record<string, string>;
  Labels: Record<string, string>;
}

export interface NetworkCreateBody {
  Name: string;
  CheckDuplicate?: boolean;
  Driver?: string;
  Scope?: string;
  Internal?: boolean;
  Attachable?: boolean;
  Ingress?: boolean;
  ConfigOnly?: boolean;
  ConfigFrom?: { Network: string } | null;
  EnableIPv4?: boolean | null;
  EnableIPv6?: boolean | null;
  IPAM?: Partial<IPAM> | null;
  Options?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export const NetworkList = endpoint<{ filters?: Filters }, Network[]>({
  method: 'GET',
  path: '/networks',
  since: '1.21',
  ok: 200,
  query: { filters: 'json' },
});
export const NetworkInspect = endpoint<{ id: string; verbose?: boolean; scope?: string }, Network>({
  method: 'GET',
  path: '/networks/{id}',
  since: '1.21',
  ok: 200,
  query: { verbose: 'bool', scope: 'string' },
});
export const NetworkCreate = endpoint<Record<string, never>, { Id: string; Warning: string }, NetworkCreateBody>({
  method: 'POST',
  path: '/networks/create',
  since: '1.21',
  ok: 201,
  body: 'json',
});
export const NetworkRemove = endpoint<{ id: string }, void>({
  method: 'DELETE',
  path: '/networks/{id}',
  since: '1.21',
  ok: 204,
});
export const NetworkConnect = endpoint<
  { id: string },
  void,
  { Container: string; EndpointConfig?: Partial<EndpointSettings> | null }
>({
  method: 'POST',
  path: '/networks/{id}/connect',
  since: '1.21',
  ok: 200,
  body: 'json',
  answer: 'empty',
});
export const NetworkDisconnect = endpoint<{ id: string }, void, { Container: string; Force?: boolean }>({
  method: 'POST',
  path: '/networks/{id}/disconnect',
  since: '1.21',
  ok: 200,
  body: 'json',
  answer: 'empty',
});
export const NetworkPrune = endpoint<{ filters?: Filters }, { NetworksDeleted: string[] | null }>({
  method: 'POST',
  path: '/networks/prune',
  since: '1.25',
  ok: 200,
  query: { filters: 'json' },
});
