/** `[status, stdout, stderr]` of a command. */
export type Answer = [number, string, string];

export function normalize(answer: Answer): Answer;
