export { BLOCKED } from '../abi/errno.ts';
export { shellStatus } from '../abi/wait.ts';
export type { BlobSource } from '../vfs/index.ts';
export { CATALOGUE_NAME, type Catalogue } from './catalogue.ts';
export { loginEnvironment } from './login.ts';
export { Machine, type World } from './machine.ts';
export { packRootfs } from './pack.ts';
export type * from './remote.ts';
export { type RootfsFolder, readRootfs } from './rootfs.ts';
