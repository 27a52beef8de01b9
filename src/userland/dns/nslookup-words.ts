import { DNS_TYPES, type DnsRecord, dnsTypeName } from '../../lib/dns.ts';
import { zoneData } from './ask.ts';

/** A record as nslookup prints it. `dot`: names keep their final dot (BIND; busybox prints none). */
export function nslookupLine(record: DnsRecord, dot: boolean): string {
  const { name, type, data } = record;
  const shown = dot ? zoneData(record) : data;
  if (type === DNS_TYPES.A || type === DNS_TYPES.AAAA) return `Name:\t${name}\nAddress: ${data}\n`;
  if (type === DNS_TYPES.CNAME) return `${name}\tcanonical name = ${shown}\n`;
  if (type === DNS_TYPES.PTR) return `${name}\tname = ${shown}\n`;
  if (type === DNS_TYPES.MX) return `${name}\tmail exchanger = ${shown}\n`;
  if (type === DNS_TYPES.NS) return `${name}\tnameserver = ${shown}\n`;
  if (type === DNS_TYPES.TXT) return `${name}\ttext = "${data}"\n`;
  if (type === DNS_TYPES.SRV) return `${name}\tservice = ${shown}\n`;
  if (type === DNS_TYPES.SOA) {
    const [origin, mail, serial, refresh, retry, expire, minimum] = data.split(' ');
    return `${name}\n\torigin = ${origin}\n\tmail addr = ${mail}\n\tserial = ${serial}\n\trefresh = ${refresh}\n\tretry = ${retry}\n\texpire = ${expire}\n\tminimum = ${minimum}\n`;
  }
  return `${name}\t${dnsTypeName(type)} = ${shown}\n`;
}
