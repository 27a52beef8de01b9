import type { Answer } from './normalize.mjs';

/** A command line; `tested`: its answer is compared. */
export interface Line {
  text: string;
  tested: boolean;
  answer?: Answer;
}

export function parseLines(text: string, recorded: boolean): Line[];
export function scriptOf(lines: readonly Line[]): string;
export function parseAnswers(output: string): Answer[];
