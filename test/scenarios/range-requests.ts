/**
 * What the scenarios of ranges share: an object of some blocks and a rest, the request for a part of it, and the octets compared.
 */
import { expect } from 'bun:test';
import type { ViewerResponse } from '../../src/testing/index.ts';

export const MIB = 1_048_576;
export const LENGTH = 6 * MIB + 12_345;

export function range(first: number | '', last: number | ''): { headers: { range: string } } {
  return { headers: { range: `bytes=${first}-${last}` } };
}

export function expectBytes(response: ViewerResponse, want: Uint8Array): void {
  expect(Buffer.compare(response.bytes, want)).toBe(0);
}
