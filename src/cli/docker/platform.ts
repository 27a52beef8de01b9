import { GoError } from '../../lib/go-value.ts';

const SYSTEMS =
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  );
const ARCHITECTURES =
  '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  );
/** Other names of architectures, with the variant that they mean. */
const NORMAL: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  i386: ['386'],
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

/** ocispec.Platform as the API takes it. */
export interface Platform {
  architecture: string;
  os: string;
  variant?: string;
}

/** Reads `os/arch[/variant]`, or one of the two. @throws GoError @see containerd platforms.Parse */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/');
  const odd = parts.find((p) => !/^[A-Za-z0-9_.-]+$/.test(p));
  if (odd !== undefined) {
    throw new GoError(
      `${JSON.stringify(odd)} is an invalid component of ${JSON.stringify(text)}: platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument`,
    );
  }
  if (parts.length > 3) throw new GoError(`${JSON.stringify(text)}: cannot parse platform specifier: invalid argument`);
  const lower = parts.map((p) => p.toLowerCase());
  const arch = (word: string): Omit<Platform, 'os'> => {
    const [architecture, variant] = NORMAL[word] ?? [word];
    return { architecture, ...(variant !== undefined && { variant }) };
  };
  const [first = '', second, third] = lower;
  if (second === undefined) {
    if (SYSTEMS.includes(first)) return { architecture: 'amd64', os: first };
    const found = arch(first);
    if (ARCHITECTURES.includes(found.architecture)) return { ...found, os: 'linux' };
    throw new GoError(`${JSON.stringify(text)}: unknown operating system or architecture: invalid argument`);
  }
  return { ...arch(second), os: first === 'macos' ? 'darwin' : first, ...(third !== undefined && { variant: third }) };
}

/** `linux/arm/v7` */
export const formatPlatform = ({ os, architecture, variant }: Platform): string =>
  variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;

/**
 * Platforms as the API takes them: JSON. @param prefix what stands before the words of an error
 * @throws GoError
 */
export const platformsText = (list: readonly string[], prefix = ''): string[] | undefined => {
  const texts = list.filter((p) => p !== '');
  if (texts.length === 0) return undefined;
  return texts.map((text) => {
    try {
      return JSON.stringify(parsePlatform(text));
    } catch (error) {
      throw error instanceof GoError ? new GoError(prefix + error.message) : error;
    }
  });
};
