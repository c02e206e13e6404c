/** The code that the system, or a library, gives its errors: `ENOENT`, `SQLITE_FULL`. Undefined where an error has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
