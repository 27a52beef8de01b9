/** What is wrong with the expression of a test; the status is 2. */
export class TestError {
  constructor(readonly message: string) {}
}
