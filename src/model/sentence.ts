/**
 * What went wrong, in the words of whatever was thrown. For people: what they should do about it is added where it is told.
 */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
