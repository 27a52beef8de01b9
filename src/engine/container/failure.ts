import { ApiError, type ErrorKind } from '../../api/errors.ts';

/** What goes before the words of the runtime. */
export const CREATE_FAILED =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: ';

/** Exit codes that a container has which could not start. */
const EXIT_NOT_STARTED = 128;
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;

/** The exit code that a failed start leaves (moby daemon/errors.go setExitCodeFromError). */
export function exitCodeOf(message: string): number {
  if (/executable file not found|no such file or directory|system cannot find the file/.test(message))
    return EXIT_NOT_FOUND;
  if (/permission denied|is a directory/.test(message)) return EXIT_NOT_EXECUTABLE;
  if (/not a directory/.test(message)) return EXIT_NOT_FOUND;
  return EXIT_NOT_STARTED;
}

/** What runc said, in the engine's words. */
export function startFailure(prefix: string, message: string): ApiError {
  let text = `${prefix}${message}: unknown`;
  let kind: ErrorKind = 'internal';
  if (/executable file not found|no such file or directory/.test(text)) kind = 'invalid-parameter';
  if (/permission denied/.test(text)) kind = 'invalid-parameter';
  if (/not a directory/.test(text)) {
    text +=
      ': Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type';
    kind = 'invalid-parameter';
  }
  if (/is a directory/.test(text)) {
    text += ': permission denied';
    kind = 'invalid-parameter';
  }
  return new ApiError(kind, text);
}
