import type { Part } from './ast.ts';

/** Text that is collected into parts. */
export class Parts {
  readonly list: Part[] = [];
  #text = '';

  add(text: string): void {
    this.#text += text;
  }

  push(part: Part): void {
    this.flush();
    this.list.push(part);
  }

  flush(): void {
    if (this.#text === '') return;
    this.list.push({ k: 'lit', text: this.#text, pure: true });
    this.#text = '';
  }

  get pendingText(): string {
    return this.#text;
  }

  get empty(): boolean {
    return this.list.length === 0 && this.#text === '';
  }

  take(): Part[] {
    this.flush();
    return this.list;
  }
}

/** `~user`; a user's home has to be looked up, which may wait. */
export function tildePart(user: string, assignment: boolean | 'operand'): Part {
  return { k: 'tilde', user, assignment, pure: user === '' || /^[-+]?\d*$/.test(user) };
}
