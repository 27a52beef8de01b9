import type { Sys } from '../../../abi/sys.ts';
import { Headers } from '../../../lib/http-headers.ts';
import { decode } from '../../../lib/utf8.ts';
import { connectUnix, HttpConnection } from '../../../libc/http-client.ts';
import type { Wait } from '../../../libc/io.ts';
import type { SeenContainer } from './dynamic.ts';

/** A container of GET /containers/json, as far as it matters. */
interface Listed {
  Id: string;
  Names: string[];
  Labels: Record<string, string> | null;
  Ports: { PrivatePort: number; Type: string }[];
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

const HEADERS = new Headers([
  ['Host', 'docker'],
  ['User-Agent', 'Traefik'],
]);

/** Asks the Engine API. @returns why it could not be reached, in words */
function* ask(sys: Sys, socket: string, target: string): Wait<unknown | string> {
  const fd = yield* connectUnix(sys, socket);
  if (fd < 0) return `Cannot connect to the Docker daemon at unix://${socket}. Is the docker daemon running?`;
  const connection = new HttpConnection(sys, fd);
  const answer = yield* connection.request({ method: 'GET', target, headers: HEADERS });
  if (answer.kind === 'failure') return answer.message;
  const text = yield* answer.text();
  connection.close();
  return answer.status === 200 ? (JSON.parse(text) as unknown) : text;
}

/** The containers that run. @returns why they cannot be had */
export function* seenContainers(sys: Sys, socket: string): Wait<SeenContainer[] | string> {
  const listed = yield* ask(sys, socket, '/v1.24/containers/json');
  if (typeof listed === 'string') return listed;
  return (listed as Listed[]).map(({ Id, Names, Labels, Ports, NetworkSettings }) => {
    const labels = Labels ?? {};
    const name = (Names[0] ?? Id).replace(/^\//, '');
    const [service, project] = [labels['com.docker.compose.service'], labels['com.docker.compose.project']];
    const serviceName = (service !== undefined && project !== undefined ? `${service}-${project}` : name).replace(
      /[^A-Za-z0-9-]+/g,
      '-',
    );
    const ports = Ports.filter(({ Type }) => Type === 'tcp').map(({ PrivatePort }) => PrivatePort);
    const addresses = new Map(
      Object.entries(NetworkSettings.Networks).map(([network, { IPAddress }]) => [network, IPAddress]),
    );
    return { name, serviceName, labels, addresses, port: ports.length > 0 ? Math.min(...ports) : undefined };
  });
}

/** Waits for what happens to containers. Calls `changed` for each event of their lives; @returns when the stream ends */
export function* watchEvents(sys: Sys, socket: string, changed: () => Wait<void>): Wait<void> {
  const fd = yield* connectUnix(sys, socket);
  if (fd < 0) return;
  const connection = new HttpConnection(sys, fd);
  const filters = encodeURIComponent(JSON.stringify({ type: ['container'] }));
  const answer = yield* connection.request({
    method: 'GET',
    target: `/v1.24/events?filters=${filters}`,
    headers: HEADERS,
  });
  if (answer.kind === 'failure') return;
  for (let piece; (piece = yield* answer.chunk()) !== undefined; )
    if (/"Action":"(start|die|health_status[^"]*)"/.test(decode(piece))) yield* changed();
  connection.close();
}
