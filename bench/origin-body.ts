/** The body of the size, of which every part is told from every other. */
export function bodyOf(size: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(size);
  for (let at = 0; at < size; at += 1) body[at] = 97 + ((at * 7 + Math.floor(at / 26) + Math.floor(at / 1000)) % 26);
  return body;
}
