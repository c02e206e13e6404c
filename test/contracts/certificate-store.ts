/**
 * What every certificate store promises (edge/certificate-ports.ts): a version reads back as it was put, is never changed by what
 * comes after, and goes when it is let go of.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { CertificateMaterial, CertificateStore } from '../../src/edge/certificate-ports.ts';
import { createTestCa } from './certificates.ts';

export interface OpenedCertificates {
  readonly store: CertificateStore;
  close(): Promise<void>;
}

export function certificateStoreContract(name: string, open: () => Promise<OpenedCertificates>): void {
  describe(`certificate store: ${name}`, () => {
    let opened: OpenedCertificates;
    let store: CertificateStore;
    let first: CertificateMaterial;
    let second: CertificateMaterial;

    beforeAll(async () => {
      const ca = await createTestCa();
      const [a, b] = await Promise.all([ca.issue(['a.example.com']), ca.issue(['b.example.com'])]);
      first = { certificate: ended(a.cert), chain: ended(ca.pem), key: ended(a.key) };
      second = { certificate: ended(b.cert), chain: '', key: ended(b.key) };
    });
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    test('material reads back as it was put, with a chain and without', async () => {
      await store.put('one', 1, first);
      await store.put('two', 1, second);
      expect(await store.read('one', 1)).toEqual(first);
      expect(await store.read('two', 1)).toEqual(second);
    });

    test('a version stays what it is when the next is put', async () => {
      await store.put('one', 1, first);
      await store.put('one', 2, second);
      expect([await store.read('one', 1), await store.read('one', 2)]).toEqual([first, second]);
    });

    test('what was never put is refused, and names itself', async () => {
      await store.put('one', 1, first);
      await expect(store.read('one', 2)).rejects.toThrow(/2.*missing/);
      await expect(store.read('none', 1)).rejects.toThrow('missing');
    });

    test('older versions are forgotten, the one that is named stays', async () => {
      for (const version of [1, 2, 10]) await store.put('one', version, first);
      await store.forget('one', 10);
      expect(await store.list()).toEqual([{ id: 'one', version: 10 }]);
      await expect(store.read('one', 2)).rejects.toThrow('missing');
    });

    test('every version but one is forgotten, older or newer', async () => {
      for (const version of [1, 2, 3]) await store.put('one', version, first);
      await store.put('two', 3, second);
      await store.keepOnly('one', 2);
      await store.keepOnly('never', 1);
      expect((await store.list()).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
        { id: 'one', version: 2 },
        { id: 'two', version: 3 },
      ]);
    });

    test('a certificate is forgotten whole, again and again, and no other with it', async () => {
      await store.put('one', 1, first);
      await store.put('two', 3, second);
      await store.forget('one');
      await store.forget('one');
      await store.forget('never', 5);
      expect(await store.list()).toEqual([{ id: 'two', version: 3 }]);
    });
  });
}

function ended(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
