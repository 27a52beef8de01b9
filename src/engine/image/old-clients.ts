import type { ContainerConfig } from '../../api/container-config.ts';
import type { ImageInspectResult, ImageSummary } from '../../api/image.ts';
import { sorted } from '../container/defaults.ts';
import type { Call } from '../server/call.ts';

/** Fields of a container's settings that an image's never used. */
const UNUSED = {
  AttachStderr: false,
  AttachStdin: false,
  AttachStdout: false,
  Domainname: '',
  Hostname: '',
  Image: '',
  OpenStdin: false,
  StdinOnce: false,
  Tty: false,
} as const;

/** The settings that were said to be those of the container that the image was made of. */
const NO_CONTAINER: Partial<ContainerConfig> = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null as never,
};

/** A row of the list of images as a client of an older version knows it. */
export function summaryFor(call: Call, row: ImageSummary): ImageSummary {
  if (call.since('1.44')) return row;
  const nameless = !call.since('1.43') && row.RepoTags.length === 0 && row.RepoDigests.length === 0;
  return {
    ...row,
    ...(nameless ? { RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] } : {}),
    VirtualSize: row.Size,
  };
}

/** An image as a client of an older version knows it. */
export function inspectFor(call: Call, image: ImageInspectResult): ImageInspectResult {
  if (call.since('1.50')) return image;
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(image)) {
    out[name] = name === 'Config' ? sorted({ ...UNUSED, ...image.Config }) : value;
    if (name === 'Created' && !call.since('1.45')) out.ContainerConfig = NO_CONTAINER;
    if (name === 'Size' && !call.since('1.44')) out.VirtualSize = value;
  }
  return out as unknown as ImageInspectResult;
}
