/** What conf/server.xml says, as far as it is simulated. */
export interface ServerXml {
  /** Ports of connectors for HTTP without TLS. */
  ports: readonly number[];
  /** Where SHUTDOWN is listened for; -1: nowhere. */
  shutdownPort: number;
  shutdown: string;
  appBase: string;
  unpackWars: boolean;
  autoDeploy: boolean;
}

function attributes(element: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, , value] of (element ?? '').matchAll(/([\w.-]+)\s*=\s*(["'])(.*?)\2/gs)) found.set(name!, value!);
  return found;
}

/** @returns undefined where the text has no element Server with a Service. @see Tomcat, "Configuration Reference" */
export function readServerXml(text: string): ServerXml | undefined {
  const xml = text.replace(/<!--.*?-->/gs, '');
  const first = (name: string): string | undefined => new RegExp(`<${name}\\b([^>]*)>`, 's').exec(xml)?.[1];
  if (first('Server') === undefined || !/<\/Server\s*>/.test(xml)) return undefined;
  const server = attributes(first('Server'));
  const host = attributes(first('Host'));
  const connectors = [...xml.matchAll(/<Connector\b([^>]*)>/gs)].map((found) => attributes(found[1]));
  const plain = connectors.filter(
    (connector) =>
      !(connector.get('protocol') ?? 'HTTP/1.1').startsWith('AJP') && connector.get('SSLEnabled') !== 'true',
  );
  return {
    ports: plain.map((connector) => Number(connector.get('port') ?? '8080')),
    shutdownPort: Number(server.get('port') ?? '8005'),
    shutdown: server.get('shutdown') ?? 'SHUTDOWN',
    appBase: host.get('appBase') ?? 'webapps',
    unpackWars: host.get('unpackWARs') !== 'false',
    autoDeploy: host.get('autoDeploy') !== 'false',
  };
}
