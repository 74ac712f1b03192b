/** The system's error codes, in words (errno(3)). */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'there is a file of that name',
  EFBIG: 'the file may not become that large',
  EINVAL: 'the system does not allow that here',
  EIO: 'the device has failed',
  EISDIR: 'it is a directory',
  ELOOP: 'it is a link that leads to itself, or may not be followed',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open in the whole system',
  ENODEV: 'there is no such device',
  ENOENT: 'no such file',
  ENOMEM: 'there is no memory left',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no directory',
  ENOTSUP: 'the system does not allow that here',
  ENXIO: 'nothing can be read from it or written to it',
  EOVERFLOW: 'the file is too large',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ESTALE: 'the file server has lost it',
  ETXTBSY: 'it is a program that runs',
  ERR_INVALID_ARG_VALUE: 'that can be no path',
  ERR_FS_FILE_TOO_LARGE: 'the file is too large',
};

/** Where a file is written, the same code may mean something else. */
export const WRITING: Readonly<Record<string, string>> = { ENOENT: 'there is no such directory' };

/** Whether the system refused something; anything else is a fault of this program. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && (syscall !== undefined || code in REASONS || /^E[A-Z0-9]+$/.test(code));
}

/** Why the system refused; `own` goes before the usual words. */
export function reasonOf(error: unknown, own: Readonly<Record<string, string>> = {}): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return own[code] ?? REASONS[code] ?? message;
}
