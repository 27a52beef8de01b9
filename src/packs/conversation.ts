import type { PackFrame, PackValue } from '../abi/pack.ts';
import type { Pack, PackInit, StartPack } from './pack.ts';

/**
 * A pack's side of its messages: requests in their order, one at a time; what comes while it asked something is the answer.
 * @param say takes its messages
 */
export class Conversation {
  readonly #starting: Promise<Pack>;
  readonly #say: (frame: PackFrame) => void;
  #answer: ((value: PackValue) => void) | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(start: StartPack, init: PackInit, say: (frame: PackFrame) => void) {
    this.#starting = start(init);
    this.#starting.catch(() => {});
    this.#say = say;
  }

  take(message: PackValue): void {
    const answer = this.#answer;
    if (answer) {
      this.#answer = undefined;
      answer(message);
      return;
    }
    this.#turn = this.#turn.then(() => this.#handle(message));
  }

  async #handle(request: PackValue): Promise<void> {
    let pack: Pack | undefined;
    const say = (kind: PackFrame['kind'], value: PackValue): void =>
      this.#say({ kind, value, memory: pack?.memory() ?? 0 });
    try {
      pack = await this.#starting;
      const value = await pack.handle(request, {
        tell: (told) => say('tell', told),
        call: (asked) =>
          new Promise((resolve) => {
            this.#answer = resolve;
            say('call', asked);
          }),
      });
      say('answer', value);
    } catch (error) {
      say('fail', error instanceof Error ? error.message : String(error));
    }
  }
}
