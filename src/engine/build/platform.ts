import { formatPlatform, type Platform } from '../../lib/platform.ts';

export const HOST_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** The ARGs that every build has for the FROM lines and, once they are declared, for a stage. */
export function platformArgs(target: Platform, stage: string | undefined): Record<string, string> {
  return {
    BUILDPLATFORM: formatPlatform(HOST_PLATFORM),
    BUILDOS: HOST_PLATFORM.os,
    BUILDOSVERSION: '',
    BUILDARCH: HOST_PLATFORM.architecture,
    BUILDVARIANT: HOST_PLATFORM.variant ?? '',
    TARGETPLATFORM: formatPlatform(target),
    TARGETOS: target.os,
    TARGETOSVERSION: '',
    TARGETARCH: target.architecture,
    TARGETVARIANT: target.variant ?? '',
    TARGETSTAGE: stage || 'default',
  };
}
