export { DEFAULT_CONFIG, type KernelConfig } from './config.ts';
export type { HostInput, HostOutput } from './file/host-stream.ts';
export { type BootOptions, Kernel, type StartOptions } from './kernel.ts';
export type { HostStream, NetNamespace, NetStack, PacketRecord } from './net/door.ts';
export type { Outside } from './outside.ts';
export type { TraceHook } from './syscalls/make-sys.ts';
export type { Process, Task } from './task/task.ts';
export type { HostPty } from './tty/host-pty.ts';
