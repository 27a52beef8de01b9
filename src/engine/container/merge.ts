import type { ContainerConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';

/**
 * Fills a container's settings with its image's (moby daemon/commit.go merge).
 * @throws ApiError where nothing is to be run
 */
export function mergeImageConfig(user: Partial<ContainerConfig>, image: Partial<ContainerConfig>): void {
  user.User ||= image.User ?? '';
  if (image.ExposedPorts) user.ExposedPorts = { ...image.ExposedPorts, ...user.ExposedPorts };
  user.Env = mergeEnv(user.Env, image.Env);
  user.Labels = { ...image.Labels, ...user.Labels };
  if (!user.Entrypoint || user.Entrypoint.length === 0) {
    if (!user.Cmd || user.Cmd.length === 0) {
      user.Cmd = image.Cmd ?? null;
      if (image.ArgsEscaped) user.ArgsEscaped = true;
    }
    if (!user.Entrypoint) user.Entrypoint = image.Entrypoint ?? null;
  }
  if (image.Healthcheck) mergeHealth(user, image.Healthcheck);
  user.WorkingDir ||= image.WorkingDir ?? '';
  const hasVolumes = user.Volumes && Object.keys(user.Volumes).length > 0;
  user.Volumes = hasVolumes ? { ...user.Volumes, ...image.Volumes } : (image.Volumes ?? null);
  if (!user.StopSignal && image.StopSignal) user.StopSignal = image.StopSignal;
}

/** The image's variables that the user did not set go first. */
function mergeEnv(user: string[] | null | undefined, image: string[] | null | undefined): string[] | null {
  if (!user || user.length === 0) return image ?? user ?? null;
  const set = new Set(user.map((pair) => pair.split('=')[0]!));
  return [...user, ...(image ?? []).filter((pair) => !set.has(pair.split('=')[0]!))];
}

function mergeHealth(user: Partial<ContainerConfig>, image: NonNullable<ContainerConfig['Healthcheck']>): void {
  if (!user.Healthcheck) {
    user.Healthcheck = image;
    return;
  }
  const h = user.Healthcheck;
  if (!h.Test || h.Test.length === 0) h.Test = image.Test ?? [];
  for (const name of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'] as const)
    if (!h[name] && image[name]) h[name] = image[name];
}

/** The program and its arguments. @throws ApiError `no command specified` */
export function commandOf(config: Partial<ContainerConfig>): { path: string; args: string[] } {
  // [""] is the client's way to take the image's entry point away
  if (config.Entrypoint?.length === 1 && config.Entrypoint[0] === '') config.Entrypoint = null;
  const words = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (words.length === 0) throw new ApiError('invalid-parameter', 'no command specified');
  return { path: words[0]!, args: words.slice(1) };
}
