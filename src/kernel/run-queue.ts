import type { Task } from './task/task.ts';

/** Tasks in line, first come first served. */
export class TaskQueue {
  #items: Task[] = [];
  #head = 0;
  get length(): number {
    return this.#items.length - this.#head;
  }
  push(task: Task): void {
    this.#items.push(task);
  }
  shift(): Task | undefined {
    if (this.#head === this.#items.length) return undefined;
    const task = this.#items[this.#head++]!;
    if (this.#head === this.#items.length) {
      // those who ran and ended are not held
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return task;
  }
}
