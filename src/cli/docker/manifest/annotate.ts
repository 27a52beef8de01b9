import type { Reference } from '../../../lib/reference.ts';
import { command } from '../command.ts';
import { CliError, messageOf } from '../errors.ts';
import { manifestReference, orderedPlatform, type Platform } from './image-manifest.ts';
import { storedManifest, storeManifest } from './store.ts';

/** Platforms that Go builds for, as far as the command knows them. */
const PLATFORMS: Readonly<Record<string, string>> = {
  darwin: '386 amd64 arm arm64',
  dragonfly: 'amd64',
  freebsd: '386 amd64 arm',
  linux: '386 amd64 arm arm64 ppc64le mips64 mips64le riscv64 s390x',
  netbsd: '386 amd64 arm',
  openbsd: '386 amd64 arm',
  plan9: '386 amd64',
  solaris: 'amd64',
  windows: '386 amd64',
};

export default command(function* (cli, flags, [listName = '', imageName = '']) {
  const list = referenceOf(listName, 'manifest list');
  const image = referenceOf(imageName, 'manifest');
  const manifest = yield* storedManifest(cli, list, image);
  if (!manifest) throw new CliError(`manifest for image ${imageName} does not exist in ${listName}`);
  const platform: Platform = { architecture: '', os: '', ...manifest.Descriptor.platform };
  platform.os = flags.text('os') || platform.os;
  platform.architecture = flags.text('arch') || platform.architecture;
  if (flags.text('variant')) platform.variant = flags.text('variant');
  if (flags.text('os-version')) platform['os.version'] = flags.text('os-version');
  const features = [...new Set([...(platform['os.features'] ?? []), ...flags.list('os-features')])];
  if (features.length > 0) platform['os.features'] = features;
  if (!(PLATFORMS[platform.os] ?? '').split(' ').includes(platform.architecture))
    throw new CliError(
      `manifest entry for image has unsupported os/arch combination: ${flags.text('os')}/${flags.text('arch')}`,
    );
  yield* storeManifest(cli, list, image, {
    ...manifest,
    Descriptor: { ...manifest.Descriptor, platform: orderedPlatform(platform) },
  });
  return 0;
});

function referenceOf(name: string, what: string): Reference {
  try {
    return manifestReference(name);
  } catch (error) {
    throw new CliError(`annotate: error parsing name for ${what} ${name}: ${messageOf(error)}`);
  }
}
