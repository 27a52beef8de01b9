/** What a program or an image is for: an operating system and a processor. @see OCI image-spec v1.1, "platform" */
export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** A text that names no platform. The message is that of Go's containerd/platforms. */
export class InvalidPlatform extends Error {}

const WORD = /^[A-Za-z0-9_.-]+$/;

const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
);
const PROCESSORS = new Set(
  '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  ),
);

/** Other names, and variants that are the usual ones. */
function normal(architecture: string, variant: string): [string, string] {
  const name = architecture.toLowerCase();
  const kind = variant.toLowerCase();
  switch (name) {
    case 'i386':
      return ['386', ''];
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return ['amd64', kind === 'v1' ? '' : kind];
    case 'aarch64':
    case 'arm64':
      return ['arm64', kind === '8' || kind === 'v8' ? '' : kind];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      return ['arm', kind === '' || kind === '7' ? 'v7' : /^[568]$/.test(kind) ? `v${kind}` : kind];
    default:
      return [name, kind];
  }
}

function platform(os: string, architecture: string, variant = ''): Platform {
  const [name, kind] = normal(architecture, variant);
  const system = os.toLowerCase();
  return { os: system === 'macos' ? 'darwin' : system, architecture: name, ...(kind === '' ? {} : { variant: kind }) };
}

/**
 * Reads `linux/arm64/v8`, `linux`, `arm64`; what is missing is this machine's (linux/amd64).
 * @throws InvalidPlatform
 */
export function parsePlatform(text: string): Platform {
  const fail = (why: string): InvalidPlatform => new InvalidPlatform(`"${text}": ${why}: invalid argument`);
  if (text.includes('*')) throw fail('wildcards not yet supported');
  const parts = text.split('/');
  for (const part of parts)
    if (!WORD.test(part))
      throw new InvalidPlatform(
        `"${part}" is an invalid component of "${text}": platform specifier component must match "${WORD.source}": invalid argument`,
      );
  const [first = '', second, third] = parts;
  if (parts.length > 3) throw fail('cannot parse platform specifier');
  if (second !== undefined) return platform(first, second, third);
  const one = platform('linux', first);
  if (SYSTEMS.has(first.toLowerCase())) return platform(first, 'amd64');
  if (PROCESSORS.has(one.architecture)) return one;
  throw fail('unknown operating system or architecture');
}

/** `linux/arm/v7`, as messages show it. */
export const formatPlatform = (p: Platform): string => `${p.os}/${p.architecture}${p.variant ? `/${p.variant}` : ''}`;

/** Whether what is for `has` is what `wanted` asks for; a variant counts where it is asked for. */
export function platformFits(has: Platform, wanted: Platform): boolean {
  const own = platform(has.os, has.architecture, has.variant);
  return (
    own.os === wanted.os &&
    own.architecture === wanted.architecture &&
    (wanted.variant === undefined || own.variant === wanted.variant)
  );
}
