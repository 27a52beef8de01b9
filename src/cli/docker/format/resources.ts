import { formatGoTime, parseRfc3339 } from '../../../lib/go-time.ts';
import { GoError, GoFunc, type GoStruct, scalarOf } from '../../../lib/go-value.ts';
import { humanSize } from '../../../lib/units.ts';
import { labelsText } from './container.ts';
import { ellipsis, shortId } from './display.ts';
import { type Listing, rowValue } from './formatter.ts';

/** network.Summary of the API, as far as lists show it. */
export interface NetworkSummary {
  Id: string;
  Name: string;
  Created: string;
  Scope: string;
  Driver: string;
  EnableIPv4?: boolean;
  EnableIPv6: boolean;
  Internal: boolean;
  Labels?: Record<string, string> | null;
}

export const NETWORKS: Listing = {
  headers: {
    ID: 'NETWORK ID',
    Name: 'NAME',
    Driver: 'DRIVER',
    Scope: 'SCOPE',
    IPv4: 'IPV4',
    IPv6: 'IPV6',
    Internal: 'INTERNAL',
    Labels: 'LABELS',
    CreatedAt: 'CREATED AT',
  },
};

export function networkFormat(source: string, quiet: boolean): string {
  if (source === 'table') return quiet ? '{{.ID}}' : 'table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}';
  if (source === 'raw') {
    return quiet
      ? 'network_id: {{.ID}}'
      : 'network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n';
  }
  return source;
}

export function networkRow(n: NetworkSummary, truncate: boolean): GoStruct {
  const labels = n.Labels ?? {};
  return rowValue({
    type: '*network.networkContext',
    methods: {
      ID: () => (truncate ? shortId(n.Id) : n.Id),
      Name: () => n.Name,
      Driver: () => n.Driver,
      Scope: () => n.Scope,
      IPv4: () => String(n.EnableIPv4 ?? true),
      IPv6: () => String(n.EnableIPv6),
      Internal: () => String(n.Internal),
      Labels: () => labelsText(labels),
      CreatedAt: () => timeText(n.Created),
    },
    more: { Label: new GoFunc(['string'], (name) => labels[String(scalarOf(name))] ?? '') },
  });
}

/** A time of the API as Go prints a time.Time. */
export function timeText(rfc3339: string): string {
  try {
    const { sec, nsec } = parseRfc3339(rfc3339);
    return formatGoTime(sec, nsec);
  } catch (error) {
    if (error instanceof GoError) return rfc3339;
    throw error;
  }
}

/** volume.Volume of the API. */
export interface VolumeSummary {
  Name: string;
  Driver: string;
  Scope?: string;
  Mountpoint: string;
  Labels?: Record<string, string> | null;
  UsageData?: { Size: number; RefCount: number } | null;
}

export const VOLUMES: Listing = {
  headers: {
    Name: 'VOLUME NAME',
    Driver: 'DRIVER',
    Scope: 'SCOPE',
    Availability: 'AVAILABILITY',
    Mountpoint: 'MOUNTPOINT',
    Labels: 'LABELS',
    Links: 'LINKS',
    Size: 'SIZE',
    Group: 'GROUP',
    Status: 'STATUS',
  },
};

export function volumeFormat(source: string, quiet: boolean): string {
  if (source === 'table') return quiet ? '{{.Name}}' : 'table {{.Driver}}\t{{.Name}}';
  if (source === 'raw') return quiet ? 'name: {{.Name}}' : 'name: {{.Name}}\ndriver: {{.Driver}}\n';
  return source;
}

export function volumeRow(v: VolumeSummary): GoStruct {
  const labels = v.Labels ?? {};
  return rowValue({
    type: '*formatter.volumeContext',
    methods: {
      Name: () => v.Name,
      Driver: () => v.Driver,
      Scope: () => v.Scope ?? '',
      Mountpoint: () => v.Mountpoint,
      Labels: () => labelsText(labels),
      Links: () => (v.UsageData ? String(v.UsageData.RefCount) : 'N/A'),
      Size: () => (v.UsageData ? humanSize(v.UsageData.Size) : 'N/A'),
      Availability: () => 'N/A',
      Group: () => 'N/A',
      Status: () => 'N/A',
    },
    more: { Label: new GoFunc(['string'], (name) => labels[String(scalarOf(name))] ?? '') },
  });
}

/** registry.SearchResult of the API. */
export interface SearchResult {
  name: string;
  description: string;
  star_count: number;
  is_official: boolean;
}

export const RESULTS: Listing = {
  headers: {
    Name: 'NAME',
    Description: 'DESCRIPTION',
    StarCount: 'STARS',
    IsOfficial: 'OFFICIAL',
    IsAutomated: 'AUTOMATED',
  },
};

export const searchFormat = (source: string): string =>
  source === 'table' ? 'table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}' : source;

export function searchRow(r: SearchResult, truncate: boolean, json: boolean): GoStruct {
  const text = r.description.replaceAll('\n', ' ').replaceAll('\r', ' ');
  return rowValue({
    type: '*search.searchContext',
    methods: {
      Name: () => r.name,
      Description: () => (truncate ? ellipsis(text, 45) : text),
      StarCount: () => String(r.star_count),
      IsOfficial: () => (json ? String(r.is_official) : r.is_official ? '[OK]' : ''),
    },
  });
}
