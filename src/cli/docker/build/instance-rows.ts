import type { GoStruct } from '../../../lib/go-value.ts';
import { type Listing, rowValue } from '../format/formatter.ts';
import { type BuilderInstance, type BuilderNode, platformTexts } from './instances.ts';

/** What the engine's own builder can build for. */
export const PLATFORMS = ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v3', 'linux/amd64/v4', 'linux/386'];
export const BUILDKIT_VERSION = 'v0.25.1';

export const builderListing: Listing = {
  headers: {
    Name: 'NAME/NODE',
    DriverEndpoint: 'DRIVER/ENDPOINT',
    Status: 'STATUS',
    Buildkit: 'BUILDKIT',
    Platforms: 'PLATFORMS',
  },
};

export const BUILDER_TABLE = 'table {{.Name}}\t{{.DriverEndpoint}}\t{{.Status}}\t{{.Buildkit}}\t{{.Platforms}}';

const running = (instance: BuilderInstance): boolean => instance.Driver === 'docker';

/** Platforms as a table shows them: variants of one are counted. */
const SHORT_PLATFORMS = 'linux/amd64 (+4), linux/386';

export function instanceRow(instance: BuilderInstance, current: boolean, table: boolean): GoStruct {
  return rowValue({
    type: '*commands.lsContext',
    methods: {
      Name: () => instance.Name + (table && current ? '*' : ''),
      DriverEndpoint: () => instance.Driver,
      Status: () => '',
      Buildkit: () => '',
      Platforms: () => '',
    },
  });
}

export function nodeRow(instance: BuilderInstance, node: BuilderNode, table: boolean, full: boolean): GoStruct {
  const up = running(instance);
  const prefix = table ? ' \\_ ' : '';
  return rowValue({
    type: '*commands.lsContext',
    methods: {
      Name: () => prefix + node.Name,
      DriverEndpoint: () => prefix + node.Endpoint,
      Status: () => (up ? 'running' : 'inactive'),
      Buildkit: () => (up ? BUILDKIT_VERSION : ''),
      Platforms: () =>
        up ? (table && !full ? SHORT_PLATFORMS : PLATFORMS.join(', ')) : platformTexts(node).join(', '),
    },
  });
}

/** A builder as `ls --format json` prints it. */
export function instanceJson(instance: BuilderInstance, current: boolean): Record<string, unknown> {
  return {
    Current: current,
    Driver: instance.Driver,
    Dynamic: instance.Dynamic,
    ...(instance.LastActivity === undefined ? {} : { LastActivity: instance.LastActivity }),
    Name: instance.Name,
    Nodes: instance.Nodes.map((node) => ({
      Endpoint: node.Endpoint,
      ...(node.Flags ? { Flags: node.Flags } : {}),
      Name: node.Name,
      ...(running(instance)
        ? { Platforms: PLATFORMS, Status: 'running', Version: BUILDKIT_VERSION }
        : { Status: 'inactive' }),
    })),
  };
}
