import type { Wait } from '../../../libc/io.ts';
import { type DockerClient, segment } from '../client.ts';

/** What of an inspected container the client looks at. */
export interface InspectedContainer {
  Id: string;
  State: { Running: boolean; Paused: boolean; Restarting: boolean; Status: string };
  Config: { Tty: boolean; OpenStdin: boolean; AttachStdin: boolean };
  HostConfig: { AutoRemove: boolean };
}

export function* inspectContainer(client: DockerClient, name: string): Wait<InspectedContainer> {
  return yield* client.json<InspectedContainer>('GET', `/containers/${segment(name)}/json`);
}
