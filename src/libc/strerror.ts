import * as E from '../abi/errno.ts';
import type { Flavour } from '../abi/sys.ts';

/** Words of glibc's strerror(3). */
const GLIBC: Readonly<Record<number, string>> = {
  0: 'Success',
  [E.EPERM]: 'Operation not permitted',
  [E.ENOENT]: 'No such file or directory',
  [E.ESRCH]: 'No such process',
  [E.EINTR]: 'Interrupted system call',
  [E.EIO]: 'Input/output error',
  [E.ENXIO]: 'No such device or address',
  [E.E2BIG]: 'Argument list too long',
  [E.ENOEXEC]: 'Exec format error',
  [E.EBADF]: 'Bad file descriptor',
  [E.ECHILD]: 'No child processes',
  [E.EAGAIN]: 'Resource temporarily unavailable',
  [E.ENOMEM]: 'Cannot allocate memory',
  [E.EACCES]: 'Permission denied',
  [E.EFAULT]: 'Bad address',
  [E.ENOTBLK]: 'Block device required',
  [E.EBUSY]: 'Device or resource busy',
  [E.EEXIST]: 'File exists',
  [E.EXDEV]: 'Invalid cross-device link',
  [E.ENODEV]: 'No such device',
  [E.ENOTDIR]: 'Not a directory',
  [E.EISDIR]: 'Is a directory',
  [E.EINVAL]: 'Invalid argument',
  [E.ENFILE]: 'Too many open files in system',
  [E.EMFILE]: 'Too many open files',
  [E.ENOTTY]: 'Inappropriate ioctl for device',
  [E.ETXTBSY]: 'Text file busy',
  [E.EFBIG]: 'File too large',
  [E.ENOSPC]: 'No space left on device',
  [E.ESPIPE]: 'Illegal seek',
  [E.EROFS]: 'Read-only file system',
  [E.EMLINK]: 'Too many links',
  [E.EPIPE]: 'Broken pipe',
  [E.EDOM]: 'Numerical argument out of domain',
  [E.ERANGE]: 'Numerical result out of range',
  [E.EDEADLK]: 'Resource deadlock avoided',
  [E.ENAMETOOLONG]: 'File name too long',
  [E.ENOLCK]: 'No locks available',
  [E.ENOSYS]: 'Function not implemented',
  [E.ENOTEMPTY]: 'Directory not empty',
  [E.ELOOP]: 'Too many levels of symbolic links',
  [E.ENODATA]: 'No data available',
  [E.ETIME]: 'Timer expired',
  [E.EPROTO]: 'Protocol error',
  [E.EOVERFLOW]: 'Value too large for defined data type',
  [E.EILSEQ]: 'Invalid or incomplete multibyte or wide character',
  [E.EUSERS]: 'Too many users',
  [E.ENOTSOCK]: 'Socket operation on non-socket',
  [E.EDESTADDRREQ]: 'Destination address required',
  [E.EMSGSIZE]: 'Message too long',
  [E.EPROTOTYPE]: 'Protocol wrong type for socket',
  [E.ENOPROTOOPT]: 'Protocol not available',
  [E.EPROTONOSUPPORT]: 'Protocol not supported',
  [E.ESOCKTNOSUPPORT]: 'Socket type not supported',
  [E.EOPNOTSUPP]: 'Operation not supported',
  [E.EAFNOSUPPORT]: 'Address family not supported by protocol',
  [E.EADDRINUSE]: 'Address already in use',
  [E.EADDRNOTAVAIL]: 'Cannot assign requested address',
  [E.ENETDOWN]: 'Network is down',
  [E.ENETUNREACH]: 'Network is unreachable',
  [E.ECONNABORTED]: 'Software caused connection abort',
  [E.ECONNRESET]: 'Connection reset by peer',
  [E.ENOBUFS]: 'No buffer space available',
  [E.EISCONN]: 'Transport endpoint is already connected',
  [E.ENOTCONN]: 'Transport endpoint is not connected',
  [E.ETIMEDOUT]: 'Connection timed out',
  [E.ECONNREFUSED]: 'Connection refused',
  [E.EHOSTDOWN]: 'Host is down',
  [E.EHOSTUNREACH]: 'No route to host',
  [E.EALREADY]: 'Operation already in progress',
  [E.EINPROGRESS]: 'Operation now in progress',
  [E.ESTALE]: 'Stale file handle',
  [E.EDQUOT]: 'Disk quota exceeded',
  [E.ECANCELED]: 'Operation canceled',
};

/** Where musl's words are others. */
const MUSL: Readonly<Record<number, string>> = {
  0: 'No error information',
  [E.EIO]: 'I/O error',
  [E.ENOMEM]: 'Out of memory',
  [E.EBUSY]: 'Resource busy',
  [E.EXDEV]: 'Cross-device link',
  [E.ENOTTY]: 'Not a tty',
  [E.EMFILE]: 'No file descriptors available',
  [E.ESPIPE]: 'Invalid seek',
  [E.EDOM]: 'Domain error',
  [E.ERANGE]: 'Result not representable',
  [E.EDEADLK]: 'Resource deadlock would occur',
  [E.ENAMETOOLONG]: 'Filename too long',
  [E.ELOOP]: 'Symbolic link loop',
  [E.EILSEQ]: 'Illegal byte sequence',
  [E.ENOTSOCK]: 'Not a socket',
  [E.EMSGSIZE]: 'Message too large',
  [E.EOPNOTSUPP]: 'Not supported',
  [E.EADDRINUSE]: 'Address in use',
  [E.EADDRNOTAVAIL]: 'Address not available',
  [E.ENETUNREACH]: 'Network unreachable',
  [E.ECONNABORTED]: 'Connection aborted',
  [E.EISCONN]: 'Socket is connected',
  [E.ENOTCONN]: 'Socket not connected',
  [E.ETIMEDOUT]: 'Operation timed out',
  [E.EHOSTUNREACH]: 'Host is unreachable',
  [E.EINPROGRESS]: 'Operation in progress',
  [E.EDQUOT]: 'Quota exceeded',
  [E.EOVERFLOW]: 'Value too large for data type',
};

/** Where Go's syscall.Errno has words that are not glibc's in lower case. */
const GO: Readonly<Record<number, string>> = {
  [E.EOPNOTSUPP]: 'operation not supported',
};

/** The words for errno (positive) as the image's C library has them. @see strerror(3), musl src/errno/__strerror.h, Go syscall/zerrors_linux_amd64.go */
export function strerror(errno: number, flavour: Flavour = 'glibc'): string {
  const glibc = GLIBC[errno];
  if (flavour === 'go') {
    const text = GO[errno] ?? glibc;
    return text === undefined ? `errno ${errno}` : text.charAt(0).toLowerCase() + text.slice(1);
  }
  if (flavour === 'musl') return MUSL[errno] ?? glibc ?? 'No error information';
  return glibc ?? `Unknown error ${errno}`;
}
