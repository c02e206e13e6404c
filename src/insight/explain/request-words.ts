/**
 * What became of a request in a function, of whichever kind, in words: the end of a sentence that begins with who it was.
 */
export function becameOfRequest(did: 'unchanged' | 'changed' | 'generated', status: number | undefined): string {
  switch (did) {
    case 'unchanged':
      return 'lets the request pass as it is';
    case 'changed':
      return 'has changed the request; what follows goes by that';
    case 'generated':
      return `answers with ${status}`;
  }
}
