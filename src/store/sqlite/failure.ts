// Which failures of the file system and of SQLite mean a full disk, a damaged database, or a lock.

/** No room, be it for pages, for a file, or for the index of the WAL, which is an I/O error. */
export function isFull(error: unknown): boolean {
  return ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'].includes(codeOf(error));
}

/** After a failed fsync or write nobody knows what is on the disk: it must not be tried again. */
export function isDamage(error: unknown): boolean {
  return !isFull(error) && /^SQLITE_(IOERR|CORRUPT|NOTADB)/.test(codeOf(error));
}

/** Another process holds the lock that was waited for. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** Its code where it has one, which is all that comes through of an error in the writer thread. */
export function codeOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode ? String(error.code) : '';
}
