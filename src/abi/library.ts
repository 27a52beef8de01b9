/** A part of a program that is not loaded with it: most runs go without. One constant for each, beside those who use it. */
export interface Library<T extends object> {
  /** For messages. */
  readonly name: string;
  /** Begins to load; called once a machine, or again where that failed. */
  load(): Promise<T>;
}
