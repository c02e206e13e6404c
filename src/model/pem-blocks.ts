/**
 * PEM text (RFC 7468) cut into its blocks, each with its markers and its line ends. What a block holds is its reader's affair.
 */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----\r?\n?/g;

export function pemBlocks(text: string): readonly string[] {
  return Array.from(text.matchAll(BLOCK), ([block]) => (block.endsWith('\n') ? block : `${block}\n`));
}
