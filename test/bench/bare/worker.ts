// Says back what it is told.
const scope = globalThis as unknown as {
  onmessage: (event: { data: string }) => void;
  postMessage(text: string): void;
};
scope.onmessage = (event) => scope.postMessage(event.data);
