/** The machine's door for the build: what makes the data that a machine is given. No part of a machine that runs. */
export { CATALOGUE_NAME, type Catalogue } from './catalogue.ts';
export { gzipLayer, packFiles, readTar, unpackInto } from './image-files.ts';
export { packRootfs } from './pack.ts';
export { packDisk } from './pack-disk.ts';
export { type RootfsFolder, readRootfs } from './rootfs.ts';
