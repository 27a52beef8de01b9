import type { HostConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';
import { DEFAULT_CONFIG, type EngineConfig } from '../settings/config.ts';

/** What --security-opt says. */
export interface SecurityOptions {
  noNewPrivileges: boolean;
  /** `''`: the engine's own, `unconfined`, or a profile's text. */
  seccomp: string;
}

/** Reads --security-opt. @throws ApiError `invalid --security-opt 2: "x=y"` */
export function securityOptions(h: HostConfig, config: EngineConfig = DEFAULT_CONFIG): SecurityOptions {
  const usual = config.seccompProfile === 'builtin' ? '' : config.seccompProfile;
  const out: SecurityOptions = {
    noNewPrivileges: config.noNewPrivileges,
    seccomp: h.Privileged ? 'unconfined' : usual,
  };
  for (const option of h.SecurityOpt ?? []) {
    if (option === 'no-new-privileges') {
      out.noNewPrivileges = true;
      continue;
    }
    if (option === 'disable') continue;
    const at = option.search(/[=:]/);
    if (at < 0) throw new ApiError('internal', `invalid --security-opt 1: ${quote(option)}`);
    const key = option.slice(0, at);
    const value = option.slice(at + 1);
    if (key === 'seccomp') out.seccomp = value;
    else if (key === 'no-new-privileges' && /^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value))
      out.noNewPrivileges = /^[1tT]/.test(value);
    else if (key !== 'label' && key !== 'apparmor' && key !== 'writable-cgroups')
      throw new ApiError('internal', `invalid --security-opt 2: ${quote(option)}`);
  }
  return out;
}

export function checkSecurityOptions(h: HostConfig): void {
  securityOptions(h);
}
