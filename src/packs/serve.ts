import type { PackFrame, PackValue } from '../abi/pack.ts';
import { Conversation } from './conversation.ts';
import type { PackInit, StartPack } from './pack.ts';

/** The worker that a pack runs in, or what the Node entry makes look like one. */
interface Scope {
  onmessage: ((event: { data: { init: PackInit } | { message: PackValue } }) => void) | null;
  postMessage(frame: PackFrame): void;
}

/** Lets a worker be a pack: its first message has the files, the others are the program's. */
export function servePack(start: StartPack): void {
  const scope = globalThis as unknown as Scope;
  let conversation: Conversation | undefined;
  scope.onmessage = ({ data }) => {
    if ('init' in data) conversation = new Conversation(start, data.init, (frame) => scope.postMessage(frame));
    else conversation?.take(data.message);
  };
}
