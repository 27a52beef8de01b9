import type { PackValue } from '../abi/pack.ts';

/** What a pack gets when it starts. */
export interface PackInit {
  /** The files that belong to it (WebAssembly, data), by name. */
  files: Readonly<Record<string, Uint8Array>>;
  /** Bytes that it may take. */
  memory: number;
}

/** The program that uses the pack, as the pack sees it. */
export interface PackProgram {
  /** Says something and goes on. */
  tell(value: PackValue): void;
  /** Asks something and waits. */
  call(value: PackValue): Promise<PackValue>;
}

/** A pack that runs. */
export interface Pack {
  /** Does a request. What it throws is told as a failure: its message. */
  handle(request: PackValue, program: PackProgram): PackValue | Promise<PackValue>;
  /** Bytes that it takes now. */
  memory(): number;
}

/** How a pack starts. */
export type StartPack = (init: PackInit) => Promise<Pack>;
