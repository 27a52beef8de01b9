export { BLOCKED } from '../abi/errno.ts';
export { shellStatus } from '../abi/wait.ts';
export type { HostStream } from '../kernel/index.ts';
export type { BlobSource } from '../vfs/index.ts';
export { createMachineHost } from './host.ts';
export { loginEnvironment } from './login.ts';
export { Machine, type World } from './machine.ts';
export type * from './remote.ts';
export { type TraceScope, type TraceStep, traceCalls } from './trace.ts';
