export type { Attributes } from './attributes.ts';
export { samePath } from './dentry.ts';
export {
  Dentry,
  FileSystem,
  Inode,
  type InodeInit,
  Mount,
  MountNamespace,
  MountNumbers,
  OpenFile,
  Path,
  type VfsContext,
} from './objects.ts';
export { capable, genericPermission, inGroup, isOwner } from './permission.ts';
